"""What the API takes and says."""

from datetime import MAXYEAR, MINYEAR, datetime
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from apps.people.models import ProgramToken
from apps.people.states import PROCESS_RIGHTS, Role


@cache
def page_of(rows: type[serializers.BaseSerializer[Any]], *, is_paged: bool = True) -> serializers.Serializer[Any]:
    """How the document calls a page of these rows: `results`, and in `next` the query of the next page, null behind the last."""
    fields: dict[str, Any] = {"results": rows(many=True)}
    if is_paged:
        fields["next"] = serializers.CharField(allow_null=True)
    return inline_serializer(("PageOf" if is_paged else "ListOf") + rows.__name__.removesuffix("Out"), fields)


class AfterIn(serializers.Serializer):  # type: ignore[type-arg]
    """Where to go on reading a stream."""

    after = serializers.IntegerField(min_value=0, max_value=2**62, default=0)
    limit = serializers.IntegerField(min_value=1, max_value=500, default=200)


class ActorOut(serializers.Serializer):  # type: ignore[type-arg]
    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField()


class EntryOut(serializers.Serializer):  # type: ignore[type-arg]
    """One journal entry, as in the feeds."""

    id = serializers.IntegerField()
    stream = serializers.CharField()
    number = serializers.IntegerField()
    kind = serializers.CharField()
    line = serializers.CharField()
    at = serializers.DateTimeField()
    actor = ActorOut(allow_null=True)
    data = serializers.JSONField()  # type: ignore[assignment]


class JournalOut(serializers.Serializer):  # type: ignore[type-arg]
    """A page of a stream; ask again with `after` set to the last number until it stays the same."""

    entries = EntryOut(many=True)
    after = serializers.IntegerField()


class PersonOut(serializers.Serializer):  # type: ignore[type-arg]
    username = serializers.CharField()
    name = serializers.CharField(source="__str__")


class HoldingOut(serializers.Serializer):  # type: ignore[type-arg]
    """A role, or rights on one process; `membership` is what a role is taken by, null for anything else."""

    membership = serializers.SerializerMethodField()
    line = serializers.CharField(source="line.code")
    process = serializers.SerializerMethodField()
    role = serializers.CharField()
    role_line = serializers.SerializerMethodField()
    rights = serializers.ListField(child=serializers.CharField())
    valid_from = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True)
    granted_by = serializers.SerializerMethodField()
    reason = serializers.CharField()

    def get_membership(self, holding: Any) -> int | None:
        return holding.key if holding.team is not None else None

    def get_process(self, holding: Any) -> str | None:
        return holding.process.key if holding.process is not None else None

    def get_role_line(self, holding: Any) -> str | None:
        return holding.role_line.code if holding.role_line is not None else None

    def get_granted_by(self, holding: Any) -> str | None:
        return holding.granted_by.username if holding.granted_by is not None else None


class AccessOfPersonOut(serializers.Serializer):  # type: ignore[type-arg]
    """One person with what they hold; a superuser may do everything everywhere besides."""

    person = PersonOut()
    is_superuser = serializers.BooleanField()
    holdings = HoldingOut(many=True)


class AccessOut(serializers.Serializer):  # type: ignore[type-arg]
    """A page of people by user name; `next` is the query of the next page."""

    results = AccessOfPersonOut(many=True)
    next = serializers.CharField(allow_null=True)


class MomentIn(serializers.DateTimeField):
    """A moment that has a time in every zone: the first and the last year of the calendar are left out."""

    def enforce_timezone(self, value: datetime) -> datetime:
        if not MINYEAR < value.year < MAXYEAR:
            self.fail("overflow")
        return super().enforce_timezone(value)


class PeriodIn(serializers.Serializer):  # type: ignore[type-arg]
    """From one instant on, up to but without another one; null: at once, for good."""

    valid_from = MomentIn(allow_null=True, default=None)
    valid_until = MomentIn(allow_null=True, default=None)
    reason = serializers.CharField(max_length=500)


class RoleIn(PeriodIn):
    """`team` is needed where the line has several."""

    person = serializers.CharField(max_length=150)
    line = serializers.CharField(max_length=40)
    team = serializers.IntegerField(min_value=1, max_value=2**62, allow_null=True, default=None)
    role = serializers.ChoiceField(choices=Role.choices)


class RoleOut(serializers.Serializer):  # type: ignore[type-arg]
    membership = serializers.IntegerField(source="pk")


class ReasonIn(serializers.Serializer):  # type: ignore[type-arg]
    reason = serializers.CharField(max_length=500)


RIGHT_NAMES = [(right.value, right.label) for right in PROCESS_RIGHTS]


class HolderIn(serializers.Serializer):  # type: ignore[type-arg]
    """A person, or everybody in a role of a line."""

    process = serializers.CharField(max_length=60)
    person = serializers.CharField(max_length=150, allow_null=True, default=None)
    role = serializers.ChoiceField(choices=Role.choices, allow_null=True, default=None)
    role_line = serializers.CharField(max_length=40, allow_null=True, default=None)
    rights = serializers.ListField(child=serializers.ChoiceField(choices=RIGHT_NAMES))

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if (data["person"] is None) == (data["role"] is None) or (data["role"] is None) != (data["role_line"] is None):
            raise serializers.ValidationError(_("Either a person, or a role with its line."))
        return data


class RightsIn(PeriodIn, HolderIn):
    """Rights on one process."""


class RightsTakenIn(ReasonIn, HolderIn):
    """Which rights are taken; without any of them all."""

    rights = serializers.ListField(child=serializers.ChoiceField(choices=RIGHT_NAMES), default=list)


class RightsOut(serializers.Serializer):  # type: ignore[type-arg]
    """How many rights were given or taken."""

    count = serializers.IntegerField()


class TokenOut(serializers.ModelSerializer[ProgramToken]):
    """A token without its text, which nothing keeps."""

    person = serializers.CharField(source="person.username")
    lines = serializers.SlugRelatedField(slug_field="code", many=True, read_only=True)  # type: ignore[var-annotated]
    ended_by = serializers.CharField(source="ended_by.username", default=None, allow_null=True)

    class Meta:
        model = ProgramToken
        fields = ["id", "person", "name", "lines", "acts", "created_at", "expires_at", "used_at", "ended_at", "ended_by"]
        read_only_fields = fields


class NewTokenOut(TokenOut):
    """A token that was just made. `text` is said once: the same request again, by its Idempotency-Key, gets null."""

    text = serializers.CharField(allow_null=True)

    class Meta(TokenOut.Meta):
        fields = [*TokenOut.Meta.fields, "text"]
        read_only_fields = fields


class TokenIn(serializers.Serializer):  # type: ignore[type-arg]
    name = serializers.CharField(max_length=80)
    lines = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=200, help_text="Codes of lines that you may see."
    )
    acts = serializers.BooleanField(default=False, help_text="Whether it may do more than read.")
    days = serializers.IntegerField(min_value=1, max_value=3650, default=90)


class BeforeIn(serializers.Serializer):  # type: ignore[type-arg]
    """Where a list that shows the newest first goes on."""

    before = serializers.IntegerField(min_value=1, max_value=2**62, required=False)
