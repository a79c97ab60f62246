"""Chinese is complete: every text of every app, compiled and committed."""

import pytest
from django.utils import translation

from tools import messages

EVERYWHERE = messages.known_everywhere()


@pytest.mark.parametrize("app", messages.apps())
def test_every_text_of_the_app_has_its_chinese_and_the_compiled_catalogue_is_current(app):
    report = messages.check(app, EVERYWHERE)

    assert not report, str(report)


def test_no_text_is_translated_in_two_ways():
    assert messages.said_differently() == []


def test_no_library_says_it_otherwise_on_our_pages():
    with translation.override("zh-hans"):
        others = {text for (context, text), ours in EVERYWHERE.items() if not context and translation.gettext(text) != ours}

    assert {text for text in others if "%(" not in text} == set()


def test_texts_are_found_in_python_whatever_gettext_is_called():
    source = """
from django.utils.translation import gettext as t, pgettext_lazy, ngettext as several
t("one"); pgettext_lazy("where", "two"); several("three", "threes", 3); print("four")
"""

    assert set(messages.python_texts(source)) == {(None, "one"), ("where", "two"), (None, "three")}


def test_texts_are_found_in_templates_with_context_variables_and_brackets():
    source = (
        '{% load i18n %}{% translate "one (1)" %}{% translate "Open" context "market day" %}'
        "{% blocktranslate with n=x %}has {{ n }} (more){% endblocktranslate %}"
    )

    assert set(messages.template_texts(source, "x.html")) == {
        (None, "one (1)"),
        ("market day", "Open"),
        (None, "has %(n)s (more)"),
    }
