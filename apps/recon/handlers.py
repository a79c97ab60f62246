"""The automatic step that compares what a definition says."""

from django.utils.translation import gettext_noop
from pydantic import BaseModel, ConfigDict, Field

from apps.engine.handlers import Effect, Failed, Finished, StepContext, handles
from apps.files.core.problems import UnreadableFile
from apps.kernel.errors import DomainError
from apps.recon.actions import compare_defined
from apps.recon.errors import DatabaseUnreachable, SourceNotHere


class Compare(BaseModel):
    model_config = ConfigDict(extra="forbid")
    definition: str = Field(description="Code of the reconciliation definition, of the line of the run")


class Compared(BaseModel):
    breaks: int = Field(description="Differences that were found")
    matched: int = Field(description="Keys that agree")
    rejected: int = Field(description="Rows that took no part")
    reconciliation: int = Field(description="Number of the result")


@handles("recon.compare", title=gettext_noop("Compare as defined"), parameters=Compare, outputs=Compared, effect=Effect.LOCAL)
def compare(context: StepContext, parameters: Compare) -> Finished | Failed:
    """Compares the sources of the definition for the business date; what differs is kept as breaks."""
    try:
        kept = compare_defined(
            code=parameters.definition, line_code=context.line, day=context.business_date, step_id=context.step_id
        )
    except (SourceNotHere, DatabaseUnreachable) as missing:
        return Failed(str(missing), retry_in_seconds=30)
    except (DomainError, UnreadableFile) as refusal:
        return Failed(str(refusal))
    rejected = sum(control["rejected"] for control in kept.control.values())
    return Finished({"breaks": kept.breaks_count, "matched": kept.matched, "rejected": rejected, "reconciliation": kept.pk})
