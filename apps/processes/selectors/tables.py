"""The steps of a version as rows, with what is kept beside the model."""

from apps.processes.conf import Window, step_windows
from apps.processes.core.table import Row, rows_of
from apps.processes.models import ProcessVersion


def table_of(version: ProcessVersion) -> list[tuple[Row, Window]]:
    """The steps of a version as rows, each with the window that holds today. One query."""
    windows = step_windows(version.process.line_id, version.process_id)
    return [(row, windows.get(row.id, Window())) for row in rows_of(version.model_xml.encode())]
