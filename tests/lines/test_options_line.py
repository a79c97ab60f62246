"""The evening of options margin through the engine: files arrive, people decide, the run ends."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.calendars.actions import load_calendar_facts
from apps.engine.actions import execute_step, sweep
from apps.engine.models import Run, Step, Timer
from apps.engine.states import RunState, StepState
from apps.files.actions import scan_source
from apps.files.models import SentFile, Source
from apps.kernel import clock
from apps.lines.options_margin.actions import install
from apps.lines.options_margin.core.simulated import Fault, World, build_world
from apps.lines.options_margin.core.simulated_files import files_of
from apps.lines.options_margin.models import BreakWaiver, CombinationDeclaration, MarginAccount, MarginRow, OptionContract
from apps.lines.options_margin.selectors.breaks import breaks_by_class
from apps.lines.options_margin.selectors.files import TradingDays
from apps.people.actions import load_demo_people
from apps.people.models import User
from apps.recon.models import Break, Reconciliation

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2025, 11, 20)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.CLEARWAY_DEMO_PASSWORD = "clearway-demo"
    load_calendar_facts()
    load_demo_people("common", "options-margin")
    install()
    found = tmp_path / "incoming" / "options-margin" / f"{DAY:%Y%m%d}"
    found.mkdir(parents=True)
    return found


def a_world(*faults: Fault, accounts: int = 12, seed: int = 1) -> World:
    return build_world(day=DAY, seed=seed, accounts=accounts, trading_days=TradingDays(DAY), faults=faults)


def arrive(world: World, folder, *stages: str) -> None:
    for stage in stages:
        for name, data in files_of(world, stage).items():
            (folder / name).write_bytes(data)
    for _ in range(2):
        for source in Source.objects.order_by("pk"):
            scan_source(source_id=source.pk, business_date=DAY)


def person(username: str) -> User:
    return User.objects.get(username=username)


def work(limit: int = 200) -> None:
    for _ in range(limit):
        Timer.objects.filter(fired=False).update(due_at=clock.now())
        ready = list(Step.objects.filter(state=StepState.READY).values_list("pk", flat=True))
        for step_id in ready:
            execute_step(step_id=step_id)
        sweep()
        if not ready and not Step.objects.filter(state=StepState.READY).exists():
            return


def at(node_id: str) -> Step:
    return Step.objects.filter(node_id=node_id).latest("pk")


def outputs_of(node_id: str) -> dict[str, Any]:
    outputs: dict[str, Any] = at(node_id).outputs or {}
    return outputs


def post(username: str, address: str, arguments: list[int], data: dict[str, Any]) -> int:
    """What a program of this person gets for it."""
    client = Client()
    client.force_login(person(username))
    return client.post(reverse(address, args=arguments), data, content_type="application/json").status_code


def answer(node_id: str, username: str, **said: Any) -> None:
    assert tried(node_id, username, **said) == 200
    work()


def tried(node_id: str, username: str, **said: Any) -> int:
    """The status of taking the step, or of its answer when it could be taken."""
    step = at(node_id)
    taken = post(username, "api-step-take", [step.pk], {})
    return taken if taken != 200 else post(username, "api-step-complete", [step.pk], {"answer": said})


def begun() -> Run:
    assert post("wang.min", "api-runs", [], {"process": "L06", "business_date": DAY.isoformat()}) == 201
    work()
    return Run.objects.get()


def finished(run: Run) -> None:
    run.refresh_from_db()
    assert run.state == RunState.DONE, list(Step.objects.exclude(state="done").values_list("node_id", "state", "problem"))


def until_the_calls(run: Run) -> None:
    assert at("confirm_calls").run_id == run.pk
    answer("confirm_calls", "zhang.wei")


def declare(**said) -> None:
    answer("choose", "wang.min", **{"selection": "all", **said})


def waive(reason: str = "the depository was told") -> None:
    answer("waive", "wang.min", decision="waive", reason=reason, until=DAY.isoformat())
    answer("sign_waiver", "li.lei", decision="approved")


def classes(run: Run) -> dict[str, int]:
    return {one.key.value: one.count for one in breaks_by_class(run.pk)}


def test_an_evening_from_begin_to_close(folder):
    world = a_world()
    run = begun()
    assert at("await_file").state == StepState.WAITING

    arrive(world, folder, "morning", "evening")
    work()
    until_the_calls(run)
    proposed = CombinationDeclaration.objects.filter(is_affordable=True).count()
    declare()
    assert tried("approve", "wang.min", decision="approved") == 403
    assert at("approve").state == StepState.OFFERED
    answer("approve", "li.lei", decision="approved")

    finished(run)
    assert not Break.objects.exists()
    assert Reconciliation.objects.count() == 7
    assert OptionContract.objects.count() == len(world.contracts)
    assert MarginAccount.objects.count() == len(world.accounts)
    sent = CombinationDeclaration.objects.filter(state="sent")
    assert proposed >= sent.count() > 0
    lines = [line.split("|") for line in texts("zhsb")]
    assert [(line[0], line[2].lower(), line[4], int(line[5])) for line in lines] == list(
        sent.order_by("account_id", "position").values_list("account__account", "verb", "number", "lots")
    )
    assert len(texts("zjtz")) == MarginAccount.objects.filter(call__gt=0).count() > 0


def texts(code: str) -> list[str]:
    file = SentFile.objects.get(name__startswith=code)
    return Path(file.path).read_text(encoding="gb18030").splitlines()


def test_no_fen_appears_or_vanishes_between_rows_accounts_totals_and_the_depository(folder):
    world = a_world(accounts=25, seed=3)
    begun()
    arrive(world, folder, "morning", "evening")
    work()

    for account in MarginAccount.objects.prefetch_related("rows"):
        declared = [row for row in account.rows.all() if row.part == "declared"]
        best = [row for row in account.rows.all() if row.part == "best"]
        assert sum(row.margin for row in declared) == account.margin
        assert sum(row.client_margin for row in declared) == account.client_margin
        assert sum(row.client_margin for row in best) == account.best_margin <= account.client_margin
        assert all(row.margin == row.unit_margin * row.lots for row in declared)
        assert all(row.client_margin == row.client_unit_margin * row.lots for row in [*declared, *best])
        assert lots_in(declared) == lots_in(best)
    total = sum(MarginAccount.objects.values_list("margin", flat=True))
    assert int(total * 100) == world.total_fen
    outputs = outputs_of("compute")
    assert outputs["margin"] == f"{total:.2f}"
    assert outputs["client_margin"] == f"{sum(MarginAccount.objects.values_list('client_margin', flat=True)):.2f}"


def lots_in(rows: list[MarginRow]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        found[row.contract, row.side] += row.lots
        if row.second_contract:
            found[row.second_contract, row.second_side] += row.lots
    return found


@pytest.mark.parametrize(
    ("fault", "stages", "found"),
    [
        (Fault.WRONG_MARGIN, ["detail"], {"contract": 1}),
        (Fault.MISSING_RECORD, ["detail"], {"only_ours": 1}),
        (Fault.WRONG_POSITION, ["positions"], {"quantity": 1}),
        (Fault.WRONG_TOTAL, ["account"], {"total": 1}),
    ],
)
def test_what_the_depository_says_wrong_is_waived_by_two_stage_by_stage(folder, fault, stages, found):
    world = a_world(fault)
    run = begun()
    arrive(world, folder, "morning", "evening")
    work()

    assert classes(run) == found
    for stage in stages:
        assert outputs_of("reconcile")["stage"] == stage
        assert not Step.objects.filter(node_id="calls").exists()
        waive()

    assert list(BreakWaiver.objects.values_list("stage", "signed_by__username", "confirmed_by__username")) == [
        (stage, "wang.min", "li.lei") for stage in stages
    ]
    until_the_calls(run)
    declare(selection="none")
    answer("approve", "li.lei", decision="approved")
    finished(run)
    assert not CombinationDeclaration.objects.filter(state="sent").exists()


def test_a_wrong_settlement_price_stops_at_the_prices_until_the_right_file_is_read(folder):
    run = begun()
    arrive(a_world(Fault.WRONG_SETTLE), folder, "morning", "evening")
    work()
    assert outputs_of("reconcile")["stage"] == "prices"
    before = dict(MarginAccount.objects.values_list("account", "margin"))

    arrive(a_world(), folder, "evening")
    answer("waive", "wang.min", decision="again", reason="the exchange sent it again", until=DAY.isoformat())

    assert outputs_of("reconcile")["open"] == 0
    assert not Break.objects.filter(state="open").exists()
    assert dict(MarginAccount.objects.values_list("account", "margin")) != before
    until_the_calls(run)


def test_a_wrong_price_that_is_waived_is_seen_again_in_the_margins_it_made(folder):
    run = begun()
    arrive(a_world(Fault.WRONG_SETTLE), folder, "morning", "evening")
    work()
    waive()

    assert outputs_of("reconcile")["stage"] == "detail"
    assert set(classes(run)) == {"contract"}
    assert BreakWaiver.objects.get().stage == "prices"


def test_a_waiver_that_is_returned_or_has_run_out_leaves_the_stage_open(folder):
    begun()
    arrive(a_world(Fault.WRONG_TOTAL), folder, "morning", "evening")
    work()

    answer("waive", "wang.min", decision="waive", reason="known", until=DAY.isoformat())
    answer("sign_waiver", "li.lei", decision="returned", note="not to me")
    assert at("waive").state == StepState.OFFERED
    answer("waive", "wang.min", decision="waive", reason="known", until="2025-11-19")
    answer("sign_waiver", "li.lei", decision="approved")

    assert at("waive").state == StepState.OFFERED
    assert not BreakWaiver.objects.exists()


def test_a_late_file_is_waited_for(folder):
    world = a_world(Fault.LATE_FILE)
    begun()
    arrive(world, folder, "morning", "evening")
    work()
    waiting = at("await_file").state

    arrive(world, folder, "late")
    work()

    assert waiting == StepState.WAITING
    assert at("confirm_calls").state == StepState.OFFERED


def test_an_opening_margin_that_is_not_ours_is_confirmed_before_anything_is_computed(folder):
    begun()
    arrive(a_world(Fault.WRONG_OPENING), folder, "morning", "evening")
    work()

    assert outputs_of("check_opening")["deviations"] == 1
    assert not MarginAccount.objects.exists()
    answer("confirm_deviation", "zhang.wei", reason="the exchange confirmed its figure")

    assert at("confirm_calls").state == StepState.OFFERED


def test_a_declaration_that_breaks_a_rule_goes_back_to_the_maker_and_is_never_sent(folder):
    world = a_world()
    run = begun()
    arrive(world, folder, "morning", "evening")
    work()
    until_the_calls(run)
    row = MarginRow.objects.filter(part="declared", strategy="", side="short", is_covered=False).first()
    assert row is not None
    account = row.account.account

    declare(selection="none", further=f"{account} build KS {row.contract} {row.contract} 1\nnonsense\nA999 build KS 1 2 1")

    told = outputs_of("check_declarations")
    assert told["refused"] == 3
    assert any(account in text and "type_mismatch" in text for text in told["refusals"])
    assert at("choose").state == StepState.OFFERED
    assert not SentFile.objects.exists()
    declare(selection="none")
    answer("approve", "li.lei", decision="returned", note="why nothing?")
    declare()
    answer("approve", "li.lei", decision="approved")
    finished(run)
    assert not CombinationDeclaration.objects.filter(is_added=True).exists()
