from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.tickets.core.sheets import MEANINGS
from apps.tickets.models import Naming, Release, Ticket
from apps.tickets.selectors.custom_fields import custom_words, values_of
from apps.tickets.states import (
    CUSTOM,
    MOST_TOGETHER,
    Kind,
    LinkedKind,
    Priority,
    RelationKind,
    ReleaseState,
    Severity,
    TicketState,
)


class TicketOut(serializers.ModelSerializer[Ticket]):
    name = serializers.CharField(help_text="The running number of the kind and year, as REQ-2026-0007.")
    line = serializers.CharField(source="line.code")
    owner = serializers.CharField(source="owner.username")
    submitter = serializers.CharField(source="submitter.username")
    duplicate_of = serializers.CharField(source="duplicate_of.name", default=None, allow_null=True)

    class Meta:
        model = Ticket
        fields = [
            "name",
            "kind",
            "external_number",
            "line",
            "title",
            "description",
            "client",
            "product",
            "severity",
            "priority",
            "due_date",
            "state",
            "duplicate_of",
            "owner",
            "submitter",
            "submitted_at",
        ]
        read_only_fields = fields


class TicketWholeOut(TicketOut):
    """One ticket with the people and words on it."""

    helpers = serializers.SlugRelatedField(slug_field="username", many=True, read_only=True)  # type: ignore[var-annotated]
    labels = serializers.SlugRelatedField(slug_field="label", many=True, read_only=True)  # type: ignore[var-annotated]
    in_release = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)  # type: ignore[var-annotated]

    custom_fields = serializers.SerializerMethodField(help_text="Texts by the code of the field: 1.5, 2026-03-03, yes.")

    class Meta(TicketOut.Meta):
        fields = [*TicketOut.Meta.fields, "helpers", "labels", "custom_fields", "in_release"]
        read_only_fields = fields

    def get_custom_fields(self, ticket: Ticket) -> dict[str, str]:
        return values_of(ticket)


class LikeOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=TicketState.choices)
    line = serializers.CharField(source="line.code")


class TicketIn(serializers.Serializer[Any]):
    line = serializers.CharField(max_length=40, help_text="Code of a business line that you may see.")
    title = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=Kind.choices, default=Kind.REQUIREMENT)
    external_number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    description = serializers.CharField(max_length=10_000, required=False, allow_blank=True, default="")
    client = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    product = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    severity = serializers.ChoiceField(choices=Severity.choices, default=Severity.MINOR)
    priority = serializers.ChoiceField(choices=Priority.choices, default=Priority.NORMAL)
    due_date = serializers.DateField(required=False, allow_null=True, default=None)
    owner = serializers.CharField(
        max_length=150, required=False, allow_blank=True, default="", help_text="User name; without it, you."
    )
    labels = serializers.ListField(child=serializers.CharField(max_length=40), max_length=20, required=False, default=list)
    custom_fields = serializers.DictField(
        child=serializers.CharField(max_length=500, allow_blank=True), required=False, default=dict, help_text="Texts by code."
    )


class TicketEditIn(serializers.Serializer[Any]):
    """What is left out stays."""

    title = serializers.CharField(max_length=200, required=False)
    external_number = serializers.CharField(max_length=60, required=False, allow_blank=True)
    description = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    client = serializers.CharField(max_length=120, required=False, allow_blank=True)
    product = serializers.CharField(max_length=120, required=False, allow_blank=True)
    severity = serializers.ChoiceField(choices=Severity.choices, required=False)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    due_date = serializers.DateField(required=False, allow_null=True)
    owner = serializers.CharField(max_length=150, required=False, help_text="User name of somebody who sees the line.")
    helpers = serializers.ListField(child=serializers.CharField(max_length=150), max_length=50, required=False)
    labels = serializers.ListField(child=serializers.CharField(max_length=40), max_length=20, required=False)
    custom_fields = serializers.DictField(child=serializers.CharField(max_length=500, allow_blank=True), required=False)
    in_release = serializers.IntegerField(
        min_value=1, max_value=2**62, required=False, allow_null=True, help_text="A planned release of its line; null: none."
    )


class RelationIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=RelationKind.choices)
    other = serializers.CharField(max_length=20, help_text="Name of the other ticket.")


class RelatedOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="key", help_text="0 for a duplicate, which says so by its state.")
    relation = serializers.CharField(source="label", help_text="How this ticket stands to the other, in words.")
    other = serializers.CharField(source="other.name")
    title = serializers.CharField(source="other.title")
    state = serializers.CharField(source="other.state")


class LinkIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=LinkedKind.choices)
    subject = serializers.IntegerField(min_value=1, max_value=2**62, help_text="Key of the thing.")


class LinkedOut(serializers.ModelSerializer[Naming]):
    title = serializers.CharField(help_text="As it was called when it was linked.")

    class Meta:
        model = Naming
        fields = ["id", "kind", "subject", "title", "address"]
        read_only_fields = fields


class WatchIn(serializers.Serializer[Any]):
    watches = serializers.BooleanField(default=True)


class TicketMoveIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    other = serializers.CharField(max_length=20, required=False, allow_blank=True, default="", help_text="What it duplicates.")
    seen = serializers.ChoiceField(
        choices=TicketState.choices, required=False, help_text="Refused with 409 when the ticket is in another state by now."
    )


