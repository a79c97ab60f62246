"""The only writer of this line's tables, and the layouts of its own texts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.engine.models import Run
from apps.files.models import ArrivedFile
from apps.lines.bond_lending.core.book import Key, OwnContract
from apps.lines.bond_lending.core.choices import Decision, declaration_number
from apps.lines.bond_lending.core.evening import Outcome
from apps.lines.bond_lending.core.opened import ACCEPTED, Answer
from apps.lines.bond_lending.models import LendingContract, LendingDeclaration, LendingPledge
from apps.lines.bond_lending.states import CONTRACT_MOVES, ContractType, DeclarationState, Origin
from apps.lines.core.layouts import Layout
from apps.lines.store import chunks, packaged_layouts

_IDS = 900


def layouts() -> dict[str, Layout]:
    """Of the line's own files, as they ship with the product."""
    return packaged_layouts("bond_lending")


@transaction.atomic
def replace_book(*, run: Run, file: ArrivedFile, book: Sequence[OwnContract], facts: Mapping[Key, Mapping[str, Any]]) -> int:
    """The morning's contracts and collateral instead of what the run held. `facts` are further columns by contract."""
    LendingContract.objects.filter(run=run).delete()
    for part in chunks(book):
        rows = [
            LendingContract(
                **_trail(run, file),
                **_columns(one),
                origin=Origin.OWN,
                contract_type=ContractType.BOND_LENDING if one.is_lending else ContractType.PROTOCOL_REPO,
                opening_state=one.state_on(run.business_date),
                state=one.state_on(run.business_date),
                **facts.get(one.key, {}),
            )
            for one in part
        ]
        made = LendingContract.objects.bulk_create(rows)
        LendingPledge.objects.bulk_create(
            [
                LendingPledge(contract=row, security=security, quantity=quantity, quantity_after=quantity)
                for row, one in zip(made, part, strict=True)
                for security, quantity in one.pledges.items()
            ]
        )
    return len(book)


@transaction.atomic
def replace_decisions(run_id: int, book: Iterable[OwnContract], decisions: Sequence[Decision]) -> int:
    """What the maker decided last instead of what was decided before; nothing that was sent is touched."""
    declared = LendingDeclaration.objects.filter(run_id=run_id)
    if declared.exclude(state=DeclarationState.CHOSEN).exists():
        return declared.count()
    declared.delete()
    contracts = _own_by_key(run_id)
    sides = {one.key: one.side for one in book}
    rows = [
        LendingDeclaration(
            run_id=run_id,
            contract_id=contracts[one.key],
            position=position,
            number=declaration_number(one.verb, one.key[1], sides[one.key]),
            verb=one.verb,
            code=one.code,
            out_security=one.out_security,
            out_quantity=one.out_quantity,
            in_security=one.in_security,
            in_quantity=one.in_quantity,
        )
        for position, one in enumerate(decisions, start=1)
    ]
    return len(LendingDeclaration.objects.bulk_create(rows, batch_size=500))


def mark_sent(run_id: int) -> int:
    rows = LendingDeclaration.objects.filter(run_id=run_id, state=DeclarationState.CHOSEN)
    return rows.update(state=DeclarationState.SENT)


@transaction.atomic
def keep_answers(run_id: int, answers: Mapping[str, Answer]) -> None:
    """What the market said of each declaration; without an answer it stays sent."""
    declared = LendingDeclaration.objects.filter(run_id=run_id).exclude(state=DeclarationState.CHOSEN)
    changed = []
    for row in declared:
        answer = answers.get(row.number, Answer("", "", ""))
        accepted = {"": DeclarationState.SENT, ACCEPTED: DeclarationState.ACCEPTED}
        row.state = accepted.get(answer.code, DeclarationState.REFUSED)
        row.answer_code, row.answer_text, row.answer_number = answer.code, answer.text[:80], answer.number
        changed.append(row)
    columns = ["state", "answer_code", "answer_text", "answer_number"]
    LendingDeclaration.objects.bulk_update(changed, columns, batch_size=200)


