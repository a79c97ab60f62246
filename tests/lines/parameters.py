"""Checks of parameters through the engine, as programs of people see them."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from apps.approvals.models import Approval
from apps.approvals.states import ApprovalState
from apps.calendars.actions import load_calendar_facts
from apps.engine.models import Run, Step
from apps.files.models import ArrivedFile, Source
from apps.kernel import clock
from apps.lines.fees.models import FeeRate
from apps.lines.models import CashPosition
from apps.lines.parameters import actions
from apps.lines.parameters.conf import PROCESS
from apps.lines.parameters.models import ParameterBaseline
from apps.people.models import BusinessLine, User
from apps.people.states import Role
from apps.recon.models import Break
from tests.factories.people import give_role, make_user
from tests.lines.lending import answer, at, finished, outputs_of, post, tried, work

__all__ = ["answer", "at", "finished", "outputs_of", "post", "tried", "work"]

DAY, NEXT = date(2025, 11, 20), date(2025, 11, 21)
PEOPLE = {
    "wang.min": [Role.OPERATOR, Role.MAKER],
    "li.lei": [Role.CHECKER],
    "zhang.wei": [Role.OPERATOR],
    "chen.jing": [Role.PROCESS_AUTHOR],
    "zhao.gang": [Role.PROCESS_APPROVER],
}
STAMP = "fee/SH/stock/stamp/sell"


def installed(settings: Any, root: Any) -> None:
    """The check with its people, calendars, one source, and one fee rate."""
    settings.DATA_DIR = root
    load_calendar_facts()
    actions.install_line()
    for username, roles in PEOPLE.items():
        person = make_user(username)
        for role in roles:
            give_role(person, BusinessLine.objects.get(), role)
    actions.install()
    line = BusinessLine.objects.create(code="rtgs-sh", name_zh="RTGS结算（上海）", name_en="RTGS settlement Shanghai")
    Source.objects.create(line=line, code="market", name_zh="市场", name_en="Market", directory="in", required_codes=["zjhz"])
    rate("0.5", date(2023, 8, 28))


def rate(per_mille: str, valid_from: date, *, withdrawn: bool = False) -> FeeRate:
    """Stamp duty on sales of stock in Shanghai from a day on."""
    return FeeRate.objects.create(
        market="SH",
        security_class="stock",
        fee="stamp",
        side="sell",
        valid_from=valid_from,
        per_mille=Decimal(per_mille),
        source="test",
        is_withdrawn=withdrawn,
        set_at=clock.now(),
        change=None,
    )


def begun(day: date = DAY) -> Run:
    assert post("wang.min", "api-runs", [], {"process": PROCESS, "business_date": day.isoformat()}) == 201
    work()
    return Run.objects.filter(process__key=PROCESS).latest("pk")


def first_signed(day: date = DAY) -> Run:
    """The first check of all: the maker hands the set in, the checker signs it."""
    run = begun(day)
    answer("propose", "wang.min", decision="submit", reason="first set")
    answer("sign", "li.lei", decision="approved")
    finished(run)
    return run


def found(name: str) -> Break:
    return Break.objects.get(key=name)


def explain(name: str, username: str = "wang.min") -> None:
    """The maker says why, and asks a second person."""
    number = found(name).pk
    assert post(username, "api-explain-break", [number], {"reason": "known", "cause": "unknown"}) == 200
    assert post(username, "api-accept-break", [number], {}) == 200


def decide(name: str, verb: str, username: str = "li.lei") -> int:
    asked = Approval.objects.get(kind="break", subject=found(name).pk, state=ApprovalState.OPEN)
    said = {"reason": "looked at it", "revision": asked.revision}
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client.post(reverse("api-approval-verb", args=[asked.pk, verb]), said, content_type="application/json").status_code


def sign(name: str) -> None:
    explain(name)
    assert decide(name, "approve") == 200


def go_on() -> None:
    answer("differences", "wang.min", reason="all of them are signed")


def waits() -> bool:
    """Whether the gate holds: somebody is asked about differences."""
    return Step.objects.filter(node_id="differences", state="offered").exists()


def newest(name: str) -> ParameterBaseline:
    kind, _slash, key = name.partition("/")
    return ParameterBaseline.objects.filter(kind=kind, key=key).latest("pk")


def a_cash_account(run: Run, account: str) -> CashPosition:
    """A reserve account that a file of the run's day told."""
    source = Source.objects.get(code="market")
    facts = {"name": "zjhz.b20", "size": 1, "sha256": "0" * 64, "once": account, "arrived_at": clock.now()}
    file = ArrivedFile.objects.create(
        source=source, line=source.line, business_date=run.business_date, file_code="zjhz", state="accepted", **facts
    )
    return CashPosition.objects.create(
        run=run,
        line_id=file.line_id,
        business_date=file.business_date,
        file=file,
        row_no=1,
        market="SH",
        cash_account=account,
        account_class="A",
    )
