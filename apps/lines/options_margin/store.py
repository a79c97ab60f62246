"""The only writer of this line's tables, and the layouts of its files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.kernel import clock
from apps.lines.core.layouts import Layout
from apps.lines.options_margin.core.account import AccountMargin, CombinationMargin, LegMargin
from apps.lines.options_margin.core.checking import Wanted
from apps.lines.options_margin.core.day import Evaluation
from apps.lines.options_margin.core.listed import Listed, Price
from apps.lines.options_margin.core.market import Rates
from apps.lines.options_margin.models import BreakWaiver, CombinationDeclaration, MarginAccount, MarginRow, OptionContract
from apps.lines.options_margin.states import DeclarationState, Part
from apps.lines.store import chunks, packaged_layouts
from apps.lines.uplifts.core.rules import UpliftRule

_BATCH = 500


def layouts() -> dict[str, Layout]:
    """Of the line's own files, as they ship with the product."""
    return packaged_layouts("options_margin")


def yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


@transaction.atomic
def replace_contracts(
    *,
    run_id: int,
    listed: Mapping[str, Listed],
    opening: Mapping[str, int],
    static_file: ArrivedFile,
    prices: Mapping[str, Price],
    price_file: ArrivedFile,
    closes: Mapping[str, Decimal],
) -> int:
    """The contracts of the day instead of what the run held. `opening` is our own opening margin in fen."""
    OptionContract.objects.filter(run_id=run_id).delete()
    count = 0
    for part in chunks(listed.values()):
        rows = [
            _contract(run_id, one, opening[one.contract.number], static_file, prices.get(one.contract.number), price_file, closes)
            for one in part
        ]
        count += len(OptionContract.objects.bulk_create(rows))
    return count


def _contract(
    run_id: int,
    one: Listed,
    opening: int,
    static_file: ArrivedFile,
    price: Price | None,
    price_file: ArrivedFile,
    closes: Mapping[str, Decimal],
) -> OptionContract:
    contract = one.contract
    return OptionContract(
        run_id=run_id,
        number=contract.number,
        trading_code=one.trading_code,
        name=one.name[:40],
        exchange=contract.exchange,
        underlying=contract.underlying,
        option_type=contract.option_type.value,
        strike=contract.strike,
        unit=contract.unit,
        is_adjusted=contract.is_adjusted,
        expiry=contract.expiry,
        days_to_expiry=contract.days_to_expiry,
        previous_settle=contract.previous_settle,
        previous_close=one.previous_close,
        settle=price.settle if price else None,
        close=closes.get(contract.underlying),
        ratio=contract.ratio or Decimal(0),
        floor_ratio=contract.floor_ratio or Decimal(0),
        margin_unit=one.margin_unit,
        opening_margin=yuan(opening),
        static_file=static_file,
        static_row=one.row_no,
        price_file=price_file if price else None,
        price_row=price.row_no if price else None,
    )


@transaction.atomic
def replace_accounts(*, run: Run, evaluations: Iterable[Evaluation], rates: Rates) -> int:
    """What was evaluated instead of what the run held; rows are written as they are computed."""
    CombinationDeclaration.objects.filter(run=run).delete()
    MarginAccount.objects.filter(run=run).delete()
    count = 0
    for part in chunks(evaluations, _BATCH):
        accounts = MarginAccount.objects.bulk_create([_account(run, one, rates) for one in part])
        pairs = list(zip(accounts, part, strict=True))
        MarginRow.objects.bulk_create([row for account, one in pairs for row in _rows(account, one)], batch_size=2000)
        declarations = [row for account, one in pairs for row in _declarations(run, account, one)]
        CombinationDeclaration.objects.bulk_create(declarations, batch_size=2000)
        count += len(accounts)
    return count


def _account(run: Run, one: Evaluation, rates: Rates) -> MarginAccount:
    client = one.client
    return MarginAccount(
        run=run,
        line_id=run.line_id,
        business_date=run.business_date,
        account=client.account,
        row_no=client.row_no,
        uplift=client.uplift,
        group=client.group[:20],
        terms=terms_said(rates, one.rules),
        funds=client.funds,
        single_margin=yuan(one.own.single_fen),
        margin=yuan(one.exchange.fen),
        client_margin=yuan(one.own.fen),
        best_margin=yuan(one.best.fen),
        peak_margin=yuan(one.peak),
        call=yuan(one.call),
        shares={code: [client.locked[code], client.free.get(code, 0)] for code in sorted(client.locked)},
        refused=[asdict(row) for row in one.refused],
        dissolved=[_said(row.number, row.combination) for row in one.dissolved],
        shortfalls=[{"contract": row.contract, "lots": row.lots} for row in one.exchange.shortfalls],
        evenings=[{"after": row.after, "total": str(yuan(row.fen)), "gone": len(row.gone)} for row in one.evenings],
        proof=[asdict(row) for row in one.proofs if row.saving],
    )


def terms_said(rates: Rates, rules: Iterable[UpliftRule]) -> dict[str, Any]:
    """What an account was computed with besides its own uplift: when combinations end, and the broker's rules by number."""
    return {
        "spread_days": rates.spread_days,
        "straddle_days": rates.straddle_days,
        "allow_adjusted": rates.allow_adjusted,
        "spread_minimum": rates.spread_minimum,
        "rules": [rule.uplift.rule for rule in rules],
    }


def _said(number: str, row: Any) -> dict[str, Any]:
    return {"number": number, "strategy": row.strategy, "legs": [leg.contract for leg in row.legs], "lots": row.lots}


