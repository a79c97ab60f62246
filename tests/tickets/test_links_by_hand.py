"""What people link to a ticket by hand: who may, both directions, and that texts and hands do not undo each other."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from apps.comments.selectors import topic_for
from apps.desk.selectors.thread import thread_of
from apps.journal.models import Entry
from apps.kernel.errors import NotFound, NotPermitted
from apps.monitors.actions import create_monitor
from apps.people.actions import grant_on_process
from apps.people.states import Right, Role
from apps.tickets.actions import link_thing, name_tickets, raise_ticket, unlink_thing
from apps.tickets.errors import LinkedTooMuch, NothingToLink
from apps.tickets.models import Naming
from apps.tickets.selectors.links import links_by_hand, tickets_named
from apps.tickets.states import LinkedKind
from tests.factories.people import give_role, make_line, make_member, make_user
from tests.factories.recon import a_break, a_run, a_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return make_line()


@pytest.fixture
def author(line):
    return make_member("author", Role.PROCESS_AUTHOR, line=line)


@pytest.fixture
def ticket(line, author):
    return raise_ticket(line_id=line.pk, title="after the incident", kind="follow_up", actor=author)


@pytest.fixture
def things(line):
    """One thing of each kind that is linked by hand, by its kind."""
    keeper = make_member("keeper", *Role, line=line)
    run = a_run(line)
    step = a_step(run)
    alert = create_monitor(line_id=line.pk, code="late", metric="steps.late", name_zh="迟", name_en="Late", actor=keeper)
    entry = Entry.objects.get(kind="monitor.created")
    return {"run": run.pk, "step": step.pk, "break": a_break(step).pk, "alert": alert.pk, "entry": entry.pk}


def link(ticket, kind, subject, actor):
    return link_thing(ticket_id=ticket.pk, kind=kind, subject=subject, actor=actor)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def facts(ticket):
    told = Entry.objects.filter(stream=f"ticket.{ticket.pk}").exclude(kind="ticket.raised").order_by("number")
    return [(entry.kind, entry.data["by"], entry.data["subject"], entry.actor) for entry in told]


@pytest.mark.parametrize("kind", LinkedKind.values)
def test_each_kind_is_linked_seen_from_both_ends_and_taken_away_again(ticket, author, things, kind):
    key = things[kind]

    made = link(ticket, kind, key, author)
    again = link(ticket, kind, key, author)

    topic = topic_for(author, kind, key)
    assert made == again
    assert (made.title_zh, made.title_en, made.address) == (topic.title_zh, topic.title_en, topic.address)
    assert links_by_hand(author, ticket) == [made]
    assert list(tickets_named(author, **{kind: [key]})) == [ticket]
    groups = {group.kind: [item.key for item in group.items] for group in thread_of(author, kind, key).groups}
    assert groups["ticket"] == [ticket.pk]
    assert key in groups[kind]
    assert facts(ticket) == [("ticket.named", kind, key, author)]

    unlink_thing(ticket_id=ticket.pk, link_id=made.pk, actor=author)

    assert not Naming.objects.exists()
    assert facts(ticket)[1:] == [("ticket.unnamed", kind, key, author)]


def test_who_may_not_write_or_not_see_links_nothing(ticket, author, things, line):
    looker = make_member("looker", Role.OPERATOR, line=line)
    elsewhere = make_member("elsewhere", *Role, line=make_line("options"))
    secret = create_monitor(
        line_id=make_line("options").pk, code="s", metric="steps.late", name_zh="x", name_en="x", actor=elsewhere
    )
    before = Entry.objects.count()

    with pytest.raises(NotPermitted):
        link(ticket, "run", things["run"], looker)
    with pytest.raises(NotPermitted):
        link(ticket, "alert", secret.pk, elsewhere)
    for kind, key in [("alert", secret.pk), ("run", 99_999), ("entry", 99_999)]:
        with pytest.raises(NothingToLink):
            link(ticket, kind, key, author)
    with pytest.raises(ValueError, match="change"):
        link(ticket, "change", 1, author)

    assert not Naming.objects.exists()
    assert Entry.objects.count() == before


def test_nobody_is_shown_a_link_to_what_they_may_not_see(ticket, author, things, line):
    options = make_line("options")
    give_role(author, options, Role.OPERATOR)
    elsewhere = create_monitor(
        line_id=options.pk,
        code="s",
        metric="steps.late",
        name_zh="x",
        name_en="HUSHHUSH",
        actor=make_member("k", *Role, line=options),
    )
    link(ticket, "alert", elsewhere.pk, author)
    link(ticket, "run", things["run"], author)
    looker = make_member("looker", Role.OPERATOR, line=line)

    page = signed_in(looker).get(reverse("ticket", args=[ticket.name])).content.decode()

    assert [each.kind for each in links_by_hand(author, ticket)] == ["alert", "run"]
    assert [each.kind for each in links_by_hand(looker, ticket)] == ["run"]
    assert "HUSHHUSH" not in page
    assert f'href="/runs/{things["run"]}/"' in page


def test_a_right_on_one_process_shows_no_tickets_of_the_line(ticket, author, things):
    link(ticket, "run", things["run"], author)
    person, root = make_user("onlooker"), make_user("root", superuser=True)
    grant_on_process(process_key="L01", rights=[Right.VIEW], user_id=person.pk, actor=root, reason="a trial")

    groups = {group.kind for group in thread_of(person, "run", things["run"]).groups}

    assert "ticket" not in groups
    assert list(tickets_named(person, run=[things["run"]])) == []


def test_what_a_text_names_and_what_a_hand_links_do_not_undo_each_other(ticket, author, things):
    key = things["break"]
    name_tickets(kind="break", subject=key, text=ticket.name, actor=author)
    made = link(ticket, "break", key, author)

    name_tickets(kind="break", subject=key, text="nothing any more", actor=author)

    assert list(Naming.objects.all()) == [made]
    name_tickets(kind="break", subject=key, text=ticket.name, actor=author)
    with pytest.raises(NotFound):
        unlink_thing(ticket_id=ticket.pk, link_id=Naming.objects.get(person=None).pk, actor=author)
    unlink_thing(ticket_id=ticket.pk, link_id=made.pk, actor=author)
    assert [row.person for row in Naming.objects.all()] == [None]


def test_no_more_than_a_page_holds_is_linked(ticket, author, things, monkeypatch):
    monkeypatch.setattr("apps.tickets.actions.linking.MOST_LINKED", 1)
    link(ticket, "run", things["run"], author)

    with pytest.raises(LinkedTooMuch):
        link(ticket, "step", things["step"], author)

    assert Naming.objects.count() == 1


def test_a_link_of_another_ticket_is_not_taken_away(ticket, author, things, line):
    made = link(ticket, "run", things["run"], author)
    other = raise_ticket(line_id=line.pk, title="another", actor=author)

    with pytest.raises(NotFound):
        unlink_thing(ticket_id=other.pk, link_id=made.pk, actor=author)
    with pytest.raises(NotPermitted):
        unlink_thing(ticket_id=ticket.pk, link_id=made.pk, actor=make_member("looker", Role.OPERATOR, line=line))

    assert Naming.objects.get() == made


def test_a_person_links_on_the_page_of_the_ticket_and_is_told_of_a_refusal(ticket, author, things):
    client, address = signed_in(author), reverse("link-ticket", args=[ticket.name])

    refused = client.post(address, {"kind": "run", "subject": "99999"})
    client.post(address, {"kind": "alert", "subject": things["alert"]})

    assert refused.status_code == 422
    assert 'value="99999"' in refused.content.decode()
    with translation.override("en"):
        assert "no run with the number 99999" in str(NothingToLink(kind=LinkedKind.RUN.label, number=99999))
    page = client.get(reverse("ticket", args=[ticket.name])).content.decode()
    assert f'href="/monitors/{things["alert"]}/"' in page
    assert client.post(address, {"part": Naming.objects.get().pk}).status_code == 302
    assert not Naming.objects.exists()


def test_a_person_links_from_the_thread_of_the_thing(ticket, author, things):
    client, address = signed_in(author), reverse("thread", args=["step", things["step"]])

    unknown = client.post(address, {"ticket": "REQ-1999-0001"})
    none_of_the_kind = client.post(reverse("thread", args=["ticket", ticket.pk]), {"ticket": ticket.name})
    client.post(address, {"ticket": ticket.name.lower()})

    assert (unknown.status_code, none_of_the_kind.status_code) == (404, 404)
    assert [(row.kind, row.subject) for row in Naming.objects.all()] == [("step", things["step"])]
    assert (
        ticket.name in client.get(reverse("step", args=[things["run"], things["step"]]), HTTP_HX_REQUEST="true").content.decode()
    )


def test_programs_link_list_and_take_away(ticket, author, things):
    client, address = signed_in(author), reverse("api-ticket-links", args=[ticket.name])
    sent = {"kind": "entry", "subject": things["entry"]}

    made = client.post(address, sent, content_type="application/json")
    listed = client.get(address).json()["results"]
    wrong = client.post(address, {"kind": "change", "subject": 1}, content_type="application/json")
    gone = client.delete(reverse("api-ticket-link", args=[ticket.name, made.json()["id"]]))

    assert (made.status_code, wrong.status_code, gone.status_code) == (201, 400, 204)
    assert listed == [made.json()]
    assert (listed[0]["kind"], listed[0]["address"]) == ("entry", f"/journal/{things['entry']}/")
    assert not Naming.objects.exists()


def test_people_talk_beside_an_alert_with_files_and_only_who_sees_the_line(author, things, line):
    client = signed_in(author)
    page = client.get(reverse("monitor", args=[things["alert"]])).content.decode()
    address = reverse("comments", args=["alert", things["alert"]])

    said = client.post(address, {"text": "the feed was late"})

    assert f'hx-get="{address}"' in page
    assert said.status_code == 302
    assert "the feed was late" in client.get(address).content.decode()
    stranger = signed_in(make_member("stranger", *Role, line=make_line("options")))
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, {"text": "x"}).status_code == 404
    assert Entry.objects.filter(stream=f"comment.alert.{things['alert']}").count() == 1


def test_from_the_ticket_what_was_linked_leads_on_to_what_it_comes_of(ticket, author, things):
    link(ticket, "step", things["step"], author)

    groups = {group.kind: [item.key for item in group.items] for group in thread_of(author, "ticket", ticket.pk).groups}

    assert things["step"] in groups["step"]
    assert groups["run"] == [things["run"]]
    assert groups["break"] == [things["break"]]
    assert "version" in groups
