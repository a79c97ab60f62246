"""Check steps on paths whose form asks for more than a decision: whoever decides fills it in, by every door."""

import pytest
from django.test import Client

from apps.approvals.actions import decide, decide_all
from apps.approvals.errors import NotDecidable
from apps.approvals.models import Approval
from apps.engine import actions
from apps.engine.errors import AnswerRefused, WalksAPath
from apps.journal.models import Entry
from apps.people.states import Role
from tests.engine.test_checks_on_paths import approval_of, kept, offered
from tests.factories import engine as made
from tests.factories.approvals import begin_approval, make_flow, register_things, stand_in_for
from tests.factories.engine import PlanText

pytestmark = pytest.mark.django_db

FORM = {
    "type": "object",
    "properties": {
        "decision": {"enum": ["approved", "returned"]},
        "total": {"type": "string", "format": "decimal", "title": "合计", "x-title-en": "Total"},
        "share": {"type": "number", "title": "占比", "x-title-en": "Share"},
        "window": {"enum": ["early", "late"], "x-enum-titles-en": {"early": "Early window"}, "x-title-en": "Window"},
        "note": {"type": "string", "maxLength": 20},
    },
    "required": ["decision", "total"],
}


@pytest.fixture
def cast():
    wang = made.person("wang", Role.MAKER, Role.CHECKER)
    return wang, made.person("li", Role.CHECKER, Role.MANAGER), made.person("ann", Role.MANAGER, Role.CHECKER)


def on_two_stages(wang, li, ann):
    text = PlanText().user("confirm").user("approve", role="checker", checks="confirm", form=FORM)
    text.flow("start", "confirm", "approve", "end")
    return offered(wang, {"people": [ann]}, {"people": [li]}, least=2, text=text)


def signed_in(person):
    page = Client(HTTP_ACCEPT_LANGUAGE="en")
    page.force_login(person)
    return page


def test_each_stage_fills_it_in_and_the_last_who_agreed_answers_the_step(cast):
    wang, li, ann = cast
    step = on_two_stages(*cast)
    approval = approval_of(step)

    decide(approval_id=approval.pk, verb="approve", actor=ann, answer={"total": "12.50", "window": "early"})
    shown = signed_in(li).get(f"/approvals/{approval.pk}/").content.decode()
    decide(approval_id=approval.pk, verb="approve", actor=li, reason="counted", answer={"total": "12.75", "share": 0.25})

    step.refresh_from_db()
    step.run.refresh_from_db()
    assert (step.state, step.maker, step.decided_by, step.run.state) == ("done", wang, li, "done")
    assert step.outputs == {"decision": "approved", "note": "counted", "total": "12.75", "share": "0.25"}
    assert 'name="answer-total" value="12.50"' in shown
    assert "Early window" in shown
    moves = Entry.objects.filter(kind="approval.moved", data__verb="approve").order_by("number")
    assert [(move.actor, move.data["answer"]) for move in moves] == [
        (ann, {"total": "12.50", "window": "early"}),
        (li, {"total": "12.75", "share": "0.25"}),
    ]
    assert list(approval.seats.order_by("number").values_list("answer", flat=True)) == [move.data["answer"] for move in moves]


def test_who_says_no_fills_it_in_as_well_and_theirs_is_the_answer(cast):
    _, li, ann = cast
    step = on_two_stages(*cast)
    approval = approval_of(step)
    decide(approval_id=approval.pk, verb="approve", actor=ann, answer={"total": "12.50"})

    decide(approval_id=approval.pk, verb="reject", actor=li, reason="one is missing", answer={"total": "11.50"})

    step.refresh_from_db()
    assert step.outputs == {"decision": "returned", "note": "one is missing", "total": "11.50"}
    assert step.decided_by == li


@pytest.mark.parametrize("verb", ["approve", "reject"])
@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"total": 12},
        {"total": "1", "window": "noon"},
        {"total": "1", "more": 1},
        {"total": "1", "decision": "approved"},
        {"total": "1", "note": "mine"},
    ],
)
def test_what_does_not_fit_the_form_is_refused_at_every_stage_and_nothing_changes(cast, verb, answer):
    _, li, ann = cast
    step = on_two_stages(*cast)
    approval = approval_of(step)

    for person in (ann, li):
        before = kept(step)
        with pytest.raises(AnswerRefused):
            decide(approval_id=approval.pk, verb=verb, actor=person, reason="why", answer=answer)
        assert kept(step) == before
        if person == ann:
            decide(approval_id=approval.pk, verb="approve", actor=ann, answer={"total": "1"})


