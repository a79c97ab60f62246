"""Templates carry tests: saved with a revision, passed before anything is saved, brought along to what is made from them."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from apps.journal.models import Entry
from apps.processes import actions, errors
from apps.processes.errors import TemplateChangedMeanwhile
from apps.processes.models import Process, ProcessTemplate, ProcessTest, TemplateRevision
from tests.factories.people import make_user
from tests.factories.processes import cast, simple_model

pytestmark = pytest.mark.django_db

PASSES = {"name": "through a", "variables": {"amount": 12.5}, "script": {}, "expected": {"path": ["a", "e"]}}
FAILS = {"name": "through b", "expected": {"path": ["b"]}}
NAMES = {"key": "t", "name_zh": "模板", "name_en": "Template", "description": ""}
FACTS = {**NAMES, "model_xml": simple_model("T")}


@pytest.fixture
def keeper():
    return make_user("keeper", superuser=True)


@pytest.fixture
def template(keeper):
    return actions.save_template(facts=FACTS, tests=[PASSES], actor=keeper)


@pytest.fixture
def people():
    return cast()


def saved(keeper, template, seen=1, tests=None, **facts):
    return actions.save_template(facts={**FACTS, **facts}, template_id=template.pk, seen=seen, tests=tests, actor=keeper)


def named(name, **expected):
    return {**PASSES, "name": name, "expected": {"path": ["a"], **expected}}


def made(people, key="V"):
    line, author, _ = people
    facts = {"name_zh": "变体", "name_en": "Variant", "line_id": line.pk, "template_key": "t"}
    actions.create_process_from_template(key=key, actor=author, **facts)
    return Process.objects.get(key=key)


def takes_over(people, number):
    """What the template says by now comes into a draft of V."""
    _, author, _ = people
    revision = actions.rebase_variant(process_key="V", number=number, seen=0, actor=author)
    actions.finish_working_copy(process_key="V", seen=revision.number, note="taken over", actor=author)


def names_of(tests):
    return [test["name"] for test in tests]


def everything():
    rows = ProcessTemplate.objects.order_by("id").values_list("revision", "model_xml", "tests")
    return list(rows), TemplateRevision.objects.count(), ProcessTest.objects.count(), Entry.objects.count()


def refused(problem, work):
    before = everything()
    with pytest.raises(problem) as refusal:
        work()
    assert everything() == before
    return refusal.value


def test_tests_are_saved_with_the_revision_and_journaled(keeper, template):
    now = saved(keeper, template, tests=[named("z"), PASSES])

    assert (now.revision, names_of(now.tests)) == (2, ["through a", "z"])
    assert names_of(TemplateRevision.objects.get(number=1).tests) == ["through a"]
    said = Entry.objects.filter(kind="template.saved").order_by("-number")[0].data
    assert said["changed"] == ["tests"]
    assert len(said["tests"]) == 2


def test_the_same_tests_again_are_no_revision_and_none_said_leaves_them(keeper, template):
    assert saved(keeper, ProcessTemplate.objects.get(), tests=[PASSES]).revision == 1
    assert names_of(saved(keeper, template, name_en="Other").tests) == ["through a"]


@pytest.mark.parametrize(
    ("tests", "problem"),
    [
        ([FAILS], errors.TestsFail),
        ([PASSES, PASSES], errors.TestExists),
        ([{"name": "x", "expected": {"path": 3}}], errors.TestUnusable),
        ([named(f"{number}") for number in range(51)], errors.TooManyTests),
    ],
)
def test_a_template_is_not_saved_with_tests_that_fail_or_are_none(keeper, template, tests, problem):
    refused(problem, lambda: saved(keeper, template, tests=tests, name_en="x"))
    refused(problem, lambda: actions.save_template(facts={**FACTS, "key": "u"}, tests=tests, actor=keeper))


def test_a_model_on_which_the_tests_fail_is_not_saved(keeper, template):
    told = refused(errors.TestsFail, lambda: saved(keeper, template, model_xml=simple_model("T", "other")))

    assert told.facts["tests"][0]["name"] == "through a"
    assert told.facts["tests"][0]["differences"][0]["sentence"]


def test_tests_that_two_people_saved_come_together_by_their_names(keeper, template):
    saved(keeper, template, tests=[PASSES, named("theirs")])

    now = saved(keeper, template, tests=[named("through a", end="e"), named("mine")])

    assert names_of(now.tests) == ["mine", "theirs", "through a"]
    assert now.tests[2]["expected"]["end"] == "e"


def test_a_test_that_both_changed_is_told_in_words(keeper, template):
    saved(keeper, template, tests=[])

    told = refused(TemplateChangedMeanwhile, lambda: saved(keeper, template, tests=[named("through a", end="e")]))

    (conflict,) = told.facts["conflicts"]
    assert conflict["key"] == "test:through a"
    assert len(conflict["base"]) == len(conflict["own"]) == 1
    assert '"end":"e"' in conflict["own"][0]


def test_a_process_made_from_a_template_has_its_tests(people, template):
    process = made(people)

    test = process.tests.get()
    assert (test.name, test.variables, test.expected) == ("through a", {"amount": "12.5"}, {"ended": True, "path": ["a", "e"]})
    assert test.saved_by == people[1]
    assert Entry.objects.get(kind="process_test.saved").data["process"] == "V"


def test_what_the_template_changes_in_its_tests_comes_with_its_changes_and_own_ones_stay(people, keeper, template):
    _, author, _ = people
    saved(keeper, template, tests=[PASSES, named("changed here"), named("gone there")])
    process = made(people)
    own = process.tests.get(name="changed here")
    actions.save_test(process_key="V", test=named("changed here", end="e"), test_id=own.pk, actor=author)
    actions.save_test(process_key="V", test=named("own"), actor=author)
    there = [named("through a", end="e"), named("changed here", exact=False, end_state="completed"), named("new there")]
    saved(keeper, template, seen=2, tests=there)

    takes_over(people, 3)

    found = {test.name: test.expected for test in process.tests.all()}
    assert sorted(found) == ["changed here", "new there", "own", "through a"]
    assert found["through a"]["end"] == found["changed here"]["end"] == "e"


def test_tests_of_a_template_are_played_on_what_would_be_taken_over(people, keeper, template):
    made(people)
    saved(keeper, template, tests=[PASSES, named("new there")])
    client = Client()
    client.force_login(people[1])

    page = client.get("/processes/V/rebase/")

    assert [result.case.name for result in page.context["rebase"].base_tests] == ["new there", "through a"]


# -- the page ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def site(keeper):
    client = Client()
    client.force_login(keeper)
    client.cookies["django_language"] = "en"
    return client


def page_of(template):
    return reverse("admin:processes_processtemplate_change", args=[template.pk])


def as_sent(*tests, removed=(), **facts):
    rows: dict[str, object] = {"tests-TOTAL_FORMS": len(tests), "tests-INITIAL_FORMS": 0}
    for number, test in enumerate(tests):
        rows |= {f"tests-{number}-{name}": value if name == "name" else json.dumps(value) for name, value in test.items()}
    rows |= {f"tests-{number}-DELETE": "on" for number in removed}
    return {**FACTS, "seen": 1, **rows, **facts}


def test_the_page_shows_the_tests_and_saves_what_is_written_there(site, template):
    page = site.get(page_of(template)).content.decode()
    answer = site.post(page_of(template), as_sent(PASSES, named("second"), named("third"), removed=[2]))

    assert 'name="tests-0-name" value="through a"' in page
    assert answer.status_code == 302
    assert names_of(ProcessTemplate.objects.get().tests) == ["second", "through a"]


def test_the_page_says_which_tests_fail_and_keeps_what_was_written(site, template):
    answer = site.post(page_of(template), as_sent(PASSES, FAILS, name_en="Mine"))
    page = answer.content.decode()

    assert answer.status_code == 200
    assert "After" in page or "should pass" in page
    assert 'value="through b"' in page
    assert 'value="Mine"' in page
    assert ProcessTemplate.objects.get().revision == 1


def test_what_is_no_test_is_said_at_its_field(site, template):
    answer = site.post(page_of(template), as_sent({"name": "x", "expected": {"path": 3}}) | {"tests-0-variables": "{"})

    assert answer.status_code == 200
    errors_of = answer.context["tests"].forms[0].errors
    assert set(errors_of) == {"variables"}
    again = site.post(page_of(template), as_sent({"name": "x", "expected": {"path": 3}}))
    assert "expected.path" in again.context["tests"].forms[0].errors["expected"][0]
    assert ProcessTemplate.objects.get().revision == 1


def test_a_copy_begins_with_the_tests_of_its_template(site, template):
    page = site.get(f"{reverse('admin:processes_processtemplate_add')}?from=t").content.decode()

    assert 'name="tests-0-name" value="through a"' in page


def test_tests_are_played_on_what_is_drawn_and_filled_in_without_saving(site, template):
    address = reverse("admin:processes_processtemplate_play")
    before = everything()

    played = site.post(address, as_sent(PASSES, model_xml=simple_model("T", "drawn"))).content.decode()
    recorded = site.post(f"{address}?record=tests-0", as_sent(PASSES, model_xml=simple_model("T", "drawn"))).json()
    unplayable = site.post(address, as_sent(PASSES, model_xml="<a/>")).content.decode()
    unreadable = site.post(address, as_sent({"name": ""}))

    assert "failed" in played
    assert json.loads(recorded["expected"])["path"] == ["s", "drawn", "e"]
    assert "has errors" in unplayable
    assert unreadable.status_code == 422
    assert everything() == before


def test_nobody_else_plays(template):
    client = Client()
    client.force_login(make_user("stranger", is_staff=True))

    assert client.post(reverse("admin:processes_processtemplate_play"), as_sent(PASSES)).status_code == 403
