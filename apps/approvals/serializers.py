from rest_framework import serializers

from apps.approvals.models import Approval, Seat, StandIn
from apps.approvals.states import Where


class SeatOut(serializers.ModelSerializer[Seat]):
    """One voice; `owner` is whose it was, `holder` who has it now."""

    owner = serializers.CharField(source="owner.username")
    holder = serializers.CharField(source="holder.username")
    decided_by = serializers.CharField(source="decided_by.username", default=None)
    added_by = serializers.CharField(source="added_by.username", default=None)

    class Meta:
        model = Seat
        fields = (
            "number", "stage", "owner", "holder", "decision", "decided_by", "decided_at", "reason", "added_by", "has_turn",
            "is_past",
        )  # fmt: skip
        read_only_fields = fields


FIELDS: tuple[str, ...] = (
    "id", "kind", "subject", "title_zh", "title_en", "line", "digest", "state", "stage", "revision", "submitter", "submitted_at",
    "ended_at", "reminded_at",
)  # fmt: skip


class ApprovalOut(serializers.ModelSerializer[Approval]):
    """An approval as lists show it."""

    line = serializers.CharField(source="line.code")
    submitter = serializers.CharField(source="submitter.username")

    class Meta:
        model = Approval
        fields = FIELDS
        read_only_fields = FIELDS


class ApprovalWithSeatsOut(ApprovalOut):
    """One approval with every voice that it has or had."""

    seats = SeatOut(many=True)

    class Meta(ApprovalOut.Meta):
        fields = (*FIELDS, "seats")
        read_only_fields = fields


class DecisionIn(serializers.Serializer[dict[str, object]]):
    """What a verb needs. `revision` is that of the approval you looked at; another one is refused with 409.

    `to` is the place of an earlier stage, from 0, or null for the author; `people` are usernames.
    """

    revision = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=0)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=1000)
    to = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=0, max_value=1000)
    directly = serializers.BooleanField(required=False, default=False)
    people = serializers.ListField(child=serializers.CharField(max_length=150), required=False, default=list, max_length=20)
    where = serializers.ChoiceField(choices=Where.choices, required=False, default=Where.BEFORE)
    seat = serializers.IntegerField(required=False, default=0, min_value=0)


class TellingIn(serializers.Serializer[dict[str, object]]):
    """What a comment, a reminder or a copy needs: `text` for a comment, the usernames `people` for a copy."""

    text = serializers.CharField(required=False, allow_blank=True, default="", max_length=1000)
    people = serializers.ListField(child=serializers.CharField(max_length=150), required=False, default=list, max_length=20)


class StandInOut(serializers.ModelSerializer[StandIn]):
    """Who decides on a line instead of `owner`, both days included."""

    owner = serializers.CharField(source="owner.username")
    stand_in = serializers.CharField(source="stand_in.username")
    line = serializers.CharField(source="line.code")

    class Meta:
        model = StandIn
        fields = ("id", "owner", "stand_in", "line", "valid_from_date", "valid_until_date", "reason")
        read_only_fields = fields


class StandInIn(serializers.Serializer[dict[str, object]]):
    """`owner` is you unless you administer the line; without `line` it is for every line that both may see."""

    owner = serializers.CharField(required=False, allow_blank=True, default="", max_length=150)
    stand_in = serializers.CharField(max_length=150)
    line = serializers.CharField(required=False, allow_blank=True, default="", max_length=40)
    valid_from_date = serializers.DateField()
    valid_until_date = serializers.DateField()
    reason = serializers.CharField(max_length=500)
