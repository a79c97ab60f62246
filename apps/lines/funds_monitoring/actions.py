"""Installs the line: master data, sources, and the packaged process model as a published version."""

from pathlib import Path
from typing import Any

from apps.lines.actions import Packaged, ensure_line, keep_sources, keep_templates, publish_packaged
from apps.lines.funds_monitoring import conf
from apps.people.models import User
from apps.processes.models import ProcessVersion

NAME_ZH, NAME_EN = "资金交收监控", "Funds settlement monitoring"
MODEL = Path(__file__).resolve().parent / "data" / "L11.bpmn"
PROCESSES: list[Packaged] = [(conf.PROCESS, conf.LINE, NAME_ZH, NAME_EN, True, MODEL)]
SOURCES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("funds-shanghai", "上海资金文件", "Funds monitoring, files of Shanghai", conf.SHANGHAI),
    ("funds-shenzhen", "深圳资金文件", "Funds monitoring, files of Shenzhen", conf.SHENZHEN),
    ("funds-banks", "银行余额、回单与查询", "Funds monitoring, banks and queries", conf.BANKS),
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
    ensure_line(code=conf.LINE, name_zh=NAME_ZH, name_en=NAME_EN, position=60)
