"""Files and rows that the handlers of all lines read."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Case, DecimalField, ExpressionWrapper, F, Model, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Round

from apps.files.core.dbf import DbfTable
from apps.files.models import ArrivedFile
from apps.files.selectors import accepted_file, open_table
from apps.files.store import catalogue, kept_bytes
from apps.lines.core.details import CannotNormalise, Details, details_of
from apps.lines.models import CashPosition, MarginAccount, Obligation, OwnTradeRecord, SecurityPosition
from apps.recon.conf import Table
from apps.recon.core.matcher import Item, joined

MARKET = "SH"


class NotHere(Exception):
    """A file that the step needs has not been accepted for the day; the text names its code."""


def file_of(line_code: str, business_date: date, file_code: str) -> ArrivedFile:
    """The file that counts for this day, or NotHere."""
    found = accepted_file(line_code, business_date, file_code)
    if found is None:
        raise NotHere(file_code)
    return found


def files_of(line_code: str, business_date: date, file_codes: Iterable[str]) -> list[ArrivedFile]:
    return [file_of(line_code, business_date, code) for code in file_codes]


def table_of(file: ArrivedFile) -> DbfTable:
    return open_table(file.pk)


def bytes_of(file: ArrivedFile) -> bytes:
    """A text file as it came."""
    return kept_bytes(file.sha256)


def details_in(file: ArrivedFile) -> Details:
    """The settlement details of a file; codes are looked up in the catalogue. Raises CannotNormalise."""
    try:
        return details_of(table_of(file), knows=knows_code)
    except CannotNormalise as fault:
        raise CannotNormalise(f"{file.name}: {fault}") from fault


def knows_code(column: str, code: str) -> bool:
    """Whether the catalogue lists the code, with a meaning or without, or it was seen in real details."""
    facts = catalogue()
    return (MARKET, column, code) in facts.codes or code in facts.families["jsmx"].codes_seen.get(column, ())


def fen_sum(column: str, where: Q | None = None) -> Sum:
    """The exact sum of a money column in fen: SQLite adds decimals as floating point numbers, whole ones it adds exactly."""
    in_fen = ExpressionWrapper(F(column) * Value(100), output_field=DecimalField(max_digits=24, decimal_places=2))
    return Sum(Cast(Round(in_fen), BigIntegerField()), filter=where)


def yuan_of(fen: int | None) -> Decimal:
    return Decimal(fen or 0).scaleb(-2)


def money_total(rows: QuerySet[Any], column: str) -> Decimal:
    """The exact sum of a money column over these rows. One query."""
    return yuan_of(rows.aggregate(total=fen_sum(column))["total"])


def cash_by_voucher(rows: QuerySet[Obligation]) -> dict[str, Item]:
    """Net cash of obligations by cash account and settlement number, as the market posts it. One query."""
    sums: dict[str, Decimal] = {}
    for account, voucher, cash in rows.values_list("cash_account", "group_no", "net_cash").iterator():
        key = joined(account, voucher)
        sums[key] = sums.get(key, Decimal(0)) + cash
    return {key: Item(amount=amount) for key, amount in sums.items()}


def comparable(code: str, model: type[Model], *columns: str, **computed: Any) -> Table:
    """A table of ours that definitions may compare: the rows of the newest run of the line and day that has any."""

    def rows(line: str, day: date, names: list[str]) -> Iterable[tuple[Any, ...]]:
        of_day = model._default_manager.filter(line__code=line, business_date=day).annotate(**computed)
        newest = of_day.order_by("-run").values_list("run", flat=True)[:1]
        found = of_day.filter(run__in=list(newest)).order_by("row_no").values_list("row_no", *names)
        return (tuple(row) for row in found.iterator())

    labels = {name: model._meta.get_field(name).verbose_name for name in columns}  # type: ignore[union-attr]
    return Table(code, model._meta.verbose_name_plural, labels | {name: name for name in computed}, rows)


def comparable_tables() -> list[Table]:
    """What of this app reconciliations may be defined over."""
    trade = ("account", "unit", "security", "side", "quantity")
    obligation = (
        "file_code",
        "record_type",
        "guarantee",
        "cash_account",
        "biz_type",
        "principal",
        "net_cash",
        "trade_date",
        "settle_date",
    )
    cash = ("cash_account", "account_class", "balance", "min_reserve", "frozen", "withdrawable", "as_of")
    shares = ("account", "unit", "security", "nature", "total", "frozen", "pledged", "as_of")
    margins = ("account", "funds", "single_margin", "margin", "client_margin", "best_margin", "peak_margin", "call")
    return [
        comparable("obligations", Obligation, *trade, *obligation, *_NUMBERS, "group_no", "result_code"),
        comparable("own_trades", OwnTradeRecord, *trade, "amount", *_NUMBERS, signed_quantity=_SIGNED),
        comparable("cash_positions", CashPosition, *cash),
        comparable("security_positions", SecurityPosition, *shares),
        comparable("margin_accounts", MarginAccount, *margins),
    ]


_NUMBERS = ("ref_no", "order_no")
_SIGNED = Case(When(side="S", then=-F("quantity")), default=F("quantity"), output_field=BigIntegerField())
"""As market files say it: what leaves us is negative."""
