"""What the steps of gold and precious metals compute with, and the figures that the run page shows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from apps.calendars.selectors import instant_of, next_business_day, previous_business_day
from apps.files.core.text import as_gb18030
from apps.kernel import dmn
from apps.kernel.clock import SHANGHAI
from apps.lines.core.layouts import Row
from apps.lines.precious_metals import conf
from apps.lines.precious_metals.core.agreed import MetalTerms
from apps.lines.precious_metals.core.clearing import ClearedStock, Inputs
from apps.lines.precious_metals.core.comparing import Seat, seat_in, storage_in
from apps.lines.precious_metals.core.rows import Fee, Key, OwnTrade, Reader, Trade
from apps.lines.precious_metals.core.sessions import Sessions
from apps.lines.precious_metals.core.terms import Terms
from apps.lines.precious_metals.models import MetalClearing, MetalPosition, MetalStock, MetalTrade
from apps.lines.precious_metals.states import Kind, Offset, Side
from apps.lines.precious_metals.store import layouts
from apps.lines.selectors import bytes_of, file_of
from apps.recon.models import Break

LISTED = 50
PACKAGED_TERMS = Path(__file__).parent / "data" / "terms.dmn"
FILE_OF = {Kind.SPOT: "SPOTMATCH", Kind.DEFERRED: "DEFERMATCH"}


def packaged_terms() -> MetalTerms:
    """Contracts and terms of the decision model that ships with the product; a run asks that of its version."""
    said = dmn.evaluate(PACKAGED_TERMS.read_text(encoding="utf-8"), "metal_terms", {})
    return MetalTerms.model_validate(said)


def next_trade_date(business_date: date) -> date:
    return next_business_day(conf.CALENDAR, business_date)


def previous_trade_date(business_date: date) -> date:
    """The natural day on which the night session of the trade date begins."""
    return previous_business_day(conf.CALENDAR, business_date)


def sessions_of(business_date: date) -> Sessions:
    """Of this trade date, by the time nodes that hold on it."""
    keys = ("SGE.NIGHT.OPEN", "SGE.NIGHT.CLOSE", "SGE.DAY.OPEN", "SGE.DAY.CLOSE")
    night, dawn, opens, closes = (instant_of(key, business_date).astimezone(SHANGHAI) for key in keys)
    return Sessions(business_date=business_date, night=(night, dawn), day=(opens, closes))


def rows_of(business_date: date, code: str) -> list[Row]:
    """A text by its layout, GB18030 or UTF-8; a row of blanks says nothing. Raises NotHere, UnreadableFile and BadRow."""
    rows = layouts()[code].rows_of_text(as_gb18030(bytes_of(file_of(conf.LINE, business_date, code))))
    return [row for row in rows if any(row.values.values())]


class Day:
    """The files of one trade date, read against its terms. Each method raises NotHere, UnreadableFile and BadRow."""

    def __init__(self, business_date: date, terms: Terms) -> None:
        self.date, self.terms = business_date, terms
        self.reader = Reader(terms, sessions_of(business_date))

    def trades(self, kind: Kind) -> list[Trade]:
        return self.reader.trades(rows_of(self.date, FILE_OF[kind]), kind)

    def inputs(self, trades: list[Trade]) -> Inputs:
        return Inputs(
            trades=trades,
            deliveries=self.reader.deliveries(rows_of(self.date, "DEFERDELIVERYAPPMATCH")),
            prices=self.reader.prices(rows_of(self.date, "gjsjg")),
            positions=self.reader.positions(rows_of(self.date, "gjscc")),
            opening=self.reader.opening(rows_of(self.date, "gjsqc")),
            moves=self.reader.moves(rows_of(self.date, "gjscr")),
        )

    def own_trades(self) -> list[OwnTrade]:
        return self.reader.own_trades(rows_of(self.date, "gjscj"))

    def fees(self) -> list[Fee]:
        return self.reader.fees(rows_of(self.date, "CLIENTMISFEEDETAIL"))

    def seat(self) -> Seat:
        return seat_in(rows_of(self.date, "MEMBERSEATCAPICATL"), self.terms)

    def storage(self) -> dict[Key, dict[str, Decimal]]:
        return storage_in(rows_of(self.date, "CLIENTSTORAGE"), self.terms)


def trades_of(run_id: int) -> list[Trade]:
    """The trades that the run loaded, in the order of the files. One query."""
    return [
        Trade(
            row_no=row.row_no,
            number=row.number,
            client=row.client,
            contract=row.contract,
            side=Side(row.side),
            offset=Offset(row.offset) if row.offset else None,
            lots=row.lots,
            price=row.price,
            day=row.natural_date,
            time=row.time,
            is_night=row.is_night,
        )
        for row in MetalTrade.objects.filter(run_id=run_id).order_by("pk")
    ]


def stocks_of(run_id: int) -> list[ClearedStock]:
    rows = MetalStock.objects.filter(run_id=run_id).order_by("pk")
    names = ("client", "metal", "opening", "moved", "received", "delivered")
    return [ClearedStock(**{name: getattr(row, name) for name in names}) for row in rows]


def open_breaks(run_id: int) -> int:
    return Break.objects.filter(reconciliation__run_id=run_id, state="open").count()


@dataclass(frozen=True)
class Figures:
    """What the run page shows of the line: CNY, grams and lots."""

    clearing: MetalClearing
    trades: int
    night_trades: int
    positions: list[MetalPosition]
    stocks: list[MetalStock]

    @property
    def missing(self) -> Decimal:
        """Of margin and least balance, as long as nothing was sent for it."""
        return self.clearing.need - self.clearing.topped_up


def figures_of(run_id: int) -> Figures | None:
    """The figures of a run of this line, or None before it was opened. Five queries."""
    clearing = MetalClearing.objects.filter(run_id=run_id).first()
    if clearing is None:
        return None
    trades = MetalTrade.objects.filter(run_id=run_id)
    return Figures(
        clearing=clearing,
        trades=trades.count(),
        night_trades=trades.filter(is_night=True).count(),
        positions=list(MetalPosition.objects.filter(run_id=run_id).order_by("pk")[:LISTED]),
        stocks=list(MetalStock.objects.filter(run_id=run_id).order_by("pk")[:LISTED]),
    )
