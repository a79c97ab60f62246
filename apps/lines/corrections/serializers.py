"""What the API says of corrections. Amounts are CNY as text, quantities whole units."""

from typing import Any

from rest_framework import serializers

from apps.lines.corrections.models import Correction, CorrectionFinding, CorrectionPosting


class CorrectionIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)
    digest = serializers.CharField(max_length=64, required=False, allow_blank=True, default="")


class CorrectedCellOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class AccountChangeOut(serializers.Serializer[Any]):
    account = serializers.CharField()
    before = serializers.DecimalField(max_digits=20, decimal_places=2)
    after = serializers.DecimalField(max_digits=20, decimal_places=2)
    change = serializers.DecimalField(max_digits=20, decimal_places=2)


class DifferingRowOut(serializers.Serializer[Any]):
    sort = serializers.ChoiceField(choices=["changed", "gone", "added"])
    key = serializers.CharField()
    row = serializers.IntegerField()
    cells = CorrectedCellOut(many=True)


class ProposalOut(serializers.Serializer[Any]):
    """What the file changes; `digest` names the difference, so that it can be asked for as it was looked at."""

    file = serializers.IntegerField()
    run = serializers.IntegerField()
    digest = serializers.CharField()
    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    gone = serializers.IntegerField()
    same = serializers.IntegerField()
    accounts = AccountChangeOut(many=True)
    rows = DifferingRowOut(many=True)


class CorrectionOut(serializers.ModelSerializer[Correction]):
    line = serializers.CharField(source="line.code")
    run = serializers.IntegerField(source="owner_id")
    file = serializers.IntegerField(source="corrected_by_id")
    change = serializers.DecimalField(max_digits=20, decimal_places=2)
    asked_by = serializers.CharField(source="asked_by.username")
    signed_by = serializers.CharField(source="signed_by.username", allow_null=True, default=None)

    class Meta:
        model = Correction
        fields = [
            "id", "line", "business_date", "run", "file", "file_code", "state", "added", "changed", "gone", "cash_before",
            "cash_after", "change", "reason", "asked_by", "asked_at", "signed_by", "decided_at", "sent",
        ]  # fmt: skip


class CorrectionPostingOut(serializers.ModelSerializer[CorrectionPosting]):
    class Meta:
        model = CorrectionPosting
        fields = [
            "id", "kind", "name", "file", "row_no", "table", "original", "reverses", "instead_of", "cash_account", "account",
            "security", "quantity", "cash", "measures", "words",
        ]  # fmt: skip


class CorrectionFindingOut(serializers.ModelSerializer[CorrectionFinding]):
    class Meta:
        model = CorrectionFinding
        fields = ["id", "run", "step", "kind", "subject"]


class CorrectionWholeOut(CorrectionOut):
    postings = CorrectionPostingOut(many=True)
    findings = CorrectionFindingOut(many=True)
    next_after = serializers.IntegerField(allow_null=True)

    class Meta(CorrectionOut.Meta):
        fields = [*CorrectionOut.Meta.fields, "postings", "findings", "next_after"]
