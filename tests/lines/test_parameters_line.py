"""The parameter check through the engine: a first set is signed, differences hold the gate until two people accepted them."""

from datetime import date, time

import pytest
from django.test import Client
from django.urls import reverse

from apps.calendars.models import Calendar, CalendarDay, TimeNode
from apps.engine.actions.working import held
from apps.engine.actions.working import work as do
from apps.engine.handlers import Failed, Finished
from apps.engine.models import Run, Start
from apps.engine.states import StepState
from apps.files.models import ImportedLayout
from apps.files.store import current_catalogue
from apps.kernel import clock
from apps.lines.fees.models import FeeRate
from apps.lines.parameters.conf import Scope, kinds
from apps.lines.parameters.handlers.checking import Covered, gather
from apps.lines.parameters.models import ParameterBaseline
from apps.lines.parameters.selectors import approved_on, figures_of, live_on, unchecked_of_lines, unsigned_of_lines
from apps.lines.parameters.selectors.sets import lines_covered
from apps.people.models import BusinessLine, User
from apps.people.states import Role
from apps.recon.models import Break, Reconciliation
from apps.recon.states import BreakKind, BreakState
from tests.factories.people import give_role, make_line, make_user
from tests.lines.parameters import (
    DAY,
    NEXT,
    STAMP,
    a_cash_account,
    answer,
    at,
    begun,
    decide,
    explain,
    finished,
    first_signed,
    found,
    go_on,
    installed,
    newest,
    outputs_of,
    rate,
    sign,
    tried,
    waits,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    installed(settings, tmp_path)
    return tmp_path


def live(day: date) -> dict[str, str]:
    return {name: one.said for name, one in live_on(Scope(day, tuple(lines_covered([])[0]))).items()}


def approved(day: date) -> dict[str, str]:
    line = BusinessLine.objects.get(code="parameters")
    return {name: one.said for name, one in approved_on(line.pk, day).items()}


def signed_in() -> Client:
    client = Client()
    client.force_login(User.objects.get(username="zhang.wei"))
    return client


def signed_through(name: str, kind: str) -> Run:
    """The next check finds this one difference, shows where it is, and holds until it is signed; the baseline is what is live."""
    run = begun(NEXT)
    assert [(one.key, one.kind) for one in Break.objects.all()] == [(name, kind)]
    assert waits()
    (told,) = figures_of(run).told
    assert told.address
    assert signed_in().get(told.address).status_code == 200
    go_on()
    assert waits()
    sign(name)
    go_on()
    finished(run)
    assert found(name).state == BreakState.ACCEPTED
    assert newest(name).difference_id == found(name).pk
    assert approved(NEXT) == live(NEXT)
    return run


def test_a_whole_check_from_the_first_set_to_a_signed_difference(root):
    run = begun()
    assert (outputs_of("gather")["approved"], outputs_of("gather")["is_first"]) == (0, True)
    answer("propose", "wang.min", decision="submit", reason="first set")
    assert tried("sign", "wang.min", decision="approved") == 403
    assert not ParameterBaseline.objects.exists()
    answer("sign", "li.lei", decision="approved")
    finished(run)
    assert not Break.objects.exists()
    assert approved(DAY) == live(DAY)
    assert {name.partition("/")[0] for name in approved(DAY)} == {"fee", "calendar", "time-node", "layout", "version"}

    rate("1", NEXT)
    second = begun(NEXT)

    assert waits()
    explain(STAMP)
    assert decide(STAMP, "approve", "wang.min") == 403
    assert newest(STAMP).difference is None
    assert decide(STAMP, "approve") == 200
    go_on()
    finished(second)
    assert newest(STAMP).value.startswith("rate=1; base=amount")
    signers = Break.objects.filter(key=STAMP).values_list("explained_by__username", "accepted_by__username")
    assert signers.get() == ("wang.min", "li.lei")


def test_a_check_that_finds_nothing_ends_without_a_person(root):
    first_signed()
    before = ParameterBaseline.objects.count()

    run = begun(NEXT)

    finished(run)
    assert not Break.objects.exists()
    assert Reconciliation.objects.filter(run=run).get().breaks_count == 0
    assert ParameterBaseline.objects.count() == before


def test_the_checker_sends_the_first_set_back_and_nothing_is_set(root):
    begun()
    answer("propose", "wang.min", decision="submit", reason="first set")

    answer("sign", "li.lei", decision="returned")

    assert at("propose").state == StepState.OFFERED
    assert not ParameterBaseline.objects.exists()


def test_a_first_set_that_moved_while_it_was_signed_is_gathered_again(root):
    run = begun()
    answer("propose", "wang.min", decision="submit", reason="first set")
    rate("1", DAY)

    answer("sign", "li.lei", decision="approved")

    assert outputs_of("keep_first") == {"kept": 0, "moved": True}
    assert not ParameterBaseline.objects.exists()
    answer("propose", "wang.min", decision="submit", reason="looked again")
    answer("sign", "li.lei", decision="approved")
    finished(run)
    assert approved(DAY) == live(DAY)


def test_a_changed_fee_rate_is_a_difference_at_its_key_until_it_is_signed(root):
    first_signed()
    FeeRate.objects.update(per_mille="0.25")

    signed_through(STAMP, BreakKind.STATE)

    rest = "base=amount; minimum=0; contains=no (2023-08-28 – *)"
    assert found(STAMP).left == {"state": f"rate=0.5; {rest}"}
    assert found(STAMP).right == {"state": f"rate=0.25; {rest}"}


def test_a_trading_day_that_is_removed_is_a_difference_at_its_day(root):
    first_signed()
    exchange = Calendar.objects.get(code="CN-EX")
    CalendarDay.objects.create(calendar=exchange, day=date(2025, 12, 10), is_open=False, source="notice")

    signed_through("calendar/CN-EX/2025-12-10", BreakKind.ONLY_RIGHT)


def test_a_layout_column_that_is_wider_is_a_difference_at_its_file(root):
    first_signed()
    (layout, *_more) = current_catalogue().families["zjhz"].layouts
    wider = [layout.columns[0]._replace(width=layout.columns[0].width + 3), *layout.columns[1:]]
    columns = [{"name": one.name, "type": one.type, "width": one.width, "decimals": one.decimals} for one in wider]
    ImportedLayout.objects.create(
        family="zjhz",
        market="SH",
        title_zh="资金汇总",
        title_en="Cash summary",
        columns=columns,
        note="sample",
        imported_by=User.objects.get(username="chen.jing"),
        imported_at=clock.now(),
    )

    run = signed_through("layout/zjhz", BreakKind.STATE)

    first = layout.columns[0]
    (told,) = figures_of(run).told
    words = [(one.name, one.before, one.after) for one in told.words]
    assert (first.name, f"{first.name} {first.type}{first.width}", f"{first.name} {first.type}{first.width + 3}") in words


def test_an_account_that_is_added_is_a_difference_at_the_account(root):
    run = first_signed()
    a_cash_account(run, "B001999999")

    signed_through("cash-account/rtgs-sh/SH/B001999999", BreakKind.ONLY_RIGHT)


def test_a_value_whose_validity_ended_is_a_difference_as_long_as_it_is_live(root):
    later = rate("1", date(2026, 1, 5))
    first_signed()
    assert newest(STAMP).holds_until == date(2026, 1, 4)
    later.delete()

    signed_through(STAMP, BreakKind.STATE)

    assert newest(STAMP).holds_until is None


def test_a_value_that_outlives_what_was_signed_has_to_be_signed_anew(root):
    first_signed()
    ParameterBaseline.objects.filter(kind="fee").update(holds_until=DAY)

    signed_through(STAMP, BreakKind.ONLY_RIGHT)


def test_a_parameter_that_vanished_is_a_difference_and_is_withdrawn_when_signed(root):
    first_signed()
    rate("0.5", NEXT, withdrawn=True)

    signed_through(STAMP, BreakKind.ONLY_LEFT)

    assert newest(STAMP).is_withdrawn
    assert STAMP not in approved(NEXT)


def test_a_refused_signature_changes_nothing_and_the_gate_holds(root):
    first_signed()
    rate("1", NEXT)
    begun(NEXT)
    explain(STAMP)

    assert decide(STAMP, "reject") == 200
    go_on()

    assert found(STAMP).state == BreakState.OPEN
    assert newest(STAMP).difference is None
    assert waits()


def test_what_moves_after_it_was_signed_is_not_taken_over_and_has_to_be_signed_again(root):
    first_signed()
    FeeRate.objects.update(per_mille="0.25")
    run = begun(NEXT)
    sign(STAMP)
    FeeRate.objects.update(per_mille="0.75")

    go_on()

    assert outputs_of("keep_signed") == {"signed": 0}
    assert found(STAMP).state == BreakState.OPEN
    assert newest(STAMP).difference is None
    sign(STAMP)
    go_on()
    finished(run)
    assert newest(STAMP).value.startswith("rate=0.75")


def test_of_two_differences_the_signed_one_is_set_and_the_other_holds_the_gate(root):
    first_signed()
    rate("1", NEXT)
    TimeNode.objects.filter(key="BATCH.START").update(time=time(9, 15))
    begun(NEXT)
    sign(STAMP)

    go_on()

    assert newest(STAMP).value.startswith("rate=1;")
    assert newest("time-node/BATCH.START").difference is None
    assert waits()


def test_a_difference_that_is_put_right_at_its_source_ends_the_check_without_a_signature(root):
    first_signed()
    FeeRate.objects.update(per_mille="0.25")
    run = begun(NEXT)
    explain(STAMP)
    before = ParameterBaseline.objects.count()
    FeeRate.objects.update(per_mille="0.5")

    go_on()

    finished(run)
    assert ParameterBaseline.objects.count() == before
    assert unsigned_of_lines(NEXT) == {}
    assert figures_of(run).open == 0


def test_steps_that_are_done_again_set_nothing_twice(root):
    first_signed()
    FeeRate.objects.update(per_mille="0.25")
    signed_through(STAMP, BreakKind.STATE)
    before = list(ParameterBaseline.objects.order_by("pk").values())

    for node in ("gather", "keep_first", "compare", "keep_signed"):
        assert isinstance(do(held(at(node))), Finished)

    assert list(ParameterBaseline.objects.order_by("pk").values()) == before
    assert Break.objects.count() == 1


def test_a_line_that_does_not_exist_is_refused_by_name(root):
    begun()

    answered = gather(held(at("gather")).context, Covered(lines="rtgs-sh nowhere"))

    assert isinstance(answered, Failed)
    assert answered.problem == "没有业务线 nowhere。"


def test_the_check_begins_by_itself_half_an_hour_before_the_batch(root):
    start = Start.objects.get(process__key="R13")

    node = TimeNode.objects.get(key="PARAMETER.CHECK")
    batch = TimeNode.objects.get(key="BATCH.START")
    assert start.node_id == "by_itself"
    assert (batch.time.hour * 60 + batch.time.minute) - (node.time.hour * 60 + node.time.minute) == 30


def test_monitors_see_differences_without_a_signature_and_a_check_that_is_owed(root):
    line = BusinessLine.objects.get(code="parameters").pk
    first_signed()
    assert unchecked_of_lines(DAY) == {}
    assert unchecked_of_lines(NEXT) == {line: 1}
    rate("1", NEXT)
    begun(NEXT)
    assert unsigned_of_lines(NEXT) == {line: 1}

    sign(STAMP)
    go_on()

    assert unsigned_of_lines(NEXT) == {}
    assert unchecked_of_lines(NEXT) == {}


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("Differences from the baseline", "Rate in per mille")), ("zh-hans", ("与基准的差异", "费率（千分之）"))],
)
def test_the_page_says_before_and_after_and_leads_to_break_and_source(root, language, words, django_assert_max_num_queries):
    first_signed()
    FeeRate.objects.update(per_mille="0.25")
    run = begun(NEXT)
    client = signed_in()
    client.cookies["django_language"] = language

    page = client.get(reverse("run", args=[run.pk]), {"part": "figures"}, headers={"HX-Request": "true"}).content.decode()

    assert all(word in page for word in words)
    assert "0.5 → 0.25" in page
    assert "/breaks/?line=parameters&amp;date=2025-11-21" in page
    assert reverse("thread", args=["break", found(STAMP).pk]) in page
    assert "/fees/?date=2025-11-21&amp;market=SH&amp;security_class=stock" in page
    for kind in kinds():
        assert client.get(kind.address("", NEXT)).status_code == 200
    with django_assert_max_num_queries(5):
        figures = figures_of(run)
    assert (figures.differences, figures.open) == (1, 1)
    assert figures.approved == figures.live == len(live(NEXT))


