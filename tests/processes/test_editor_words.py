"""What the server tells the scripts of the editor, and what the scripts ask for: both sides name the same things."""

import re
from pathlib import Path

from django.utils.translation import override

from apps.processes.views import editor, tables

SCRIPTS = Path(__file__).resolve().parents[2] / "static" / "js"


def listed(script: str, name: str) -> list[str]:
    """The texts of a list that a script declares."""
    found = re.search(rf"const {name} = \[(.*?)\]", (SCRIPTS / script).read_text(), re.DOTALL)
    assert found
    return re.findall(r'"([^"]+)"', found[1])


def test_the_columns_of_the_editors_table_are_those_that_its_script_fills():
    assert listed("table-fields.js", "COLUMNS") == list(tables.EDITOR_COLUMNS)
    assert set(listed("table-fields.js", "COPIED")) == set(tables.columns())


def test_every_refusal_of_a_pasted_row_has_its_sentence():
    scripts = "".join((SCRIPTS / name).read_text() for name in ("table-paste.js", "table-fields.js"))
    reasons = set(re.findall(r'refuse\([^;]*?"(\w+)"\)', scripts)) | set(re.findall(r'RangeError\("(\w+)"\)', scripts))

    assert reasons | {"kind", "noKind"} == set(tables.table_words()["paste"]["reasons"])


def test_a_new_row_may_name_its_kind_and_its_columns_in_either_language():
    words = tables.table_words()
    kinds = [name for kind in words["kinds"] for name in kind["names"]]

    assert {"经办确认", "Confirm (maker)", "对账", "Reconcile", "UserTask"} <= set(kinds)
    assert set(words["names"]["role"]) == {"负责人", "Owner"}


def test_the_list_of_steps_names_the_business_in_both_languages():
    titles = {}
    for language in ("en", "zh-hans"):
        with override(language):
            titles[language] = [step.title for step in editor.steps()]

    assert {"Wait for a file", "Reconcile", "Four-eyes approval"} <= set(titles["en"])
    assert {"等待文件", "对账", "双人复核"} <= set(titles["zh-hans"])


def test_a_step_that_reconciles_begins_with_the_handler_that_the_installation_has():
    (step,) = [step for step in editor.steps() if step.icon == "scale"]

    assert "reconcile" in step.facts["attributes"]["handler"]
