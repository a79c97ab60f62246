"""Pages of reconciliation."""

from apps.recon.views.breaks import accept, assign, breaks_csv, explain, explain_several, list_breaks
from apps.recon.views.days import bring_sheet, compare, reconciliation, reconciliations
from apps.recon.views.statements import one_statement, statements, write_statement

__all__ = [
    "accept",
    "assign",
    "breaks_csv",
    "bring_sheet",
    "compare",
    "explain",
    "explain_several",
    "list_breaks",
    "one_statement",
    "reconciliation",
    "reconciliations",
    "statements",
    "write_statement",
]
