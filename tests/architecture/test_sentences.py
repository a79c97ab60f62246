"""Whatever is recorded is told in words: nobody has to read the name of a kind."""

import dataclasses
import importlib
import inspect
import pkgutil
from string import Formatter

import pytest
from django.utils import translation

import apps
from apps.desk.selectors.sentences import SENTENCES
from apps.desk.selectors.story import story_of
from apps.journal.models import Entry
from apps.people.states import Role

WORDS = {"after_word", "state_word", "verb_word", "request_word", "deed_word", "role_word"}
MADE = WORDS | {"name", "of_name", "of_day", "rule", "message_key", "deadline", "whom"}
"""What a story adds to the values of a fact."""


def facts():
    """Every kind of fact that the apps declare, with the names of its values."""
    found = {}
    for module in pkgutil.walk_packages(apps.__path__, "apps."):
        if not module.name.endswith(".events"):
            continue
        for declared in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(declared) and dataclasses.is_dataclass(declared) and "." in vars(declared).get("kind", ""):
                found[vars(declared)["kind"]] = {field.name for field in dataclasses.fields(declared)}
    return found


FACTS = facts()


def test_there_are_facts():
    assert {"run.begun", "approval.moved", "change.activated"} <= FACTS.keys()


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_every_fact_is_told_in_a_sentence_of_its_own_values(kind):
    sentence = str(SENTENCES[kind])

    assert {name for _, name, _, _ in Formatter().parse(sentence) if name} <= FACTS[kind] | MADE


def test_every_sentence_is_about_a_fact():
    assert {kind.partition(" ")[0] for kind in SENTENCES} == FACTS.keys()


@pytest.mark.parametrize(
    ("kind", "data", "english", "chinese"),
    [
        ("process.created", {"process": "L01"}, "Process L01 created", "流程 L01 已创建"),
        ("approval.moved", {"title": "L01 v2", "verb": "send-back"}, "L01 v2: Sent back", "L01 v2：退回"),
        ("people.role_granted", {"username": "li", "role": Role.OPERATOR.value}, "li was made Operator", "li 成为操作员"),
        (
            "people.grant_taken",
            {"process": "L01", "username": "li"},
            "Process L01: rights taken from li",
            "流程 L01：已收回 li 的权限",
        ),
        ("ticket.moved", {"name": "R-1", "after": "", "state": "released"}, "Ticket R-1: Released", "工单 R-1：已发布"),
    ],
)
def test_a_fact_reads_as_a_sentence_in_both_languages(kind, data, english, chinese):
    entry = Entry(kind=kind, data=data)

    with translation.override("en"):
        assert story_of(entry, {}).sentence == english
    with translation.override("zh-hans"):
        assert story_of(entry, {}).sentence == chinese


def test_what_is_no_state_is_not_shown_as_one():
    described = Entry(kind="process.described", data={"process": "L01", "before": {}, "after": {"owner": "1"}})

    assert story_of(described, {}).state == ""
