"""What of this line reconciliations may be defined over."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.lines.funds_monitoring.models import FundsPosition, FundsTopUp
from apps.lines.funds_monitoring.states import House, TopUpState
from apps.recon.conf import Table

CHANGES = {"account": _("cash account"), "change": _("change of the balance")}
TOP_UPS = {
    "number": _("transfer"),
    "account": _("cash account"),
    "bank": _("source bank"),
    "amount": _("transfer"),
    "came": _("arrived"),
}


def funds_tables() -> list[Table]:
    return [
        Table("funds_changes_sh", _("Changes of balances, Shanghai"), CHANGES, _changes(House.SHANGHAI)),
        Table("funds_changes_sz", _("Changes of balances, Shenzhen"), CHANGES, _changes(House.SHENZHEN)),
        Table("funds_top_ups", FundsTopUp._meta.verbose_name_plural, TOP_UPS, _top_ups),
    ]


def _changes(house: House) -> Callable[[str, date, list[str]], Iterable[tuple[Any, ...]]]:
    """Balance less the close before, of accounts that changed; an account whose close before nobody told is not there."""

    def rows(line: str, day: date, names: list[str]) -> Iterable[tuple[Any, ...]]:
        for one in _newest(FundsPosition.objects.filter(line__code=line, business_date=day)).filter(house=house):
            change = one.balance - one.previous if one.previous is not None else Decimal(0)
            if change:
                said = {"account": one.account, "change": change}
                yield (one.row_no, *(said[name] for name in names))

    return rows


def _top_ups(line: str, day: date, names: list[str]) -> Iterable[tuple[Any, ...]]:
    of_day = FundsTopUp.objects.filter(run__line__code=line, run__business_date=day).exclude(state=TopUpState.PLANNED)
    for number, one in enumerate(_newest(of_day), start=1):
        yield (number, *(getattr(one, name) for name in names))


def _newest(rows: Any) -> Any:
    return rows.filter(run_id__in=list(rows.order_by("-run_id").values_list("run_id", flat=True)[:1])).order_by("pk")
