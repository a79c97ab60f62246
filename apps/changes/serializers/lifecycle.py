from typing import Any

from rest_framework import serializers

from apps.changes.models import Change, ChangeItem
from apps.changes.states import Risk, Urgency


class ChangeSummaryOut(serializers.ModelSerializer[Change]):
    line = serializers.CharField(source="line.code")
    author = serializers.CharField(source="author.username")
    approver = serializers.CharField(source="approver.username", default=None, allow_null=True)

    class Meta:
        model = Change
        fields = ["id", "line", "title", "kind", "effective_date", "state", "author", "approver", "created_at", "activated_at"]


class ChangeItemOut(serializers.ModelSerializer[ChangeItem]):
    sentence = serializers.CharField(source="words.sentence", help_text="In the reader's language.")
    details = serializers.ListField(child=serializers.CharField(), source="words.details")
    content = serializers.JSONField()
    before = serializers.JSONField(allow_null=True, help_text="What it found when it took effect.")

    class Meta:
        model = ChangeItem
        fields = ["id", "kind", "subject", "content", "before", "sentence", "details"]


class WholeChangeOut(ChangeSummaryOut):
    items = ChangeItemOut(many=True, source="told")

    class Meta(ChangeSummaryOut.Meta):
        fields = [
            *ChangeSummaryOut.Meta.fields,
            "reason",
            "tickets",
            "risk",
            "evidence",
            "fallback",
            "digest",
            "rolls_back",
            "approved_at",
            "problem",
            "items",
        ]


class ItemIn(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=40, help_text="Such as process.version, step.window, calendar.day, role.")
    content = serializers.DictField(help_text="The fields of this kind; one that it does not know is refused.")


class FactsIn(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=Urgency.choices, default=Urgency.NORMAL)
    reason = serializers.CharField(max_length=2000)
    tickets = serializers.CharField(max_length=500, required=False, allow_blank=True)
    risk = serializers.ChoiceField(choices=Risk.choices, default=Risk.LOW)
    evidence = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    fallback = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    effective_date = serializers.DateField(
        required=False, default=None, allow_null=True, help_text="null: at once, for an emergency."
    )


class ChangeIn(FactsIn):
    line = serializers.CharField(max_length=40, help_text="Code of a business line whose changes you put together.")
    items = ItemIn(many=True, required=False)


class ScheduleIn(serializers.Serializer[Any]):
    with_parameters = serializers.BooleanField(default=True, help_text="Windows and placements of steps that differ, as items.")
    effective_date = serializers.DateField(required=False, help_text="Without it, the next business day.")
    title = serializers.CharField(max_length=200, required=False)
    reason = serializers.CharField(max_length=2000, required=False)
    line = serializers.CharField(
        max_length=60, required=False, help_text="Code of the line for new processes; without it the one that the package names."
    )


class ChangeVerbIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)
    digest = serializers.CharField(
        max_length=64, required=False, default=None, help_text="For submit: the digest you saw; another one now is refused."
    )
    effective_date = serializers.DateField(
        required=False, default=None, allow_null=True, help_text="For roll-back; null: at once, as an emergency."
    )
