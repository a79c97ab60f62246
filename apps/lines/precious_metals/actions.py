"""Installs the line: master data, sources, and the packaged process model as a published version."""

from pathlib import Path
from typing import Any

from apps.lines.actions import Packaged, ensure_line, keep_sources, keep_templates, publish_packaged
from apps.lines.precious_metals import conf
from apps.people.models import User
from apps.processes.models import ProcessVersion

NAME_ZH, NAME_EN = "贵金属/黄金自营", "Gold and precious metals"
MODEL = Path(__file__).resolve().parent / "data" / "L10.bpmn"
PROCESSES: list[Packaged] = [(conf.PROCESS, conf.LINE, NAME_ZH, NAME_EN, True, MODEL)]
SOURCES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("metals-exchange", "上金所会员文件", "Gold and precious metals, files of the Gold Exchange", conf.EXCHANGE),
    ("metals-own", "贵金属自营系统文件", "Gold and precious metals, files of the own-account system", conf.OWN),
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
    ensure_line(code=conf.LINE, name_zh=NAME_ZH, name_en=NAME_EN, position=67)
