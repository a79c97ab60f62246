"""Where sides come from: market files, tables of lines, sheets, folders, and databases of the operator."""

from apps.recon.store.databases import Preview, open_answer, preview
from apps.recon.store.folders import FOLDER_COLUMNS
from apps.recon.store.sources import Read, known_columns, open_side

__all__ = ["FOLDER_COLUMNS", "Preview", "Read", "known_columns", "open_answer", "open_side", "preview"]
