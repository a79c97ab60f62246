"""One thread through everything: from any of a matter to any other in two clicks, and nothing of it to who may not see it."""

from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from itertools import permutations
from urllib.parse import urldefrag, urljoin

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from apps.approvals.models import Approval
from apps.changes import actions as changes
from apps.changes.states import CHANGE
from apps.desk.selectors.entries import things_of
from apps.desk.selectors.thread import thread_of
from apps.engine.actions import begin_run, complete_step
from apps.engine.models import Step
from apps.journal.models import Entry
from apps.kernel.errors import NotFound
from apps.monitors.actions import watch_monitors
from apps.people.actions import grant_on_process
from apps.people.states import Right, Role
from apps.tickets.actions import link_thing, raise_ticket
from tests.factories import changes as made
from tests.factories import monitors as watched
from tests.factories.changes import TODAY, TUESDAY
from tests.factories.people import make_line, make_member, make_user
from tests.factories.recon import a_break, a_step

pytestmark = pytest.mark.django_db

STREAMS = ("ticket", "change", "approval", "run", "monitor")
KINDS = (
    "ticket", "change", "version", "difference", "approval", "run", "step", "break", "alert",
    *(f"entry of {stream}" for stream in STREAMS),
)  # fmt: skip
PAIRS = list(permutations(KINDS, 2))


