"""Roles of people as items: whose role it is never decides on it."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.changes.actions.kinds.base import PlainItems
from apps.changes.conf import Effect, Words
from apps.changes.core.contents import RoleContent
from apps.changes.errors import ItemUnusable, NothingToRemove, OtherLine
from apps.changes.models import Change, ChangeItem
from apps.kernel.errors import NotFound
from apps.people.actions import grant, locked_team, require, revoke
from apps.people.errors import AlreadyMember, InactivePerson, OwnRole
from apps.people.models import Membership, Team, User
from apps.people.states import Right, Role


class RoleItems(PlainItems):
    name = "role"
    label = gettext_lazy("role of a person")
    content = RoleContent

    def subject(self, content: RoleContent) -> str:
        return f"{content.team} {content.person} {content.role}"

    def require(self, content: RoleContent, change: Change, actor: User) -> None:
        require(actor, Right.ADMINISTER, change.line)
        team = Team.objects.filter(pk=content.team).first()
        if team is None:
            raise NotFound(what=Team._meta.verbose_name)
        if team.line_id != change.line_id:
            raise OtherLine(what=team)
        if content.role not in Role.values:
            raise ItemUnusable(problem=content.role)
        if _person(content).pk == actor.pk:
            raise OwnRole(person=actor)

    def describe(self, items: Sequence[ChangeItem], change: Change) -> list[Words]:
        people = User.objects.in_bulk([item.parsed.person for item in items], field_name="username")
        teams = Team.objects.in_bulk([item.parsed.team for item in items])
        return [self._words(item.parsed, people, teams) for item in items]

    def _words(self, content: RoleContent, people: dict[Any, User], teams: dict[Any, Team]) -> Words:
        facts = {
            "person": people.get(content.person, content.person),
            "team": teams.get(content.team, content.team),
            "role": Role(content.role).label,
        }
        if content.held:
            return Words(_("{person} takes the role “{role}” in {team}").format(**facts))
        return Words(_("{person} gives up the role “{role}” in {team}").format(**facts))

    def makers(self, content: RoleContent) -> Sequence[User]:
        return [_person(content)]

    def check(self, content: RoleContent, change: Change) -> list[str]:
        person, held = _person(content), _memberships(content).exists()
        facts = {"person": person, "role": Role(content.role).label, "team": Team.objects.get(pk=content.team)}
        if content.held and not person.is_active:
            return [str(InactivePerson(person=person))]
        if content.held and held:
            return [str(AlreadyMember(**facts))]
        if not content.held and not held:
            return [_("{person} does not have the role “{role}” in {team}.").format(**facts)]
        return []

    def lock(self, content: RoleContent) -> None:
        locked_team(content.team)

    def apply(self, content: RoleContent, effect: Effect) -> Any:
        team, person = locked_team(content.team), _person(content)
        membership = _memberships(content).select_related("user", "team__line").first()
        if not content.held:
            if membership is None:
                raise NothingToRemove(what=self.subject(content))
            revoke(membership=membership, actor=effect.actor)
            return {"held": True}
        if not person.is_active:
            raise InactivePerson(person=person)
        if membership is not None:
            raise AlreadyMember(person=person, role=Role(content.role).label, team=team)
        grant(team=team, user=person, role=Role(content.role), actor=effect.actor)
        return {"held": False}

    def undo(self, content: RoleContent, before: Any) -> dict[str, Any]:
        return content.model_dump(mode="json") | {"held": before["held"]}


def _person(content: RoleContent) -> User:
    found = User.objects.filter(username=content.person).first()
    if found is None:
        raise NotFound(what=_("person"))
    return found


def _memberships(content: RoleContent) -> Any:
    return Membership.objects.filter(team=content.team, user__username=content.person, role=content.role)
