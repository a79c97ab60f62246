"""What is known of files: arrivals for people, rows for handlers, how each file of a day stands."""

from apps.files.selectors.arrivals import (
    ROWS_SHOWN,
    Contents,
    accepted_file,
    arrivals_for,
    contents_of,
    file_for,
    files_of_day,
    open_table,
    page_of,
    problems_of,
    runs_of_file,
    sent_files_for,
)
from apps.files.selectors.families import family_named, family_page, in_language, preview_of, shown_layouts, uses_of
from apps.files.selectors.matrix import Matrix, expected_days, matrix_of, overdue
from apps.files.selectors.rulings import is_closed, may_be_released, release_of, rulings_of

__all__ = [
    "ROWS_SHOWN",
    "Contents",
    "Matrix",
    "accepted_file",
    "arrivals_for",
    "contents_of",
    "expected_days",
    "family_named",
    "family_page",
    "file_for",
    "files_of_day",
    "in_language",
    "is_closed",
    "matrix_of",
    "may_be_released",
    "open_table",
    "overdue",
    "page_of",
    "preview_of",
    "problems_of",
    "release_of",
    "rulings_of",
    "runs_of_file",
    "sent_files_for",
    "shown_layouts",
    "uses_of",
]
