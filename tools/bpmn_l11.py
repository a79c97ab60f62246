"""L11 as a drawing: funds settlement monitoring. Its decision model is a file of its own, so that it can be checked by itself.
Steps follow the table of the line in the fact book; the screen is computed anew between them.
"""

from collections.abc import Iterable
from pathlib import Path

from tools.bpmn_l09 import AGAIN, APPROVAL, AREA, REASON, both, gateway, person
from tools.bpmn_words import NOTE, choice, end, form, service, text, timer
from tools.draw_bpmn import Arrow, Element, Model

TERMS_FILE = Path(__file__).resolve().parent.parent / "apps" / "lines" / "funds_monitoring" / "data" / "terms.dmn"
TERMS = {"terms": "terms"}
TODAY, SETTLES = "string(business date)", "settle_date"


def arrival(id: str, zh: str, en: str, at: tuple[float, float], code: str, day: str, deadline: str) -> Element:
    attributes = {
        "clearway:message": "files.arrived",
        "clearway:correlation": f'"funds-monitoring/" + {day} + "/{code}"',
        "clearway:deadline": deadline,
    }
    return Element(id=id, kind="receiveTask", zh=zh, en=en, at=at, attributes=attributes)


def terms(at: tuple[float, float]) -> Element:
    model = TERMS_FILE.read_text(encoding="utf-8").split("?>\n", 1)[1]
    carried = f'        <clearway:decision id="funds_terms" result="terms">\n{model}        </clearway:decision>\n'
    return Element(id="terms", kind="businessRuleTask", zh="账户与口径", en="Accounts and terms", at=at, decision=carried)


EVENING = {
    "await_zjye": ("等待上海资金余额", "Balances, Shanghai", "zjye", 0),
    "await_zjbd": ("等待上海资金变动", "Movements, Shanghai", "zjbd", 1),
    "await_sjsye": ("等待深圳资金余额", "Balances, Shenzhen", "sjsye", 2),
    "await_sjszj": ("等待深圳资金变动", "Movements, Shenzhen", "sjszj", 3),
    "await_zcyh": ("等待银行余额", "Balances of banks", "zcyh", 4),
    "await_zjhz": ("等待上海资金汇总", "Summary, Shanghai", "zjhz", 5),
    "await_sjsqs": ("等待深圳清算汇总", "Summary, Shenzhen", "sjsqs", 6),
}
UNLOCKS = {
    "await_sjsdpc": ("等待深圳解锁结果", "Unlock result, Shenzhen", "sjsdpc", "SZ.UNLOCK3", 6.6),
    "await_qtsl": ("等待上海锁定数量", "Locked quantities, Shanghai", "qtsl", "SZ.UNLOCK3", 7.6),
}