class ReleaseOut(serializers.ModelSerializer[Release]):
    """`scope` tickets belong to it, `left` of them are left to do, `defects` of those are defects."""

    line = serializers.CharField(source="line.code")
    planner = serializers.CharField(source="planner.username")
    scope = serializers.IntegerField()
    left = serializers.IntegerField()
    defects = serializers.IntegerField()

    class Meta:
        model = Release
        fields = ["id", "line", "name", "begin_date", "target_date", "state", "ended_at", "planner", "scope", "left", "defects"]
        read_only_fields = fields


class DayOut(serializers.Serializer[Any]):
    """How many tickets were left to do at the end of a day."""

    day = serializers.DateField()
    left = serializers.IntegerField()


class NotesOut(serializers.Serializer[Any]):
    """What a release brings of one kind, by what the kind is called."""

    kind = serializers.CharField()
    tickets = LikeOut(many=True)


class ReleaseWholeOut(serializers.Serializer[Any]):
    """One release: what is left first, and of that the most pressing; 500 tickets at most."""

    release = ReleaseOut()
    tickets = LikeOut(many=True)
    burn_down = DayOut(many=True)
    notes = NotesOut(many=True)


class ReleaseIn(serializers.Serializer[Any]):
    line = serializers.CharField(max_length=40, help_text="Code of a business line that you may see.")
    name = serializers.CharField(max_length=60)
    target_date = serializers.DateField()


class ReleaseEndIn(serializers.Serializer[Any]):
    state = serializers.ChoiceField([(state, state.label) for state in (ReleaseState.RELEASED, ReleaseState.CANCELLED)])
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class CountsOut(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    same = serializers.IntegerField()
    refused = serializers.IntegerField()


class TicketOutcomeOut(serializers.Serializer[Any]):
    """What became of one ticket: what differs, as it was and as it is, or `refusal` says why nothing was done."""

    name = serializers.CharField()
    title = serializers.CharField()
    result = serializers.ChoiceField(["done", "same", "refused"])
    differs = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    refusal = serializers.CharField()


class TicketsTogetherIn(serializers.Serializer[Any]):
    """What becomes of several tickets; what is left out stays as it is in each. Without `sure` it is only tried."""

    PLANNED = ("owner", "severity", "priority", "due_date", "product", "in_release", "add_labels")
    tickets = serializers.ListField(child=serializers.CharField(max_length=20), min_length=1, max_length=MOST_TOGETHER)
    sure = serializers.BooleanField(default=False)
    owner = serializers.CharField(max_length=150, required=False)
    severity = serializers.ChoiceField(choices=Severity.choices, required=False)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    due_date = serializers.DateField(required=False, allow_null=True)
    product = serializers.CharField(max_length=120, required=False, allow_blank=True)
    in_release = serializers.IntegerField(min_value=1, max_value=2**62, required=False, allow_null=True)
    add_labels = serializers.ListField(child=serializers.CharField(max_length=40), max_length=20, required=False, default=list)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if not {*said} & {*self.PLANNED[:-1]} and not said["add_labels"]:
            raise serializers.ValidationError(_("Say what should become of them."))
        return said


class TicketsTogetherOut(serializers.Serializer[Any]):
    sure = serializers.BooleanField()
    counts = CountsOut()
    results = TicketOutcomeOut(many=True)


class RowOutcomeOut(serializers.Serializer[Any]):
    """What became of one row, by its number in the sheet, whose names are row 1; `name` of a ticket that was raised."""

    row = serializers.IntegerField()
    title = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    result = serializers.ChoiceField(["done", "same", "refused"])
    refusal = serializers.CharField()


class TicketsImportIn(serializers.Serializer[Any]):
    """The rows of a sheet, the names of the columns first, all of one width. Without `sure` it is only tried."""

    rows = serializers.ListField(
        child=serializers.ListField(
            child=serializers.CharField(allow_blank=True, max_length=10_000), min_length=1, max_length=100
        ),
        min_length=2,
        max_length=MOST_TOGETHER + 1,
    )
    columns = serializers.ListField(
        child=serializers.CharField(allow_blank=True, max_length=60),
        required=False,
        help_text=f"What each column says: {', '.join(MEANINGS)}, or {CUSTOM}<code of a custom field>; empty for one left out.",
    )
    sure = serializers.BooleanField(default=False)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        widths = {len(row) for row in said["rows"]}
        if len(widths) != 1:
            raise serializers.ValidationError({"rows": [_("Every row needs as many cells as the first.")]})
        columns = said.get("columns", [])
        if columns and len(columns) != len(said["rows"][0]):
            raise serializers.ValidationError({"columns": [_("As many meanings are needed as there are columns.")]})
        if strange := sorted({*columns} - {"", *MEANINGS, *custom_words()}):
            raise serializers.ValidationError({"columns": [_("There is no column for {name}.").format(name=strange[0])]})
        if len({*columns} - {""}) != len([column for column in columns if column]):
            raise serializers.ValidationError({"columns": [_("Two columns cannot say the same.")]})
        return said


class TicketsImportOut(serializers.Serializer[Any]):
    """`columns`: what each column was taken to say."""

    sure = serializers.BooleanField()
    columns = serializers.ListField(child=serializers.CharField(allow_blank=True))
    counts = CountsOut()
    results = RowOutcomeOut(many=True)
