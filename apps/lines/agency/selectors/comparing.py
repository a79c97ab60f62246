"""Tables of this line that reconciliations may be defined over."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.lines.agency.core.items import (
    SUMMARY,
    TAX,
)
from apps.lines.agency.models import AgencyItem
from apps.lines.agency.selectors import known_on
from apps.lines.agency.states import ItemState
from apps.lines.core.balances import movements_by_voucher
from apps.lines.selectors import NotHere, details_in, file_of, table_of
from apps.recon.conf import Table
from apps.recon.errors import SourceNotHere


def comparable_tables() -> list[Table]:
    """What of this line reconciliations may be defined over (R17)."""
    names = {"account": _("cash account"), "voucher": _("settlement number"), "amount": _("amount")}
    said = {"serial": _("clearing serial"), "fund": _("fund"), "state": _("state")}
    return [
        Table("agency_announced", _("Announced agency items"), names | said, _announced_rows),
        Table("agency_posted", _("Postings about agency items"), names, _posted_rows),
    ]


def _announced_rows(line: str, day: date, names: list[str]) -> Iterable[tuple[Any, ...]]:
    """Items of the newest run of the day that are posted by their number. What failed or was sent back is owed no more; sums and
    dividend tax are settled with the details."""
    of_day = AgencyItem.objects.filter(line__code=line, business_date=day, is_held=False, is_retried=False)
    newest = list(of_day.order_by("-run").values_list("run_id", flat=True)[:1])
    ended = (ItemState.FAILED, ItemState.RETURNED)
    owed = (
        of_day.filter(run_id__in=newest).exclude(source__in=(SUMMARY, TAX)).exclude(state__in=ended).exclude(posted_as__in=ended)
    )
    return owed.order_by("pk").values_list("row_no", *names).iterator()


def _posted_rows(line: str, day: date, names: list[str]) -> Iterable[tuple[Any, ...]]:
    """Postings on our accounts that no settlement detail of the day explains. Raises SourceNotHere."""
    try:
        accounts = known_on(day).accounts
        legs = details_in(file_of(line, day, "jsmx")).legs
        postings = movements_by_voucher(table_of(file_of(line, day, "zjbd")))
    except NotHere as missing:
        raise SourceNotHere(source=missing, day=day) from missing
    explained = {(one.cash_account, one.group_no) for one in legs}
    left = sorted((group, amount) for group, amount in postings.items() if group[0] in accounts and group not in explained)
    for number, ((account, voucher), amount) in enumerate(left, start=1):
        row = {"account": account, "voucher": voucher, "amount": amount}
        yield (number, *(row[name] for name in names))
