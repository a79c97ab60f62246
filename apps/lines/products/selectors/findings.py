"""What stands out, in the reader's language."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.lines.products.core.checks import Finding
from apps.lines.products.states import COLUMNS, LEVELS

_SENTENCES: dict[str, Callable[[], str]] = {
    "no_such_column": lambda: _("{place}: there is no such column."),
    "cell_too_long": lambda: _("{place}: a cell has at most {limit} signs."),
    "cell_no_truth": lambda: _("{place}: only true, false, null and not(…) of these can stand here."),
    "cell_unreadable": lambda: _("{place}: {problem}"),
    "cell_other_type": lambda: _("{place}: this says neither yes nor no of a value of this column."),
    "pattern_too_long": lambda: _("{place}: the patterns are too long."),
    "pattern_too_many": lambda: _("{place}: there are too many patterns in one cell."),
    "pattern_empty": lambda: _("{place}: there is nothing between two commas, at sign {sign}."),
    "pattern_escape_at_end": lambda: _("{place}: nothing follows the backslash at sign {sign}."),
    "pattern_control_sign": lambda: _("{place}: a sign that nobody sees stands at {sign}."),
    "class_without_parent": lambda: _("Class {place}: {missing} above it is not in force."),
    "branch_without_leaf": lambda: _("Class {place}: the branch ends above level {levels}; no product can stand on it."),
    "no_first_table": lambda: _("The table {place}, which is asked first, is not in force."),
    "rule_without_table": lambda: _("Rule {place}: its table is not in force."),
    "class_not_in_force": lambda: _("Rule {place}: {class} is no class of level {levels} in force."),
    "table_not_in_force": lambda: _("Rule {place}: the table {table} is not in force."),
    "table_not_asked": lambda: _("Table {place}: no rule leads to it."),
    "table_without_rules": lambda: _("Table {place}: it has no rule in force."),
    "tables_go_round": lambda: _("Rule {place}: the tables ask each other in a circle: {way}."),
    "path_wildcard": lambda: _("{place}: there is no wildcard “{what}”."),
    "path_brace": lambda: _("{place}: a brace is not closed, or not opened."),
    "path_same_for_all": lambda: _("{place}: without the code of the product all files would lie upon each other."),
    "path_same_for_files": lambda: _("{place}: without the name of the file all files of a product would lie upon each other."),
    "path_unusable": lambda: _("{place}: “{what}” cannot stand in a path."),
    "decision_table": lambda: _("{place}: {problem}"),
}
_LABELS: dict[str, Any] = {column.name: column.label for column in COLUMNS} | {
    "class_pattern": gettext_lazy("Classes"),
    "files": gettext_lazy("Market files"),
    "path": gettext_lazy("Path"),
}


def sentence_of(finding: Finding) -> str:
    """Where, and what; a column is called as the page calls it."""
    facts = {**finding.facts, "levels": str(LEVELS)}
    facts["sign"] = facts.pop("place", "")
    return _SENTENCES[finding.code]().format(**facts, place=_LABELS.get(finding.place, finding.place))
