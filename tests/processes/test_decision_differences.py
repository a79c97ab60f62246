"""Decision tables are compared rule by rule and told in words, and no edit of one is taken for none."""

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.processes.core.differences import differences
from apps.processes.core.differences.decision_words import tables_in_words
from apps.processes.core.differences.decisions import Edit, table_edits
from apps.processes.core.differences.words import Words
from tests.factories.decisions import RULES, carrying, table


def named(rules):
    return [(f"r{at}", *rule) for at, rule in enumerate(rules)]


def told(old, new, language="en"):
    with translation.override(language):
        return tables_in_words(old, new)


def test_a_cell_a_new_rule_and_one_that_is_gone_are_told_each_by_itself():
    old = named(RULES)
    new = [old[0], ("r1", "> 6", "B", "middle"), ("r9", "> 1", "C", "small")]

    assert told(table(old), table(new)) == [
        "Decision table “Grade”, rule 2: “amount” was “> 5” and is now “> 6”.",
        "Decision table “Grade”: rule 3 is new (amount: > 1, kind: C, grade: small).",
        "Decision table “Grade”: rule 3 is gone (grade: low).",
    ]


def test_the_same_in_chinese():
    old = named(RULES)

    assert told(table(old), table([("r0", "> 12", "A", "high"), *old[1:]]), "zh-hans") == [
        "决策表“Grade”第 1 条规则：“amount”由“> 10”改为“> 12”。"
    ]


def test_rules_without_ids_are_known_by_what_they_say():
    edits = table_edits(table(RULES, ids=False), table((("> 20", "A", "huge"), *RULES), ids=False))

    assert [(edit.edit, edit.rule) for edit in edits] == [(Edit.RULE_ADDED, 1)]


def test_another_order_policy_or_column_is_told():
    old = named(RULES)
    wider = [(name, first, second, "x", out) for name, first, second, out in old]

    assert told(table(old), table([old[1], old[0], old[2]])) == ["Decision table “Grade”: the rules stand in another order."]
    assert told(table(old), table(old, policy="UNIQUE")) == [
        "Decision table “Grade”: the hit policy was “FIRST” and is now “UNIQUE”."
    ]
    assert told(table(old), table(wider, columns=("amount", "kind", "day"))) == ["Decision table “Grade”: column “day” is new."]
    assert told(table(old), table(old).replace('typeRef="string"', 'typeRef="number"', 1)) == [
        "Decision table “Grade”: column “amount” was declared “typeRef=string amount” and is now “typeRef=number amount”."
    ]


def test_what_stands_beside_tables_is_told_as_it_is_written():
    (sentence,) = told(table(named(RULES)), table(named(RULES), note='<inputData id="amount" name="amount"/>'))

    assert sentence.startswith("Beside its tables the decision model was “")
    assert "inputData" in sentence


def test_ids_of_parts_and_blanks_are_no_difference_of_a_table():
    old = table(named(RULES))

    assert table_edits(old, old.replace('id="e0"', 'id="other"').replace("<rule", "\n  <rule")) == []


CELL = st.sampled_from(["1", "2", "3", "-"])
ROWS = st.lists(st.tuples(CELL, CELL, CELL), max_size=5)


@settings(max_examples=60)
@given(old=ROWS, new=ROWS, ids=st.booleans())
def test_tables_that_say_something_else_are_never_told_to_be_the_same(old, new, ids):
    one, other = (table(named(rows) if ids else rows, ids=ids) for rows in (old, new))

    assert bool(table_edits(one, other)) == (old != new)


@pytest.mark.parametrize("old", [table(named(RULES)), ""])
def test_the_differences_of_a_model_tell_of_the_table_and_never_of_markup(old):
    new = table([*named(RULES), ("r7", "> 100", "Z", "top")])
    with translation.override("en"):
        words = Words(differences(carrying(old), carrying(new)))

        (item,) = words.found.meaning
        details = words.details(item)

    assert not any("<" in sentence for sentence in details)
    expected = "rule 4 is new (amount: > 100, kind: Z, grade: top)" if old else "Decision table “Grade” with 4 rules is new."
    assert any(expected in sentence for sentence in details)
