"""One thread: a ticket, the version or change that names it, its runs; and done only after the first clean one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.approvals.models import Approval
from apps.changes import actions
from apps.changes.actions.proving import prove_tickets
from apps.changes.models import Proof
from apps.changes.selectors.tickets import links_of_ticket, tickets_of_change, versions_for
from apps.changes.states import CHANGE
from apps.engine.actions import begin_run, complete_step, intervene
from apps.engine.models import Run, Step
from apps.engine.states import Verb
from apps.journal.models import Entry
from apps.people.states import Role
from apps.processes import actions as processes
from apps.tickets.actions import raise_ticket
from apps.tickets.core.finishing import InForce, is_done
from apps.tickets.models import Naming, Ticket
from apps.tickets.selectors.links import tickets_behind
from apps.tickets.states import TicketState
from tests.factories import changes as made
from tests.factories.changes import TODAY, TUESDAY
from tests.factories.engine import alone
from tests.factories.people import make_line, make_member
from tests.factories.processes import simple_model

PUBLISHING = [
    (processes.submit_version, "author"),
    (processes.approve_version, "approver"),
    (processes.publish_version, "approver"),
]


@pytest.fixture
def world(db):
    with made.on(TODAY):
        yield made.world()


@pytest.fixture
def ticket(world):
    return raise_ticket(line_id=world.line.pk, title="分批发送", external_number="TD-1001", actor=world.operator)


def named(world, note, step="b"):
    model = simple_model(world.process.key, step)
    return processes.save_draft(process_key=world.process.key, model_xml=model, note=note, actor=world.author)


def in_force(world, note, step="b"):
    version = named(world, note, step)
    for move, who in PUBLISHING:
        move(version_id=version.pk, actor=getattr(world, who))
    return version


def released(ticket):
    Ticket.objects.filter(pk=ticket.pk).update(state=TicketState.RELEASED)
    return ticket


def ran(world, *, verb=None, day=TODAY):
    """A run of the version in force, ended by the person's answer or by a verb."""
    run = begin_run(process_key=world.process.key, business_date=day, actor=world.operator)
    step = Step.objects.get(run=run)
    if verb is None:
        complete_step(step_id=step.pk, actor=world.operator, answer={})
    else:
        alone(verb, on=world.line)
        given: dict[str, Any] = {"outputs": {}} if verb == Verb.FORCE else {}
        intervene(verb=verb, subject_id=step.pk, actor=world.operator, reason="drill", arguments=given)
    return Run.objects.get(pk=run.pk)


def test_a_version_names_tickets_in_its_note_until_the_note_says_otherwise(world, ticket):
    version = named(world, f"why: td-1 TD-1001 and {ticket.name.lower()}")
    assert list(tickets_behind(world.author, version.pk, None)) == [ticket]

    named(world, "something else")

    assert not Naming.objects.exists()
    kinds = Entry.objects.filter(stream=f"ticket.{ticket.pk}").order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["ticket.raised", "ticket.named", "ticket.unnamed"]


def test_nobody_names_or_is_shown_a_ticket_that_they_may_not_see(world, ticket):
    elsewhere = make_line("options")
    stranger = make_member("stranger", *Role, line=elsewhere)
    secret = raise_ticket(line_id=elsewhere.pk, title="a secret", actor=stranger)

    version = named(world, f"{secret.name} {ticket.name}")

    assert [row.ticket for row in Naming.objects.all()] == [ticket]
    assert list(tickets_behind(stranger, version.pk, None)) == []
    assert not any(links.items for links in links_of_ticket(stranger, ticket.pk))


def test_what_else_names_a_ticket_is_not_taken_for_the_change_with_its_key(world, ticket):
    version = named(world, "nothing")
    change = made.change(world, ("process.version", {"process": world.process.key, "number": version.number}))

    Naming.objects.create(ticket=ticket, kind="break", subject=change.pk)

    assert versions_for([ticket.pk])[ticket.pk] == set()
    assert not any(links.items for links in links_of_ticket(world.author, ticket.pk))


def test_a_change_names_tickets_and_shows_those_of_its_versions(world, ticket):
    other = raise_ticket(line_id=world.line.pk, title="other", actor=world.operator)
    version = named(world, other.name)
    item = ("process.version", {"process": world.process.key, "number": version.number})

    change = made.change(world, item, tickets="TD-1001")

    assert tickets_of_change(world.author, change) == [ticket, other]
    actions.edit_change(change_id=change.pk, actor=world.author, tickets="")
    assert tickets_of_change(world.author, change) == [other]


