"""Classes, tables, rules and products by business date. Rows are never rewritten: `products.actions` adds them, by changes or as
shipped with the product."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.changes.models import Change
from apps.lines.products.core.book import ClassRow, Facts, RuleRow, TableRow, level_of, parent_of
from apps.lines.products.core.outputs import LONGEST_PATH, OutputRow
from apps.lines.products.states import LEVELS, AccountKind, AccountMarket, HitPolicy, Settlor, Standing
from apps.people.models import BusinessLine

CODE_LENGTH = 87
"""Four parts of twenty signs with dots."""


class ByDate(models.Model):
    """A row that holds from a business date on. Without a change it was shipped with the product."""

    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("last day"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)
    is_verified = models.BooleanField(_("verified"), default=False)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)
    change = models.ForeignKey(
        Change, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("change")
    )
    set_at = models.DateTimeField(_("set at"))

    class Meta:
        abstract = True


def _by_date(name: str, *key: str) -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(fields=[*key, "change"], name=f"a_change_sets_{name}_once"),
        models.UniqueConstraint(fields=[*key, "valid_from"], condition=Q(change=None), name=f"{name}_is_shipped_once"),
        models.CheckConstraint(condition=~Q(source=""), name=f"{name}_has_a_source"),
        models.CheckConstraint(
            condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name=f"{name}_ends_after_it_begins"
        ),
    ]


class ProductClass(ByDate):
    """A node of the product tree; its code is its path, so that it can have no other parent than the one it names."""

    code = models.CharField(_("code of the class"), max_length=CODE_LENGTH)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=80)

    class Meta:
        app_label = "lines"
        verbose_name = _("product class")
        verbose_name_plural = _("product classes")
        ordering = ["code", "-valid_from", "-id"]
        constraints = _by_date("a_product_class", "code")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return str(self.name_zh if (translation.get_language() or "").startswith("zh") else self.name_en)

    @property
    def level(self) -> int:
        return level_of(self.code)

    @property
    def is_leaf_level(self) -> bool:
        return self.level == LEVELS

    @property
    def parent(self) -> str:
        return parent_of(self.code)

    @property
    def as_row(self) -> ClassRow:
        return ClassRow(
            id=self.pk, code=self.code, valid_from=self.valid_from, valid_to=self.valid_to, is_withdrawn=self.is_withdrawn
        )


class ProductTable(ByDate):
    """A decision table of product rules: how its rules count together."""

    code = models.CharField(_("table"), max_length=40)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=80)
    hit_policy = models.CharField(_("hit policy"), max_length=10, choices=HitPolicy.choices, default=HitPolicy.UNIQUE)

    class Meta:
        app_label = "lines"
        verbose_name = _("table of product rules")
        verbose_name_plural = _("tables of product rules")
        ordering = ["code", "-valid_from", "-id"]
        constraints = _by_date("a_product_table", "code")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return str(self.name_zh if (translation.get_language() or "").startswith("zh") else self.name_en)

    @property
    def as_row(self) -> TableRow:
        return TableRow(
            id=self.pk,
            code=self.code,
            hit_policy=HitPolicy(self.hit_policy),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            is_withdrawn=self.is_withdrawn,
        )


class ProductRule(ByDate):
    """A rule of a table: the cells by column, and one of three results."""

    table = models.CharField(_("table"), max_length=40)
    code = models.CharField(_("rule"), max_length=40)
    position = models.PositiveIntegerField(_("position"), default=100)
    cells = models.JSONField(_("conditions"), default=dict)
    class_code = models.CharField(_("gives the class"), max_length=CODE_LENGTH, blank=True)
    next_table = models.CharField(_("asks the table"), max_length=40, blank=True)
    refusal = models.CharField(_("refuses, because"), max_length=200, blank=True)
    refusal_en = models.CharField(_("the same in English"), max_length=200, blank=True)

    class Meta:
        app_label = "lines"
        verbose_name = _("product rule")
        verbose_name_plural = _("product rules")
        ordering = ["table", "position", "code", "-valid_from", "-id"]
        constraints = [
            *_by_date("a_product_rule", "table", "code"),
            models.CheckConstraint(
                condition=Q(is_withdrawn=True)
                | (~Q(class_code="") & Q(next_table="") & Q(refusal=""))
                | (Q(class_code="") & ~Q(next_table="") & Q(refusal=""))
                | (Q(class_code="") & Q(next_table="") & ~Q(refusal="")),
                name="a_product_rule_says_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table}/{self.code}"

    @property
    def refusal_words(self) -> str:
        """In the reader's language where it is known, else as it was written."""
        return refusal_in_words(self.refusal, self.refusal_en)

    @property
    def as_row(self) -> RuleRow:
        return RuleRow(
            id=self.pk or 0,
            table=self.table,
            code=self.code,
            position=self.position,
            cells=dict(self.cells),
            class_code=self.class_code,
            next_table=self.next_table,
            refusal=self.refusal,
            refusal_en=self.refusal_en,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            is_withdrawn=self.is_withdrawn,
        )


def refusal_in_words(refusal: str, refusal_en: str) -> str:
    """Words of a refusal in the reader's language; those that nobody translated stay as they were written."""
    return refusal if (translation.get_language() or "").startswith("zh") or not refusal_en else refusal_en