@pytest.mark.parametrize(("language", "words"), [("en", "No parameters have been gathered"), ("zh-hans", "尚未归集参数")])
def test_the_page_of_a_check_that_has_gathered_nothing_says_so(root, language, words):
    run = begun()
    Run.objects.filter(pk=run.pk).update(variables={})
    client = signed_in()
    client.cookies["django_language"] = language

    page = client.get(reverse("run", args=[run.pk]), {"part": "figures"}, headers={"HX-Request": "true"}).content.decode()

    assert words in page
    assert "<table" not in page


def test_what_was_signed_is_listed_with_who_signed_and_what_was_before(root, django_assert_max_num_queries):
    first_signed()
    FeeRate.objects.update(per_mille="0.25")
    begun(NEXT)
    sign(STAMP)
    go_on()
    client, outside = signed_in(), Client()
    stranger = make_user("stranger")
    give_role(stranger, make_line("another"), Role.OPERATOR)
    outside.force_login(stranger)
    kind, _slash, key = STAMP.partition("/")

    with django_assert_max_num_queries(14):
        page = client.get("/parameters/", {"kind": kind, "key": key}).content.decode()
    with django_assert_max_num_queries(6):
        now = client.get("/api/parameters/", {"kind": kind, "key": key}).json()["results"]
    both = client.get("/api/parameters/", {"kind": kind, "key": key, "past": "on"}).json()["results"]
    first = client.get("/api/parameters/", {"past": "on"}).json()

    assert [one["value"]["rate"] for one in now] == ["0.25"]
    assert [(one["value"]["rate"], len(one["signed_by"])) for one in both] == [("0.5", 0), ("0.25", 2)]
    assert reverse("thread", args=["break", found(STAMP).pk]) in page
    assert len(first["results"]) == min(50, ParameterBaseline.objects.count())
    assert client.get("/api/parameters/", {"after": "x"}).status_code == 400
    assert outside.get("/api/parameters/").json() == {"results": [], "next": None}
    assert "empty" in outside.get("/parameters/").content.decode()
