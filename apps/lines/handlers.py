"""Common ingest (L00): what every line does with the files of the market before it computes with them."""

from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import BaseModel, ConfigDict, Field

from apps.calendars.selectors import is_business_day
from apps.engine.handlers import Failed, Finished, StepContext, handles
from apps.files.core.problems import UnreadableFile
from apps.kernel.money import NotAnAmount
from apps.lines import store
from apps.lines.core.balances import summary_totals
from apps.lines.core.details import CannotNormalise
from apps.lines.models import Obligation
from apps.lines.selectors import NotHere, details_in, fen_sum, file_of, files_of, table_of, yuan_of
from apps.recon.actions import record_reconciliation
from apps.recon.core.matcher import Item, compare, joined

SETTLED_CODE = "0000"

P = TypeVar("P", bound=BaseModel)
Work = Callable[[StepContext, P], Finished | Failed]


def answers_for_files(work: Work[P]) -> Work[P]:
    """Turns what may be wrong with files into a sentence for the operator: the step fails and can be tried again."""

    @wraps(work)
    def guarded(context: StepContext, parameters: P) -> Finished | Failed:
        try:
            return work(context, parameters)
        except NotHere as missing:
            return Failed(_("The file %(code)s has not come yet.") % {"code": missing}, retry_in_seconds=30)
        except CannotNormalise as fault:
            return Failed(_("The file cannot be used: %(problem)s.") % {"problem": fault})
        except (UnreadableFile, NotAnAmount) as refusal:
            return Failed(str(refusal))

    return guarded


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ExpectFiles(Strict):
    """What a line expects on a day."""

    files: list[str] = Field(description="Codes of the files to wait for, in order")
    calendar: str = Field("CN-EX", description="Calendar that says whether it is a business day")


class OfLine(Strict):
    """Files of one line's day."""

    line: str = Field(description="Code of the business line that the files belong to")
    files: list[str] = Field(description="Codes of the files")


class Normalise(Strict):
    owner: int = Field(description="Number of the run that the rows belong to")
    line: str = Field(description="Code of the business line that the files belong to")
    details: str = Field("jsmx", description="Code of the settlement details")


class DetailVsSummary(Normalise):
    summary: str = Field("zjhz", description="Code of the cash summary")


@handles("ingest.expect_files", title=gettext_noop("List the files to expect"), parameters=ExpectFiles)
def expect_files(context: StepContext, parameters: ExpectFiles) -> Finished | Failed:
    """On a business day the codes to wait for; on any other day none."""
    is_open = is_business_day(parameters.calendar, context.business_date)
    return Finished({"is_open": is_open, "files": parameters.files if is_open else []})


@handles("ingest.validate", title=gettext_noop("Check the files that came"), parameters=OfLine)
@answers_for_files
def validate(context: StepContext, parameters: OfLine) -> Finished | Failed:
    """Every file is here, whole, and what its digest says; arrival has already refused wrong dates and sizes."""
    files = files_of(parameters.line, context.business_date, parameters.files)
    for file in files:
        table_of(file)
    taken = [{"code": file.file_code, "file": file.pk, "rows": file.rows, "sha256": file.sha256} for file in files]
    return Finished({"files": taken, "count": len(taken)})


@handles("ingest.parse", title=gettext_noop("Read every row"), parameters=OfLine)
@answers_for_files
def parse(context: StepContext, parameters: OfLine) -> Finished | Failed:
    """Reads all rows; the first bad one is named with its offset. Rows stay in the file, numbered."""
    rows = {file.file_code: len(table_of(file)) for file in files_of(parameters.line, context.business_date, parameters.files)}
    return Finished({"rows": sum(rows.values()), "rows_by_file": rows})


@handles("ingest.check", title=gettext_noop("Check layouts, codes and signs"), parameters=Normalise)
@answers_for_files
def check(context: StepContext, parameters: Normalise) -> Finished | Failed:
    """Drift of the layout and unknown codes are counted and told; a missing column or an unclear sign stops."""
    file = file_of(parameters.line, context.business_date, parameters.details)
    details = details_in(file)
    return Finished(
        {
            "drift": sum(problem["severity"] != "note" for problem in file.problems),
            "unknown_codes": described(details.unknown),
            "fees_signed": details.fees_signed,
            "unexplained": details.unexplained_rows[:20],
        }
    )


@handles("ingest.normalise", title=gettext_noop("Normalise settlement details"), parameters=Normalise)
@answers_for_files
def normalise(context: StepContext, parameters: Normalise) -> Finished | Failed:
    """Details become obligations with their guarantee; the rows of an earlier try are replaced."""
    file = file_of(parameters.line, context.business_date, parameters.details)
    details = details_in(file)
    count = store.replace_obligations(run_id=parameters.owner, file=file, legs=details.legs)
    kinds = Counter(leg.guarantee.value for leg in details.legs)
    return Finished({"obligations": count, "by_guarantee": dict(sorted(kinds.items())), "file": file.pk})


@handles("ingest.detail_vs_summary", title=gettext_noop("Compare details with the summary"), parameters=DetailVsSummary)
@answers_for_files
def detail_vs_summary(context: StepContext, parameters: DetailVsSummary) -> Finished | Failed:
    """Net amounts of what settles, by cash account, unit, date and record type, against the market's own summary."""
    said = summary_totals(table_of(file_of(parameters.line, context.business_date, parameters.summary)))
    settling = Obligation.objects.filter(
        run_id=parameters.owner, file_code=parameters.details, record_type__in=("001", "003"), result_code=SETTLED_CODE
    )
    sums = (
        settling.values_list("cash_account", "unit", "settle_date", "record_type").annotate(total=fen_sum("net_cash")).order_by()
    )
    ours = {
        joined(account, unit, f"{day:%Y%m%d}" if day else "", kind): Item(amount=yuan_of(total))
        for account, unit, day, kind, total in sums
    }
    comparison = compare(ours, {joined(*key): Item(amount=total) for key, total in said.items()})
    kept = record_reconciliation(
        step_id=context.step_id,
        name=f"{parameters.details} / {parameters.summary}",
        left_name=parameters.details,
        right_name=parameters.summary,
        comparison=comparison,
    )
    return Finished({"breaks": kept.breaks_count, "matched": kept.matched, "total": f"{comparison.left_total:.2f}"})


@handles("ingest.publish", title=gettext_noop("Tell that the files are in"), parameters=Normalise)
def publish(context: StepContext, parameters: Normalise) -> Finished | Failed:
    """Counts and money totals of what was taken in; they stand in the journal with this step."""
    rows = Obligation.objects.filter(run_id=parameters.owner, file_code=parameters.details)
    totals: dict[str, Any] = {}
    for guarantee, count, cash in (
        rows.values_list("guarantee").annotate(rows=Count("pk"), cash=fen_sum("net_cash")).order_by("guarantee")
    ):
        totals[guarantee] = {"rows": count, "net_cash": f"{yuan_of(cash):.2f}"}
    return Finished({"totals": totals})


def described(unknown: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
    """Unknown codes for the journal, most frequent first."""
    return [{"column": column, "code": code, "rows": rows} for (column, code), rows in unknown.most_common(20)]
