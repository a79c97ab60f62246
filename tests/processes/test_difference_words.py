"""Differences are told in both languages, in names and words of people."""

import pytest
from django.utils import translation

from apps.processes.core.differences import differences
from apps.processes.core.differences.decision_words import LONGEST_VALUE
from apps.processes.core.differences.labels import KINDS, PROPERTIES
from apps.processes.core.differences.names import NAMES
from apps.processes.core.differences.words import Lexicon, Words
from apps.processes.core.vocabulary import KINDS as EXECUTED
from tests.factories.processes import document, elements, flows

LEXICON = Lexicon(handlers={"rtgs.match": "Match trades"}, moments={"SH.CLOSE": "market closes"})


def told(old, new, language="en"):
    """Sentences about the elements, each with those of its properties."""
    with translation.override(language):
        words = Words(differences(document(old), document(new)), LEXICON)
        return [(words.sentence(item), words.details(item), words.layout(item)) for item in words.found.items]


def step(**attributes):
    said = "".join(f' clearway:{name}="{value}"' for name, value in attributes.items())
    return f'<bpmn:userTask id="u" name="确认" clearway:nameEn="Confirm"{said}/>'


def test_a_change_names_the_element_the_property_and_both_values():
    ((sentence, details, _),) = told(step(role="maker"), step(role="checker"))

    assert sentence == "Human step “Confirm” was changed."
    assert details == ["Role was “Maker” and is now “Checker”."]


def test_the_same_in_chinese():
    ((sentence, details, _),) = told(step(role="maker"), step(role="checker"), "zh-hans")

    assert sentence == "人工步骤“确认”有变更。"
    assert details == ["角色由“经办”改为“复核”。"]


def test_a_property_that_came_or_went_is_told_as_such():
    assert told(step(), step(deadline="SH.CLOSE"))[0][1] == ["Deadline “SH.CLOSE (market closes)” is new."]
    assert told(step(deadline="SH.CLOSE"), step())[0][1] == ["Deadline “SH.CLOSE (market closes)” is gone."]


def test_a_flow_without_a_name_is_told_by_its_ends():
    old = elements("start:s service:a service:b end:e") + flows(["s", "a", "e"])

    found = told(old, old.replace('sourceRef="a" targetRef="e"', 'sourceRef="a" targetRef="b"'))

    assert found == [("Flow from “a” to “b” was changed.", ["End of the flow was “e” and is now “b”."], [])]


def test_a_default_flow_is_told_by_its_ends():
    old = elements("start:s xor:x end:e end:o") + flows(["s", "x", "e"], ["x", "o"])

    assert told(old, old.replace('id="x"', 'id="x" default="x-o"'))[0][1] == ["Default flow “x → o” is new."]


def test_what_came_says_what_it_is():
    added = '<bpmn:serviceTask id="m" name="Match" clearway:handler="rtgs.match"/>'

    assert told("", added) == [("Automatic step “Match” was added.", ["Handler: Match trades (rtgs.match)"], [])]
    assert told(added, "") == [("Automatic step “Match” was removed.", ["Handler: Match trades (rtgs.match)"], [])]


def test_a_field_of_a_form_is_told_fact_by_fact():
    def asked(most):
        form = f'{{"type": "object", "properties": {{"note": {{"title": "说明", "maxLength": {most}}}}}}}'
        said = f"<bpmn:extensionElements><clearway:form>{form}</clearway:form></bpmn:extensionElements>"
        return f'<bpmn:userTask id="u">{said}</bpmn:userTask>'

    assert told(asked(5), asked(7))[0][1] == ["Form field note: maxLength was “5” and is now “7”."]


def test_of_a_long_value_the_part_that_differs_is_told():
    old, new = "x" * 5000 + "one" + "y" * 5000, "x" * 5000 + "two" + "y" * 5000
    script = '<bpmn:scriptTask id="u"><bpmn:script>{}</bpmn:script></bpmn:scriptTask>'

    (sentence,) = told(script.format(old), script.format(new))[0][1]

    assert "one" in sentence
    assert "two" in sentence
    assert len(sentence) < 3 * LONGEST_VALUE


def test_markup_in_a_name_stays_text():
    name = "&lt;b&gt;{nothing}&lt;/b&gt;"

    ((sentence, _, _),) = told("", f'<bpmn:task id="t" name="{name}"/>')

    assert sentence == "Task “<b>{nothing}</b>” was added."


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_kind_and_property_has_a_word(language):
    assert set(EXECUTED) <= set(KINDS)
    assert set(NAMES.values()) <= set(PROPERTIES)
    with translation.override(language):
        for text in (*KINDS.values(), *PROPERTIES.values()):
            assert (translation.gettext(text) != text) == (language == "zh-hans")