def test_every_door_asks_for_the_form_and_none_passes_it_over(cast):
    wang, li, ann = cast
    step = on_two_stages(*cast)
    approval = approval_of(step)
    here, page, together = f"/approvals/{approval.pk}/", signed_in(ann), {"approval": f"{approval.pk}:{approval.revision}"}
    before = kept(step)

    empty = page.post(here, {"verb": "approve", "revision": approval.revision})
    wrong = page.post(here, {"verb": "approve", "revision": approval.revision, "answer-total": "much"})
    several = page.post("/approvals/together/", {"verb": "approve", **together})
    api = f"/api/approvals/{approval.pk}/approve/"
    bare = page.post(api, {}, "application/json")
    json_together = {"verb": "reject", "reason": "x", "approvals": [{"id": approval.pk, "revision": approval.revision}]}
    many = page.post("/api/approvals/together/", json_together, "application/json")
    back = page.post(f"/api/approvals/{approval.pk}/hand-over/", {"people": ["li"], "answer": {"total": "1"}}, "application/json")
    own = signed_in(wang).post(api, {"answer": {"total": "1"}}, "application/json")
    with pytest.raises(WalksAPath):
        actions.complete_step(step_id=step.pk, actor=li, answer={"decision": "approved", "total": "1"})

    assert [each.status_code for each in (empty, wrong, bare, back, own)] == [422, 422, 422, 422, 403]
    assert [page.count('class="errorlist"') for page in (empty.content.decode(), wrong.content.decode())] == [1, 1]
    named = f"“{approval.title_en}” needs its form"
    assert named in several.content.decode()
    assert named in many.json()["items"][0]["refusal"]
    assert kept(step) == before

    assert page.post(here, {"verb": "approve", "revision": approval.revision, "answer-total": "3.10"}).status_code == 302
    read = signed_in(li).get(f"/api/approvals/{approval.pk}/").json()
    assert (read["needs_form"], read["form"]["required"], sorted(read["form"]["properties"])) == (
        True,
        ["total"],
        ["share", "total", "window"],
    )
    assert [seat["answer"] for seat in read["seats"]] == [{"total": "3.10"}, None]
    assert signed_in(li).post(api, {"answer": {"total": "3.20"}}, "application/json").status_code == 200
    step.refresh_from_db()
    assert step.outputs == {"decision": "approved", "total": "3.20"}


def test_the_inbox_says_which_need_their_form_and_offers_no_box_to_tick(cast):
    _, li, ann = cast
    approval = approval_of(on_two_stages(*cast))
    register_things()
    make_flow(made.line(), {"people": [ann]})
    plain = begin_approval(made.line(), li, subject=7)

    for address in ("/inbox/", "/approvals/together/"):
        page = signed_in(ann).get(address).content.decode()
        assert (page.count("needs its form"), f'href="/approvals/{approval.pk}/"' in page) == (1, True)
        assert (f'value="{approval.pk}:' in page, f'value="{plain.pk}:{plain.revision}"' in page) == (False, True)


def test_of_many_at_once_those_without_a_form_are_decided_and_the_others_are_named(cast):
    _, li, ann = cast
    step = on_two_stages(*cast)
    approval = approval_of(step)
    register_things()
    make_flow(made.line(), {"people": [ann]})
    plain = begin_approval(made.line(), li, subject=7)

    outcomes = decide_all(seen={approval.pk: approval.revision, plain.pk: plain.revision}, verb="approve", actor=ann)

    assert [bool(outcome.refusal) for outcome in outcomes] == [True, False]
    assert [Approval.objects.get(pk=each.pk).state for each in (approval, plain)] == ["deciding", "approved"]


def test_a_stand_in_fills_it_in_and_the_path_that_runs_again_begins_with_what_was_said_now(cast):
    _, li, ann = cast
    step = on_two_stages(*cast)
    approval, cem = approval_of(step), made.person("cem", Role.CHECKER)
    stand_in_for(ann, cem, made.line())

    decide(approval_id=approval.pk, verb="approve", actor=cem, answer={"total": "5"})
    decide(approval_id=approval.pk, verb="send-back", actor=li, to=0, reason="count again")
    decide(approval_id=approval.pk, verb="approve", actor=ann, answer={"total": "6"})
    shown = signed_in(li).get(f"/approvals/{approval.pk}/").content.decode()
    decide(approval_id=approval.pk, verb="approve", actor=li, answer={"total": "6", "window": "late"})

    assert 'name="answer-total" value="6"' in shown
    step.refresh_from_db()
    assert step.outputs == {"decision": "approved", "total": "6", "window": "late"}


def test_what_has_no_form_takes_no_answer(cast):
    _, li, ann = cast
    register_things()
    make_flow(made.line(), {"people": [ann]})
    plain = begin_approval(made.line(), li, subject=7)

    with pytest.raises(NotDecidable):
        decide(approval_id=plain.pk, verb="approve", actor=ann, answer={"total": "1"})

    plain.refresh_from_db()
    assert plain.state == "deciding"
