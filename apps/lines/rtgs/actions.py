"""Installs the line: master data, sources, and the packaged process models as published versions."""

from pathlib import Path

from apps.lines.actions import ensure_line, keep_sources, keep_templates, publish_packaged
from apps.lines.rtgs import conf
from apps.people.models import User
from apps.processes.models import ProcessVersion

_PACKAGE = Path(__file__).resolve().parent.parent

LINES = (
    (conf.COMMON, "公共采集", "Common ingest", 0),
    (conf.LINE, "RTGS结算（上海）", "RTGS settlement Shanghai", 10),
)

PROCESSES = (
    # key, line, names, startable by people, packaged model
    ("L00", conf.COMMON, "公共采集", "Common ingest", False, _PACKAGE / "data" / "L00.bpmn"),
    ("L01", conf.LINE, "RTGS结算（上海）", "RTGS settlement Shanghai", True, _PACKAGE / "rtgs" / "data" / "L01.bpmn"),
)

SOURCES = (
    ("rtgs-sh-morning", "上海RTGS盘中文件", "Shanghai RTGS, intraday files", conf.MORNING),
    ("rtgs-sh-results", "上海RTGS交收结果", "Shanghai RTGS, results", conf.RESULTS),
    ("rtgs-sh-evening", "上海RTGS日终文件", "Shanghai RTGS, end-of-day files", conf.EVENING),
)


def install(*, actor: User | None = None, author: User | None = None, approver: User | None = None) -> list[ProcessVersion]:
    """Brings the line to what is packaged; the same package again changes nothing. Gives the versions it published.

    A changed model becomes a new version, written by one person and approved by another: the author and approver of the
    demonstration unless others are named.
    """
    install_lines()
    keep_sources(conf.LINE, SOURCES, directory=conf.SOURCES, outgoing=conf.OUTGOING, poll_seconds=conf.POLL_SECONDS)
    return publish_packaged(list(PROCESSES), author=author, approver=approver)


def install_templates(*, actor: User) -> int:
    """The packaged processes as templates for others; how many are new. A template that is there stays as it is."""
    return keep_templates(list(PROCESSES), actor=actor)


def install_lines() -> None:
    """The rows of the two business lines; people are given roles on them afterwards."""
    for code, name_zh, name_en, position in LINES:
        ensure_line(code=code, name_zh=name_zh, name_en=name_en, position=position)