class ProductOutput(ByDate):
    """Where files of products go: for which products, which files, split by which column, to which path."""

    code = models.CharField(_("output"), max_length=40)
    cells = models.JSONField(_("conditions"), default=dict)
    class_pattern = models.CharField(_("classes"), max_length=400, blank=True)
    files = models.CharField(_("market files"), max_length=400)
    split_by = models.CharField(_("split by column"), max_length=20, blank=True)
    omits_empty = models.BooleanField(_("no file without rows"), default=False)
    path = models.CharField(_("path"), max_length=LONGEST_PATH)

    class Meta:
        app_label = "lines"
        verbose_name = _("output of products")
        verbose_name_plural = _("outputs of products")
        ordering = ["code", "-valid_from", "-id"]
        constraints = _by_date("a_product_output", "code")

    def __str__(self) -> str:
        return self.code

    @property
    def as_row(self) -> OutputRow:
        return OutputRow(
            id=self.pk or 0,
            code=self.code,
            cells=dict(self.cells),
            class_pattern=self.class_pattern,
            files=self.files,
            split_by=self.split_by,
            omits_empty=self.omits_empty,
            path=self.path,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            is_withdrawn=self.is_withdrawn,
        )


class Product(models.Model):
    """A product of a line; what is known of it are its facts by date. Who may see the line sees it."""

    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("line"))
    code = models.CharField(_("product code"), max_length=30, unique=True)

    class Meta:
        app_label = "lines"
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class ProductFacts(models.Model):
    """What is known of a product from a business date on. Amounts are CNY; null: not known, which no threshold is passed with."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="facts", verbose_name=_("product"))
    valid_from = models.DateField(_("valid from"))
    name = models.CharField(_("product name"), max_length=100)
    extended_codes = models.CharField(_("extended codes"), max_length=400, blank=True)
    declared = models.CharField(_("declared kind"), max_length=40, blank=True)
    trustee = models.CharField(_("trustee"), max_length=60, blank=True)
    settlor = models.CharField(_("settlor"), max_length=12, choices=Settlor.choices, blank=True)
    amount = models.DecimalField(_("paid-in amount (CNY)"), max_digits=18, decimal_places=2, null=True, blank=True)
    other_beneficiaries = models.PositiveIntegerField(_("beneficiaries beside the settlor"), null=True, blank=True)
    term_months = models.PositiveIntegerField(_("term (months)"), null=True, blank=True)
    established = models.DateField(_("established"), null=True, blank=True)
    is_wound_up = models.BooleanField(_("wound up"), default=False)
    change = models.ForeignKey(
        Change, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("change")
    )
    set_at = models.DateTimeField(_("set at"))

    class Meta:
        app_label = "lines"
        verbose_name = _("facts of a product")
        verbose_name_plural = _("facts of products")
        ordering = ["product", "-valid_from", "-id"]
        indexes = [models.Index(fields=["product", "valid_from", "id"], name="facts_of_a_product_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["product", "change"], name="a_change_sets_facts_once"),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="an_amount_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.valid_from.isoformat()}"

    @property
    def codes(self) -> list[str]:
        """The extended codes, each by itself."""
        return str(self.extended_codes).split()

    def as_facts(self, code: str) -> Facts:
        """As the rules read them; `code` is that of the product."""
        day: date | None = self.established
        facts: dict[str, Any] = {name: getattr(self, name) for name in ("name", "declared", "trustee", "settlor", "is_wound_up")}
        return Facts(
            code=code,
            extended_codes=tuple(self.codes),
            amount=self.amount,
            other_beneficiaries=self.other_beneficiaries,
            term_months=self.term_months,
            established=day,
            **facts,
        )


class ProductClassification(models.Model):
    """The class of a product from a business date on, or why it has none, with the rules that said so, as two people agreed."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="classifications", verbose_name=_("product"))
    valid_from = models.DateField(_("valid from"))
    standing = models.CharField(_("standing"), max_length=12, choices=Standing.choices)
    class_code = models.CharField(_("code of the class"), max_length=CODE_LENGTH, blank=True)
    refused_by = models.CharField(_("refused by"), max_length=81, blank=True)
    way = models.JSONField(_("rules that were asked"), default=list)
    change = models.ForeignKey(
        Change, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("change")
    )
    set_at = models.DateTimeField(_("set at"))

    class Meta:
        app_label = "lines"
        verbose_name = _("classification of a product")
        verbose_name_plural = _("classifications of products")
        ordering = ["product", "-valid_from", "-id"]
        indexes = [models.Index(fields=["product", "valid_from", "id"], name="class_of_a_product_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["product", "change"], name="a_change_classifies_once"),
            models.CheckConstraint(
                condition=(Q(standing="classified") & ~Q(class_code="")) | (~Q(standing="classified") & Q(class_code="")),
                name="a_class_or_a_reason_never_both",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.valid_from.isoformat()} {self.class_code or self.standing}"

    @property
    def result(self) -> tuple[str, str, str]:
        return self.standing, self.class_code, self.refused_by


class ProductAccount(models.Model):
    """A securities account of a product from a business date on. By date an account is of one product or of none."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="accounts", verbose_name=_("product"))
    market = models.CharField(_("market"), max_length=2, choices=AccountMarket.choices)
    account = models.CharField(_("securities account"), max_length=10)
    client = models.CharField(_("client number"), max_length=30, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=AccountKind.choices, default=AccountKind.ORDINARY)
    branch = models.CharField(_("branch"), max_length=20, blank=True)
    valid_from = models.DateField(_("valid from"))
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)
    change = models.ForeignKey(
        Change, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("change")
    )
    set_at = models.DateTimeField(_("set at"))

    class Meta:
        app_label = "lines"
        verbose_name = _("securities account of a product")
        verbose_name_plural = _("securities accounts of products")
        ordering = ["market", "account", "-valid_from", "-id"]
        indexes = [
            models.Index(fields=["market", "account", "valid_from", "id"], name="account_of_a_product_by_day"),
            models.Index(fields=["product", "market", "account"], name="accounts_of_a_product"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["market", "account", "change"], name="a_change_sets_an_account_once"),
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.account}"
