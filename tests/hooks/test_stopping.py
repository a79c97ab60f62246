"""Webhooks of others: who administers a line that their person sees may stop them, and nobody else."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from apps.hooks.actions import move_outgoing, stop_incoming, stop_outgoing
from apps.hooks.models import IncomingHook, OutgoingHook
from apps.hooks.states import HookVerb
from apps.journal.models import Entry
from apps.kernel.errors import NotFound, StaleState
from apps.people.actions import create_token
from apps.people.errors import NotByToken
from apps.people.models import ProgramToken
from apps.people.selectors import narrowed
from apps.people.states import Role
from tests.factories.hooks import an_incoming_hook, an_outgoing_hook
from tests.factories.people import make_line, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return make_member("ann", Role.OPERATOR)


@pytest.fixture
def chief():
    return make_member("chief", Role.ADMIN)


def facts(kind: str) -> list[tuple[str, str]]:
    """Who did it, and whose webhook it was."""
    return [(str(by), data["username"]) for by, data in Entry.objects.filter(kind=kind).values_list("actor__username", "data")]


def test_an_administrator_of_a_line_that_its_person_sees_pauses_and_ends_a_webhook_in_both_directions(ann, chief):
    out, into = an_outgoing_hook(ann), an_incoming_hook(ann)

    stop_outgoing(hook_id=out.pk, verb=HookVerb.PAUSE, actor=chief)
    stop_incoming(hook_id=into.pk, verb=HookVerb.END, actor=chief)

    paused, ended = OutgoingHook.objects.get(), IncomingHook.objects.get()
    assert (paused.is_on, paused.ended_at) == (False, None)
    assert (ended.is_on, ended.ended_at is not None, ended.secret != into.secret) == (False, True, True)
    assert facts("hook.paused") == facts("hook.ended") == [("chief", "ann")]


def test_an_outgoing_one_that_was_ended_has_no_address_any_more(ann, chief):
    hook = stop_outgoing(hook_id=an_outgoing_hook(ann).pk, verb=HookVerb.END, actor=chief)

    assert OutgoingHook.objects.get().address == ""
    assert not OutgoingHook.objects.filter(pk=hook.pk, ended_at=None).exists()


def test_who_administers_no_line_that_its_person_sees_stops_nothing(ann):
    hook = an_outgoing_hook(ann)
    elsewhere = make_member("elsewhere", Role.ADMIN, line=make_line("options"))
    colleague = make_member("colleague", Role.OPERATOR, Role.PROCESS_APPROVER)

    for actor in (elsewhere, colleague):
        with pytest.raises(NotFound):
            stop_outgoing(hook_id=hook.pk, verb=HookVerb.PAUSE, actor=actor)

    assert OutgoingHook.objects.get().is_on
    assert facts("hook.paused") == []


def test_a_program_stops_nothing_and_what_is_paused_is_not_paused_again(ann, chief):
    hook = an_incoming_hook(ann)
    token, _text = create_token(name="a program", lines=["rtgs-sh"], acts=True, days=1, actor=chief)
    program = narrowed(ProgramToken.objects.get(pk=token.pk))

    with pytest.raises(NotByToken):
        stop_incoming(hook_id=hook.pk, verb=HookVerb.PAUSE, actor=program)
    stop_incoming(hook_id=hook.pk, verb=HookVerb.PAUSE, actor=chief)
    with pytest.raises(StaleState):
        stop_incoming(hook_id=hook.pk, verb=HookVerb.PAUSE, actor=chief)

    assert facts("hook.paused") == [("chief", "ann")]


def test_its_person_may_have_it_go_on_and_the_journal_tells_of_both(ann, chief):
    hook = an_outgoing_hook(ann)
    stop_outgoing(hook_id=hook.pk, verb=HookVerb.PAUSE, actor=chief)

    move_outgoing(hook_id=hook.pk, verb="resume", actor=ann)

    assert OutgoingHook.objects.get().is_on
    assert (facts("hook.paused"), facts("hook.resumed")) == ([("chief", "ann")], [("ann", "ann")])


@pytest.mark.parametrize("stopped", ["outgoinghook", "incominghook"])
def test_the_admin_site_stops_all_chosen_ones_or_none(ann, client: Client, stopped):
    boss = make_member("boss", Role.ADMIN)
    boss.is_staff = boss.is_superuser = True
    boss.save()
    client.force_login(boss)
    make = an_outgoing_hook if stopped == "outgoinghook" else an_incoming_hook
    first, second = make(ann), make(ann)
    address = reverse(f"admin:hooks_{stopped}_changelist")

    def choose(verb: str, *hooks: OutgoingHook | IncomingHook) -> str:
        words = {"action": verb, "_selected_action": [hook.pk for hook in hooks]}
        return client.post(address, words, follow=True).content.decode()

    choose("pause", first)
    refused = choose("pause", second, first)

    model = type(first)
    assert escape(str(StaleState(what=first, state=HookVerb.PAUSE.label)))[1:] in refused  # it begins with a capital there
    assert dict(model.objects.values_list("pk", "is_on")) == {first.pk: False, second.pk: True}
    choose("end", first, second)
    assert not model.objects.filter(ended_at=None).exists()