def _rows(account: MarginAccount, one: Evaluation) -> Iterable[MarginRow]:
    numbers = [row.number for row in one.living]
    yield from _part(account, Part.DECLARED, one.exchange, one.own, numbers)
    yield from _part(account, Part.BEST, None, one.best, [])


def _part(
    account: MarginAccount, part: Part, exchange: AccountMargin | None, own: AccountMargin, numbers: list[str]
) -> Iterable[MarginRow]:
    theirs: tuple[CombinationMargin | LegMargin, ...] = (*exchange.combinations, *exchange.residual) if exchange else ()
    ours: tuple[CombinationMargin | LegMargin, ...] = (*own.combinations, *own.residual)
    for place, row in enumerate(ours):
        at_exchange = theirs[place] if theirs else None
        first, second = _ends(row)
        yield MarginRow(
            account=account,
            part=part,
            strategy=row.combination.strategy if isinstance(row, CombinationMargin) else "",
            number=numbers[place] if place < len(numbers) else "",
            contract=first[0],
            side=first[1],
            is_covered=first[2],
            second_contract=second[0],
            second_side=second[1],
            lots=row.combination.lots if isinstance(row, CombinationMargin) else row.lots,
            unit_margin=yuan(at_exchange.unit_fen) if at_exchange else Decimal(0),
            margin=yuan(at_exchange.fen) if at_exchange else Decimal(0),
            client_unit_margin=yuan(row.unit_fen),
            client_margin=yuan(row.fen),
            uplift_rule_id=row.rule or None,
        )


def _ends(row: CombinationMargin | LegMargin) -> tuple[tuple[str, str, bool], tuple[str, str]]:
    if isinstance(row, LegMargin):
        return (row.holding.contract, row.holding.side.value, row.holding.is_covered), ("", "")
    legs = row.combination.legs
    second = (legs[1].contract, legs[1].side.value) if len(legs) > 1 else ("", "")
    return (legs[0].contract, legs[0].side.value, legs[0].is_covered), second


def _declarations(run: Run, account: MarginAccount, one: Evaluation) -> Iterable[CombinationDeclaration]:
    for position, row in enumerate(one.declarations, start=1):
        yield CombinationDeclaration(
            run=run,
            account=account,
            position=position,
            verb=row.verb.value,
            strategy=row.combination.strategy,
            number=row.number,
            legs=[leg.contract for leg in row.combination.legs],
            lots=row.combination.lots,
            margin_after=yuan(row.fen_after),
            is_affordable=row.is_affordable,
        )


def sign_waiver(
    *, run: Run, stage: str, breaks: list[str], reason: str, until: date, signed_by_id: int, confirmed_by_id: int
) -> BreakWaiver:
    return BreakWaiver.objects.create(
        run=run,
        line_id=run.line_id,
        stage=stage,
        breaks=breaks,
        reason=reason,
        valid_from=run.business_date,
        valid_until=until,
        signed_by_id=signed_by_id,
        confirmed_by_id=confirmed_by_id,
        signed_at=clock.now(),
    )


@transaction.atomic
def choose_declarations(*, run_id: int, take_all: bool, left_out: set[str], further: Mapping[str, Sequence[Wanted]]) -> list[str]:
    """Marks what is chosen and keeps what the maker adds; gives a sentence for each account that is not there.

    The proposal of an account is left out when its money does not reach, or when the maker says something else about it.
    """
    rows = CombinationDeclaration.objects.filter(run_id=run_id).exclude(state=DeclarationState.SENT)
    rows.filter(is_added=True).delete()
    rows.update(state=DeclarationState.CHOSEN if take_all else DeclarationState.LEFT_OUT)
    beyond = set(rows.filter(is_affordable=False).values_list("account_id", flat=True))
    for part in chunks(beyond, 900):
        rows.filter(account_id__in=part).update(state=DeclarationState.LEFT_OUT)
    for names in chunks([*left_out, *further], 900):
        rows.filter(account__account__in=names).update(state=DeclarationState.LEFT_OUT)
    accounts = {row.account: row for row in MarginAccount.objects.filter(run_id=run_id, account__in=[*left_out, *further])}
    for account, wanted in further.items():
        if account in accounts:
            _add_declarations(accounts[account], wanted)
    unknown = sorted({*left_out, *further} - accounts.keys())
    return [_("There is no account %(account)s in this run.") % {"account": account} for account in unknown]


def _add_declarations(account: MarginAccount, wanted: Sequence[Wanted]) -> None:
    last = account.declarations.order_by("-position").values_list("position", flat=True).first() or 0
    living = {row.number: row for row in account.rows.filter(part=Part.DECLARED).exclude(strategy="")}
    rows = []
    for position, one in enumerate(wanted, start=last + 1):
        held = living.get(one.number)
        legs = [held.contract, held.second_contract] if held else list(one.legs)
        rows.append(
            CombinationDeclaration(
                run_id=account.run_id,
                account=account,
                position=position,
                verb=one.verb.value,
                strategy=(held.strategy if held else one.strategy)[:8],
                number=one.number[:16],
                legs=[leg for leg in legs if leg],
                lots=one.lots,
                margin_after=account.client_margin,
                is_added=True,
                state=DeclarationState.CHOSEN,
            )
        )
    CombinationDeclaration.objects.bulk_create(rows)


def mark_sent(run_id: int) -> int:
    rows = CombinationDeclaration.objects.filter(run_id=run_id, state=DeclarationState.CHOSEN)
    return rows.update(state=DeclarationState.SENT)
