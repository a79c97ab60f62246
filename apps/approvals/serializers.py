from rest_framework import serializers

from apps.approvals.models import Approval, Seat, StandIn
from apps.approvals.states import Where


class SeatOut(serializers.ModelSerializer[Seat]):
    """One voice; `owner` is whose it was, `holder` who has it now, `answer` what who decided has filled in."""

    owner = serializers.CharField(source="owner.username")
    holder = serializers.CharField(source="holder.username")
    decided_by = serializers.CharField(source="decided_by.username", default=None, allow_null=True)
    added_by = serializers.CharField(source="added_by.username", default=None, allow_null=True)

    class Meta:
        model = Seat
        fields = (
            "number", "stage", "owner", "holder", "decision", "decided_by", "decided_at", "reason", "answer", "added_by",
            "has_turn", "is_past",
        )  # fmt: skip
        read_only_fields = fields


FIELDS: tuple[str, ...] = (
    "id", "kind", "subject", "title_zh", "title_en", "line", "digest", "state", "stage", "revision", "submitter", "submitted_at",
    "ended_at", "reminded_at", "due_at", "late_at", "needs_form",
)  # fmt: skip


class ApprovalOut(serializers.ModelSerializer[Approval]):
    """An approval as lists show it. What `needs_form` is decided by itself, and not together with others."""

    line = serializers.CharField(source="line.code")
    needs_form = serializers.BooleanField(read_only=True)
    submitter = serializers.CharField(source="submitter.username")

    class Meta:
        model = Approval
        fields = FIELDS
        read_only_fields = FIELDS


class ApprovalWithSeatsOut(ApprovalOut):
    """One approval with every voice that it has or had. `form`: the JSON schema of the `answer` that decisions give, or null."""

    seats = SeatOut(many=True)

    class Meta(ApprovalOut.Meta):
        fields = (*FIELDS, "form", "seats")
        read_only_fields = fields


class DecisionIn(serializers.Serializer[dict[str, object]]):
    """What a verb needs. `revision` is that of the approval you looked at; another one is refused with 409.

    `to` is the place of an earlier stage, from 0, or null for the author; `people` are usernames; `answer` is what you fill in
    when you approve or reject what has a form.
    """

    revision = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=0)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=1000)
    to = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=0, max_value=1000)
    directly = serializers.BooleanField(required=False, default=False)
    people = serializers.ListField(child=serializers.CharField(max_length=150), required=False, default=list, max_length=20)
    where = serializers.ChoiceField(choices=Where.choices, required=False, default=Where.BEFORE)
    seat = serializers.IntegerField(required=False, default=0, min_value=0)
    answer = serializers.DictField(required=False, default=dict)


class TellingIn(serializers.Serializer[dict[str, object]]):
    """What a reminder or a copy needs: the usernames `people` for a copy."""

    people = serializers.ListField(child=serializers.CharField(max_length=150), required=False, default=list, max_length=20)


class SeenIn(serializers.Serializer[dict[str, object]]):
    """An approval as you looked at it."""

    id = serializers.IntegerField(min_value=1, max_value=2**62)
    revision = serializers.IntegerField(min_value=0)


class TogetherIn(serializers.Serializer[dict[str, object]]):
    verb = serializers.CharField(max_length=20, help_text="approve or reject")
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=1000)
    approvals = serializers.ListField(child=SeenIn(), min_length=1, max_length=200)


class OutcomeOut(serializers.Serializer[dict[str, object]]):
    """What became of one; `refusal` is empty when it is done."""

    approval = serializers.IntegerField()
    refusal = serializers.CharField(allow_blank=True)


class TogetherOut(serializers.Serializer[dict[str, object]]):
    """`done` + `refused` = `selected`."""

    selected = serializers.IntegerField()
    done = serializers.IntegerField()
    refused = serializers.IntegerField()
    items = OutcomeOut(many=True)


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
