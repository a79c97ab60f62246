"""Differences of decision tables in sentences, in the reader's language."""

from django.utils.translation import gettext as _

from apps.kernel.front_door import Refused
from apps.processes.core.differences import Change
from apps.processes.core.differences.decisions import Edit, TableEdit, table_edits, tables_in

DECISION_MODEL = "decision_model"
LONGEST_VALUE = 160
BEFORE_FIRST_DIFFERENCE = 40


def tables_in_words(old_xml: str, new_xml: str) -> list[str]:
    """One sentence for each edit; none where the models cannot be read."""
    try:
        return [_told(edit) for edit in table_edits(old_xml, new_xml)]
    except Refused:
        return []


def tables_named(change: Change) -> list[str]:
    """The tables of a model that came or went with its element, with how large they are; none for any other change."""
    if change.property != DECISION_MODEL or (change.old and change.new):
        return []
    if change.new:
        said = _("Decision table “{table}” with {count} rules is new.")
    else:
        said = _("Decision table “{table}” with {count} rules is gone.")
    return [said.format(table=name, count=count) for name, count in tables_in(change.new or change.old or "")]


def _told(edit: TableEdit) -> str:
    start = first_difference(edit.old, edit.new)
    facts = {
        "table": edit.decision,
        "rule": edit.rule,
        "column": edit.column,
        "old": shortened(edit.old, start) if edit.old else _("nothing"),
        "new": shortened(edit.new, start) if edit.new else _("nothing"),
    }
    sentences = {
        Edit.DECISION_ADDED: _("Decision “{table}” was added."),
        Edit.DECISION_GONE: _("Decision “{table}” was removed."),
        Edit.EXPRESSION: _("Decision “{table}” was “{old}” and is now “{new}”."),
        Edit.POLICY: _("Decision table “{table}”: the hit policy was “{old}” and is now “{new}”."),
        Edit.COLUMN_ADDED: _("Decision table “{table}”: column “{column}” is new."),
        Edit.COLUMN_GONE: _("Decision table “{table}”: column “{column}” is gone."),
        Edit.COLUMN: _("Decision table “{table}”: column “{column}” was declared “{old}” and is now “{new}”."),
        Edit.RULE_ADDED: _("Decision table “{table}”: rule {rule} is new ({new})."),
        Edit.RULE_GONE: _("Decision table “{table}”: rule {rule} is gone ({old})."),
        Edit.RULES_MOVED: _("Decision table “{table}”: the rules stand in another order."),
        Edit.CELL: _("Decision table “{table}”, rule {rule}: “{column}” was “{old}” and is now “{new}”."),
        Edit.REST: _("Beside its tables the decision model was “{old}” and is now “{new}”."),
    }
    return sentences[edit.edit].format(**facts)


def first_difference(old: str, new: str) -> int:
    return next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new)))


def shortened(text: str, around: int = 0) -> str:
    """The part of a long text in which the difference is."""
    if len(text) <= LONGEST_VALUE:
        return text
    start = max(0, min(around - BEFORE_FIRST_DIFFERENCE, len(text) - LONGEST_VALUE))
    part = text[start : start + LONGEST_VALUE]
    return ("…" if start else "") + part + ("…" if start + LONGEST_VALUE < len(text) else "")
