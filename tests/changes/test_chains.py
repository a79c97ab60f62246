"""Which process leads to which is read from the models in force and from runs; who may not see a line sees nothing of it."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from apps.changes import selectors
from apps.changes.core.layout import picture
from apps.changes.core.links import Ends, Link, dependents, ends_of, links_between, silenced
from apps.changes.states import LinkKind
from apps.kernel import clock
from apps.people.states import Role
from apps.processes.core.plan import Event, EventKind, NodeKind
from tests.factories.engine import PlanText, begin, line, person, published, run_until_quiet

CALL, MESSAGE, SIGNAL, FILE = LinkKind.CALL, LinkKind.MESSAGE, LinkKind.SIGNAL, LinkKind.FILE


def thrown(text, name, kind=EventKind.MESSAGE):
    return text.event(f"throw-{name}", NodeKind.THROW, Event(kind, name=name))


def caught(text, name, kind=EventKind.MESSAGE):
    return text.event(f"catch-{name}", NodeKind.CATCH, Event(kind, name=name, correlation='"k"'))


def chain_of_three():
    """TOP calls MIDDLE, which sends to BOTTOM, which waits for a file."""
    bottom = caught(PlanText("BOTTOM"), "paid").receive("file", correlation='"jsmx"').flow("start", "catch-paid", "file", "end")
    middle = thrown(PlanText("MIDDLE"), "paid").flow("start", "throw-paid", "end")
    top = PlanText("TOP").call("c", "MIDDLE").flow("start", "c", "end")
    return top, middle, bottom


def ends():
    return {text.key: ends_of(text.plan()) for text in chain_of_three()}


# -- pure ------------------------------------------------------------------------------------------------------------


def test_calls_messages_signals_and_files_are_links():
    bell = {
        "RING": thrown(PlanText("RING"), "bell", EventKind.SIGNAL),
        "HEAR": caught(PlanText("HEAR"), "bell", EventKind.SIGNAL),
    }
    every = ends() | {key: ends_of(text.plan()) for key, text in bell.items()}

    assert links_between(every) == [
        Link('"jsmx"', "BOTTOM", FILE, '"jsmx"'),
        Link("MIDDLE", "BOTTOM", MESSAGE, "paid"),
        Link("RING", "HEAR", SIGNAL, "bell"),
        Link("TOP", "MIDDLE", CALL),
    ]


def test_a_send_task_and_a_start_event_are_ends_of_a_message_too():
    sender = PlanText("S").node("send", NodeKind.SEND_TASK, handler="test.note", message="go").plan()
    begun = PlanText("B").event("start", NodeKind.START, Event(EventKind.MESSAGE, name="go")).plan()

    assert links_between({"S": ends_of(sender), "B": ends_of(begun)}) == [Link("S", "B", MESSAGE, "go")]


def test_who_calls_and_who_hears_depends_however_far_away():
    reached = dependents(links_between(ends()), ["MIDDLE"])

    assert [(one.key, len(one.path)) for one in reached] == [("BOTTOM", 1), ("TOP", 1)]
    assert dependents(links_between(ends()), ["BOTTOM"]) == []


def test_a_circle_of_processes_is_walked_once():
    circle = [Link("A", "B", CALL), Link("B", "C", CALL), Link("C", "A", CALL)]

    assert [(one.key, len(one.path)) for one in dependents(circle, ["A"])] == [("C", 1), ("B", 2)]


def test_what_nobody_sends_any_more_is_named_unless_somebody_else_does():
    every = ends()
    other = every | {"OTHER": every["MIDDLE"]}

    assert silenced(every, "MIDDLE", Ends()) == [Link("MIDDLE", "BOTTOM", MESSAGE, "paid")]
    assert silenced(other, "MIDDLE", Ends()) == []


def test_each_box_stands_behind_what_leads_to_it_and_a_circle_ends():
    drawn = picture(["a", "b", "c", "d"], [("a", "b"), ("b", "c"), ("c", "b"), ("a", "c"), ("d", "d")])

    column = {box.key: box.x for box in drawn.boxes}
    assert column["a"] < column["b"]
    assert column["a"] == column["d"]
    assert len({(box.x, box.y) for box in drawn.boxes}) == 4
    assert len(drawn.curves) == 5
    assert picture([], []).boxes == ()


# -- pages and programs ----------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(db):
    elsewhere = line("elsewhere")
    top, middle, bottom = chain_of_three()
    return published(bottom), published(middle), published(top, on=elsewhere)


def page_of(who, language="en"):
    client = Client()
    client.force_login(who)
    client.cookies["django_language"] = language
    return client


def both():
    person("reader", Role.AUDITOR, on=line("elsewhere"))
    return person("reader", Role.AUDITOR)


def test_the_chain_shows_only_processes_of_lines_that_one_may_see(three):
    own, everything = person("clerk", Role.MAKER), both()

    small, large = selectors.chain_for(own), selectors.chain_for(everything)

    assert [one.key for one in small.processes] == ["BOTTOM", "MIDDLE"]
    assert [one.link.source for one in small.links] == ['"jsmx"', "MIDDLE"]
    assert [one.key for one in large.processes] == ["BOTTOM", "MIDDLE", "TOP"]
    assert "TOP" not in page_of(own).get("/topology/").text


def test_one_line_is_shown_with_its_neighbours(three):
    found = selectors.chain_for(both(), "elsewhere")

    assert [one.key for one in found.processes] == ["MIDDLE", "TOP"]
    assert [one.link.kind for one in found.links] == [CALL]


def test_calls_that_runs_made_are_counted_and_older_ones_are_named_as_such(three):
    begin("TOP", day=clock.market_date(), actor=person("op", Role.OPERATOR, on=line("elsewhere")))
    run_until_quiet()
    published(PlanText("TOP").service("a").flow("start", "a", "end"), on=line("elsewhere"))

    (call,) = [one for one in selectors.chain_for(both()).links if one.link.kind == CALL]

    assert (call.link, call.is_modelled) == (Link("TOP", "MIDDLE", CALL), False)


def test_the_page_has_a_picture_a_table_that_says_the_same_and_both_languages(three):
    reader = both()

    page, chinese = page_of(reader).get("/topology/").text, page_of(reader, "zh-hans").get("/topology/").text

    assert page.count("<rect") == 4
    assert page.count("<tr><td>") == 3 + 3
    assert "流程链" in chinese


def test_without_a_link_the_page_says_so(db):
    assert "No links" in page_of(person("clerk", Role.MAKER)).get("/topology/").text


def test_programs_read_the_chain(three):
    client = APIClient()
    client.force_authenticate(both())

    answer = client.get("/api/topology/?line=elsewhere").json()

    assert [one["key"] for one in answer["processes"]] == ["MIDDLE", "TOP"]
    assert answer["links"][0]["link"] == {"source": "TOP", "target": "MIDDLE", "kind": "call", "name": ""}


def test_the_chain_costs_the_same_statements_however_many_processes_there_are(three, django_assert_num_queries):
    reader = both()
    selectors.chain_for(reader)

    with django_assert_num_queries(5):
        selectors.chain_for(reader)
    for number in range(20):
        published(PlanText(f"P{number}").call("c", "MIDDLE").flow("start", "c", "end"))
    with django_assert_num_queries(6):  # the plans that are new to this process, in one
        selectors.chain_for(reader)
