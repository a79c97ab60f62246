"""Automatic steps of pre-clearing (L03) in the evening: final against forecast, the explanation, and the variance report."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.lines.core.balances import summary_totals
from apps.lines.core.market.texts import bar
from apps.lines.handlers import Strict, answers_for_files, keep_comparison, send_lines
from apps.lines.preclearing import conf, store
from apps.lines.preclearing.core.forecast import NOTHING
from apps.lines.preclearing.core.variance import within
from apps.lines.preclearing.handlers.common import SHOWN, WithTerms, by_summary
from apps.lines.preclearing.models import PreclearingAccount
from apps.lines.preclearing.selectors import figures_of, final_of, guaranteed_in, guaranteed_on, locks_on, reported_details
from apps.lines.preclearing.states import Cause
from apps.lines.selectors import file_of, table_of
from apps.recon.core.matcher import Item, compare, joined

NETS, FEES, SUMMARY = "forecast / jsmx", "own fees / jsmx", "jsmx / zjhz"
ORDINARY = "001"  # JLLX of guaranteed rows [S6]


class KeepReason(Strict):
    reason: str = Field(description="Why the variance is accepted")


@handles("preclearing.compare_final", title=gettext_noop("Compare final and forecast"), parameters=WithTerms)
@answers_for_files
def compare_final(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Net by account within the tolerance, fees by account within a fen a row, details against summary, and locks of securities
    that were bought on the day. The causes of each variance are kept with its account."""
    day, terms = context.business_date, parameters.terms
    file, legs = guaranteed_on(day)
    summary = file_of(conf.LINE, day, conf.FINAL_SUMMARY)
    quantities, locked = locks_on(day, legs, terms)
    final, unknown = final_of(context.run_id, legs, locked, terms, day)
    files = {conf.FINAL: file.pk, conf.FINAL_SUMMARY: summary.pk, conf.QUANTITIES: quantities.pk}
    store.keep_final(context.run_id, final, files)
    accounts = list(PreclearingAccount.objects.filter(run_id=context.run_id).order_by("account"))
    strangers = {leg.cash_account for leg in legs} - {one.account for one in accounts}
    nets = {one.account: Item(amount=final[one.account].net.net) for one in accounts}
    nets |= {name: Item(amount=sum((leg.net_cash for leg in legs if leg.cash_account == name), NOTHING)) for name in strangers}
    forecast = {one.account: Item(amount=one.pre_net) for one in accounts}
    tolerances = {one.account: one.tolerance for one in accounts}
    fees = {one.account: Item(amount=one.final_fees) for one in accounts}
    own = {one.account: Item(amount=one.own_fees) for one in accounts}
    allowed = {one.account: terms.fee_tolerance * one.final_rows for one in accounts}
    said = summary_totals(table_of(summary))
    theirs = {joined(*key): Item(amount=total) for key, total in said.items() if key[3] == ORDINARY}
    outside = keep_comparison(context, NETS, within(compare(forecast, nets), tolerances))
    fee_breaks = keep_comparison(context, FEES, within(compare(own, fees), allowed))
    breaks = keep_comparison(context, SUMMARY, compare(by_summary(legs), theirs))
    return Finished(
        {
            "outside": outside,
            "fee_breaks": fee_breaks,
            "breaks": breaks,
            "locked": sum(locked.values()),
            "fees_unknown": unknown,
            "told": [sentence_of(one) for one in accounts if one.variance or one.locked][:SHOWN],
        }
    )


def sentence_of(one: PreclearingAccount) -> str:
    """The variance of an account with its causes, for people."""
    causes = _(", ").join(f"{Cause(name).label} {amount}" for name, amount in one.causes.items())
    said = _("Account %(account)s: variance %(variance)s CNY, tolerance %(tolerance)s CNY (%(causes)s).") % {
        "account": one.account,
        "variance": one.variance,
        "tolerance": one.tolerance,
        "causes": causes or "–",
    }
    if not one.locked:
        return said
    locks = _("%(locked)s rows lock securities that were bought today.") % {"locked": one.locked}
    return f"{said} {locks}"


@handles("preclearing.keep_reason", title=gettext_noop("Keep why the variance is accepted"), parameters=KeepReason)
def keep_reason(context: StepContext, parameters: KeepReason) -> Finished | Failed:
    """The words of the person, with every account outside the tolerance."""
    return Finished({"accounts": store.keep_reason(context.run_id, parameters.reason)})


@handles("preclearing.report", title=gettext_noop("Report the variance"))
@answers_for_files
def report(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """One line an account for the treasury, and totals that stand in the journal with this step. A second try sends the same.

    The final details behind the figures are posted with it: a corrected file reverses them from then on.
    """
    file = reported_details(context.run_id)
    if file is not None:
        store.post_final(context.run_id, file, guaranteed_in(file, context.business_date))
    figures = figures_of(context.run_id)
    if figures is None:
        return Finished({"accounts": 0})
    lines = [
        bar(
            one.account,
            one.basis,
            f"{one.own_net:.2f}",
            f"{one.pre_net:.2f}",
            f"{one.top_up:.2f}",
            f"{one.amount:.2f}",
            f"{one.final_net:.2f}" if one.final_net is not None else "",
            f"{one.variance:.2f}" if one.variance is not None else "",
            f"{one.tolerance:.2f}",
            one.state,
            one.locked,
            one.reason,
        )
        for one in figures.accounts
    ]
    name = send_lines(context, key=context.key, directory=conf.OUTGOING, code=f"yqbg{context.run_id:06}", lines=lines)
    money = {key: f"{getattr(figures, key) or NOTHING:.2f}" for key in ("own_net", "pre_net", "top_up", "sent", "final_net")}
    counts = {key: getattr(figures, key) for key in ("short", "outside", "locked")}
    variance = f"{figures.variance or NOTHING:.2f}"
    return Finished({"accounts": len(figures.accounts), **counts, **money, "variance": variance, "file": name})
