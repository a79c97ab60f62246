"""Rows that tests of comparisons and of business lines need: a run with a step, without any process behind them."""

from datetime import date
from typing import Any

from apps.engine.models import Run, Step
from apps.engine.states import StepState
from apps.kernel import clock
from apps.people.models import BusinessLine, User
from apps.processes.core.codec import plan_to_json
from apps.processes.core.plan import Plan
from apps.processes.models import Process, ProcessVersion
from apps.recon.actions import record_reconciliation
from apps.recon.core.matcher import Item, compare
from apps.recon.models import Break, Reconciliation, ReconciliationDefinition, SourceStatement

DAY = date(2026, 11, 20)


def a_line(code: str = "rtgs-sh") -> BusinessLine:
    return BusinessLine.objects.get_or_create(code=code, defaults={"name_zh": "RTGS结算（上海）", "name_en": "RTGS Shanghai"})[0]


def a_run(line: BusinessLine | None = None, *, day: date = DAY, key: str = "L01", **facts: Any) -> Run:
    line = line or a_line()
    process, _ = Process.objects.get_or_create(key=key, defaults={"line": line, "name_zh": key, "name_en": key})
    author, _ = User.objects.get_or_create(username="author")
    version, _ = ProcessVersion.objects.get_or_create(
        process=process,
        number=1,
        defaults={"author": author, "plan": plan_to_json(Plan(key, key, {}, {})), "plan_digest": "", "created_at": clock.now()},
    )
    return Run.objects.create(version=version, process=process, line=line, business_date=day, begun_at=clock.now(), **facts)


def a_step(run: Run | None = None, *, token: int = 1, node_id: str = "reconcile", **facts: Any) -> Step:
    given = {"kind": "service_task", "state": StepState.RUNNING, "created_at": clock.now(), **facts}
    return Step.objects.create(run=run or a_run(), token=token, node_id=node_id, name=node_id, **given)


def a_definition(code: str = "D1", **facts: Any) -> ReconciliationDefinition:
    """Two sheets, `ours` and `theirs`, with columns `account` and `amount`."""
    given: dict[str, Any] = {
        "line": a_line(),
        "name_zh": "我方与对方",
        "name_en": "Ours and theirs",
        "left_kind": "sheet",
        "left_code": "ours",
        "right_kind": "sheet",
        "right_code": "theirs",
        "valid_from": date(2026, 1, 1),
    }
    made = ReconciliationDefinition.objects.create(code=code, **{**given, **facts})
    for role, name in (("key", "account"), ("amount", "amount")):
        made.columns.create(role=role, name=name, left=name, right=name)
    return made


def a_statement(author: User) -> SourceStatement:
    """A statement that waits for a second person."""
    facts: dict[str, Any] = {"code": "one", "number": 1, "source": "counter", "text": "SELECT 1 AS one"}
    columns = [{"name": "one", "type": "number"}]
    return SourceStatement.objects.create(line=a_line(), columns=columns, written_by=author, written_at=clock.now(), **facts)


def a_reconciliation(step: Step | None = None, *, breaks: int = 1, name: str = "left / right") -> Reconciliation:
    left = {f"{number:03}": Item(quantity=1) for number in range(breaks)}
    return record_reconciliation(
        step_id=(step or a_step()).pk, name=name, left_name="left", right_name="right", comparison=compare(left, {})
    )


def a_break(step: Step | None = None) -> Break:
    return a_reconciliation(step).breaks.select_related("line").get()
