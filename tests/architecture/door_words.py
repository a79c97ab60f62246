"""What the table of doors is written in: who knocks, how, and the names of the things that stand behind addresses."""

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.people.models import User
from apps.people.states import Right
from tests.factories.people import make_line, make_team
from tests.factories.processes import simple_model

OPEN = "everybody"
INSIDE = "everybody who is signed in"
OWN = "nobody but who has made it"
KEEPERS = "nobody but who keeps the calendars and the catalogue, as superusers do"


@dataclass(frozen=True)
class Door:
    """`who`: OPEN, INSIDE or the right on the object's line that gets through, or several; `method` and `data` of the request."""

    who: str | Right | tuple[Right, ...]
    method: str = "get"
    arguments: tuple[str, ...] = ()
    data: tuple[tuple[str, Any], ...] = ()


def door(who: str | Right | tuple[Right, ...], method: str = "get", *arguments: str, **data: Any) -> Door:
    return Door(who, method, arguments, tuple(data.items()))


MODEL = simple_model("P")


def uploaded() -> SimpleUploadedFile:
    return SimpleUploadedFile("p.bpmn", MODEL.encode())


def a_sheet() -> SimpleUploadedFile:
    return SimpleUploadedFile("ours.csv", b"account,amount\na,1\n")


def the_asker() -> int:
    return User.objects.get(username="the-asker").pk


def a_note() -> SimpleUploadedFile:
    return SimpleUploadedFile("a note.txt", b"a trial")


def a_team() -> int:
    return make_team(make_line("rtgs-sh")).pk


RUN, STEP, REQUEST, FILE, BREAK, APPROVAL, TEST = "run", "step", "request", "file", "break", "approval", "test"
RECONCILIATION, DEFINED = "reconciliation", {"line": "rtgs-sh", "definition": "D1", "date": "2026-11-20"}
STATEMENT = "sql-statement"
CORRECTION = "a-correction"
SELECTED = {"line": "rtgs-sh", "code": "one", "source": "nowhere", "text": "SELECT 1 AS one", "date": "2026-11-20"}
MARGIN_ACCOUNT, OPTION = "margin-account", "option"
STAND_IN, VARIANT, MEMBERSHIP, PACKAGE = "stand-in", "variant", "membership", "package"
CHANGE, CHANGE_ITEM, REPLAYED = "a-change", "an-item", "a-replayed-change"
PUTS_TOGETHER = (Right.EDIT, Right.ADMINISTER)
CUT_OFF = {"process": "P", "step": "a", "latest_end": "16:00"}
TICKET, RELATION, RELEASE = "ticket", "relation", "a-release"
LINK, ENTRY = "link", "an-entry"
MONITOR = "monitor"
RATE = "a-rate"
A_RATE = {"market": "SH", "security_class": "stock", "fee": "stamp", "side": "sell", "base": "amount", "per_mille": "0.4"}
A_RATE |= {"source": "notice 1", "line": "rtgs-sh", "reason": "a trial"}
RULE = "a-rule"
A_RULE = {
    "holder": "everyone",
    "covers": "all",
    "multiple": "0.1",
    "source": "decision 1",
    "line": "rtgs-sh",
    "reason": "a trial",
}
A_MINIMUM = {"market": "SH", "security_class": "bond", "business_date": "2026-03-02", "bought": "1", "trading_days": "1"}
A_TRADE = {"market": "SH", "security_class": "stock", "side": "buy", "business_date": "2026-03-02", "quantity": "1", "price": "1"}
PRODUCT, PRODUCT_RULE = "a-product", "a-product-rule"
DRAFT_RULE = {"table": "products", "code": "a-trial", "class_code": "A.B.C.D", "source": "notice 1"}
AN_ACCOUNT = {"market": "SH", "account": "B880000001", "product": "XT1"}
AN_OUTPUT = {"code": "a-trial", "files": "x*", "path": "{code}/{file}"}
PROPOSED = {"line": "rtgs-sh", "reason": "a trial", "source": "notice 1"}
TOKEN = "token"
WATCH = {"line": "rtgs-sh", "code": "another", "metric": "steps.late", "name_zh": "x", "name_en": "x"}
VERSION = ("P", "version")
DUTY, HANDOVER = "a-duty", "a-handover"
SHIFT_PLACE = ("rtgs-sh", "door-shift", "2026-11-20")
ON_SHIFT = {"line": "rtgs-sh", "shift": "door-shift"}
PLAN = {**ON_SHIFT, "business_date": "2099-01-05", "person": "the-asker", "role": "backup"}
DELIVERY, COMMENT, TICKET_KEY, VERSION_KEY = "delivery", "comment", "ticket-key", "version-key"
ATTACHMENT = "an-attachment"
OUTGOING, INCOMING, LETTER = "outgoing", "incoming", "letter"
THINGS = {
    "run": RUN, "step": STEP, "break": BREAK, "approval": APPROVAL, "change": CHANGE,
    "ticket": TICKET_KEY, "version": VERSION_KEY, "alert": MONITOR, "entry": ENTRY,
}  # fmt: skip
"""What is commented on, by its kind; the kinds are named `about-<kind>` in addresses."""
TALKED_ABOUT = [(f"about-{kind}", key) for kind, key in THINGS.items()]
