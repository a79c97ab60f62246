"""Business lines and teams, as administrators keep them up; every change is journaled."""

from django.db import transaction

from apps.journal.actions import append
from apps.kernel.errors import NotPermitted
from apps.kernel.rows import as_texts
from apps.people.actions.rights import require
from apps.people.events import LineChanged
from apps.people.models import BusinessLine, Team, User
from apps.people.selectors import is_superuser
from apps.people.states import Right


@transaction.atomic
def save_line(*, line: BusinessLine, actor: User) -> BusinessLine:
    """Saves a business line. A new one is nobody's yet, so that only superusers make it; its code never changes."""
    if line.pk is None:
        if not is_superuser(actor):
            raise NotPermitted(right=Right.ADMINISTER.label, target=line)
    else:
        require(actor, Right.ADMINISTER, line)
    kept = BusinessLine.objects.select_for_update().filter(pk=line.pk).first()
    before = as_texts(kept) if kept else {}
    line.code = kept.code if kept else line.code
    line.save()
    _journal("line", line.code, line.code, before, as_texts(line), actor)
    return line


@transaction.atomic
def save_team(*, team: Team, actor: User) -> Team:
    """Saves a team; it stays with its line."""
    kept = Team.objects.select_for_update(of=("self",)).select_related("line").filter(pk=team.pk).first()
    before = as_texts(kept) if kept else {}
    team.line = kept.line if kept else team.line
    require(actor, Right.ADMINISTER, team.line)
    team.save()
    _journal("team", team.line.code, team.name_en, before, as_texts(team), actor)
    return team


def _journal(what: str, line: str, name: str, before: dict[str, str], after: dict[str, str], actor: User) -> None:
    if before != after:
        append(LineChanged(line=line, what=what, name=name, before=before, after=after), actor=actor)
