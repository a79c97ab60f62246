"""What people type about an account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.lines.options_margin.models import MarginRow
from apps.lines.options_margin.selectors.combinations import WantedCombinations
from apps.lines.options_margin.states import STRATEGY_NAMES, Part


class AccountFilter(forms.Form):
    account = forms.CharField(required=False, max_length=20)
    called = forms.BooleanField(required=False)
    after = forms.IntegerField(required=False, min_value=0)


class CombinationFilter(forms.Form):
    """What the address of the list may say; anything else is ignored on a page and refused by the API."""

    part = forms.ChoiceField(choices=Part.choices, required=False)
    account = forms.CharField(required=False, max_length=20)
    strategy = forms.ChoiceField(choices=[("", ""), *STRATEGY_NAMES.items()], required=False)
    contract = forms.CharField(required=False, max_length=8)
    underlying = forms.CharField(required=False, max_length=6)
    after = forms.IntegerField(required=False, min_value=0)

    def wanted(self) -> WantedCombinations:
        said = {name: value for name, value in self.cleaned_data.items() if value and name != "after"}
        return WantedCombinations(**said)


class WhatIfForm(forms.Form):
    """ "Dissolve this, close that": a box for every combination and a number for every holding of the account."""

    def __init__(self, rows: list[MarginRow], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.combinations = [row for row in rows if row.strategy]
        self.holdings = sorted({(row.contract, row.side) for row in rows if not row.is_covered} | _seconds(rows))
        for row in self.combinations:
            label = f"{row.strategy} {row.contract} {row.second_contract} × {row.lots}"
            self.fields[f"dissolve-{row.number}"] = forms.BooleanField(required=False, label=label)
        for contract, side in self.holdings:
            label = f"{contract} {_('long') if side == 'long' else _('short')}"
            self.fields[f"close-{contract}-{side}"] = forms.IntegerField(
                required=False, min_value=0, max_value=10**9, label=label
            )

    @property
    def dissolve(self) -> list[str]:
        return [row.number for row in self.combinations if self.cleaned_data.get(f"dissolve-{row.number}")]

    @property
    def close(self) -> list[tuple[str, str, int]]:
        found = ((contract, side, self.cleaned_data.get(f"close-{contract}-{side}") or 0) for contract, side in self.holdings)
        return [(contract, side, lots) for contract, side, lots in found if lots]


def _seconds(rows: list[MarginRow]) -> set[tuple[str, str]]:
    return {(row.second_contract, row.second_side) for row in rows if row.second_contract}
