"""Automatic steps of fund distribution T+0 (L09) before anything is paid: the day, limits and lines, quota per request."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from apps.engine.handlers import Failed, Finished, NoParameters, StepContext, handles
from apps.engine.models import Run
from apps.lines.fund_distribution import store
from apps.lines.fund_distribution.core.requests import Finding, Rule, findings_of, raised
from apps.lines.fund_distribution.handlers.common import SHOWN, WithTerms
from apps.lines.fund_distribution.models import AdvanceRequest
from apps.lines.fund_distribution.selectors import agreements_on, answer_day, bank_lines_on, quotas_of, requests_on
from apps.lines.fund_distribution.states import Bound
from apps.lines.handlers import answers_for_files


class CheckLimits(WithTerms):
    raises: str = Field("", description="Advance lines that were raised, one a line: bank and new line in CNY")


@handles("funds.open_day", title=gettext_noop("Open the day of advances"))
def open_day(context: StepContext, parameters: NoParameters) -> Finished | Failed:
    """The day on which the TA answers and pays: its files carry that date."""
    return Finished({"answer_date": answer_day(context.business_date).isoformat()})


@handles("funds.check_limits", title=gettext_noop("Check limits and advance lines"), parameters=CheckLimits)
@answers_for_files
def check_limits(context: StepContext, parameters: CheckLimits) -> Finished | Failed:
    """Agreements and lines against the rules, and the balance of each line. What does not fit is told, not corrected."""
    lines, refused = raised(bank_lines_on(context.business_date), parameters.raises)
    found = refused + findings_of(agreements_on(context.business_date), lines, parameters.terms.known())
    store.replace_lines(context.run_id, lines.values())
    return Finished({"findings": len(found), "told": [sentence_of(one) for one in found[:SHOWN]], "lines": len(lines)})


def sentence_of(finding: Finding) -> str:
    """What does not fit, for people."""
    return {
        Rule.NO_RULE: _("Fund %(subject)s: no rule allows quick redemption for its kind."),
        Rule.ABOVE_RULE: _("Fund %(subject)s: the agreed limit of a client is above the rule; the rule counts."),
        Rule.NO_LINE: _("Fund %(subject)s: its bank has no advance line."),
        Rule.NOT_QUALIFIED: _("%(subject)s may not advance by the rules."),
        Rule.OVERDRAWN: _("%(subject)s: more is outstanding than the advance line."),
        Rule.NO_RAISE: _("“%(subject)s” raises no advance line."),
    }[finding.rule] % {"subject": finding.subject}


@handles("funds.compute_quota", title=gettext_noop("Compute the quota of each request"), parameters=WithTerms)
@answers_for_files
def compute_quota(context: StepContext, parameters: WithTerms) -> Finished | Failed:
    """Each request is granted, cut or rejected in the order of the file. Done again before a payment, it starts anew."""
    file, requests = requests_on(context.business_date)
    decided = quotas_of(context.run_id, context.business_date, parameters.terms.known()).decided(requests)
    store.replace_requests(run=Run.objects.get(pk=context.run_id), file=file, decided=decided)
    rows = AdvanceRequest.objects.filter(run_id=context.run_id)
    return Finished(
        {
            "requests": rows.count(),
            "granted": rows.filter(granted__gt=0).count(),
            "cut": rows.filter(cut__gt=0).count(),
            "rejected": rows.filter(granted=0).count(),
            "line_short": rows.filter(bound=Bound.LINE).count(),
            "amount": f"{sum((one.granted for one in decided), Decimal(0)):.2f}",
        }
    )
