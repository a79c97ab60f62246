"""What the steps of fund distribution T+0 compute with, and the figures that the run page shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Count, Q

from apps.calendars.selectors import next_business_day
from apps.files.models import ArrivedFile
from apps.kernel import dmn
from apps.lines.core.details import CannotNormalise
from apps.lines.core.layouts import Row
from apps.lines.fund_distribution import conf
from apps.lines.fund_distribution.core.agreed import AdvanceTerms
from apps.lines.fund_distribution.core.ofd import BadOfd, read_ofd
from apps.lines.fund_distribution.core.quota import Quotas
from apps.lines.fund_distribution.core.requests import (
    Agreement,
    BankLine,
    Request,
    agreements_in,
    bank_lines_in,
    requests_in,
    used_in,
)
from apps.lines.fund_distribution.core.settling import Cash, Confirmation, Due, Receipt, Sent, credits_in, receipts_in
from apps.lines.fund_distribution.core.terms import Terms, used_percent
from apps.lines.fund_distribution.models import AdvanceLine, AdvanceRequest
from apps.lines.fund_distribution.states import RequestState
from apps.lines.fund_distribution.store import layout_facts, layouts, ofd_columns
from apps.lines.selectors import bytes_of, fen_sum, file_of, table_of, yuan_of

LISTED = 20
PACKAGED_TERMS = Path(__file__).parent / "data" / "terms.dmn"
AT_THE_TA = (RequestState.SENT_TO_TA, RequestState.CONFIRMED, RequestState.TA_PAID, RequestState.REPAID)


def packaged_terms(on_excess: str | None = None) -> Terms:
    """Limits and terms of the decision model that ships with the product; a run asks that of its version."""
    said = dmn.evaluate(PACKAGED_TERMS.read_text(encoding="utf-8"), "advance_terms", {"on excess": on_excess})
    return AdvanceTerms.model_validate(said).known()


def answer_day(business_date: date) -> date:
    """The day on which the TA confirms and pays what was redeemed on the business date."""
    return next_business_day(conf.CALENDAR, business_date)


def rows_of(business_date: date, code: str) -> list[Row]:
    """A text by its layout; a row of blanks says nothing. Raises NotHere, UnreadableFile and BadRow."""
    rows = layouts()[code].rows_of_text(bytes_of(file_of(conf.LINE, business_date, code)))
    return [row for row in rows if any(row.values.values())]


def agreements_on(business_date: date) -> dict[str, Agreement]:
    return agreements_in(rows_of(business_date, "jjt0xy"))


def bank_lines_on(business_date: date) -> dict[str, BankLine]:
    """As the counter tells them in the morning."""
    return bank_lines_in(rows_of(business_date, "jjt0yh"))


def bank_lines_of(run_id: int) -> dict[str, BankLine]:
    """As the run has them, with what people raised. One query."""
    return {
        row.bank: BankLine(
            bank=row.bank, kind=row.kind, limit=row.limit, outstanding=row.opening, rate=row.rate, year_days=row.year_days
        )
        for row in AdvanceLine.objects.filter(run_id=run_id).order_by("pk")
    }


def requests_on(business_date: date) -> tuple[ArrivedFile, list[Request]]:
    """The counter's requests and their file. Raises NotHere, UnreadableFile and BadRow."""
    return file_of(conf.LINE, business_date, "jjt0sq"), requests_in(rows_of(business_date, "jjt0sq"), business_date)


def quotas_of(run_id: int, business_date: date, terms: Terms) -> Quotas:
    """What the requests of the day are decided with."""
    used = used_in(rows_of(business_date, "jjt0yy"))
    return Quotas(terms=terms, agreements=agreements_on(business_date), lines=bank_lines_of(run_id), used=used)


def receipts_on(business_date: date) -> dict[str, Receipt]:
    return receipts_in(rows_of(business_date, "jjt0hd"))


def confirmations_on(business_date: date) -> list[Confirmation]:
    """OFD_04 about the orders of the business date, in its order. Raises NotHere, UnreadableFile and BadOfd."""
    day = answer_day(business_date)
    data = bytes_of(file_of(conf.LINE, day, "ofd04"))
    try:
        rows = read_ofd(data, ofd_columns("04"), kind="04", day=day)
    except BadOfd as fault:
        raise BadOfd(f"ofd04: {fault}") from fault
    wanted = layout_facts()["ofd"]["04"]["business"]
    return [_confirmation(number, row) for number, row in enumerate(rows, start=1) if row["BusinessCode"] == wanted]


def _confirmation(row_no: int, row: Mapping[str, Any]) -> Confirmation:
    return Confirmation(
        row_no=row_no,
        number=row["AppSheetSerialNo"],
        fund=row["FundCode"],
        code=row["ReturnCode"],
        units=row["ConfirmedVol"],
        amount=row["ConfirmedAmount"],
        income=row["UndistributeMonetaryIncome"],
        serial=row["TASerialNO"],
    )


