"""L08 as drawings: redemption and put-back of preferred stock, one for each market. Their decision models are files of their own,
so that they can be checked by themselves. Steps follow the table of the line in the fact book.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.bpmn_l09 import AGAIN, APPROVAL, AREA, REASON, both, gateway, person
from tools.bpmn_words import NOTE, choice, end, form, service, text, timer
from tools.draw_bpmn import Arrow, Element, Model

DATA = Path(__file__).resolve().parent.parent / "apps" / "lines" / "preferred_stock" / "data"
TERMS = {"terms": "terms"}


def arrival(line: str, id: str, zh: str, en: str, at: tuple[float, float], code: str, deadline: str) -> Element:
    attributes = {
        "clearway:message": "files.arrived",
        "clearway:correlation": f'"{line}/" + string(business date) + "/{code}"',
        "clearway:deadline": deadline,
    }
    return Element(id=id, kind="receiveTask", zh=zh, en=en, at=at, attributes=attributes)


def terms(file: str, at: tuple[float, float]) -> Element:
    model = (DATA / file).read_text(encoding="utf-8").split("?>\n", 1)[1]
    carried = f'        <clearway:decision id="preferred_terms" result="terms">\n{model}        </clearway:decision>\n'
    return Element(id="terms", kind="businessRuleTask", zh="代码与入账", en="Codes and bookings", at=at, decision=carried)


@dataclass(frozen=True, kw_only=True)
class Market:
    """What differs between the drawings: names, the line, its terms, and the files to wait for as (words, code, row)."""

    key: str
    zh: str
    en: str
    line: str
    terms: str
    morning: dict[str, tuple[str, str, str, float]]
    evening: dict[str, tuple[str, str, str, float]]


SHANGHAI = Market(
    key="L08",
    zh="上海",
    en="Shanghai",
    line="preferred-sh",
    terms="terms.dmn",
    morning={
        "await_notices": ("等待通知信息", "Notices", "tzxx", 0),
        "await_balances": ("等待证券余额", "Securities balances", "zqye", 1),
        "await_choices": ("等待客户申报", "Choices of clients", "yghs", 2),
    },
    evening={
        "await_results": ("等待业务回报", "Results", "ywhb", 5),
        "await_movements": ("等待证券变动", "Securities movements", "zqbd", 6),
        "await_details": ("等待结算明细", "Settlement details", "jsmx", 7),
    },
)


def results_market(key: str, zh: str, en: str, line: str, terms: str, prefix: str) -> Market:
    """A market whose detail results tell answers, securities and cash in one file."""
    return Market(
        key=key,
        zh=zh,
        en=en,
        line=line,
        terms=terms,
        morning={
            "await_notices": ("等待信息公告", "Notices", f"{prefix}gb", 0),
            "await_balances": ("等待股份对账", "Share balances", f"{prefix}dz", 1),
            "await_choices": ("等待客户申报", "Choices of clients", "yghs", 2),
        },
        evening={"await_results": ("等待明细结果", "Detail results", f"{prefix}jg", 6)},
    )


SHENZHEN = results_market("L08SZ", "深圳", "Shenzhen", "preferred-sz", "terms_sz.dmn", "sjs")
BEIJING = results_market("L08BJ", "北京", "Beijing", "preferred-bj", "terms_bj.dmn", "bjs")

START = [
    Element(id="begun", kind="startEvent", zh="开始", en="Begun", at=(0, 1)),
    timer("day_opens", "日间开始", "Day opens", (0.8, 1), node="BATCH.START"),
    service("open_day", "确定业务日", "Open the day", (1.8, 1), "preferred.open_day", outputs={"balances_day": "balances_day"}),
    both("morning", "Files of the morning", (2.8, 1)),
    both("morning_here", "Files of the morning are here", (4.8, 1)),
]
BEGIN = [
    service(
        "notices",
        "读取公告",
        "Read notices",
        (6.8, 1),
        "preferred.read_notices",
        parameters=TERMS,
        outputs={"waiting": "waiting", "told_notices": "told"},
    ),
    gateway("any_waiting", "需填参数？", "Parameters?", (7.8, 1), "entitle"),
    person(
        "set_up",
        "填写参数（经办）",
        "Parameters of events (maker)",
        (7.8, 2.4),
        "maker",
        "EX.OPEN",
        form=form(
            ["lines"],
            lines=text(
                "业务参数",
                "Parameters",
                maxLength=4000,
                description="每行一项：编号 价格 应计股息 税率 比例 登记日 申报首日 申报末日 支付日；"
                "赎回的申报日写 -。未列出的留待次日。",
                **AREA,
                **{
                    "x-description-en": "One event a line: number, price, accrued dividend, tax rate, ratio, record date, first "
                    "and last day of declaration, payment date. A redemption has - for the window. Others wait."
                },
            ),
            note=NOTE,
        ),
        outputs={"parameter_lines": "lines"},
    ),
    service(
        "take",
        "登记参数",
        "Take the parameters",
        (8.8, 2.4),
        "preferred.take_parameters",
        parameters={"lines": "parameter_lines"},
        outputs={"refused_parameters": "refused", "taken_parameters": "taken", "told_parameters": "told"},
    ),
    gateway("taken", "有误？", "Refused?", (9.8, 2.4), "approve", "above-left"),
    person(
        "approve",
        "参数复核",
        "Approve parameters (checker)",
        (10.8, 2.4),
        "checker",
        "EX.OPEN",
        checks="set_up",
        form=form(["decision"], decision=APPROVAL, note=NOTE),
        outputs={"parameter_approval": "decision"},
    ),
    gateway("agreed", "同意？", "Agreed?", (11.8, 2.4), "set_up", "below-right"),
    service("agree", "参数生效", "Parameters in force", (11.8, 1), "preferred.agree", outputs={"agreed_events": "agreed"}),
]
DECLARE = [
    service(
        "entitle",
        "登记日持有人",
        "Holders at the record date",
        (12.8, 1),
        "preferred.entitle",
        outputs={"missed": "missed", "told_missed": "told", "holding_breaks": "breaks"},
    ),
    service("tell", "通知客户", "Tell the holders", (12.8, 2.4), "preferred.tell_holders", kind="sendTask"),
    service(
        "declare",
        "申报回售与撤回",
        "Declare put-backs",
        (12.8, 3.8),
        "preferred.declare",
        kind="sendTask",
        attributes={"clearway:deadline": "EX.CLOSE"},
        parameters=TERMS,
        outputs={"refused_choices": "refused", "told_choices": "told", "declaration_file": "file"},
    ),
]
EVENING = [both("evening", "Files of the evening", (12.8, 6)), both("evening_here", "Files of the evening are here", (10.5, 6))]
SETTLE = [
    service(
        "results",
        "核对回报",
        "Check results",
        (9.4, 6),
        "preferred.take_results",
        parameters=TERMS,
        outputs={"stopped": "stopped", "told_results": "told", "rejected": "rejected"},
    ),
    gateway("any_stopped", "有不符？", "Any finding?", (8.4, 6), "compute", "above"),
    person(
        "findings",
        "处理不符回报",
        "Deal with findings",
        (8.4, 7.4),
        "operator",
        "COUNTER.CLEAR.CLOSE",
        form=form(
            ["decision", "reason"],
            decision=choice("处理方式", "What to do", {"accept": ("按规则继续", "Go on by the rules"), "again": AGAIN}),
            reason=REASON,
        ),
        outputs={"findings_decision": "decision", "findings_reason": "reason"},
    ),
    gateway("found", "重新读取？", "Again?", (7.4, 7.4), "compute", "below"),
    service(
        "compute",
        "计算资金与税",
        "Pay and tax",
        (7.4, 6),
        "preferred.compute_pay",
        outputs={"pay": "pay", "tax": "tax"},
    ),
    service(
        "reconcile",
        "核对证券与资金",
        "Securities and cash",
        (6.4, 6),
        "preferred.reconcile",
        parameters=TERMS,
        outputs={"breaks": "breaks", "open": "open", "old": "old", "open_legs": "open_legs"},
    ),
    gateway("any_open", "需人工？", "Old leg or break?", (5.2, 6), "post", "above"),
    person(
        "legs",
        "处理未结腿",
        "Open legs",
        (5.2, 7.4),
        "operator",
        "COUNTER.CLEAR.CLOSE",
        form=form(
            ["decision", "reason"],
            decision=choice(
                "处理方式",
                "What to do",
                {"settle": ("其余留待次日", "The lines below; others wait"), "again": AGAIN},
            ),
            lines=text(
                "人工结清",
                "Closed by hand",
                maxLength=4000,
                description="每行一腿：编号 账户 securities（证券）或 cash（资金）。未列出的留待次日。",
                **AREA,
                **{"x-description-en": "One leg a line: event, account, and securities or cash. All others stay open."},
            ),
            reason=REASON,
        ),
        outputs={"legs_decision": "decision", "leg_lines": 'if lines = null then "" else lines', "legs_reason": "reason"},
    ),
    gateway("legs_decided", "重新读取？", "Again?", (6.4, 7.4), "take_legs", "below-right"),
    service(
        "take_legs",
        "登记人工结清",
        "Check the legs",
        (6.4, 8.7),
        "preferred.take_legs",
        parameters={"lines": "leg_lines"},
        outputs={"refused_legs": "refused", "told_legs": "told", "closing": "closing", "to_close": "to_close"},
    ),
    gateway("taken_legs", "已登记？", "Taken?", (5.2, 8.7), "post", "below"),
    person(
        "approve_legs",
        "人工结清复核",
        "Approve the legs (checker)",
        (5.2, 10),
        "checker",
        "COUNTER.CLEAR.CLOSE",
        checks="legs",
        form=form(["decision"], decision=APPROVAL, note=NOTE),
        outputs={"legs_approval": "decision"},
    ),
    gateway("agreed_legs", "同意？", "Agreed?", (4, 10), "legs", "below"),
    service(
        "settle",
        "人工结清",
        "Close legs by hand",
        (4, 8.7),
        "preferred.settle_legs",
        parameters={"terms": "terms", "lines": "leg_lines", "reason": "legs_reason"},
        outputs={"refused_legs": "refused", "told_legs": "told", "open_legs": "open_legs", "open": "open"},
    ),
    gateway("settled", "已结清？", "Settled?", (4, 7.4), "post", "above-left"),
    service(
        "post",
        "柜台入账文件",
        "Postings to the counter",
        (4, 6),
        "preferred.post",
        kind="sendTask",
        attributes={"clearway:deadline": "COUNTER.CLEAR.CLOSE"},
        parameters=TERMS,
        outputs={"posting_file": "file"},
    ),
    service("report", "日终报告", "Report", (2.8, 6), "preferred.report", outputs={"posted": "posted"}),
    end("ended", "完成", "Done", (1.8, 6)),
]


def arrows(morning: Iterable[str], evening: Iterable[str]) -> list[Arrow]:
    """`morning` and `evening` are the waits that stand beside each other between two gateways."""
    first, last = list(morning), list(evening)
    wrong = "stopped + refused_choices + missed > 0"
    return [
        Arrow(source="begun", target="day_opens"),
        Arrow(source="day_opens", target="open_day"),
        Arrow(source="open_day", target="morning"),
        *(Arrow(source="morning", target=id) for id in first),
        *(Arrow(source=id, target="morning_here") for id in first),
        Arrow(source="morning_here", target="terms"),
        Arrow(source="terms", target="notices"),
        Arrow(source="notices", target="any_waiting"),
        Arrow(source="any_waiting", target="set_up", when="waiting > 0", zh="需", en="yes", way="bottom top"),
        Arrow(source="any_waiting", target="entitle", zh="否", en="no", way="top row:0 top"),
        Arrow(source="set_up", target="take"),
        Arrow(source="take", target="taken"),
        Arrow(
            source="taken",
            target="set_up",
            when="refused_parameters > 0",
            zh="填写有误",
            en="refused",
            way="bottom row:3.5 bottom",
        ),
        Arrow(source="taken", target="approve", zh="无误", en="taken"),
        Arrow(source="approve", target="agreed"),
        Arrow(source="agreed", target="agree", when='parameter_approval = "approved"', zh="同意", en="agreed", way="top bottom"),
        Arrow(source="agreed", target="set_up", zh="退回", en="sent back", way="bottom row:3.8 bottom-20"),
        Arrow(source="agree", target="entitle"),
        Arrow(source="entitle", target="tell", way="bottom top"),
        Arrow(source="tell", target="declare", way="bottom top"),
        *to_results(last),
        Arrow(source="results", target="any_stopped", way="left right"),
        Arrow(source="any_stopped", target="findings", when=wrong, zh="有", en="yes", way="bottom top"),
        Arrow(source="any_stopped", target="compute", zh="无", en="no", way="left right"),
        Arrow(source="findings", target="found", way="left right"),
        Arrow(
            source="found",
            target="results",
            when='findings_decision = "again"',
            zh="重读",
            en="again",
            way="bottom row:8.4 bottom",
        ),
        Arrow(source="found", target="compute", zh="继续", en="go on", way="top bottom"),
        Arrow(source="compute", target="reconcile", way="left right"),
        Arrow(source="reconcile", target="any_open", way="left right"),
        Arrow(source="any_open", target="legs", when="old + breaks > 0", zh="有", en="yes", way="bottom top"),
        Arrow(source="any_open", target="post", zh="无", en="no", way="left right"),
        Arrow(source="legs", target="legs_decided"),
        Arrow(
            source="legs_decided",
            target="reconcile",
            when='legs_decision = "again"',
            zh="重读",
            en="again",
            way="top bottom",
        ),
        Arrow(source="legs_decided", target="take_legs", way="bottom top"),
        Arrow(source="take_legs", target="taken_legs", way="left right"),
        Arrow(source="taken_legs", target="legs", when="refused_legs > 0", zh="填写有误", en="refused", way="top bottom"),
        Arrow(source="taken_legs", target="approve_legs", when="closing > 0", zh="需复核", en="to approve", way="bottom top"),
        Arrow(source="taken_legs", target="post", zh="无", en="none", way="left col:4.6 row:6.7 bottom+30"),
        Arrow(source="approve_legs", target="agreed_legs", way="left right"),
        Arrow(source="agreed_legs", target="settle", when='legs_approval = "approved"', zh="同意", en="agreed", way="top bottom"),
        Arrow(source="agreed_legs", target="legs", zh="退回", en="sent back", way="bottom row:10.7 col:7 row:8.05 bottom+40"),
        Arrow(source="settle", target="settled", way="top bottom"),
        Arrow(source="settled", target="legs", when="refused_legs > 0", zh="有误", en="refused", way="right left"),
        Arrow(source="settled", target="post", zh="是", en="yes", way="top bottom"),
        Arrow(source="post", target="report", way="left right"),
        Arrow(source="report", target="ended", way="left right"),
    ]


def to_results(waits: list[str]) -> list[Arrow]:
    """From the declaration past the files of the evening; one file needs no gateways around it."""
    if len(waits) == 1:
        there = Arrow(source="declare", target=waits[0], way="bottom top")
        return [there, Arrow(source=waits[0], target="results", way="left right")]
    return [
        Arrow(source="declare", target="evening", way="bottom top"),
        *(Arrow(source="evening", target=id, way="left right") for id in waits),
        *(Arrow(source=id, target="evening_here", way="left right") for id in waits),
        Arrow(source="evening_here", target="results", way="left right"),
    ]


def model_of(market: Market) -> Model:
    """The drawing of one market."""
    one_file = len(market.evening) == 1
    waits = [
        *(arrival(market.line, id, zh, en, (3.8, row), code, "EX.OPEN") for id, (zh, en, code, row) in market.morning.items()),
        *(
            arrival(market.line, id, zh, en, (12.8 if one_file else 11.6, row), code, "CSDC.EOD_ALL")
            for id, (zh, en, code, row) in market.evening.items()
        ),
    ]
    return Model(
        key=market.key,
        zh=f"优先股赎回与回售（{market.zh}）",
        en=f"Preferred stock redemption and put-back, {market.en}",
        elements=[*START, *waits, terms(market.terms, (5.8, 1)), *BEGIN, *DECLARE, *([] if one_file else EVENING), *SETTLE],
        arrows=arrows(market.morning, market.evening),
    )


L08, L08SZ, L08BJ = model_of(SHANGHAI), model_of(SHENZHEN), model_of(BEIJING)
