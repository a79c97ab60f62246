"""Templates lose nothing: what an editor cannot show stays, and what two people save is brought together or decided."""

import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree

from apps.journal.models import Entry
from apps.kernel.errors import StaleState
from apps.kernel.front_door import open_document
from apps.processes import actions
from apps.processes.core.merging import Side, merge_values
from apps.processes.errors import ModelRefused, TemplateChangedMeanwhile
from apps.processes.models import ProcessTemplate, TemplateRevision
from tests.factories.people import make_user
from tests.factories.processes import cast, document, elements, flows
from tests.processes.test_carrying import as_written_by_an_editor
from tests.processes.test_round_trip import MODEL, canonical

pytestmark = pytest.mark.django_db

NAMES = {"key": "t", "name_zh": "模板", "name_en": "Template", "description": ""}


def model(**renamed):
    text = document(elements("start:s manual:a manual:b end:e") + flows(["s", "a", "b", "e"]), "T").decode()
    for element, name in renamed.items():
        text = text.replace(f'name="{element}"', f'name="{name}"', 1)
    return text


def names_in(model_xml):
    """Flows are named by the elements again when models are joined, so the texts may differ."""
    return {node.get("id"): node.get("name") for node in open_document(model_xml.encode()).iter() if node.get("name")}


@pytest.fixture
def one():
    return make_user("one", superuser=True)


@pytest.fixture
def other():
    return make_user("other", superuser=True)


@pytest.fixture
def template(one):
    return actions.save_template(facts={**NAMES, "model_xml": model()}, actor=one)


def saved(person, template, seen=1, tests=None, decided=None, model_xml=None, **names):
    facts = {**NAMES, "model_xml": model() if model_xml is None else model_xml, **names}
    return actions.save_template(facts=facts, template_id=template.pk, seen=seen, tests=tests, decided=decided, actor=person)


def everything():
    rows = ProcessTemplate.objects.order_by("id").values_list("revision", "model_xml", "name_en", "tests", "saved_by")
    return list(rows), TemplateRevision.objects.count(), Entry.objects.count()


def refused(problem, work):
    before = everything()
    with pytest.raises(problem) as refusal:
        work()
    assert everything() == before
    return refusal.value


def test_what_two_people_changed_in_different_places_is_brought_together(one, other, template):
    saved(other, template, model_xml=model(a="theirs"), name_zh="别人的")

    now = saved(one, template, model_xml=model(b="mine"), name_en="Mine")

    assert names_in(now.model_xml) == names_in(model(a="theirs", b="mine"))
    assert (now.revision, now.name_zh, now.name_en) == (3, "别人的", "Mine")
    said = Entry.objects.filter(kind="template.saved").order_by("-number")[0].data
    assert (said["changed"], said["merged_with"]) == (["name_en", "model_xml"], 2)


def test_a_name_that_is_saved_late_leaves_the_text_of_the_model_as_it_is(one, other, template):
    theirs = f'<?xml version="1.0"?>\n<!-- theirs -->\n{model(a="theirs")}'
    saved(other, template, model_xml=theirs)

    assert saved(one, template, name_en="Mine").model_xml == theirs


def test_what_both_changed_is_told_with_both_sides_and_nothing_is_saved(one, other, template):
    saved(other, template, model_xml=model(a="theirs"), name_en="Theirs")

    told = refused(TemplateChangedMeanwhile, lambda: saved(one, template, model_xml=model(a="mine"), name_en="Mine"))

    assert [conflict["key"] for conflict in told.facts["conflicts"]] == ["a", "field:name_en"]
    element, name = told.facts["conflicts"]
    assert "theirs" in " ".join(element["base"])
    assert "mine" in " ".join(element["own"])
    assert (name["base"], name["own"]) == (["Theirs"], ["Mine"])
    assert (told.facts["by"], told.facts["revision"]) == ("other", 2)


@pytest.mark.parametrize(("side", "name", "name_en"), [(Side.MINE, "theirs", "Theirs"), (Side.THEIRS, "mine", "Mine")])
def test_what_both_changed_is_as_somebody_decided(one, other, template, side, name, name_en):
    saved(other, template, model_xml=model(a="theirs"), name_en="Theirs")

    now = saved(one, template, model_xml=model(a="mine", b="mine"), name_en="Mine", decided={"a": side, "field:name_en": side})

    assert names_in(now.model_xml) == names_in(model(a=name, b="mine"))
    assert now.name_en == name_en


def with_a_step_between(name):
    """Another step on the way from a to b, in the place of the flow there."""
    return document(elements(f"start:s manual:a manual:{name} manual:b end:e") + flows(["s", "a", name, "b", "e"]), "T").decode()


def test_what_is_brought_together_is_checked_before_it_is_saved(one, other, template):
    saved(other, template, model_xml=with_a_step_between("x"))

    refused(ModelRefused, lambda: saved(one, template, model_xml=with_a_step_between("y")))
    refused(ModelRefused, lambda: saved(one, template, model_xml="<a/>"))


