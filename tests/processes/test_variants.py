"""A variant begins as its base and takes over what changes there: what it keeps of its own is said, never guessed."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from apps.journal.models import Entry
from apps.kernel.errors import NotPermitted, StaleState
from apps.people.states import Role
from apps.processes import actions
from apps.processes.core.merging import Side
from apps.processes.errors import BaseNotInForce, ConflictsUndecided, NothingToTakeOver, ProcessExists
from apps.processes.models import Process, ProcessVersion, Variant, WorkingCopy, WorkingCopyRevision
from tests.factories.people import give_role, make_line, make_user
from tests.factories.processes import cast, document, elements, flows, in_force, make_process

pytestmark = pytest.mark.django_db

PAGE, API = "/processes/V/rebase/", "/api/processes/V/rebase/"


def model(key="P", steps=("a", "b"), **renamed):
    """Start, manual steps one after the other, end; the names of some are others."""
    body = elements("start:s " + " ".join(f"manual:{step}" for step in steps) + " end:e") + flows(["s", *steps, "e"])
    for step, name in renamed.items():
        body = body.replace(f'id="{step}" name="{step}"', f'id="{step}" name="{name}"')
    return document(body, key).decode()


@pytest.fixture
def people():
    line, author, approver = cast()
    return line, author, approver


@pytest.fixture
def base(people):
    line, author, approver = people
    return in_force(make_process(line, author), author, approver, model()).process


@pytest.fixture
def variant(people, base):
    line, author, _ = people
    actions.create_variant(key="V", name_zh="变体", name_en="Variant", line_id=line.pk, base_key="P", actor=author)
    return Process.objects.get(key="V")


def goes_on(people, **renamed):
    """Another version of the base is in force."""
    _, author, approver = people
    return in_force(Process.objects.get(key="P"), author, approver, model(**renamed))


def draws(author, **renamed):
    """The variant has something of its own."""
    return actions.save_draft(process_key="V", model_xml=model("V", **renamed), note="own", actor=author)


def rebase(author, number, seen=0, **decided):
    return actions.rebase_variant(process_key="V", number=number, seen=seen, decided=decided, actor=author)


def everything():
    return (
        list(Process.objects.order_by("id").values_list("key", flat=True)),
        list(Variant.objects.order_by("id").values_list("process", "merged_with")),
        list(ProcessVersion.objects.order_by("id").values_list("id", "state")),
        list(WorkingCopyRevision.objects.order_by("id").values_list("number", "model_xml")),
        list(WorkingCopy.objects.values_list("revision", "merged_with")),
        Entry.objects.count(),
    )


def refused(problem, work):
    before = everything()
    with pytest.raises(problem) as refusal:
        work()
    assert everything() == before
    return refusal.value


def visitor(person, client=None, language="en"):
    client = client or Client()
    client.force_login(person)
    client.cookies["django_language"] = language
    return client


def test_a_variant_begins_as_what_is_in_force_of_its_base(people, variant):
    _, author, _ = people

    first = variant.versions.get()

    assert first.model_xml == model("V")
    assert (variant.variant.origin.key, variant.variant.since.number) == ("P", 1)
    assert first.author == author
    assert Entry.objects.get(kind="variant.created").data["number"] == 1


def test_what_only_one_of_them_changed_comes_together_in_the_working_copy(people, variant):
    _, author, _ = people
    draws(author, a="own")
    goes_on(people, b="base")

    revision = rebase(author, 2)

    assert 'name="own"' in revision.model_xml
    assert 'name="base"' in revision.model_xml
    assert variant.variant.since.number == 1
    assert Entry.objects.get(kind="working_copy.rebased").data["number"] == 2


def test_when_the_working_copy_becomes_a_draft_the_variant_has_what_its_base_says(people, variant):
    _, author, _ = people
    goes_on(people, b="base")
    revision = rebase(author, 2)

    draft = actions.finish_working_copy(process_key="V", seen=revision.number, note="taken over", actor=author)

    assert Variant.objects.get(process=variant).since.number == 2
    assert 'name="base"' in draft.model_xml
    refused(NothingToTakeOver, lambda: rebase(author, 2))


def test_what_was_thrown_away_is_offered_again(people, variant):
    _, author, _ = people
    goes_on(people, b="base")
    revision = rebase(author, 2)
    actions.discard_working_copy(process_key="V", seen=revision.number, reason="a trial", actor=author)

    again = rebase(author, 2)

    assert 'name="base"' in again.model_xml


def test_what_both_changed_is_decided_element_by_element(people, variant):
    _, author, _ = people
    draws(author, a="own", b="own too")
    goes_on(people, a="base", b="base too")

    refusal = refused(ConflictsUndecided, lambda: rebase(author, 2, a=Side.MINE))
    revision = rebase(author, 2, a=Side.MINE, b=Side.THEIRS)

    assert refusal.facts["elements"] == "b"
    assert 'id="a" name="base"' in revision.model_xml
    assert 'id="b" name="own too"' in revision.model_xml
    assert Entry.objects.get(kind="working_copy.rebased").data["decided"] == {"a": "mine", "b": "theirs"}


def test_what_is_being_drawn_takes_part(people, variant):
    _, author, _ = people
    opened = actions.open_working_copy(process_key="V", actor=author)
    saved = actions.save_working_copy(process_key="V", model_xml=model("V", a="drawn"), seen=opened.number, actor=author)
    goes_on(people, b="base")

    refused(StaleState, lambda: rebase(author, 2, seen=opened.number))
    refused(StaleState, lambda: rebase(author, 2, seen=0))
    revision = rebase(author, 2, seen=saved.number)

    assert 'name="drawn"' in revision.model_xml
    assert 'name="base"' in revision.model_xml


def test_a_base_that_has_gone_on_meanwhile_is_looked_at_again(people, variant):
    _, author, _ = people
    goes_on(people, b="base")
    goes_on(people, b="newer")

    refused(StaleState, lambda: rebase(author, 2))


def test_a_step_of_the_variant_behind_one_that_the_base_removed_is_told(people, variant):
    _, author, _ = people
    actions.save_draft(process_key="V", model_xml=model("V", steps=("a", "x", "b")), note="own", actor=author)
    goes_on(people, steps=("b",))

    refusal = refused(ConflictsUndecided, lambda: rebase(author, 2))

    assert "a-x" in refusal.facts["elements"]


def test_nothing_is_made_from_what_is_not_in_force_or_has_a_taken_key(people, base):
    line, author, _ = people
    make_process(line, author, "EMPTY")

    def create(key, base_key, line_id=line.pk, actor=author):
        actions.create_variant(key=key, name_zh="x", name_en="x", line_id=line_id, base_key=base_key, actor=actor)

    refused(BaseNotInForce, lambda: create("V", "EMPTY"))
    refused(ProcessExists, lambda: create("EMPTY", "P"))


def test_who_may_not_see_the_base_or_not_write_on_the_line_makes_no_variant_and_takes_nothing_over(people, variant):
    line, _, approver = people
    other, stranger = make_line("line-b"), make_user("stranger")
    give_role(stranger, other, Role.PROCESS_AUTHOR)
    goes_on(people, b="base")

    def create(actor, line_id):
        actions.create_variant(key="W", name_zh="x", name_en="x", line_id=line_id, base_key="P", actor=actor)

    refused(NotPermitted, lambda: create(stranger, other.pk))
    refused(NotPermitted, lambda: create(approver, line.pk))
    refused(NotPermitted, lambda: rebase(stranger, 2))
    refused(NotPermitted, lambda: rebase(approver, 2))


def test_the_page_says_that_the_base_has_changed_and_what_would_come_of_it(people, variant):
    _, author, _ = people
    draws(author, a="own", b="own too")
    actions.save_test(process_key="P", test={"name": "of the base", "expected": {"path": ["a", "b", "e"]}}, actor=author)
    actions.save_test(process_key="V", test={"name": "of the variant", "expected": {"path": ["zz"]}}, actor=author)
    goes_on(people, a="base", b="b")

    told = visitor(author).get("/processes/V/").content.decode()
    page = visitor(author).get(PAGE).content.decode()

    assert "The base has changed: version 2" in told
    assert '<a class="btn btn-primary btn-small" href="/processes/V/rebase/">' in told
    assert 'data-conflict="a"' in page
    assert 'data-conflict="b"' not in page
    assert "1 open" in page
    assert "of the base" in page
    assert "of the variant" in page


def test_the_page_takes_over_what_was_decided(people, variant):
    _, author, _ = people
    draws(author, a="own")
    goes_on(people, a="base")
    client, asked = visitor(author), {"number": "2", "seen": "0"}
    before = everything()

    shown = client.post(PAGE, {**asked, "work": "show", "d.a": "base"})
    drawn = client.get(f"{PAGE}model.bpmn?d.a=base").content.decode()
    undecided = client.post(PAGE, {**asked, "work": "take"})
    assert everything() == before
    taken = client.post(PAGE, {**asked, "work": "take", "d.a": "base"})

    assert "nothing is open" in shown.content.decode()
    assert 'name="base"' in drawn
    assert undecided.status_code == 409
    assert (taken.status_code, taken["Location"]) == (302, "/processes/V/draw/")
    assert 'name="base"' in WorkingCopyRevision.objects.get(number=2).model_xml


def test_where_nothing_changed_the_page_says_so(people, variant):
    _, author, _ = people

    page = visitor(author, language="zh-hans").get(PAGE)

    assert page.status_code == 200
    assert "无可合入的变更" in page.content.decode()


def test_variants_are_listed_on_the_page_of_their_base_for_those_who_may_see_them(people, variant):
    line, author, _ = people
    other, elsewhere = make_line("line-b"), make_user("elsewhere")
    give_role(elsewhere, other, Role.PROCESS_AUTHOR)
    give_role(elsewhere, line, Role.OPERATOR)
    actions.create_variant(key="HIDDEN", name_zh="x", name_en="x", line_id=other.pk, base_key="P", actor=elsewhere)

    page = visitor(author).get("/processes/P/").content.decode()
    rows = visitor(author, APIClient()).get("/api/processes/P/variants/").json()["results"]

    assert 'href="/processes/V/"' in page
    assert "HIDDEN" not in page
    assert [row["process"] for row in rows] == ["V"]


def test_a_variant_is_made_on_the_page_of_new_processes_and_by_programs(people, base):
    line, author, _ = people
    client = visitor(author)

    form = client.get("/new-process/?base=P").content.decode()
    made = client.post("/new-process/", {"key": "V", "name_zh": "变体", "name_en": "Variant", "line": line.pk, "base": "P"})
    both = client.post(
        "/new-process/", {"key": "W", "name_zh": "x", "name_en": "x", "line": line.pk, "base": "P", "template": "none"}
    )
    facts = {"key": "U", "name_zh": "x", "name_en": "x", "line": line.code, "base": "P"}
    by_program = visitor(author, APIClient()).post("/api/processes/", facts, format="json")

    assert '<option value="P" selected>' in form
    assert (made.status_code, made["Location"]) == (302, "/processes/V/")
    assert both.status_code == 422
    assert by_program.status_code == 201
    assert set(Variant.objects.values_list("process__key", flat=True)) == {"V", "U"}


def test_programs_are_told_the_conflicts_and_decide_them(people, variant):
    _, author, _ = people
    draws(author, a="own")
    goes_on(people, a="base")
    client = visitor(author, APIClient())

    asked = client.get(API).json()
    undecided = client.post(API, {"number": 2, "seen": 0}, format="json")
    taken = client.post(API, {"number": 2, "seen": 0, "decided": {"a": "own"}}, format="json")

    assert [one["key"] for one in asked["conflicts"]] == ["a"]
    assert asked["conflicts"][0]["base"][1:] == ["Chinese name was “a” and is now “base”."]
    assert (undecided.status_code, undecided.json()["type"]) == (409, "conflicts_undecided")
    assert taken.status_code == 201
    assert 'name="own"' in taken.json()["model_xml"]


@pytest.mark.parametrize("steps", [2, 20])
def test_the_page_costs_the_same_few_statements_for_large_models(people, variant, steps, django_assert_max_num_queries):
    _, author, _ = people
    names = tuple(f"n{number}" for number in range(steps))
    actions.save_draft(process_key="V", model_xml=model("V", steps=("a", *names, "b")), note="own", actor=author)
    goes_on(people, b="base")
    client = visitor(author)

    with django_assert_max_num_queries(22):
        assert client.get(PAGE).status_code == 200


def test_the_list_of_variants_costs_the_same_for_many(people, variant, django_assert_max_num_queries):
    line, author, _ = people
    for number in range(12):
        actions.create_variant(key=f"V{number}", name_zh="x", name_en="x", line_id=line.pk, base_key="P", actor=author)
    client = visitor(author)

    with django_assert_max_num_queries(14):
        assert "V11" in client.get("/processes/P/").content.decode()
