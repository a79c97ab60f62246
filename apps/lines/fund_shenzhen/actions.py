"""Installs the line: master data, sources, and the packaged process model as a published version."""

from pathlib import Path
from typing import Any

from apps.lines.actions import Packaged, ensure_line, keep_sources, keep_templates, publish_packaged
from apps.lines.fund_shenzhen import conf
from apps.people.models import User
from apps.processes.models import ProcessVersion

NAME_ZH, NAME_EN = "基金非担保交收（深圳）", "Fund non-guaranteed settlement Shenzhen"
MODEL = Path(__file__).resolve().parent / "data" / "L05.bpmn"
PROCESSES: list[Packaged] = [(conf.PROCESS, conf.LINE, NAME_ZH, NAME_EN, True, MODEL)]
SOURCES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("fund-sz-counter", "深圳基金交收：柜台盘前文件", "Shenzhen funds, counter in the morning", conf.COUNTER),
    ("fund-sz-register", "深圳基金交收：登记结算（LOF）", "Shenzhen funds, register (LOF)", conf.REGISTER),
    ("fund-sz-agent", "深圳基金交收：TA确认与资金", "Shenzhen funds, TA confirmations and money", conf.AGENT),
    ("fund-sz-evening", "深圳基金交收：日终文件", "Shenzhen funds, end-of-day files", conf.EVENING),
    ("fund-sz-posted", "深圳基金交收：柜台资金流水", "Shenzhen funds, journal of the counter", conf.POSTED),
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
    """The row of the line, after RTGS Shenzhen."""
    ensure_line(code=conf.LINE, name_zh=NAME_ZH, name_en=NAME_EN, position=23)