def cash_on(business_date: date, terms: Terms) -> list[Cash]:
    """Money of the TA for quick redemptions of the business date: to our settlement account, of our types of money.

    Raises NotHere, UnreadableFile, and CannotNormalise when a serial is there twice or an amount is negative.
    """
    day = answer_day(business_date)
    found: dict[str, Cash] = {}
    for row in table_of(file_of(conf.LINE, day, "kffzmxb")).rows():
        said = {name: str(row[name] or "").strip() for name in ("SFZH", "YWLX", "JSRQ", "QSLSH", "JJDM")}
        mine = said["SFZH"] == terms.settlement_account and said["YWLX"] in terms.money_types
        if not mine or said["JSRQ"] != f"{day:%Y%m%d}":
            continue
        amount = Decimal(str(row["HFJE"]))
        if said["QSLSH"] in found or amount < 0:
            raise CannotNormalise(f"kffzmxb: row {row.number}, QSLSH {said['QSLSH']}, HFJE {amount}")
        found[said["QSLSH"]] = Cash(serial=said["QSLSH"], fund=said["JJDM"], amount=amount)
    return list(found.values())


def credits_on(business_date: date) -> dict[str, Decimal]:
    """What the bank credited on the day of the TA's answer, by serial."""
    return credits_in(rows_of(answer_day(business_date), "jjt0ls"))


def sent_of(run_id: int) -> list[Sent]:
    """Advances that went to the TA, in the order of the requests. One query."""
    rows = AdvanceRequest.objects.filter(run_id=run_id, state__in=AT_THE_TA).order_by("pk")
    return [Sent(number=row.number, fund=row.fund, units=row.units, amount=row.advanced) for row in rows]


def due_of(run_id: int) -> list[Due]:
    """Confirmed redemptions whose money is expected, in the order of the requests. One query."""
    rows = AdvanceRequest.objects.filter(run_id=run_id, state__in=AT_THE_TA, confirmed_amount__isnull=False).order_by("pk")
    return [
        Due(
            number=row.number,
            fund=row.fund,
            advanced=row.advanced,
            amount=row.confirmed_amount or Decimal(0),
            income=row.confirmed_income or Decimal(0),
        )
        for row in rows
    ]


def used_of_lines(day: date) -> dict[int, int]:
    """Use of the fullest advance line of the day's newest run, in whole percent, by the key of the business line. One query."""
    rows = AdvanceLine.objects.filter(run__business_date=day).order_by("-run_id", "pk")
    found: dict[int, tuple[int, Decimal]] = {}
    for line_id, run_id, outstanding, limit in rows.values_list("run__line_id", "run_id", "outstanding", "limit"):
        newest, most = found.get(line_id, (run_id, Decimal(0)))
        if run_id == newest:
            found[line_id] = newest, max(most, used_percent(outstanding, limit))
    return {line_id: int(most) for line_id, (_run, most) in found.items()}


@dataclass(frozen=True)
class Figures:
    """What the run page shows of the line; amounts in CNY."""

    requests: int
    rejections: int
    cuts: int
    reversals: int
    requested: Decimal
    granted: Decimal
    cut: Decimal
    rejected: Decimal
    advanced: Decimal
    received: Decimal
    repaid: Decimal
    income: Decimal
    loss: Decimal
    lines: list[AdvanceLine]
    losses: list[AdvanceRequest]

    @property
    def outstanding(self) -> Decimal:
        return sum((line.outstanding for line in self.lines), Decimal(0))

    @property
    def interest(self) -> Decimal:
        return sum((line.interest for line in self.lines), Decimal(0))


_SUMS = {
    "requested": "requested",
    "granted": "granted",
    "cut": "cut",
    "rejected": "rejected",
    "advanced": "advanced",
    "received": "received",
    "repaid": "repaid",
    "income": "income_paid",
    "loss": "loss",
}


def figures_of(run_id: int) -> Figures | None:
    """The figures of a run of this line, or None before its limits were read. Three queries."""
    lines = list(AdvanceLine.objects.filter(run_id=run_id).order_by("pk"))
    if not lines:
        return None
    rows = AdvanceRequest.objects.filter(run_id=run_id)
    found = rows.aggregate(
        requests=Count("pk"),
        rejections=Count("pk", filter=Q(state=RequestState.REJECTED)),
        cuts=Count("pk", filter=Q(cut__gt=0)),
        reversals=Count("pk", filter=Q(state=RequestState.REVERSED)),
        **{f"sum_{name}": fen_sum(column) for name, column in _SUMS.items()},
    )
    facts: dict[str, Any] = {name: yuan_of(found.pop(f"sum_{name}")) for name in _SUMS}
    return Figures(**found, **facts, lines=lines, losses=list(rows.filter(loss__gt=0).order_by("-loss", "pk")[:LISTED]))
