"""Installs the line: master data, sources, and the packaged process model as a published version."""

from pathlib import Path
from typing import Any

from apps.lines.actions import Packaged, ensure_line, keep_sources, keep_templates, publish_packaged
from apps.lines.preclearing import conf
from apps.people.models import User
from apps.processes.models import ProcessVersion

NAME_ZH, NAME_EN = "预清算（上海）", "Pre-clearing, Shanghai"
MODEL = Path(__file__).resolve().parent / "data" / "L03.bpmn"
PROCESSES: list[Packaged] = [(conf.PROCESS, conf.LINE, NAME_ZH, NAME_EN, True, MODEL)]
SOURCES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("preclearing-close", "预清算收市文件", "Pre-clearing, files at the close", conf.CLOSE),
    ("preclearing-first", "预清算第一批文件", "Pre-clearing, first batch of the depository", conf.PRE),
    ("preclearing-query", "预清算余额查询", "Pre-clearing, balance query", conf.INQUIRY),
    ("preclearing-evening", "预清算日终文件", "Pre-clearing, files of the evening", conf.EVENING),
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
    ensure_line(code=conf.LINE, name_zh=NAME_ZH, name_en=NAME_EN, position=27)
