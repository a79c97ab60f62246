"""What people fill in: which products they want to see, a class, a table, a rule, a product, a sheet, and when it holds."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.changes.forms import CONTROL, PUTS_TOGETHER, SELECT, ItemForm
from apps.lines.products.core.checks import Finding, cell_problem
from apps.lines.products.core.outputs import WILDCARDS, path_problem
from apps.lines.products.core.patterns import BadPattern, read_pattern
from apps.lines.products.core.sheets import SHEETS
from apps.lines.products.selectors.findings import sentence_of
from apps.lines.products.selectors.products import NEVER, WITHOUT
from apps.lines.products.states import (
    COLUMNS,
    PRODUCT_CLASS,
    PRODUCT_FACTS,
    PRODUCT_OUTPUT,
    PRODUCT_RULE,
    PRODUCT_TABLE,
    AccountKind,
    AccountMarket,
    ColumnKind,
    HitPolicy,
    Settlor,
    Standing,
)
from apps.people.models import BusinessLine

DAY: dict[str, Any] = {"widget": forms.DateInput({"type": "date", **CONTROL}, format="%Y-%m-%d")}
SHEET_NAMES = (("products", _("Products")), ("classes", _("Classes")), ("tables", _("Tables")), ("rules", _("Rules")),
               ("outputs", _("Outputs")), ("accounts", _("Securities accounts")))  # fmt: skip
HINTS = {
    ColumnKind.TEXT: _("* any signs, ? one sign, several with commas, not(…) turns them round."),
    ColumnKind.NUMBER: _("Such as >= 10000000, or < 1, null."),
    ColumnKind.DATE: _('Such as >= date("2023-06-01").'),
    ColumnKind.BOOLEAN: _("true or false."),
}


def _text(label: Any, length: int, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, required=required, help_text=help_text, widget=forms.TextInput(CONTROL)
    )


FIRST_OF_KIND = tuple(next(column for column in COLUMNS if column.kind == kind) for kind in ColumnKind)
"""What has to be said of a kind of column is said once."""


class ProductsFilter(forms.Form):
    """Every field of a product; texts are patterns."""

    date = forms.DateField(required=False)
    line = forms.CharField(max_length=40, required=False)
    code = forms.CharField(label=_("Product code"), max_length=100, required=False)
    name = forms.CharField(label=_("Product name"), max_length=100, required=False)
    extended_codes = forms.CharField(label=_("Extended code"), max_length=100, required=False)
    declared = forms.CharField(label=_("Declared kind"), max_length=100, required=False)
    trustee = forms.CharField(label=_("Trustee"), max_length=100, required=False)
    settlor = forms.ChoiceField(choices=[("", ""), *Settlor.choices], required=False)
    amount_from = forms.DecimalField(max_digits=18, decimal_places=2, required=False)
    amount_to = forms.DecimalField(max_digits=18, decimal_places=2, required=False)
    other_beneficiaries_from = forms.IntegerField(required=False, min_value=0, max_value=100_000)
    other_beneficiaries_to = forms.IntegerField(required=False, min_value=0, max_value=100_000)
    term_months_from = forms.IntegerField(required=False, min_value=0, max_value=100_000)
    term_months_to = forms.IntegerField(required=False, min_value=0, max_value=100_000)
    established_from = forms.DateField(required=False)
    established_to = forms.DateField(required=False)
    is_wound_up = forms.NullBooleanField(required=False)
    standing = forms.ChoiceField(
        choices=[
            ("", ""),
            (WITHOUT, _("Without a class")),
            (NEVER, _("Not classified yet")),
            *[choice for choice in Standing.choices if choice[0] != Standing.UNDONE],
        ],
        required=False,
    )
    class_code = forms.CharField(max_length=87, required=False)
    after = forms.CharField(max_length=30, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        _check_patterns(self, cleaned, ("code", "name", "extended_codes", "declared", "trustee"))
        return cleaned

    @property
    def wanted(self) -> dict[str, Any]:
        """What was said, of the fields that can be read."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class AccountsFilter(forms.Form):
    """Which securities accounts a list shows; texts are patterns."""

    date = forms.DateField(required=False)
    line = forms.CharField(max_length=40, required=False)
    product = forms.CharField(label=_("Product code"), max_length=100, required=False)
    market = forms.ChoiceField(choices=[("", ""), *AccountMarket.choices], required=False)
    account = forms.CharField(label=_("Securities account"), max_length=100, required=False)
    kind = forms.ChoiceField(choices=[("", ""), *AccountKind.choices], required=False)
    after = forms.CharField(max_length=20, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        _check_patterns(self, cleaned, ("product", "account"))
        return cleaned

    @property
    def wanted(self) -> dict[str, Any]:
        """What was said, of the fields that can be read."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class DatedFields(forms.Form):
    """How long it holds, and who says so."""

    valid_to = forms.DateField(label=_("Last day"), required=False, help_text=_("Empty: until something else is set."), **DAY)
    source = _text(_("Source"), 300, help_text=_("Such as the number of the notice."))
    is_verified = forms.BooleanField(label=_("Verified against the source"), required=False)
    removed = forms.BooleanField(label=_("Not in force any more"), required=False)

    def content(self) -> dict[str, Any]:
        skipped = ("reason", "effective_date", "line")
        given = {name: value for name, value in self.cleaned_data.items() if name not in skipped and value not in (None, "")}
        return given | {name: value.isoformat() for name, value in given.items() if isinstance(value, date)}


class ClassFields(DatedFields):
    code = _text(
        _("Code of the class"),
        87,
        help_text=_("The path from the root, such as TRUST.SERVICE.WEALTH.FAMILY: four parts, four levels."),
    )
    name_zh = _text(_("Chinese name"), 60)
    name_en = _text(_("English name"), 80)
    field_order = ("code", "name_zh", "name_en")


class TableFields(DatedFields):
    code = _text(_("Rule table"), 40, help_text=_("The table called “products” is asked first."))
    name_zh = _text(_("Chinese name"), 60)
    name_en = _text(_("English name"), 80)
    hit_policy = forms.ChoiceField(label=_("Hit policy"), choices=HitPolicy.choices, widget=forms.Select(SELECT))
    field_order = ("code", "name_zh", "name_en", "hit_policy")


class RuleFields(DatedFields):
    """A rule: `cell_<column>` are its conditions."""

    table = _text(_("Rule table"), 40)
    code = _text(_("Rule"), 40)
    position = forms.IntegerField(
        label=_("Position"), min_value=1, max_value=100_000, initial=100, widget=forms.NumberInput(CONTROL)
    )
    class_code = _text(_("Gives the class"), 87, required=False)
    next_table = _text(_("Asks the table"), 40, required=False)
    refusal = _text(_("Refuses, because"), 200, required=False, help_text=_("A rule does one of these three."))
    refusal_en = _text(_("The same in English"), 200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in COLUMNS:
            hint = HINTS[column.kind] if column in FIRST_OF_KIND else ""
            self.fields[f"cell_{column.name}"] = _text(column.label, 400, required=False, help_text=hint)
        last = [
            name
            for name in self.fields
            if name in ("class_code", "next_table", "refusal", "refusal_en", *DatedFields.base_fields)
        ]
        last += [name for name in self.fields if name in ("effective_date", "reason", "line")]
        cells = [f"cell_{column.name}" for column in COLUMNS]
        self.order_fields(["table", "code", "position", *cells, *last])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for column in COLUMNS:
            finding = cell_problem(column.name, cleaned.get(f"cell_{column.name}") or "")
            if finding is not None:
                self.add_error(f"cell_{column.name}", sentence_of(finding))
        said = sum(bool(cleaned.get(name)) for name in ("class_code", "next_table", "refusal"))
        if not cleaned.get("removed") and said != 1:
            raise ValidationError(_("A rule gives a class, asks another table, or refuses: one of these."))
        return cleaned

    def content(self) -> dict[str, Any]:
        return _with_cells(super().content())


def _with_cells(given: dict[str, Any]) -> dict[str, Any]:
    cells = {name.removeprefix("cell_"): given.pop(name) for name in list(given) if name.startswith("cell_")}
    return {**given, "cells": cells}


class OutputFields(DatedFields):
    """Where files go: `cell_<column>` are its conditions on products."""

    code = _text(_("Output"), 40)
    class_pattern = _text(
        _("Classes"), 400, required=False, help_text=_("Such as TRUST.SERVICE.*; empty: of any class and of none.")
    )
    files = _text(  # type: ignore[assignment]  # a field of this name leaves the form's own `files` as they are
        _("Market files"), 400, help_text=_("Patterns of names, such as sjsmx?*, jsmx*.")
    )
    split_by = _text(
        _("Split by column"), 20, required=False, help_text=_("The column with the account. Empty: the file is copied whole.")
    )
    omits_empty = forms.BooleanField(
        label=_("No file without rows"), required=False, help_text=_("Else a product without rows gets the file with its header.")
    )
    path = _text(
        _("Path"),
        200,
        help_text=" ".join(f"{{{name}}}" for name in WILDCARDS),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in COLUMNS:
            hint = HINTS[column.kind] if column in FIRST_OF_KIND else ""
            self.fields[f"cell_{column.name}"] = _text(column.label, 400, required=False, help_text=hint)
        last = [name for name in self.fields if name in DatedFields.base_fields]
        last += [name for name in self.fields if name in ("effective_date", "reason", "line")]
        cells = [f"cell_{column.name}" for column in COLUMNS]
        self.order_fields(["code", "files", "split_by", "path", "omits_empty", "class_pattern", *cells, *last])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for column in COLUMNS:
            finding = cell_problem(column.name, cleaned.get(f"cell_{column.name}") or "")
            if finding is not None:
                self.add_error(f"cell_{column.name}", sentence_of(finding))
        _check_patterns(self, cleaned, ("class_pattern", "files"))
        if cleaned.get("path") and (problem := path_problem(cleaned["path"])) is not None:
            self.add_error("path", sentence_of(Finding(problem[0], "path", {"what": problem[1]})))
        return cleaned

    def content(self) -> dict[str, Any]:
        return _with_cells(super().content())


def _check_patterns(form: forms.Form, cleaned: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        try:
            read_pattern(cleaned.get(name) or "")
        except BadPattern as refusal:
            form.add_error(name, sentence_of(Finding(f"pattern_{refusal.code}", name, {"place": str(refusal.place)})))


class FactsFields(forms.Form):
    """One product."""

    code = _text(_("Product code"), 30)
    name = _text(_("Product name"), 100)
    extended_codes = _text(_("Extended codes"), 400, required=False, help_text=_("With blanks between them."))
    declared = _text(_("Declared kind"), 40, required=False)
    trustee = _text(_("Trustee"), 60, required=False)
    settlor = forms.ChoiceField(
        label=_("Settlor"), choices=[("", "–"), *Settlor.choices], required=False, widget=forms.Select(SELECT)
    )
    amount = forms.DecimalField(
        label=_("Paid-in amount (CNY)"),
        required=False,
        min_value=0,
        max_digits=18,
        decimal_places=2,
        widget=forms.NumberInput({"step": "0.01", **CONTROL}),
    )
    other_beneficiaries = forms.IntegerField(
        label=_("Beneficiaries beside the settlor"), required=False, min_value=0, widget=forms.NumberInput(CONTROL)
    )
    term_months = forms.IntegerField(label=_("Term (months)"), required=False, min_value=0, widget=forms.NumberInput(CONTROL))
    established = forms.DateField(label=_("Established"), required=False, **DAY)
    is_wound_up = forms.BooleanField(label=_("Wound up"), required=False)


class ClassItemForm(ClassFields, ItemForm):
    """A class inside a change."""


class TableItemForm(TableFields, ItemForm):
    """A table inside a change."""


class RuleItemForm(RuleFields, ItemForm):
    """A rule inside a change."""


class OutputItemForm(OutputFields, ItemForm):
    """An output inside a change."""


class FactsItemForm(FactsFields, ItemForm):
    """One product inside a change."""

    def content(self) -> dict[str, Any]:
        given = super().content()
        return {"products": [{name: str(value) if name in ("amount", "established") else value for name, value in given.items()}]}


class Proposed(forms.Form):
    """The same as a change of its own: why, from when on, and on whose path."""

    effective_date = forms.DateField(
        label=_("Holds from business date"), required=False, help_text=_("Empty: at once, as an emergency."), **DAY
    )
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 2, **CONTROL}))
    line = forms.ModelChoiceField(
        BusinessLine.objects.none(), label=_("On the path of the line"), to_field_name="code", widget=forms.Select(SELECT)
    )

    def __init__(
        self, *args: Any, lines: QuerySet[BusinessLine], effective: date | None, looks: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        line = self.fields["line"]
        assert isinstance(line, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        line.queryset = lines
        line.empty_label = None
        self.fields["effective_date"].initial = effective
        if looks:  # a preview needs neither a reason nor a path nor a source
            for name in ("reason", "line", "source"):
                if name in self.fields:
                    self.fields[name].required = False


class ProposedClass(ClassFields, Proposed):
    """A class as a change of its own."""


class ProposedTable(TableFields, Proposed):
    """A table as a change of its own."""


class ProposedRule(Proposed, RuleFields):
    """A rule as a change of its own."""


class ProposedOutput(Proposed, OutputFields):
    """An output as a change of its own."""


class ProposedAccounts(Proposed):
    """Rows of securities accounts, as they come from a table program or a file, as a change of its own."""

    rows = forms.CharField(
        label=_("Accounts, a row each"),
        max_length=200_000,
        strip=False,
        help_text=_("As copied from a table: market, account, product, client, kind, branch, removed. At most 1,000 rows."),
        widget=forms.Textarea({"rows": 12, "class": "form-control mono"}),
    )
    field_order = ("rows",)


class ProposedSheet(Proposed):
    """A sheet as a change of its own."""

    what = forms.ChoiceField(label=_("Holds"), choices=SHEET_NAMES, widget=forms.Select(SELECT))
    file = forms.FileField(
        label=_("Sheet (CSV or XLSX)"),
        help_text=_("With the names of the columns in the first row, as the sheets that can be saved here; at most 1,000 rows."),
        widget=forms.FileInput(CONTROL),
    )
    field_order = ("what", "file")


class ProposedClassification(Proposed):
    """A classification of all products of a line; date and line are those of the preview, `seen` is its digest."""

    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["effective_date"].widget = forms.HiddenInput()
        self.fields["line"].widget = forms.HiddenInput()


class PatternForm(forms.Form):
    """A cell to try."""

    column = forms.ChoiceField(choices=[(column.name, column.label) for column in COLUMNS], required=False)
    cell = forms.CharField(max_length=400, required=False)


FORMS = {
    PRODUCT_CLASS: (ClassItemForm, PUTS_TOGETHER),
    PRODUCT_TABLE: (TableItemForm, PUTS_TOGETHER),
    PRODUCT_RULE: (RuleItemForm, PUTS_TOGETHER),
    PRODUCT_OUTPUT: (OutputItemForm, PUTS_TOGETHER),
    PRODUCT_FACTS: (FactsItemForm, PUTS_TOGETHER),
}
WHATS = tuple(SHEETS)
