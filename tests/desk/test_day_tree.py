"""The settlement day as a tree: line, process, run, step, and the runs that steps call."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.desk.selectors import day_tree
from apps.desk.selectors.day_tree import branch_of, rows_again, way_to
from apps.engine.models import Run, Step
from apps.kernel import clock
from apps.kernel.errors import NotFound
from apps.people.actions import grant_on_process
from apps.people.states import Right, Role
from tests.desk.conftest import signed_in
from tests.factories.desk import published_with_drawing
from tests.factories.engine import DAY, PlanText, begin, line, person, run_until_quiet
from tests.factories.people import give_role, make_user

pytestmark = pytest.mark.django_db

ADDRESS = f"/runs/day/?date={DAY.isoformat()}"
ROWS = f"/runs/day/rows/?date={DAY.isoformat()}"


@pytest.fixture
def manager(shanghai):
    return person("manager", Role.MANAGER, on=shanghai)


@pytest.fixture
def calling(shanghai):
    """A run of CALLER whose step has called a run of CALLED, in which a person's work waits."""
    published_with_drawing(PlanText("CALLED").user("make").flow("start", "make", "end"), on=shanghai)
    published_with_drawing(PlanText("CALLER").call("call", "CALLED").flow("start", "call", "end"), on=shanghai)
    run = begin("CALLER", actor=person("op-caller", Role.OPERATOR, on=shanghai))
    run_until_quiet()
    return run


def many_steps(run, count):
    """So many finished steps more of a run."""
    now = clock.now()
    made = [
        Step(run=run, token=100 + number, node_id=f"n{number}", name=f"step {number}", kind="service_task", state="done",
             created_at=now, ended_at=now)
        for number in range(count)
    ]  # fmt: skip
    Step.objects.bulk_create(made)


def keys(branch):
    return [row.key for row in branch.rows]


def levels_down(who, day, key=""):
    """(level, kind) of the first row of each level, as far down as it goes."""
    first = next(iter(branch_of(who, day, key).rows), None)
    return [(first.level, first.kind), *(levels_down(who, day, first.key) if first.below else [])] if first else []


def test_the_day_goes_from_the_line_to_the_step_and_on_into_the_run_that_it_calls(manager, calling):
    found = levels_down(manager, DAY)

    assert found == [(1, "line"), (2, "process"), (3, "run"), (4, "step"), (5, "run"), (6, "step")]


def test_a_line_and_a_process_say_what_their_runs_come_to(manager, maker, settlement):
    begin("L01", actor=maker)
    run_until_quiet()

    (the_line,) = branch_of(manager, DAY).rows
    (process,) = branch_of(manager, DAY, the_line.key).rows

    assert (the_line.state, the_line.states, the_line.below) == ("running", (("running", 1),), 1)
    assert (process.name, process.state, process.states, process.below) == (settlement.key, "running", (("running", 1),), 1)
    assert (process.seconds, the_line.seconds) == (None, None)


def test_a_failure_below_is_what_a_line_shows(manager, shanghai, maker, settlement):
    begin("L01", actor=maker)
    published_with_drawing(PlanText("BAD").service("send", "nobody.has_it").flow("start", "send", "end"), on=shanghai)
    begin("BAD", actor=maker)
    run_until_quiet()

    (the_line,) = branch_of(manager, DAY).rows

    assert the_line.state == "incident"
    assert dict(the_line.states) == {"incident": 1, "running": 1}


def test_what_one_may_not_see_is_not_there_and_not_counted(manager, maker, settlement, stranger):
    run = begin("L01", actor=maker)
    run_until_quiet()
    step = run.steps.order_by("id")[0]

    all_keys = ["line.rtgs-sh", f"process.{run.process_id}", f"run.{run.pk}", f"step.{step.pk}"]
    assert branch_of(stranger, DAY).rows == ()
    assert rows_again(stranger, DAY, all_keys) == []
    assert [branch_of(stranger, DAY, key).size for key in all_keys] == [0, 0, 0, 0]
    assert way_to(stranger, f"step.{step.pk}") == []


def test_a_called_run_that_one_may_not_see_cannot_be_opened(manager, calling, shanghai):
    guest, root = make_user("guest"), make_user("root", superuser=True)
    grant_on_process(process_key="CALLER", rights=[Right.VIEW], user_id=guest.pk, actor=root, reason="a trial")

    (step,) = branch_of(guest, DAY, f"run.{calling.pk}").rows

    assert step.below == 0
    assert branch_of(guest, DAY, step.key).rows == ()


def test_another_date_is_another_tree(manager, maker, settlement):
    begin("L01", actor=maker)

    assert branch_of(manager, DAY.replace(day=3)).rows == ()


def test_steps_come_in_pages_and_none_is_missed_or_doubled(manager, calling):
    many_steps(calling, 1200)

    first = branch_of(manager, DAY, f"run.{calling.pk}")
    found, page = keys(first), first
    while not page.is_last:
        page = branch_of(manager, DAY, f"run.{calling.pk}", page.rows[-1].cursor)
        found += keys(page)

    assert (len(first.rows), first.size, first.is_last) == (day_tree.FIRST_PAGE, 1201, False)
    assert found == [f"step.{pk}" for pk in Step.objects.filter(run=calling).order_by("id").values_list("pk", flat=True)]