def test_a_revision_that_nobody_knows_is_no_ground_to_merge_on(one, template):
    refused(StaleState, lambda: saved(one, template, seen=7, name_en="x"))


def test_old_revisions_go_except_those_on_which_a_process_hangs(one, template, monkeypatch):
    monkeypatch.setattr("apps.processes.actions.templates.KEPT_REVISIONS", 2)
    line, author, _ = cast()
    actions.create_process_from_template(key="V", name_zh="x", name_en="x", line_id=line.pk, template_key="t", actor=author)

    for number in range(1, 6):
        saved(one, template, seen=number, name_en=f"Number {number}")

    assert sorted(TemplateRevision.objects.values_list("number", flat=True)) == [1, 4, 5]


def test_values_are_merged_by_the_same_rule_as_elements():
    base = {"a": 1, "b": 1, "c": 1, "d": 1, "e": 1}
    mine = {"a": 2, "b": 1, "c": 2, "e": 1, "f": 3}
    theirs = {"a": 1, "b": 2, "c": 3, "d": 1}

    merged = merge_values(base, mine, theirs)
    decided = merge_values(base, mine, theirs, decided={"c": Side.MINE})

    assert (merged.values, merged.conflicts) == ({"a": 2, "b": 2, "c": 3, "f": 3}, ("c",))
    assert (decided.values["c"], decided.conflicts) == (2, ())


# -- the page ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def site(one):
    client = Client()
    client.force_login(one)
    client.cookies["django_language"] = "en"
    return client


def page_of(template):
    return reverse("admin:processes_processtemplate_change", args=[template.pk])


def as_sent(text):
    """Forms end lines in their own way."""
    return text.replace("\n", "\r\n")


def drawn(stored, was, now):
    """The fields of the page of somebody who changed `was` to `now` in the editor."""
    read = as_written_by_an_editor(stored)
    written = etree.tostring(read, encoding="unicode")
    assert was in written
    return {
        "model_xml": as_sent(written.replace(was, now)),
        "as_read": as_sent(written),
        "drawn_on": as_sent(stored),
    }


def test_what_the_editor_cannot_show_stays_when_a_step_is_renamed_on_the_page(site, one):
    template = actions.save_template(facts={**NAMES, "model_xml": MODEL}, actor=one)

    answer = site.post(page_of(template), {**NAMES, "seen": 1, **drawn(MODEL, 'name="then"', 'name="later"')})

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert canonical(ProcessTemplate.objects.get().model_xml) == canonical(MODEL.replace('name="then"', 'name="later"'))


def test_a_page_on_which_nothing_was_drawn_changes_no_byte_of_the_model(site, one):
    text = f"{MODEL}\n"
    template = actions.save_template(facts={**NAMES, "model_xml": text}, actor=one)

    site.post(page_of(template), {**NAMES, "name_en": "Other", "seen": 1, "model_xml": as_sent(text)})

    now = ProcessTemplate.objects.get()
    assert (now.model_xml, now.name_en, now.revision) == (text, "Other", 2)


def test_a_late_page_is_joined_or_asks_and_keeps_what_was_drawn(site, other, template):
    site.get(page_of(template))
    saved(other, template, model_xml=model(a="theirs"))
    sent = {**NAMES, "seen": 1, **drawn(model(), 'name="a"', 'name="mine"')}

    asked = site.post(page_of(template), sent)
    page = asked.content.decode()

    assert asked.status_code == 200
    assert 'data-conflict="a"' in page
    assert 'name="d.a" value="own"' in page
    form = asked.context["adminform"].form
    assert canonical(form["model_xml"].value()) == canonical(model(a="mine"))
    assert (form["seen"].value(), form["as_read"].value()) == ("1", "")
    assert ProcessTemplate.objects.get().revision == 2

    again = {**NAMES, "seen": 1, "model_xml": as_sent(form["model_xml"].value()), "d.a": "own"}
    assert site.post(page_of(template), again).status_code == 302
    assert names_in(ProcessTemplate.objects.get().model_xml) == names_in(model(a="mine"))


def test_what_was_not_drawn_on_what_it_names_is_refused(site, template):
    sent = {**NAMES, "seen": 1, **drawn(model(), 'name="a"', 'name="mine"'), "drawn_on": "<a/>"}

    answer = site.post(page_of(template), sent)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["model_xml"]
    assert ProcessTemplate.objects.get().revision == 1


def test_what_is_drawn_is_downloaded_as_it_would_be_kept(site, one):
    address = reverse("admin:processes_processtemplate_drawn")

    answer = site.post(address, drawn(MODEL, 'name="then"', 'name="later"'))

    assert canonical(answer.content.decode()) == canonical(MODEL.replace('name="then"', 'name="later"'))
    stranger = Client()
    stranger.force_login(make_user("stranger", is_staff=True))
    assert stranger.post(address, {}).status_code == 403
    assert site.get(address).status_code == 403