@transaction.atomic
def keep_evening(*, run: Run, own_file: ArrivedFile, market_file: ArrivedFile, outcomes: Sequence[Outcome]) -> None:
    """What the evening says of every contract, instead of what an earlier try of it said."""
    _reopen(run.pk)
    ids = _own_by_key(run.pk)
    own = [one for one in outcomes if one.origin is Origin.OWN]
    for part in chunks(own, 200):
        rows = [LendingContract(pk=ids[one.contract.key], **_figures(one)) for one in part]
        LendingContract.objects.bulk_update(rows, list(_FIGURES))
        for outcome in part:
            _keep_collateral(ids[outcome.contract.key], outcome)
    for name in CONTRACT_MOVES:
        move(name, [ids[one.contract.key] for one in own if one.move == name])
    for part in chunks([one for one in outcomes if one.origin is not Origin.OWN]):
        _add(run, own_file, market_file, part)


def _reopen(run_id: int) -> None:
    """As the morning left it."""
    contracts = LendingContract.objects.filter(run_id=run_id)
    contracts.exclude(origin=Origin.OWN).delete()
    contracts.update(state=F("opening_state"), closed_as="")
    pledges = LendingPledge.objects.filter(contract__run_id=run_id)
    pledges.filter(quantity=0).delete()
    pledges.update(quantity_after=F("quantity"))


def move(name: str, contract_ids: Sequence[int], **columns: Any) -> int:
    """Moves the contracts that stand where this move may begin; the others stay. Gives how many moved."""
    legal = CONTRACT_MOVES[name]
    moved = 0
    for part in chunks(contract_ids, _IDS):
        rows = LendingContract.objects.filter(pk__in=part, state__in=legal.sources)
        moved += rows.update(state=legal.target, **columns)
    return moved


def close_all(run_id: int) -> int:
    """Closes what ended and keeps what it was closed as."""
    legal = CONTRACT_MOVES["close"]
    rows = LendingContract.objects.filter(run_id=run_id, state__in=legal.sources)
    return rows.update(closed_as=F("state"), state=legal.target)


def _keep_collateral(contract_id: int, outcome: Outcome) -> None:
    """Only for contracts whose collateral was substituted."""
    if outcome.pledges == outcome.contract.pledges:
        return
    for security in {*outcome.pledges, *outcome.contract.pledges}:
        LendingPledge.objects.update_or_create(
            contract_id=contract_id, security=security, defaults={"quantity_after": outcome.pledges.get(security, 0)}
        )


def _add(run: Run, own_file: ArrivedFile, market_file: ArrivedFile, outcomes: Iterable[Outcome]) -> None:
    listed = list(outcomes)
    rows = [
        LendingContract(
            **_trail(run, market_file if one.file_row else own_file),
            **_columns(one.contract) | {"row_no": one.file_row or one.contract.row_no},
            **_figures(one),
            origin=one.origin,
            contract_type=one.type,
            parent_number=one.parent,
            opening_state=one.state,
            state=one.state,
        )
        for one in listed
    ]
    for row in rows:
        if row.origin in (Origin.MARKET, Origin.LINKED):
            row.rate = None
    made = LendingContract.objects.bulk_create(rows)
    LendingPledge.objects.bulk_create(
        [
            LendingPledge(contract=row, security=security, quantity_after=quantity)
            for row, one in zip(made, listed, strict=True)
            for security, quantity in one.pledges.items()
        ]
    )


def _own_by_key(run_id: int) -> dict[Key, int]:
    rows = LendingContract.objects.filter(run_id=run_id, origin=Origin.OWN)
    return {(kind, number, account): key for key, kind, number, account in rows.values_list("pk", *_KEY)}


_KEY = ("contract_class", "number", "account")
_FIGURES = ("fee", "fee_due", "value", "pledged_value", "ratio", "is_short")


def _figures(one: Outcome) -> dict[str, Any]:
    return {
        "fee": one.fee,
        "fee_due": one.fee_due,
        "value": one.value,
        "pledged_value": one.pledged,
        "ratio": one.ratio,
        "is_short": one.is_short,
    }


def _trail(run: Run, file: ArrivedFile) -> dict[str, Any]:
    return {"run": run, "line_id": run.line_id, "business_date": run.business_date, "file": file}


def _columns(one: OwnContract) -> dict[str, Any]:
    return {
        "row_no": one.row_no,
        "contract_class": one.contract_class,
        "number": one.number,
        "account": one.account,
        "unit": one.unit,
        "counterparty": one.counterparty,
        "security": one.security,
        "side": one.side,
        "quantity": one.quantity,
        "amount": one.amount,
        "rate": one.rate,
        "code": one.code,
        "start_date": one.start,
        "maturity_date": one.maturity,
        "due_date": one.due,
        "agreed_line": one.line,
    }