class Anchors(HTMLParser):
    """Where a page leads by a click, and the parts that it loads by itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.parts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: unescape(value or "") for name, value in attrs}
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        if told.get("hx-trigger") == "load":
            self.parts.append(told["hx-get"])


class Matter:
    """Pages of one matter, each read once, and where they lead."""

    def __init__(self, client: Client, pages: dict[str, str], keys: dict[str, tuple[str, int]]) -> None:
        self.client, self.pages, self.keys = client, pages, keys
        self.known: dict[str, set[str]] = {}

    def links(self, address: str) -> set[str]:
        if address not in self.known:
            self.known[address] = self._read(address)
        return self.known[address]

    def _read(self, address: str, *, is_part: bool = False) -> set[str]:
        answer = self.client.get(address, headers={"HX-Request": "true"} if is_part else {})
        assert answer.status_code == 200, address
        found = Anchors(answer.content.decode())
        here = {urldefrag(urljoin(address, link)).url for link in found.links}
        return here.union(*(self._read(part, is_part=True) for part in found.parts))

    def leads(self, source: str, target: str, is_there: Callable[[str], bool] = lambda _link: True) -> bool:
        """Whether two clicks do, the first of them to a page of this matter or a thread: lists do not count."""
        first = {link for link in self.links(self.pages[source]) if is_there(link)}
        over = {link for link in first if link in self.pages.values() or link.startswith("/thread/")}
        return self.pages[target] in first or any(self.pages[target] in self.links(link) for link in over)


@pytest.fixture(scope="module")
def matter(django_db_setup, django_db_blocker):
    """A ticket, the change that it asks for with a version, its decision, a run with a step and a break, and an alert."""
    with django_db_blocker.unblock():
        try:
            with made.on(TODAY):
                yield a_matter()
        finally:
            call_command("flush", interactive=False, verbosity=0)


def a_matter() -> Matter:
    world = made.world()
    chief = make_member("chief", *Role, line=world.line)
    ticket = raise_ticket(line_id=world.line.pk, title="分批发送", actor=world.operator)
    item = made.version_item(world)
    change = made.approved(world, item, tickets=ticket.name)
    with made.on(TUESDAY):
        changes.take_effect()
        run = begin_run(process_key=world.process.key, business_date=TUESDAY, actor=world.operator)
        step = Step.objects.get(run=run)
        one_break = a_break(a_step(run, token=99))
        complete_step(step_id=step.pk, actor=world.operator, answer={})
        alert = an_alert(world)
        link_thing(ticket_id=ticket.pk, kind="alert", subject=alert, actor=world.author)
    approval = Approval.objects.get(kind=CHANGE, subject=change.pk)
    keys = {"ticket": ticket.pk, "change": change.pk, "approval": approval.pk, "run": run.pk, "monitor": alert}
    newest = {stream: Entry.objects.filter(stream=f"{stream}.{keys[stream]}").latest("pk").pk for stream in STREAMS}
    number = item[1]["number"]
    pages = {
        "ticket": reverse("ticket", args=[ticket.name]),
        "change": reverse("change", args=[change.pk]),
        "version": reverse("process-version", args=[world.process.key, number]),
        "difference": f"{reverse('compare', args=[world.process.key])}?from={number - 1}&to={number}",
        "approval": reverse("approval", args=[approval.pk]),
        "run": reverse("run", args=[run.pk]),
        "step": f"{reverse('run', args=[run.pk])}?step={step.pk}",
        "break": f"{reverse('breaks')}?before={one_break.pk + 1}",
        "alert": reverse("monitor", args=[alert]),
        **{f"entry of {stream}": reverse("journal-entry", args=[key]) for stream, key in newest.items()},
    }
    client = Client()
    client.force_login(chief)
    things = {"ticket": ticket.pk, "change": change.pk, "approval": approval.pk, "run": run.pk, "step": step.pk}
    things |= {"break": one_break.pk, "alert": alert, "entry": newest["run"], "version": run.version_id}
    return Matter(client, pages, {kind: (kind, key) for kind, key in things.items()})


def an_alert(world: made.World) -> int:
    """A monitor that has told of an alarm."""
    with watched.figure() as values:
        one = watched.monitor(world)
        watched.thresholds_set(world)
        values[world.line.pk] = 7
        assert watch_monitors() == 1
    return one.pk


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_any_leads_to_any_other_in_two_clicks(matter, source, target):
    assert matter.leads(source, target)


def test_without_its_link_to_the_thread_no_page_leads_everywhere(matter):
    """What is measured above can fail: each page needs its own link."""
    for source in KINDS:
        reached = {target for target in KINDS if target != source and matter.leads(source, target, not_a_thread)}
        assert reached < set(KINDS) - {source}, source


def not_a_thread(link: str) -> bool:
    return not link.startswith("/thread/")


@pytest.mark.parametrize("kind", ["ticket", "change", "version", "approval", "run", "step", "break", "alert", "entry"])
def test_the_thread_of_each_thing_has_all_of_it_and_leads_back(matter, kind):
    _kind, key = matter.keys[kind]

    links = matter.links(reverse("thread", args=[kind, key]))

    assert set(matter.pages.values()) <= links


def test_a_stranger_has_no_thread_and_no_entry(matter):
    stranger = Client()
    stranger.force_login(make_member("stranger", *Role, line=make_line("options")))

    statuses = [stranger.get(reverse("thread", args=list(pair))).status_code for pair in matter.keys.values()]
    asked = [stranger.get(page).status_code for name, page in matter.pages.items() if name.startswith("entry")]

    assert set(statuses) | set(asked) == {404}


def test_who_sees_one_process_alone_is_shown_nothing_of_the_line(matter):
    person = make_user("onlooker")
    root = make_user("root", superuser=True)
    grant_on_process(process_key="P", rights=[Right.VIEW], user_id=person.pk, actor=root, reason="a trial")

    thread = thread_of(person, *matter.keys["run"])

    assert {group.kind for group in thread.groups} == {"version", "difference", "run", "step", "entry"}
    with pytest.raises(NotFound):
        thread_of(person, *matter.keys["ticket"])


def test_programs_read_the_same_thread(matter):
    answer = matter.client.get(reverse("api-thread", args=list(matter.keys["break"]))).json()

    told = {item["address"] for group in answer["groups"] for item in group["items"]}
    assert set(matter.pages.values()) <= told
    assert (answer["kind"], answer["key"]) == matter.keys["break"]


def test_an_entry_says_what_it_says_and_what_it_is_about(matter):
    page = matter.client.get(matter.pages["entry of monitor"]).content.decode()

    assert "monitor.breached" in page
    assert f'href="{matter.pages["alert"]}"' in page


@pytest.mark.parametrize(
    ("stream", "data", "about"),
    [
        ("run.7", {"step": 3, "run": 7}, [("step", 3), ("run", 7)]),
        ("run.7", {"break_id": 9, "step": None}, [("break", 9), ("run", 7)]),
        ("comment.ticket.4", {}, [("ticket", 4)]),
        ("monitor.2", {}, [("alert", 2)]),
        ("process.NONE", {"number": 1}, []),
        ("people", {}, []),
        ("run.x", {}, []),
        ("comment.", {}, []),
    ],
)
def test_an_entry_is_about_what_its_stream_and_its_facts_name(stream, data, about):
    assert things_of(Entry(stream=stream, data=data)) == about
