"""The verbs of reconciliation."""

from apps.recon.actions.breaks import (
    BREAK_KIND,
    MOST_AT_ONCE,
    Outcome,
    ask_to_accept,
    assign_break,
    correct_break,
    explain_break,
    explain_breaks,
)
from apps.recon.actions.comparing import compare_defined, record_reconciliation
from apps.recon.actions.definitions import load_definitions, save_definition
from apps.recon.actions.sheets import upload_sheet
from apps.recon.actions.statements import STATEMENT_KIND, propose_statement, try_statement

__all__ = [
    "BREAK_KIND",
    "MOST_AT_ONCE",
    "STATEMENT_KIND",
    "Outcome",
    "ask_to_accept",
    "assign_break",
    "compare_defined",
    "correct_break",
    "explain_break",
    "explain_breaks",
    "load_definitions",
    "propose_statement",
    "record_reconciliation",
    "save_definition",
    "try_statement",
    "upload_sheet",
]
