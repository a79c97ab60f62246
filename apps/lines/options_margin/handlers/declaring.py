"""The set that is declared: what the maker chose is checked against the rules, and sent once the checker agrees."""

from collections.abc import Iterator

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.kernel.ids import stable_key
from apps.lines.core.market.texts import bar
from apps.lines.handlers import Strict, send_lines
from apps.lines.options_margin import conf, store
from apps.lines.options_margin.core.checking import Checked, Wanted, checked
from apps.lines.options_margin.core.declaring import Verb
from apps.lines.options_margin.models import CombinationDeclaration, MarginAccount, OptionContract
from apps.lines.options_margin.selectors.accounts import contracts_in, contracts_of, holdings_of
from apps.lines.options_margin.states import DeclarationState
from apps.lines.selectors import money_total
from apps.lines.uplifts.models import MarginUplift
from apps.lines.uplifts.selectors import uplifts_numbered

SHOWN = 20
SUB_ACCOUNT = "888"


class ChooseDeclarations(Strict):
    selection: str = Field("all", description="all: what is proposed; none: everything stays as it is declared")
    exclude: str | None = Field(None, description="Accounts to leave out, separated by blanks, commas or lines")
    further: str | None = Field(
        None, description="Further declarations, one a line: account build STRATEGY leg leg lots, or account dissolve NUMBER lots"
    )


@handles("options.check_declarations", title=gettext_noop("Check the declarations"), parameters=ChooseDeclarations)
def check_declarations(context: StepContext, parameters: ChooseDeclarations) -> Finished | Failed:
    """Marks what was chosen and checks it against the rules; what breaks one is told with account, place and rule."""
    further, problems = _further(parameters.further or "")
    left_out = set((parameters.exclude or "").replace(",", " ").replace("，", " ").split())
    problems += store.choose_declarations(
        run_id=context.run_id, take_all=parameters.selection == "all", left_out=left_out, further=further
    )
    refusals = problems + [_sentence(account, found) for account, found in refused_declarations(context.run_id)]
    rows = CombinationDeclaration.objects.filter(run_id=context.run_id)
    chosen = rows.filter(state=DeclarationState.CHOSEN)
    return Finished(
        {
            "refused": len(refusals),
            "refusals": refusals[:SHOWN],
            "chosen": chosen.count(),
            "accounts": chosen.values("account").distinct().count(),
            "left_out": rows.filter(state=DeclarationState.LEFT_OUT).count(),
        }
    )


def _sentence(account: MarginAccount, found: Checked) -> str:
    return _("Account %(account)s: declaration %(place)s breaks the rule “%(rule)s”.") % {
        "account": account.account,
        "place": found.place + 1,
        "rule": found.error,
    }


def _further(text: str) -> tuple[dict[str, list[Wanted]], list[str]]:
    """What the maker adds, by account, and the lines that cannot be read."""
    found: dict[str, list[Wanted]] = {}
    problems = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        one = _wanted(words)
        if one is None:
            problems.append(_("Line %(number)s is no declaration: %(line)s") % {"number": number, "line": line[:80]})
        else:
            found.setdefault(words[0], []).append(one)
    return found, problems


def _wanted(words: list[str]) -> Wanted | None:
    lots = words[-1]
    if len(words) < 4 or not (lots.isascii() and lots.isdigit() and len(lots) < 10):
        return None
    if words[1] == Verb.BUILD and 5 <= len(words) <= 6:
        return Wanted(Verb.BUILD, words[2], tuple(words[3:-1]), int(lots))
    if words[1] == Verb.DISSOLVE and len(words) == 4:
        return Wanted(Verb.DISSOLVE, "", (), int(lots), words[2])
    return None


def refused_declarations(run_id: int) -> Iterator[tuple[MarginAccount, Checked]]:
    """Accounts whose chosen declarations break a rule of the next trading day, each with the first."""
    contracts, known = contracts_of(run_id), uplifts_numbered()
    chosen = CombinationDeclaration.objects.filter(state=DeclarationState.CHOSEN).order_by("position")
    accounts = MarginAccount.objects.filter(run_id=run_id, declarations__state=DeclarationState.CHOSEN).distinct()
    accounts = accounts.order_by("pk").prefetch_related("rows", Prefetch("declarations", chosen, to_attr="chosen"))
    for account in accounts.iterator(chunk_size=500):
        found = _checked(account, contracts, known)
        if found.error:
            yield account, found


def _checked(account: MarginAccount, contracts: dict[str, OptionContract], known: dict[int, MarginUplift]) -> Checked:
    rows = list(account.rows.all())
    declared: list[CombinationDeclaration] = account.chosen  # type: ignore[attr-defined]
    wanted = [Wanted(Verb(row.verb), row.strategy, tuple(row.legs), row.lots, row.number) for row in declared]
    numbers = contracts_in(rows) | {leg for one in wanted for leg in one.legs}
    held = holdings_of(account, rows, {number: contracts[number] for number in numbers if number in contracts}, known)
    return checked(held.free, held.living, wanted, held.market, required=held.required, funds=held.funds)


@handles("options.send_declarations", title=gettext_noop("Send declarations and calls"))
def send_declarations(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """The declaration file of what was chosen, checked once more, and the list of calls for the counter.

    A second try sends the same bytes under the same key.
    """
    refused = next(refused_declarations(context.run_id), None)
    if refused is not None:
        return Failed(_sentence(*refused))
    states = (DeclarationState.CHOSEN, DeclarationState.SENT)
    rows = CombinationDeclaration.objects.filter(run_id=context.run_id, state__in=states).select_related("account")
    lines = [
        bar(row.account.account, SUB_ACCOUNT, row.verb.upper(), row.strategy, row.number, row.lots, *_two(row.legs))
        for row in rows.order_by("account_id", "position").iterator()
    ]
    called = MarginAccount.objects.filter(run_id=context.run_id, call__gt=0).order_by("pk")
    notices = [bar(row.account, f"{row.client_margin:.2f}", f"{row.funds:.2f}", f"{row.call:.2f}") for row in called.iterator()]
    declared = send_lines(context, key=context.key, directory=conf.OUTGOING, code=f"zhsb{context.run_id:06}", lines=lines)
    beside = stable_key(context.key, "calls")
    told = send_lines(context, key=beside, directory=conf.OUTGOING, code=f"zjtz{context.run_id:06}", lines=notices)
    store.mark_sent(context.run_id)
    total = money_total(called.order_by(), "call")
    return Finished(
        {"declarations": len(lines), "file": declared, "calls": len(notices), "call": f"{total:.2f}", "calls_file": told}
    )


def _two(legs: list[str]) -> list[str]:
    return [*legs, "", ""][:2]
