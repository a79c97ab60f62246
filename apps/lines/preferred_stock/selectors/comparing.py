"""Tables of this line that reconciliations may be defined over (fact book, line L08, Calculation and step 11).

Files are read with the packaged terms of the market. Amounts are CNY, quantities are shares.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from operator import attrgetter
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.lines.core.details import CannotNormalise
from apps.lines.preferred_stock import conf
from apps.lines.preferred_stock.core.claims import Holder
from apps.lines.preferred_stock.core.markets import Market
from apps.lines.preferred_stock.models import PreferredClaim
from apps.lines.preferred_stock.selectors.claims import balances_day, holder_of, packaged_terms
from apps.lines.preferred_stock.selectors.files import balances_on, cash_in, securities_out
from apps.lines.selectors import NotHere
from apps.recon.conf import Table
from apps.recon.errors import SourceNotHere, SourceUnreadable

Rows = Iterable[tuple[Any, ...]]
HOLDER = {"account": _("account"), "unit": _("unit"), "security": _("security")}
CLAIM = HOLDER | {"event": _("event"), "kind": _("kind of event")}
READS: dict[str, Callable[[PreferredClaim], Any]] = {
    "security": attrgetter("event.security"),
    "event": attrgetter("event.number"),
    "kind": attrgetter("event.kind"),
}


def comparable_tables() -> list[Table]:
    """What of this line reconciliations may be defined over (L08ZJ, L08ZQ and L08YE, of each market)."""
    owes = {"accepted": _("accepted"), "pay": _("pay"), "tax": _("tax")}
    gone = {"held_before": _("held before"), "accepted": _("accepted")}
    quantity = HOLDER | {"quantity": _("quantity")}
    return [
        Table("preferred_due_cash", _("Cash of preferred stock that is due"), CLAIM | owes, _due("cash_on")),
        Table("preferred_due_shares", _("Shares of preferred stock that are due"), CLAIM | owes, _due("securities_on")),
        Table("preferred_gone", _("Preferred stock that left the day before"), CLAIM | gone, _gone_rows),
        Table("preferred_cash", _("Cash of preferred stock that came"), HOLDER | {"amount": _("amount")}, _told("amount", _cash)),
        Table("preferred_shares", _("Preferred stock that left"), quantity, _told("quantity", _shares)),
        Table("preferred_held", _("What holders of preferred stock that left have"), quantity, _told("quantity", _held)),
    ]


def _due(leg: str) -> Callable[[str, date, list[str]], Rows]:
    """Accepted claims whose leg closed on the day, or is due and was open at its end. `leg`: the column of its day.

    A leg that a person closed is one of its day like any other: that a person knows more than the file is said at the break.
    """

    def rows(line: str, day: date, names: list[str]) -> Rows:
        still = Q(event__pay_date__lte=day) & (Q(**{f"{leg}__isnull": True}) | Q(**{f"{leg}__gt": day}))
        accepted = _of(line).filter(accepted__gt=0, answered_on__lte=day)
        return _told_rows(accepted.filter(Q(**{leg: day}) | still), names)

    return rows


def gone_before(line: str, day: date) -> QuerySet[PreferredClaim]:
    """Claims whose shares left on the trading day before, by the depository's movements; the balances of that day come on `day`.

    What the account held before is known of these alone: a person who closes the leg does not say it.
    """
    told = Q(by_hand="") | Q(by_hand__startswith="cash:")
    return _of(line).filter(told, securities_on=balances_day(day))


def _of(line: str) -> QuerySet[PreferredClaim]:
    return PreferredClaim.objects.filter(event__line__code=line).select_related("event").order_by("pk")


def _gone_rows(line: str, day: date, names: list[str]) -> Rows:
    return _told_rows(gone_before(line, day), names)


def _told_rows(claims: QuerySet[PreferredClaim], names: list[str]) -> Rows:
    """Numbered by the claim. One query."""
    reads = [READS.get(name, attrgetter(name)) for name in names]
    return [(one.pk, *(read(one) for read in reads)) for one in claims]


def _told(value: str, read: Callable[[Market, date], Mapping[Holder, Any]]) -> Callable[[str, date, list[str]], Rows]:
    """What the depository says of each holder, in the order of the holders."""

    def rows(line: str, day: date, names: list[str]) -> Rows:
        market = conf.MARKETS.get(line)
        if market is None:
            raise SourceNotHere(source=line, day=day)
        try:
            found = sorted(read(market, day).items())
        except NotHere as missing:
            raise SourceNotHere(source=missing, day=day) from missing
        except CannotNormalise as fault:
            raise SourceUnreadable(source=line, day=day, why=fault) from fault
        for number, (holder, amount) in enumerate(found, start=1):
            row = dict(zip(HOLDER, holder, strict=True)) | {value: amount}
            yield (number, *(row[name] for name in names))

    return rows


def _cash(market: Market, day: date) -> Mapping[Holder, Any]:
    return cash_in(market, day, packaged_terms(market.code))


def _shares(market: Market, day: date) -> Mapping[Holder, Any]:
    return securities_out(market, day, packaged_terms(market.code))


def _held(market: Market, day: date) -> Mapping[Holder, Any]:
    """0 for a holder of whom the balances say nothing any more."""
    holders = [holder_of(one) for one in gone_before(market.line, day)]
    total = balances_on(market, day).total if holders else {}
    return {holder: total.get(holder, 0) for holder in holders}
