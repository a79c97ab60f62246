"""A process made from a template takes over what changes there, as a variant does from its base."""

import pytest
from rest_framework.test import APIClient

from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted, StaleState
from apps.kernel.front_door import open_document
from apps.processes import actions
from apps.processes.core.merging import Side
from apps.processes.errors import ConflictsUndecided, NothingToTakeOver
from apps.processes.models import Process, Variant, WorkingCopyRevision
from tests.factories.people import make_user
from tests.factories.processes import cast
from tests.processes.test_variants import (  # noqa: F401 - fixtures
    API,
    PAGE,
    draws,
    everything,
    goes_on,
    model,
    rebase,
    refused,
    visitor,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    line, author, approver = cast()
    return line, author, approver


@pytest.fixture
def keeper():
    return make_user("keeper", is_superuser=True, is_staff=True)


@pytest.fixture
def template(keeper):
    facts = {"key": "t", "name_zh": "模板", "name_en": "Template", "description": "", "model_xml": model("T")}
    return actions.save_template(facts=facts, actor=keeper)


@pytest.fixture
def made(people, template):
    """A process that was made from the template."""
    line, author, _ = people
    facts = {"name_zh": "变体", "name_en": "Variant", "line_id": line.pk, "template_key": "t"}
    actions.create_process_from_template(key="V", actor=author, **facts)
    return Process.objects.get(key="V")


def elements_of(model_xml):
    return sorted(element.get("id") for element in open_document(model_xml.encode()).iter() if element.get("id"))


def saved_anew(keeper, template, seen=1, key="T", **renamed):
    """The next revision of the template."""
    facts = {name: getattr(template, name) for name in ("key", "name_zh", "name_en", "description")}
    facts["model_xml"] = model(key, **renamed)
    return actions.save_template(facts=facts, template_id=template.pk, seen=seen, actor=keeper)


def test_a_process_made_from_a_template_keeps_the_revision_that_it_began_as(people, keeper, template, made):
    saved_anew(keeper, template, b="newer")

    variant = Variant.objects.get(process=made)

    assert (variant.origin, variant.since.number) == (template, 1)
    assert variant.since.model_xml == model("T")
    assert made.versions.get().model_xml == model("V")
    said = Entry.objects.get(kind="variant.created").data
    assert (said["base"], said["base_kind"], said["number"]) == ("t", "template", 1)


def test_what_a_template_and_the_process_made_from_it_changed_comes_together(people, keeper, template, made):
    _, author, _ = people
    draws(author, a="own")
    saved_anew(keeper, template, key="RENAMED", b="base")

    revision = rebase(author, 2)
    draft = actions.finish_working_copy(process_key="V", seen=revision.number, note="taken over", actor=author)

    assert 'id="V"' in draft.model_xml
    assert 'id="a" name="own"' in draft.model_xml
    assert 'id="b" name="base"' in draft.model_xml
    assert Variant.objects.get(process=made).since.number == 2
    said = Entry.objects.get(kind="working_copy.rebased").data
    assert (said["base"], said["base_kind"], said["number"]) == ("t", "template", 2)
    refused(NothingToTakeOver, lambda: rebase(author, 2))


def test_what_was_thrown_away_of_a_template_is_offered_again(people, keeper, template, made):
    _, author, _ = people
    saved_anew(keeper, template, b="base")
    revision = rebase(author, 2)
    actions.discard_working_copy(process_key="V", seen=revision.number, reason="a trial", actor=author)

    again = rebase(author, 2)

    assert 'name="base"' in again.model_xml


def test_a_template_saved_meanwhile_and_what_both_changed_are_asked_for(people, keeper, template, made):
    _, author, _ = people
    draws(author, a="own")
    saved_anew(keeper, template, a="base")
    saved_anew(keeper, template, seen=2, a="newer")

    stale = refused(StaleState, lambda: rebase(author, 2))
    undecided = refused(ConflictsUndecided, lambda: rebase(author, 3))
    revision = rebase(author, 3, a=Side.MINE)

    assert stale.facts["state"] == "3"
    assert undecided.facts["elements"] == "a"
    assert 'name="newer"' in revision.model_xml


def test_a_new_name_of_a_template_is_a_revision_that_leaves_the_model_as_it_is(people, keeper, template, made):
    _, author, _ = people
    facts = {name: getattr(template, name) for name in ("key", "name_zh", "description", "model_xml")}
    actions.save_template(facts=facts | {"name_en": "Other"}, template_id=template.pk, seen=1, actor=keeper)

    revision = rebase(author, 2)

    assert elements_of(revision.model_xml) == elements_of(model("V"))


def test_who_may_not_write_the_process_takes_nothing_over_from_its_template(people, keeper, template, made):
    _, _, approver = people
    saved_anew(keeper, template, b="base")

    refused(NotPermitted, lambda: rebase(approver, 2))
    refused(NotPermitted, lambda: rebase(make_user("stranger"), 2))


def test_nothing_is_made_from_a_template_that_is_not_there(people):
    line, author, _ = people
    facts = {"key": "W", "name_zh": "x", "name_en": "x", "line_id": line.pk, "template_key": "none", "actor": author}

    refused(NotFound, lambda: actions.create_process_from_template(**facts))


@pytest.mark.parametrize(("language", "says"), [("en", "The base has changed: the template"), ("zh-hans", "基准已变更：模板")])
def test_the_pages_say_that_the_template_was_saved_anew(people, keeper, template, made, language, says):
    _, author, _ = people
    draws(author, a="own")
    saved_anew(keeper, template, a="base")
    client = visitor(author, language=language)

    told = client.get("/processes/V/").content.decode()
    page = client.get(PAGE).content.decode()
    taken = client.post(PAGE, {"number": "2", "seen": "0", "work": "take", "d.a": "base"})

    assert says in told
    assert "/admin/" not in told
    assert 'data-conflict="a"' in page
    assert (taken.status_code, taken["Location"]) == (302, "/processes/V/draw/")
    assert 'name="base"' in WorkingCopyRevision.objects.get(number=2).model_xml


def test_the_page_of_the_template_says_who_has_which_revision(people, keeper, template, made):
    saved_anew(keeper, template, a="base")
    client = visitor(keeper)

    page = client.get(f"/admin/processes/processtemplate/{template.pk}/change/").content.decode()

    assert "still with what revision 1 says" in page
    assert f"/admin/processes/processtemplate/{template.pk}/change/" in client.get("/processes/V/").content.decode()


def test_programs_rebase_on_a_template(people, keeper, template, made):
    _, author, _ = people
    saved_anew(keeper, template, a="base")
    client = visitor(author, APIClient())

    asked = client.get(API).json()
    taken = client.post(API, {"number": 2, "seen": 0}, format="json")

    assert (asked["base"], asked["base_kind"], asked["since"], asked["number"]) == ("t", "template", 1, 2)
    assert taken.status_code == 201
    assert 'name="base"' in taken.json()["model_xml"]


@pytest.mark.parametrize("steps", [2, 20])
def test_the_page_costs_the_same_for_large_templates(people, keeper, template, made, steps, django_assert_max_num_queries):
    _, author, _ = people
    names = tuple(f"n{number}" for number in range(steps))
    actions.save_draft(process_key="V", model_xml=model("V", steps=("a", *names, "b")), note="own", actor=author)
    saved_anew(keeper, template, b="base")
    client = visitor(author)

    with django_assert_max_num_queries(22):
        assert client.get(PAGE).status_code == 200


def test_the_page_of_a_template_costs_the_same_for_many_processes(people, keeper, template, made, django_assert_max_num_queries):
    line, author, _ = people
    facts = {"name_zh": "x", "name_en": "x", "line_id": line.pk, "template_key": "t", "actor": author}
    for number in range(12):
        actions.create_process_from_template(key=f"V{number}", **facts)
    client = visitor(keeper)

    with django_assert_max_num_queries(22):
        assert "V11" in client.get(f"/admin/processes/processtemplate/{template.pk}/change/").content.decode()