OPENING = [
    Element(id="begun", kind="startEvent", zh="开始", en="Begun", at=(0, 2)),
    timer("day_opens", "日间开始", "Day opens", (0.8, 2), node="BATCH.START"),
    service("open_day", "确定交收日", "Open the day", (1.8, 2), "funds_watch.open_day", outputs={"settle_date": "settle_date"}),
    both("evening", "Files of the evening", (2.8, 2)),
    *(arrival(id, zh, en, (3.8, row), code, TODAY, "FUNDS.BALANCES") for id, (zh, en, code, row) in EVENING.items()),
    both("evening_here", "Files of the evening are here", (4.8, 2)),
    terms((5.8, 2)),
    service(
        "check",
        "检查余额",
        "Check balances",
        (6.8, 2),
        "funds_watch.check_balances",
        parameters=TERMS,
        outputs={"findings": "findings", "told_balances": "told"},
    ),
    gateway("any_finding", "有不符？", "Any finding?", (7.8, 2), "compute"),
    person(
        "balances",
        "处理余额不符",
        "Deal with balances",
        (7.8, 3.4),
        "operator",
        "FUNDS.BALANCES",
        form=form(
            ["decision", "reason"],
            decision=choice("处理方式", "What to do", {"accept": ("按现有余额继续", "Go on with what there is"), "again": AGAIN}),
            reason=REASON,
        ),
        outputs={"balances_decision": "decision", "balances_reason": "reason"},
    ),
    gateway("balances_decided", "重新读取？", "Again?", (8.8, 3.4), "compute", "below-right"),
    service(
        "compute",
        "计算头寸与缺口",
        "Positions and shortfalls",
        (8.8, 2),
        "funds_watch.compute",
        parameters=TERMS,
        outputs={"short": "short", "shortfall": "shortfall", "alerts": "told"},
    ),
    service(
        "reconcile",
        "核对余额与变动",
        "Balances and movements",
        (9.8, 2),
        "funds_watch.reconcile_opening",
        parameters=TERMS,
        outputs={"opening_breaks": "breaks", "drifted": "drifted"},
    ),
    gateway("any_short", "有缺口？", "Anything short?", (10.8, 2), "topped"),
]
TOPPING = [
    person(
        "plan",
        "补款方案（经办）",
        "Top-up plan (maker)",
        (10.8, 3.4),
        "maker",
        "FINAL.TOPUP.PLAN",
        form=form(
            ["bank"],
            bank=text("付款银行", "Source bank", minLength=2, maxLength=20),
            lines=text(
                "其他金额或银行",
                "Other amounts or banks",
                maxLength=4000,
                description="每行一户：账户 金额（元） 银行（可省）。未列出的按缺口补足。",
                **AREA,
                **{
                    "x-description-en": "One account a line: account, amount in CNY and, if it differs, bank. "
                    "All others get what they are short of."
                },
            ),
            note=NOTE,
        ),
        outputs={"plan_bank": "bank", "plan_lines": 'if lines = null then "" else lines'},
    ),
    service(
        "take",
        "登记方案",
        "Take the plan",
        (11.9, 3.4),
        "funds_watch.take_plan",
        parameters={"terms": "terms", "bank": "plan_bank", "lines": "plan_lines"},
        outputs={"refused_lines": "refused", "told_plan": "told", "planned_transfers": "transfers", "planned_amount": "amount"},
    ),
    gateway("planned", "有误？", "Refused?", (12.9, 3.4), "approve", "above"),
    person(
        "approve",
        "补款复核",
        "Approve top-ups (checker)",
        (13.9, 3.4),
        "checker",
        "FINAL.TOPUP.APPROVE",
        checks="plan",
        form=form(["decision"], decision=APPROVAL, note=NOTE),
        outputs={"plan_approval": "decision"},
    ),
    gateway("agreed", "同意？", "Agreed?", (13.9, 4.8), "plan", "below-right"),
    service(
        "send",
        "发送划款指令",
        "Send transfers",
        (12.9, 4.8),
        "funds_watch.send",
        kind="sendTask",
        attributes={"clearway:deadline": "FINAL.TOPUP"},
        outputs={"transfers": "transfers", "transfer_file": "file"},
    ),
    gateway("any_sent", "有划款？", "Any transfer?", (11.9, 4.8), "await_receipts", "above"),
    arrival("await_receipts", "等待划款回单", "Receipts of the banks", (10.8, 4.8), "zchd", SETTLES, "FINAL.CASH"),
    service(
        "confirm",
        "核对到账",
        "What arrived",
        (9.7, 4.8),
        "funds_watch.confirm",
        parameters=TERMS,
        outputs={"unconfirmed": "missing + breaks + short", "told_arrivals": "told", "arrived": "came"},
    ),
    gateway("any_missing", "有未到账？", "Anything missing?", (8.7, 4.8), "topped", "above"),
    person(
        "missing",
        "处理未到账",
        "Deal with what is missing",
        (8.7, 6.2),
        "operator",
        "FINAL.CASH",
        form=form(
            ["decision", "reason"],
            decision=choice(
                "处理方式",
                "What to do",
                {"again": AGAIN, "more": ("再次补款", "Top up again"), "accept": ("保持缺口继续", "Go on as it is")},
            ),
            reason=REASON,
        ),
        outputs={"missing_decision": "decision", "missing_reason": "reason"},
    ),
    gateway("missing_decided", "如何处理？", "What to do?", (9.7, 6.2), "topped", "below-right"),
]
CLOSING = [
    Element(id="topped", kind="exclusiveGateway", zh="", en="Topped up", at=(8.2, 7.1)),
    both("last", "Files of the settlement day", (7.5, 7.1)),
    *(arrival(id, zh, en, (6.6, row), code, SETTLES, node) for id, (zh, en, code, node, row) in UNLOCKS.items()),
    both("last_here", "Files of the settlement day are here", (5.6, 7.1)),
    service(
        "unlock",
        "读取解锁结果",
        "What is unlocked",
        (4.6, 7.1),
        "funds_watch.unlock",
        parameters=TERMS,
        outputs={"locked": "locked", "told_locks": "told"},
    ),
    gateway("any_locked", "仍锁定？", "Still locked?", (3.6, 7.1), "report", "above"),
    person(
        "locks",
        "处理锁定账户",
        "Locked accounts",
        (3.6, 8.5),
        "operator",
        "FINAL.CASH",
        form=form(
            ["decision", "reason"],
            decision=choice("处理方式", "What to do", {"again": AGAIN, "accept": ("记录并继续", "Note it and go on")}),
            reason=REASON,
        ),
        outputs={"locks_decision": "decision", "locks_reason": "reason"},
    ),
    gateway("locks_decided", "重新读取？", "Again?", (2.6, 8.5), "report", "below"),
    service("report", "日终报告", "Report", (2.6, 7.1), "funds_watch.report", outputs={"accounts": "accounts"}),
    end("ended", "完成", "Done", (1.6, 7.1)),
]


