"""Own executions (`gh`) as cash: principal and the fees of the fee table, trade by trade (fact book 3.7, 5.1 and line L03). CNY.

A trade that a table of the terms does not know is told and not counted; one without a rate is counted without that fee. What a
bond comes to is made of its price and its accrued interest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.lines.fees.core.rates import Key, Rate
from apps.lines.fees.core.trades import Standing, Trade, bill_of
from apps.lines.fees.states import Base, Fee, Market, SecurityClass, Side
from apps.lines.preclearing.core.bonds import Interests, Value, value_of_bond
from apps.lines.preclearing.core.executions import Execution, Finding, Flaw
from apps.lines.preclearing.core.forecast import NOTHING
from apps.lines.preclearing.core.terms import PreclearingTerms


@dataclass(frozen=True)
class Fees:
    """Fees of a trade, < 0. `unknown`: what the fee table should say and does not."""

    stamp: Decimal
    handling: Decimal
    regulatory: Decimal
    transfer: Decimal
    other: Decimal
    unknown: tuple[Fee, ...]

    @property
    def total(self) -> Decimal:
        return self.stamp + self.handling + self.regulatory + self.transfer + self.other


@dataclass(frozen=True, kw_only=True)
class OwnTrade:
    """An execution that counts, with the account that it settles on; `principal` > 0 comes to us.

    `interest`: accrued interest of a bond, part of the principal and with its sign.
    """

    execution: Execution
    cash_account: str
    security_class: SecurityClass
    side: Side
    principal: Decimal
    fees: Fees
    interest: Decimal = NOTHING

    @property
    def net(self) -> Decimal:
        return self.principal + self.fees.total


def forecast_of(
    executions: Iterable[Execution],
    *,
    terms: PreclearingTerms,
    held: Mapping[Key, Rate],
    day: date,
    interests: Interests | None = None,
) -> tuple[list[OwnTrade], list[Finding]]:
    """The executions that count, and what does not fit. `held`: the rates in force on the day; `interests`: of bonds."""
    trades: list[OwnTrade] = []
    findings: list[Finding] = []
    missing: dict[tuple[SecurityClass, Fee], int] = {}
    for one in executions:
        found = _trade(one, terms=terms, held=held, day=day, interests=interests or {})
        if isinstance(found, Finding):
            findings.append(found)
            continue
        trades.append(found)
        for fee in found.fees.unknown:
            missing.setdefault((found.security_class, fee), one.row_no)
    findings += [Finding(Flaw.NO_RATE, row, f"{kind.value}/{fee.value}") for (kind, fee), row in missing.items()]
    return trades, findings


def _trade(
    one: Execution, *, terms: PreclearingTerms, held: Mapping[Key, Rate], day: date, interests: Interests
) -> OwnTrade | Finding:
    account, rule, kind = terms.account_of(one.unit, day), terms.side_of(one.code, day), terms.class_of(one.security, day)
    if one.day != day:
        return Finding(Flaw.NOT_TODAY, one.row_no, "" if one.day is None else one.day.isoformat())
    if account is None:
        return Finding(Flaw.UNKNOWN_UNIT, one.row_no, one.unit)
    if rule is None or rule.side is None:
        return Finding(Flaw.UNKNOWN_SIDE if rule is None else Flaw.UNVERIFIED_SIDE, one.row_no, one.code)
    if kind is None:
        return Finding(Flaw.UNKNOWN_CLASS, one.row_no, one.security)
    value: Value | Finding = Value(amount=one.amount)
    if kind == SecurityClass.BOND:
        value = value_of_bond(one, terms.bond_of(one.security, day), interests)
    if isinstance(value, Finding):
        return value
    sign = -1 if rule.side == Side.BUY else 1
    return OwnTrade(
        execution=one,
        cash_account=account,
        security_class=kind,
        side=rule.side,
        principal=sign * value.amount,
        fees=fees_on(value.amount, held=held, security_class=kind, side=rule.side, day=day, face=value.face),
        interest=sign * value.interest,
    )


def fees_on(
    amount: Decimal,
    *,
    held: Mapping[Key, Rate],
    security_class: SecurityClass,
    side: Side,
    day: date,
    face: Decimal | None = None,
) -> Fees:
    """The fees of the market on an amount (CNY, no sign), each rounded half up to the fen; commission is none of them.

    `face`: CNY; without it a rate on the face value is none, because neither `gh` nor the details of the depository say it.
    """
    bill = bill_of(
        Trade(
            market=Market.SHANGHAI,
            security_class=security_class,
            side=side,
            business_date=day,
            quantity=1,
            price=amount,
            face_value=NOTHING if face is None else face,
        ),
        held,
    )
    known: dict[Fee, Decimal] = {}
    unknown = []
    for part in bill.parts:
        if part.standing == Standing.UNKNOWN or (part.rate is not None and part.rate.base != Base.AMOUNT and face is None):
            unknown.append(part.fee)
        else:
            known[part.fee] = -part.amount
    return Fees(
        stamp=known.pop(Fee.STAMP, NOTHING),
        handling=known.pop(Fee.HANDLING, NOTHING),
        regulatory=known.pop(Fee.REGULATORY, NOTHING),
        transfer=known.pop(Fee.TRANSFER, NOTHING),
        other=sum(known.values(), NOTHING),
        unknown=tuple(unknown),
    )
