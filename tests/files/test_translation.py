"""Chinese is complete: every sentence of this app has one, with the same facts in it."""

import re

import pytest
from django.utils import translation

from apps.files.core.problems import SENTENCES
from apps.files.states import Arrival, Naming, Sending


@pytest.mark.parametrize("rule", SENTENCES)
def test_every_finding_has_a_chinese_sentence_with_the_same_facts(rule):
    with translation.override("en"):
        english = str(SENTENCES[rule])
    with translation.override("zh-hans"):
        chinese = str(SENTENCES[rule])

    assert re.search("[\u4e00-\u9fff]", chinese)
    assert set(re.findall(r"{(\w+)}", chinese)) == set(re.findall(r"{(\w+)}", english))


@pytest.mark.parametrize("state", [*Arrival, *Sending, *Naming])
def test_every_state_has_a_chinese_word(state):
    with translation.override("zh-hans"):
        assert re.search("[\u4e00-\u9fff]", str(state.label))
