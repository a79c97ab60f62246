"""Installs the check: its line, and the packaged process model as a published version."""

from pathlib import Path

from apps.lines.actions import Packaged, ensure_line, keep_templates, publish_packaged
from apps.lines.parameters import conf
from apps.people.models import User
from apps.processes.models import ProcessVersion

NAME_ZH, NAME_EN = "参数核对", "Parameter check"
MODEL = Path(__file__).resolve().parent / "data" / "R13.bpmn"
PROCESSES: list[Packaged] = [(conf.PROCESS, conf.LINE, NAME_ZH, NAME_EN, True, MODEL)]


def install(*, author: User | None = None, approver: User | None = None) -> list[ProcessVersion]:
    """Brings the check to what is packaged; the same package again changes nothing. Gives the versions it published."""
    install_line()
    return publish_packaged(PROCESSES, author=author, approver=approver)


def install_templates(*, actor: User) -> int:
    """The packaged process as a template for others; how many are new."""
    return keep_templates(PROCESSES, actor=actor)


def install_line() -> None:
    ensure_line(code=conf.LINE, name_zh=NAME_ZH, name_en=NAME_EN, position=15)
