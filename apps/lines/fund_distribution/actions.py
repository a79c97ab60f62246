"""Installs the line: master data, sources, and the packaged process model as a published version."""

from pathlib import Path
from typing import Any

from apps.lines.actions import Packaged, ensure_line, keep_sources, keep_templates, publish_packaged
from apps.lines.fund_distribution import conf
from apps.people.models import User
from apps.processes.models import ProcessVersion

NAME_ZH, NAME_EN = "基金代销T+0", "Fund distribution T+0"
MODEL = Path(__file__).resolve().parent / "data" / "L09.bpmn"
PROCESSES: list[Packaged] = [(conf.PROCESS, conf.LINE, NAME_ZH, NAME_EN, True, MODEL)]
SOURCES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("advances-counter", "柜台快速赎回文件", "Fund distribution T+0, files of the counter", conf.COUNTER),
    ("advances-bank", "垫支银行回单", "Fund distribution T+0, receipts of the bank", conf.BANK),
    ("advances-register", "TA确认与到账文件", "Fund distribution T+0, confirmations and money", conf.REGISTER),
)


def install(*, author: User | None = None, approver: User | None = None) -> list[ProcessVersion]:
    """Brings the line to what is packaged; the same package again changes nothing. Gives the versions it published."""
    install_line()
    keep_sources(conf.LINE, SOURCES, directory=conf.SOURCES, outgoing=conf.OUTGOING, poll_seconds=conf.POLL_SECONDS)
    return publish_packaged(PROCESSES, author=author, approver=approver)


def install_templates(*, actor: User) -> int:
    """The packaged process as a template for others; how many are new."""
    return keep_templates(PROCESSES, actor=actor)


def install_line() -> None:
    ensure_line(code=conf.LINE, name_zh=NAME_ZH, name_en=NAME_EN, position=66)