def test_a_ticket_is_done_by_the_first_clean_run_of_its_version(world, ticket):
    version = in_force(world, ticket.name)
    released(ticket)
    assert prove_tickets() == 0
    run = ran(world)

    assert (prove_tickets(), prove_tickets()) == (1, 0)

    assert Ticket.objects.get().state == TicketState.DONE
    assert Proof.objects.get().run == run
    done = Entry.objects.get(stream=f"ticket.{ticket.pk}", kind="ticket.moved")
    assert (done.actor, done.data["move"], f"#{run.pk}" in done.data["reason"]) == (None, "finish", True)
    changes, versions, runs, approvals = links_of_ticket(world.author, ticket.pk)
    assert [item.title for item in versions.items] == [str(version)]
    assert (len(changes.items), len(runs.items), len(approvals.items)) == (0, 1, 1)


@pytest.mark.parametrize("verb", [Verb.SKIP, Verb.FORCE])
def test_a_run_that_somebody_helped_along_proves_nothing(world, ticket, verb):
    in_force(world, ticket.name)
    released(ticket)
    ran(world, verb=verb)

    assert prove_tickets() == 0
    assert Ticket.objects.get().state == TicketState.RELEASED
    ran(world, day=TUESDAY)

    assert prove_tickets() == 1


def test_a_clean_run_of_another_version_proves_nothing(world, ticket):
    in_force(world, ticket.name)
    in_force(world, "another one", step="c")
    released(ticket)
    ran(world)

    assert prove_tickets() == 0
    assert Ticket.objects.get().state == TicketState.RELEASED


def test_what_is_not_released_yet_is_not_done_by_a_run(world, ticket):
    in_force(world, ticket.name)
    ran(world)

    assert prove_tickets() == 0
    released(ticket)

    assert prove_tickets() == 1


def test_a_ticket_of_a_change_is_done_by_a_clean_run_of_the_version_that_it_brought(world, ticket):
    made.approved(world, made.version_item(world), tickets=ticket.name)
    with made.on(TUESDAY):
        actions.take_effect()
        released(ticket)
        assert prove_tickets() == 0
        ran(world, day=TUESDAY)

        assert prove_tickets() == 1


def test_the_way_back_is_not_what_the_tickets_ask_for(world, ticket):
    change = made.approved(world, made.version_item(world), tickets=ticket.name)
    with made.on(TUESDAY):
        actions.take_effect()
        back = actions.roll_back_change(change_id=change.pk, actor=world.author, reason="wrong")
        made.decided(back, world.approver)
        actions.take_effect()
        released(ticket)
        ran(world, day=TUESDAY)

        assert prove_tickets() == 0
    assert Ticket.objects.get().state == TicketState.RELEASED


def test_looking_costs_one_query_while_nothing_waits(world, ticket, django_assert_num_queries):
    in_force(world, ticket.name)

    with django_assert_num_queries(1):
        prove_tickets()


def test_any_of_the_thread_leads_to_any_other_in_two_clicks(client, world, ticket):
    version_draft = named(world, ticket.name)
    item = ("process.version", {"process": world.process.key, "number": version_draft.number})
    change = made.approved(world, item, tickets=ticket.name)
    with made.on(TUESDAY):
        actions.take_effect()
        run = ran(world, day=TUESDAY)
        decided = Approval.objects.get(kind=CHANGE, subject=change.pk).pk
        client.force_login(world.author)
        pages = {
            "ticket": f"/tickets/{ticket.name}/",
            "change": f"/changes/{change.pk}/",
            "version": f"/processes/{world.process.key}/versions/{version_draft.number}/",
            "run": f"/runs/{run.pk}/",
            "approval": f"/approvals/{decided}/",
        }
        links = {name: client.get(address).content.decode() for name, address in pages.items()}

    one = {name: {other for other, address in pages.items() if f'href="{address}' in html} for name, html in links.items()}
    two = {name: near | {other for step in near for other in one[step]} for name, near in one.items()}
    assert {name: set(pages) - {name} - reached for name, reached in two.items()} == {name: set() for name in pages}


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=8))
def test_every_process_that_changed_has_to_prove_itself(versions):
    facts = [InForce(process, is_proven) for process, is_proven in versions]

    changed = {process for process, _proven in versions}
    assert is_done(facts) == (bool(changed) and changed == {process for process, is_proven in versions if is_proven})
