"""What a day of bond lending came to. Rows belong to a run; `bond_lending.store` is their only writer.

Money is CNY with two decimals; quantities are bonds of 100 face; rates and ratios are percent.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.bond_lending.states import ContractState, ContractType, DeclarationState, Origin, Verb
from apps.people.models import BusinessLine

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _money(label: "StrPromise") -> "models.DecimalField[Decimal | None, Decimal | None]":
    """None: nobody can say."""
    return models.DecimalField(label, max_digits=20, decimal_places=2, null=True)


def _percent(label: "StrPromise") -> "models.DecimalField[Decimal | None, Decimal | None]":
    return models.DecimalField(label, max_digits=12, decimal_places=4, null=True)


class LendingContract(models.Model):
    """One contract of the run. `row_no` is the row of `file`: of our own book, or of the market's open contracts.

    `opening_state` is that of the morning, so that the evening may be computed again. `amount` is the value at the start.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("business line"))
    business_date = models.DateField(_("business date"))
    file = models.ForeignKey(ArrivedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    row_no = models.PositiveIntegerField(_("row"))
    origin = models.CharField(_("origin"), max_length=8, choices=Origin.choices)
    contract_type = models.CharField(_("type of contract"), max_length=16, choices=ContractType.choices)
    contract_class = models.CharField(_("class"), max_length=3)
    number = models.CharField(_("contract"), max_length=20)
    parent_number = models.CharField(_("made from contract"), max_length=20, blank=True)
    account = models.CharField(_("securities account"), max_length=20)
    unit = models.CharField(_("trading unit"), max_length=6)
    counterparty = models.CharField(_("counterparty unit"), max_length=6, blank=True)
    security = models.CharField(_("security"), max_length=8)
    side = models.CharField(_("side"), max_length=1, blank=True)
    quantity = models.BigIntegerField(_("quantity"))
    amount = _money(_("value at the start"))
    rate = _percent(_("rate"))
    code = models.CharField(_("code of the term"), max_length=10, blank=True)
    start_date = models.DateField(_("start"))
    maturity_date = models.DateField(_("maturity"))
    due_date = models.DateField(_("due"))
    agreed_line = _percent(_("agreed collateral ratio"))
    opening_state = models.CharField(_("state in the morning"), max_length=20, choices=ContractState.choices)
    state = models.CharField(_("state"), max_length=20, choices=ContractState.choices)
    closed_as = models.CharField(_("closed as"), max_length=20, choices=ContractState.choices, blank=True)
    fee = _money(_("fee of the term"))
    fee_due = _money(_("fee paid today"))
    value = _money(_("value today"))
    pledged_value = _money(_("value of the collateral"))
    ratio = _percent(_("collateral ratio"))
    is_short = models.BooleanField(_("collateral below the line"), default=False)

    class Meta:
        app_label = "lines"
        verbose_name = _("lending contract")
        verbose_name_plural = _("lending contracts")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "contract_type", "number", "account", "security"], name="one_lending_contract_per_run"
            )
        ]
        indexes = [models.Index(fields=["run", "state", "id"], name="lending_contracts_by_state")]

    def __str__(self) -> str:
        return self.number


class LendingPledge(models.Model):
    """A bond that secures a contract: in the morning, and after what was declared that day."""

    contract = models.ForeignKey(
        LendingContract, on_delete=models.CASCADE, related_name="pledges", verbose_name=_("lending contract")
    )
    security = models.CharField(_("security"), max_length=8)
    quantity = models.BigIntegerField(_("quantity"), default=0)
    quantity_after = models.BigIntegerField(_("quantity in the evening"), default=0)

    class Meta:
        app_label = "lines"
        verbose_name = _("collateral of a lending")
        verbose_name_plural = _("collateral of lendings")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["contract", "security"], name="one_pledge_per_security")]

    def __str__(self) -> str:
        return f"{self.security} {self.quantity_after}"


class LendingDeclaration(models.Model):
    """A return, roll or substitution that the maker decided, and what the market answered."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", verbose_name=_("run"))
    contract = models.ForeignKey(
        LendingContract, on_delete=models.CASCADE, related_name="declarations", verbose_name=_("lending contract")
    )
    position = models.PositiveIntegerField(_("position"))
    number = models.CharField(_("declaration"), max_length=20)
    verb = models.CharField(_("what is declared"), max_length=10, choices=Verb.choices)
    code = models.CharField(_("code of the term"), max_length=10, blank=True)
    out_security = models.CharField(_("collateral out"), max_length=8, blank=True)
    out_quantity = models.BigIntegerField(_("quantity out"), default=0)
    in_security = models.CharField(_("collateral in"), max_length=8, blank=True)
    in_quantity = models.BigIntegerField(_("quantity in"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=DeclarationState.choices, default=DeclarationState.CHOSEN)
    answer_code = models.CharField(_("answer"), max_length=4, blank=True)
    answer_text = models.CharField(_("text of the answer"), max_length=80, blank=True)
    answer_number = models.CharField(_("number of the business"), max_length=20, blank=True)

    class Meta:
        app_label = "lines"
        verbose_name = _("declaration about a lending")
        verbose_name_plural = _("declarations about lendings")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="one_lending_declaration_per_position")]

    def __str__(self) -> str:
        return self.number
