"""Process models of runs as pages show them: in the reader's language."""

from apps.engine.models import Run
from apps.processes import selectors


def node_names(run: Run) -> dict[str, str]:
    """Element id to its English name, for readers of English; others read the names as they are. Cached by version."""
    return selectors.names_for_reader(run.version_id, run.plan_digest)


def model_for_reader(run: Run) -> bytes:
    """The model's XML with names in the reader's language. Cached by version."""
    return selectors.model_for_reader(run.version_id, run.plan_digest)
