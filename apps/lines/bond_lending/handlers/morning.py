"""Automatic steps of bond lending (L07) before the market closes: book, notices, decisions, declarations."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.engine.models import Run
from apps.lines.bond_lending import conf, store
from apps.lines.bond_lending.core.book import Key, OwnContract
from apps.lines.bond_lending.core.choices import Chooser, Refused, Rule, priced_value
from apps.lines.bond_lending.core.evening import without_price
from apps.lines.bond_lending.core.terms import ratio_of, value_of
from apps.lines.bond_lending.handlers.common import SHOWN, WithConventions
from apps.lines.bond_lending.models import LendingContract, LendingDeclaration
from apps.lines.bond_lending.selectors import book_on, own_book_of, prices_on
from apps.lines.bond_lending.states import ContractState, DeclarationState, Origin
from apps.lines.core.market.texts import bar
from apps.lines.handlers import answers_for_files, send_lines


class Choices(WithConventions):
    rolls: str | None = Field(None, description="Contracts that roll, one a line: contract and code of the new term")
    substitutions: str | None = Field(
        None, description="Collateral to substitute, one a line: contract, bond out, quantity, bond in, quantity"
    )


@handles("lending.read_book", title=gettext_noop("Read the own book, list what matures"))
@answers_for_files
def read_book(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """The counter's contracts and collateral at this morning's prices; what is due and whose collateral is too small."""
    file, book = book_on(context.business_date)
    prices = prices_on(context.business_date)
    missing = without_price(book, prices)
    if missing:
        return Failed(_("There is no price of %(security)s.") % {"security": missing[0]})
    facts = {one.key: _valued(one, prices) for one in book if one.is_lending}
    store.replace_book(run=Run.objects.get(pk=context.run_id), file=file, book=book, facts=facts)
    rows = LendingContract.objects.filter(run_id=context.run_id)
    maturing = rows.filter(state=ContractState.MATURING)
    return Finished(
        {
            "contracts": len(book),
            "maturing": maturing.count(),
            "short": rows.filter(is_short=True).count(),
            "maturing_contracts": list(maturing.order_by("pk").values_list("number", flat=True)[:SHOWN]),
        }
    )


def _valued(one: OwnContract, prices: dict[str, Decimal]) -> dict[str, Any]:
    value, pledged = value_of(one.quantity, prices[one.security]), priced_value(one.pledges, prices)
    ratio = ratio_of(pledged, value) if one.pledges and pledged is not None else None
    is_short = ratio is not None and one.line is not None and ratio < one.line
    return {"value": value, "pledged_value": pledged, "ratio": ratio, "is_short": is_short}


@handles("lending.send_notices", title=gettext_noop("Send notices of maturity and collateral"))
def send_notices(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """One line a contract that is due or whose collateral is below the agreed line."""
    rows = LendingContract.objects.filter(run_id=context.run_id, origin=Origin.OWN).order_by("pk")
    lines = [
        bar(
            "MATURING" if row.opening_state == ContractState.MATURING else "COLLATERAL",
            row.number,
            row.account,
            row.security,
            row.side,
            row.quantity,
            f"{row.due_date:%Y%m%d}",
            "" if row.ratio is None else f"{row.ratio:.2f}",
        )
        for row in rows.iterator()
        if row.opening_state == ContractState.MATURING or row.is_short
    ]
    name = send_lines(context, key=context.key, directory=conf.OUTGOING, code=f"jdtz{context.run_id:06}", lines=lines)
    return Finished({"notices": len(lines), "file": name})


@handles("lending.check_choices", title=gettext_noop("Check returns, rolls and substitutions"), parameters=Choices)
@answers_for_files
def check_choices(context: StepContext, parameters: Choices) -> Finished | Failed:
    """Keeps what the maker decided when all of it can be done; each line that cannot is told with its rule."""
    book: dict[Key, OwnContract] = {one.key: one for one in own_book_of(context.run_id)}
    chooser = Chooser(
        book,
        {key: one.state_on(context.business_date) for key, one in book.items()},
        prices_on(context.business_date),
        parameters.conventions.known(),
    )
    decisions, refused = chooser.decided(parameters.rolls or "", parameters.substitutions or "")
    store.replace_decisions(context.run_id, book.values(), [] if refused else decisions)
    return Finished(
        {
            "refused": len(refused),
            "refusals": [sentence_of(one) for one in refused[:SHOWN]],
            "decided": 0 if refused else len(decisions),
        }
    )


def sentence_of(refused: Refused) -> str:
    """Why a line cannot be done, for the maker."""
    return {
        Rule.UNREADABLE: _("“%(line)s” cannot be read, or says something twice."),
        Rule.NO_CONTRACT: _("“%(line)s”: there is no such lending."),
        Rule.NOT_MATURING: _("“%(line)s”: the lending is not due today."),
        Rule.NO_TERM: _("“%(line)s”: there is no such term."),
        Rule.NOT_PLEDGED: _("“%(line)s”: so much of this bond is not pledged."),
        Rule.NO_PRICE: _("“%(line)s”: a bond has no price."),
        Rule.BELOW_LINE: _("“%(line)s”: the collateral would be below the agreed ratio."),
    }[refused.rule] % {"line": refused.text}


@handles("lending.send_declarations", title=gettext_noop("Send declarations to the market"))
def send_declarations(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """One line a decision, under the number that the market's answer will name. A second try sends the same bytes."""
    rows = LendingDeclaration.objects.filter(run_id=context.run_id).select_related("contract").order_by("position")
    lines = [
        bar(
            row.number,
            row.verb.upper(),
            row.contract.number,
            row.contract.account,
            row.contract.unit,
            row.contract.security,
            row.contract.quantity,
            row.code,
            row.out_security,
            row.out_quantity,
            row.in_security,
            row.in_quantity,
        )
        for row in rows.iterator()
    ]
    name = send_lines(context, key=context.key, directory=conf.OUTGOING, code=f"jdsb{context.run_id:06}", lines=lines)
    store.mark_sent(context.run_id)
    sent = LendingDeclaration.objects.filter(run_id=context.run_id, state=DeclarationState.SENT).count()
    return Finished({"declarations": len(lines), "sent": sent, "file": name})