def arrows(evening: Iterable[str], unlocks: Iterable[str]) -> list[Arrow]:
    """`evening` and `unlocks` are the waits that stand beside each other between two gateways."""
    first, last = list(evening), list(unlocks)
    return [
        Arrow(source="begun", target="day_opens"),
        Arrow(source="day_opens", target="open_day"),
        Arrow(source="open_day", target="evening"),
        *(Arrow(source="evening", target=id) for id in first),
        *(Arrow(source=id, target="evening_here") for id in first),
        Arrow(source="evening_here", target="terms"),
        Arrow(source="terms", target="check"),
        Arrow(source="check", target="any_finding"),
        Arrow(source="any_finding", target="balances", when="findings > 0", zh="有", en="yes", way="bottom top"),
        Arrow(source="any_finding", target="compute", zh="无", en="no"),
        Arrow(source="balances", target="balances_decided"),
        Arrow(
            source="balances_decided",
            target="check",
            when='balances_decision = "again"',
            zh="重读",
            en="again",
            way="bottom row:4.1 bottom",
        ),
        Arrow(source="balances_decided", target="compute", zh="继续", en="go on", way="top bottom"),
        Arrow(source="compute", target="reconcile"),
        Arrow(source="reconcile", target="any_short"),
        Arrow(source="any_short", target="plan", when="short > 0", zh="有", en="yes", way="bottom top"),
        Arrow(source="any_short", target="topped", zh="无", en="no", way="right col:14.9 row:7.1 right"),
        Arrow(source="plan", target="take"),
        Arrow(source="take", target="planned"),
        Arrow(
            source="planned",
            target="plan",
            when="refused_lines > 0",
            zh="填写有误",
            en="refused",
            way="bottom row:4.1 bottom",
        ),
        Arrow(source="planned", target="approve", zh="无误", en="taken"),
        Arrow(source="approve", target="agreed", way="bottom top"),
        Arrow(source="agreed", target="send", when='plan_approval = "approved"', zh="同意", en="agreed", way="left right"),
        Arrow(source="agreed", target="plan", zh="退回", en="sent back", way="right col:14.6 row:2.7 top+20"),
        Arrow(source="send", target="any_sent", way="left right"),
        Arrow(source="any_sent", target="topped", when="transfers = 0", zh="无", en="no", way="bottom row:7.1 right"),
        Arrow(source="any_sent", target="await_receipts", zh="有", en="yes", way="left right"),
        Arrow(source="await_receipts", target="confirm", way="left right"),
        Arrow(source="confirm", target="any_missing", way="left right"),
        Arrow(source="any_missing", target="missing", when="unconfirmed > 0", zh="有", en="yes", way="bottom top"),
        Arrow(source="any_missing", target="topped", zh="无", en="no", way="left col:8.2 top"),
        Arrow(source="missing", target="missing_decided"),
        Arrow(
            source="missing_decided",
            target="confirm",
            when='missing_decision = "again"',
            zh="重读",
            en="again",
            way="top bottom",
        ),
        Arrow(
            source="missing_decided",
            target="plan",
            when='missing_decision = "more"',
            zh="再补",
            en="more",
            way="right col:11.4 row:3.9 bottom+30",
        ),
        Arrow(source="missing_decided", target="topped", zh="继续", en="go on", way="bottom row:7.1 right"),
        Arrow(source="topped", target="last", way="left right"),
        *(Arrow(source="last", target=id, way="left right") for id in last),
        *(Arrow(source=id, target="last_here", way="left right") for id in last),
        Arrow(source="last_here", target="unlock", way="left right"),
        Arrow(source="unlock", target="any_locked", way="left right"),
        Arrow(source="any_locked", target="locks", when="locked > 0", zh="是", en="yes", way="bottom top"),
        Arrow(source="any_locked", target="report", zh="否", en="no", way="left right"),
        Arrow(source="locks", target="locks_decided", way="left right"),
        Arrow(
            source="locks_decided",
            target="unlock",
            when='locks_decision = "again"',
            zh="重读",
            en="again",
            way="bottom row:9.2 bottom",
        ),
        Arrow(source="locks_decided", target="report", zh="继续", en="go on", way="top bottom"),
        Arrow(source="report", target="ended", way="left right"),
    ]


L11 = Model(
    key="L11",
    zh="资金交收监控",
    en="Funds settlement monitoring",
    elements=[*OPENING, *TOPPING, *CLOSING],
    arrows=arrows(EVENING, UNLOCKS),
)
