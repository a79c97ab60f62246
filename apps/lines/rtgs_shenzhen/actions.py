"""Installs the line: master data, sources, and the packaged process model as a published version."""

from pathlib import Path
from typing import Any

from apps.lines.actions import Packaged, ensure_line, keep_sources, keep_templates, publish_packaged
from apps.lines.rtgs_shenzhen import conf
from apps.people.models import User
from apps.processes.models import ProcessVersion

NAME_ZH, NAME_EN = "RTGS结算（深圳）", "RTGS settlement Shenzhen"
MODEL = Path(__file__).resolve().parent / "data" / "L04.bpmn"
PROCESSES: list[Packaged] = [(conf.PROCESS, conf.LINE, NAME_ZH, NAME_EN, True, MODEL)]
SOURCES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("rtgs-sz-morning", "深圳RTGS盘前文件", "Shenzhen RTGS, files of the morning", conf.MORNING),
    ("rtgs-sz-results", "深圳RTGS实时结果", "Shenzhen RTGS, real-time results", conf.RESULTS),
    ("rtgs-sz-evening", "深圳RTGS日终文件", "Shenzhen RTGS, end-of-day files", conf.EVENING),
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
    """The row of the line, between RTGS Shanghai and the lines that settle later."""
    ensure_line(code=conf.LINE, name_zh=NAME_ZH, name_en=NAME_EN, position=22)
