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
from apps.engine.models import Step
from apps.files.actions import send_file
from apps.files.core.problems import UnreadableFile
from apps.kernel.money import NotAnAmount
from apps.lines import store
from apps.lines.core.balances import summary_totals
from apps.lines.core.details import CannotNormalise
from apps.lines.core.market.files import file_name
from apps.lines.corrections.errors import RowsPosted
from apps.lines.models import Obligation
from apps.lines.selectors import NotHere, details_in, fen_sum, file_of, files_of, table_of, yuan_of
from apps.lines.states import SETTLED_CODE
from apps.recon.actions import record_reconciliation
from apps.recon.core.matcher import Comparison, Item, compare, joined

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
        except (UnreadableFile, NotAnAmount, RowsPosted) as refusal:
            return Failed(str(refusal))

    return guarded


def send_once(context: StepContext, *, key: str, directory: str, name: str, data: bytes) -> str:
    """Puts the bytes into the line's outgoing folder of the day; the name they got. The same key again writes nothing new."""
    sent = send_file(
        key=key,
        line_code=context.line,
        business_date=context.business_date,
        directory=directory,
        name=name,
        data=data,
        step_id=context.step_id,
    )
    return sent.name


def send_lines(context: StepContext, *, key: str, directory: str, code: str, lines: list[bytes]) -> str:
    """As `send_once`, for a file of the day with this code; blank, and nothing is sent, when there is nothing to tell."""
    if not lines:
        return ""
    name = file_name(code, context.business_date)
    return send_once(context, key=key, directory=directory, name=name, data=b"".join(lines))


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


def keep_comparison(context: StepContext, name: str, comparison: Comparison) -> int:
    """Breaks of a comparison called `left / right`, kept under the first step of this node: compared again, the same
    rows are brought up to date. Gives how many there are."""
    left, right = name.split(" / ")
    kept = record_reconciliation(step_id=first_step(context), name=name, left_name=left, right_name=right, comparison=comparison)
    return kept.breaks_count


def first_step(context: StepContext) -> int:
    """The key of the first step of this node in the run: what is done again belongs to that one."""
    steps = Step.objects.filter(run_id=context.run_id, node_id=context.node_id).order_by("pk")
    return int(steps.values_list("pk", flat=True)[0])
