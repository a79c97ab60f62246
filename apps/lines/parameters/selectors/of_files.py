"""Readers of parameters that the market's and the counter's files told last: cash accounts, trading units, uplifts of accounts.

The check is made before the day's files come, so the newest business date before it counts, of each line the newest run.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Max, QuerySet

from apps.lines.fees.core.exact import plain
from apps.lines.models import CashPosition, MarginAccount, SecurityPosition
from apps.lines.parameters.conf import Scope
from apps.lines.parameters.core.values import Parameter, spelled

CASH_ACCOUNT, UNIT, UPLIFT = "cash-account", "unit", "uplift"


def cash_accounts(scope: Scope) -> Iterator[Parameter]:
    """Reserve accounts at the depository with their class. Two queries a line."""
    for line, rows in _newest(CashPosition, scope):
        facts = rows.values_list("market", "cash_account", "account_class").order_by("market", "cash_account").distinct()
        by_account: dict[str, set[str]] = {}
        for market, account, kind in facts:
            by_account.setdefault(f"{line}/{market}/{account}", set()).add(kind)
        for key, classes in by_account.items():
            yield Parameter(kind=CASH_ACCOUNT, key=key, value=spelled({"class": "+".join(sorted(classes))}))


def units(scope: Scope) -> Iterator[Parameter]:
    """Trading units under which securities are held. Two queries a line."""
    for line, rows in _newest(SecurityPosition, scope):
        for unit in rows.exclude(unit="").order_by("unit").values_list("unit", flat=True).distinct():
            yield Parameter(kind=UNIT, key=f"{line}/{unit}", value=spelled({"used": "yes"}))


def uplifts(scope: Scope) -> Iterator[Parameter]:
    """By how much an options account pays more than the exchange asks. Two queries a line."""
    for line, rows in _newest(MarginAccount, scope):
        for account, uplift in rows.order_by("account").values_list("account", "uplift"):
            yield Parameter(kind=UPLIFT, key=f"{line}/{account}", value=spelled({"uplift": plain(uplift)}))


def _newest(model: Any, scope: Scope) -> Iterator[tuple[str, QuerySet[Any]]]:
    """By line, the rows of the newest run of the newest business date before that of the check."""
    for line in scope.lines:
        before = model.objects.filter(line__code=line, business_date__lt=scope.day).order_by()
        day = before.aggregate(day=Max("business_date"))["day"]
        if day is not None:
            run = before.filter(business_date=day).aggregate(run=Max("run"))["run"]
            yield line, model.objects.filter(run=run)