def test_the_way_to_a_step_of_a_called_run_leads_through_its_caller(manager, calling):
    child = Run.objects.get(parent_step__run=calling)
    step = child.steps.get()

    way = way_to(manager, f"step.{step.pk}")

    assert way == [
        "line.rtgs-sh", f"process.{calling.process_id}", f"run.{calling.pk}", f"step.{child.parent_step_id}",
        f"run.{child.pk}", f"step.{step.pk}",
    ]  # fmt: skip


@pytest.mark.parametrize("key", ["", "run.", "run.x", "run.-1", "run.99999999999999999999", "step.1", "nothing.1", "run.²"])
def test_what_is_no_row_leads_nowhere(manager, key):
    assert way_to(manager, key) == []


@pytest.mark.parametrize("key", ["nothing.1", "run.x", "run.", "step.0"])
def test_what_is_no_row_opens_to_nothing(manager, key):
    with pytest.raises(NotFound):
        branch_of(manager, DAY, key)

    assert signed_in(manager).get(f"{ROWS}&under={key}").status_code == 404


@pytest.mark.parametrize("under", ["line", "process", "run", "rows"])
def test_reading_asks_as_much_for_several_rows_as_for_one(manager, maker, settlement, under):
    def asked():
        run = Run.objects.order_by("id")[0]
        named = "&".join(f"row={key}" for key in every_key())
        keys = {"line": "", "process": f"process.{run.process_id}", "run": f"run.{run.pk}"}
        address = f"{ROWS}&{named}" if under == "rows" else f"{ROWS}&under={keys[under]}"
        client = signed_in(manager)
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    def every_key():
        for each in Run.objects.all():
            yield from (f"process.{each.process_id}", f"run.{each.pk}", *(f"step.{step.pk}" for step in each.steps.all()))

    begin("L01", actor=maker)
    run_until_quiet()
    for_one = asked()
    Run.objects.update(state="done")
    for _ in range(3):
        begin("L01", actor=maker)
        run_until_quiet()
        Run.objects.update(state="done")
    many_steps(Run.objects.order_by("id").first(), 5)
    elsewhere = line("other")
    give_role(manager, elsewhere, Role.MANAGER)
    published_with_drawing(PlanText("OTHER").user("make").flow("start", "make", "end"), on=elsewhere)
    begin("OTHER", actor=person("op-other", Role.OPERATOR, on=elsewhere))

    assert asked() == for_one
    assert for_one <= 12


# -- the page ---------------------------------------------------------------------------------------------------------


def test_without_a_script_the_page_is_opened_by_its_links(manager, calling):
    client = signed_in(manager)
    page, seen = client.get(ADDRESS).content.decode(), []
    for kind in ("line", "process", "run", "step", "run"):
        closed = rf'data-key="{kind}\.[^>]*aria-expanded="false".*?<a class="tree-toggle" href="([^"]+)"'
        link = re.search(closed, page, re.DOTALL)
        assert link, kind
        page = client.get(link[1].replace("&amp;", "&")).content.decode()
        seen.append(re.findall(r'aria-level="(\d)"', page))

    assert seen[-1] == ["1", "2", "3", "4", "5", "6"]


def test_a_long_branch_goes_on_behind_a_link(manager, calling):
    many_steps(calling, 150)
    client = signed_in(manager)

    page = client.get(f"{ADDRESS}&at=run.{calling.pk}").content.decode()
    more = re.search(rf'data-more="run\.{calling.pk}" data-size="151".*?href="([^"]+)"', page, re.DOTALL)
    assert more
    rest = client.get(more[1].replace("&amp;", "&")).content.decode()

    assert page.count('data-key="step.') == day_tree.FIRST_PAGE
    assert rest.count('data-key="step.') == 51
    assert "data-more=" not in rest


def test_a_day_without_runs_says_so_and_still_follows_the_feed(manager):
    page = signed_in(manager).get(ADDRESS).content.decode()

    assert "No runs on this business date" in page
    assert "data-feed-after=" in page


def test_states_are_words_in_both_languages(manager, maker, settlement):
    begin("L01", actor=maker)
    run_until_quiet()

    english = signed_in(manager).get(ADDRESS).content.decode()
    chinese = signed_in(manager, "zh-hans").get(ADDRESS).content.decode()

    assert "Running" in english
    assert "Settlement day" in english
    assert "运行中" in chinese
    assert "清算日" in chinese


def test_what_can_stand_in_no_column_is_no_row(manager, calling):
    client = signed_in(manager)

    answers = [
        client.get(f"{ROWS}&{asked}")
        for asked in ("row=line.%00", "under=line.%00", f"under=process.{calling.process_id}&after=%00")
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert b"data-key" not in answers[0].content + answers[1].content


def test_names_are_written_as_text(manager, calling):
    Step.objects.filter(run=calling).update(problem="<img src=x onerror=alert(1)>")

    page = signed_in(manager).get(f"{ROWS}&under=run.{calling.pk}").content.decode()

    assert "<img" not in page
    assert "&lt;img" in page


def test_a_visitor_from_outside_learns_nothing(client, calling):
    assert client.get(f"{ROWS}&under=run.{calling.pk}").status_code == 302
