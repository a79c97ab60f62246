"""L09 as a drawing: fund distribution T+0. Its decision model is a file of its own, so that it can be checked by itself."""

from pathlib import Path

from tools.bpmn_l09_arrows import arrows
from tools.bpmn_words import NOTE, choice, end, form, service, text, timer
from tools.draw_bpmn import Element, Model

DECISIONS = Path(__file__).resolve().parent.parent / "apps" / "lines" / "fund_distribution" / "data"
AREA = {"x-widget": "textarea"}
TERMS = {"terms": "terms"}
APPROVAL = choice("复核结论", "Decision", {"approved": ("同意", "Approve"), "returned": ("退回", "Return")})
REASON = text("说明", "Explanation", minLength=2, maxLength=1000, **AREA)
AGAIN = ("重新读取", "Read again")


def gateway(id: str, zh: str, en: str, at: tuple[float, float], default: str, label: str = "above") -> Element:
    return Element(id=id, kind="exclusiveGateway", zh=zh, en=en, at=at, default=f"{id}_to_{default}", label=label)


def both(id: str, en: str, at: tuple[float, float]) -> Element:
    return Element(id=id, kind="parallelGateway", zh="", en=en, at=at)


def rule(id: str, zh: str, en: str, at: tuple[float, float], file: str, decision: str, result: str, **more: object) -> Element:
    model = (DECISIONS / f"{file}.dmn").read_text(encoding="utf-8").split("?>\n", 1)[1]
    carried = f'        <clearway:decision id="{decision}" result="{result}">\n{model}        </clearway:decision>\n'
    return Element(id=id, kind="businessRuleTask", zh=zh, en=en, at=at, decision=carried, **more)  # type: ignore[arg-type]


def person(id: str, zh: str, en: str, at: tuple[float, float], role: str, deadline: str, **more: object) -> Element:
    attributes = {"clearway:role": role, "clearway:deadline": deadline}
    if "checks" in more:
        attributes["clearway:checks"] = str(more.pop("checks"))
    return Element(id=id, kind="userTask", zh=zh, en=en, at=at, attributes=attributes, **more)  # type: ignore[arg-type]


def arrival(id: str, zh: str, en: str, at: tuple[float, float], code: str, day: str, deadline: str) -> Element:
    attributes = {
        "clearway:message": "files.arrived",
        "clearway:correlation": f'"fund-distribution/" + {day} + "/{code}"',
        "clearway:deadline": deadline,
    }
    return Element(id=id, kind="receiveTask", zh=zh, en=en, at=at, attributes=attributes)


TODAY, ANSWER = "string(business date)", "answer_date"
COUNTER = {
    "await_agreements": ("等待快速赎回协议", "Agreements", "jjt0xy", 0),
    "await_lines": ("等待垫支额度", "Advance lines", "jjt0yh", 1),
    "await_used": ("等待已用额度", "Quota used before", "jjt0yy", 2),
    "await_requests": ("等待赎回申请", "Requests", "jjt0sq", 3),
}
MONEY = {
    "await_cash": ("等待资金明细", "Cash of the TA", "kffzmxb", 9),
    "await_statement": ("等待银行流水", "Bank statement", "jjt0ls", 10),
}

LIMITS = [
    Element(id="begun", kind="startEvent", zh="开始", en="Begun", at=(0, 1.5)),
    timer("day_opens", "日间开始", "Day opens", (0.8, 1.5), node="BATCH.START"),
    service(
        "open_day",
        "确定确认日",
        "Find the answer day",
        (1.8, 1.5),
        "funds.open_day",
        outputs={
            "answer_date": "answer_date",
            "on_excess": "on_excess",
            "raises": '""',
            "asked_raises": '""',
            "line_short": "0",
            "accepted_short": "0",
        },
    ),
    both("morning", "Files of the counter", (2.8, 1.5)),
    *(arrival(id, zh, en, (3.8, row), code, TODAY, "EX.OPEN") for id, (zh, en, code, row) in COUNTER.items()),
    both("morning_here", "Files of the counter are here", (4.8, 1.5)),
    rule(
        "terms",
        "额度与约定",
        "Limits and terms",
        (5.8, 1.5),
        "terms",
        "advance_terms",
        "terms",
        inputs={"on excess": "on_excess"},
    ),
    service(
        "check_limits",
        "检查额度与余额",
        "Check limits and lines",
        (6.9, 1.5),
        "funds.check_limits",
        attributes={"clearway:deadline": "EX.OPEN"},
        parameters={**TERMS, "raises": "raises"},
        outputs={"findings": "findings", "limit_findings": "told"},
    ),
    gateway("any_finding", "有不符？", "Any finding?", (7.9, 1.5), "compute_quota"),
    person(
        "decide_limits",
        "处理额度（经办）",
        "Deal with limits (maker)",
        (7.9, 2.9),
        "maker",
        "EX.CLOSE",
        form=form(
            ["decision", "reason"],
            decision=choice(
                "处理方式",
                "What to do",
                {
                    "accept": ("按规则继续", "Go on by the rules"),
                    "raise": ("提高垫支额度", "Raise advance lines"),
                    "again": AGAIN,
                },
            ),
            lines=text(
                "垫支额度",
                "Advance lines",
                maxLength=2000,
                description="每行一家：银行 新额度（元）。",
                **AREA,
                **{"x-description-en": "One bank a line: bank, new line in CNY."},
            ),
            reason=REASON,
        ),
        outputs={
            "limits_decision": "decision",
            "asked_raises": 'if lines = null then "" else lines',
            "accepted_short": "line_short",
        },
    ),
    gateway("limits_decided", "如何处理？", "What to do?", (8.9, 2.9), "compute_quota", "below-right"),
    person(
        "approve_lines",
        "额度复核",
        "Approve lines (checker)",
        (9.9, 2.9),
        "checker",
        "EX.CLOSE",
        checks="decide_limits",
        form=form(["decision"], decision=APPROVAL, note=NOTE),
        outputs={
            "lines_approval": "decision",
            "raises": 'if decision = "approved" then raises + "\\n" + asked_raises else raises',
        },
    ),
    gateway("lines_agreed", "同意？", "Agreed?", (9.9, 4.1), "decide_limits", "below-right"),
    service(
        "compute_quota",
        "逐笔计算额度",
        "Quota per request",
        (8.9, 1.5),
        "funds.compute_quota",
        parameters=TERMS,
        outputs={"requests": "requests", "rejected": "rejected", "cut": "cut", "line_short": "line_short"},
    ),
    gateway("any_short", "额度不足？", "Line too small?", (9.9, 1.5), "send_advances"),
]
ADVANCES = [
    service(
        "send_advances",
        "发送垫支付款",
        "Send advance payments",
        (10.9, 1.5),
        "funds.send_advances",
        kind="sendTask",
        attributes={"clearway:deadline": "EX.CLOSE"},
        outputs={"payments": "payments", "payment_file": "file"},
    ),
    gateway("any_payment", "有付款？", "Any payment?", (10.9, 2.7), "await_receipts", "below-right"),
    arrival("await_receipts", "等待银行回单", "Receipts of the bank", (10.9, 4.1), "jjt0hd", TODAY, "EX.CLOSE"),
    service(
        "read_receipts",
        "读取回单",
        "Read receipts",
        (10.9, 5.3),
        "funds.read_receipts",
        outputs={"unpaid": "failed + stuck + strange"},
    ),
    gateway("any_unpaid", "有失败？", "Any failed?", (9.8, 5.3), "outstanding"),
    person(
        "failed_payments",
        "处理失败付款",
        "Deal with failed payments",
        (9.8, 6.5),
        "operator",
        "EX.CLOSE",
        form=form(
            ["decision", "reason"],
            decision=choice(
                "处理方式",
                "What to do",
                {
                    "reverse": ("冲正失败与无回单付款", "Reverse what failed and what has no receipt"),
                    "paid": ("冲正失败付款，无回单视为已付", "Reverse what failed, count as paid what has no receipt"),
                    "again": AGAIN,
                },
            ),
            reason=REASON,
        ),
        outputs={"payment_decision": "decision", "payment_reason": "reason"},
    ),
    gateway("payments_decided", "重新读取？", "Again?", (8.7, 6.5), "settle_payments", "below"),
    service(
        "settle_payments",
        "冲正失败付款",
        "Reverse failed payments",
        (7.6, 6.5),
        "funds.settle_payments",
        parameters={"decision": "payment_decision", "reason": "payment_reason"},
        outputs={"reversed": "reversed", "unpaid": "unsettled"},
    ),
    service(
        "outstanding",
        "计算垫支余额",
        "Compute outstanding",
        (7.6, 5.3),
        "funds.compute_outstanding",
        parameters=TERMS,
        outputs={"advances": "advances", "outstanding": "outstanding", "warned_lines": "told"},
    ),
    gateway("any_advance", "有垫支？", "Any advance?", (6.5, 5.3), "send_orders"),
    service(
        "send_orders",
        "发送赎回申请文件",
        "Send OFD_03 to the TA",
        (5.4, 5.3),
        "funds.send_orders",
        kind="sendTask",
        attributes={"clearway:deadline": "EX.CLOSE"},
        outputs={"order_file": "file"},
    ),
]
ANSWERS = [
    arrival("await_confirmations", "等待确认文件", "OFD_04 of the TA", (4.3, 5.3), "ofd04", ANSWER, "FUND.CONFIRM"),
    service(
        "read_confirmations",
        "解析确认文件",
        "Read confirmations",
        (3.2, 5.3),
        "funds.read_confirmations",
        outputs={"confirmed": "confirmed", "ta_rejected": "rejected", "unanswered": "unanswered"},
    ),
    service(
        "compare_confirmations",
        "核对垫支与确认",
        "Compare with the TA",
        (2.1, 5.3),
        "funds.compare_confirmations",
        outputs={"confirm_breaks": "breaks", "losses": "losses", "loss": "loss"},
    ),
    gateway("any_loss", "有差异？", "Any loss?", (1, 5.3), "any_confirmed"),
    person(
        "deal_with_losses",
        "处理垫支损失",
        "Deal with loss cases",
        (1, 6.6),
        "operator",
        "FUND.MONEY",
        form=form(
            ["decision", "reason"],
            decision=choice(
                "处理方式",
                "What to do",
                {
                    "reverse": ("冲正并向客户追索", "Reverse and claim from the client"),
                    "carry": ("挂账保留", "Carry it"),
                    "again": AGAIN,
                },
            ),
            reason=REASON,
        ),
        outputs={"loss_decision": "decision", "loss_reason": "reason"},
    ),
    gateway("losses_decided", "重新读取？", "Again?", (2.1, 6.6), "settle_losses", "above"),
    service(
        "settle_losses",
        "登记损失",
        "Settle loss cases",
        (2.1, 7.8),
        "funds.settle_losses",
        parameters={"decision": "loss_decision", "reason": "loss_reason"},
    ),
    gateway("any_confirmed", "有确认？", "Any confirmed?", (0, 7.8), "money", "above-left"),
    both("money", "Money of the TA", (1, 9.5)),
    *(arrival(id, zh, en, (2.1, row), code, ANSWER, "FUND.MONEY") for id, (zh, en, code, row) in MONEY.items()),
    both("money_here", "Money of the TA is told", (3.2, 9.5)),
]
REPAYMENT = [
    service(
        "compare_money",
        "核对到账与余额",
        "Compare the money",
        (4.3, 9.5),
        "funds.compare_money",
        parameters=TERMS,
        outputs={"money_breaks": "breaks", "short_redemptions": "short", "to_repay": "to_repay"},
    ),
    gateway("any_break", "有差异？", "Any break?", (5.4, 9.5), "prepare", "below"),
    person(
        "money_trouble",
        "处理资金差异",
        "Deal with money",
        (5.4, 8.3),
        "operator",
        "FUND.REPAY",
        form=form(
            ["decision", "reason"],
            decision=choice("处理方式", "What to do", {"accept": ("按到账归还", "Repay what reached us"), "again": AGAIN}),
            reason=REASON,
        ),
        outputs={"money_decision": "decision", "money_reason": "reason"},
    ),
    gateway("money_again", "重新核对？", "Again?", (6.5, 8.3), "prepare", "below-right"),
    person(
        "prepare",
        "归还垫支（经办）",
        "Prepare the repayment",
        (6.5, 9.5),
        "maker",
        "FUND.REPAY",
        form=form([], note=NOTE),
    ),
    person(
        "approve_repayment",
        "归还复核",
        "Approve the repayment",
        (7.6, 9.5),
        "checker",
        "FUND.REPAY",
        checks="prepare",
        form=form(["decision"], decision=APPROVAL, note=NOTE),
        outputs={"repayment_approval": "decision"},
    ),
    gateway("repayment_agreed", "同意？", "Agreed?", (8.7, 9.5), "prepare"),
    service(
        "send_repayment",
        "归还并入账",
        "Repay and post",
        (9.8, 9.5),
        "funds.send_repayment",
        kind="sendTask",
        attributes={"clearway:deadline": "FUND.REPAY"},
        parameters=TERMS,
        outputs={"repayment_file": "file", "counter_file": "counter_file"},
    ),
    service("report", "日终报告", "Report", (10.9, 9.5), "funds.report", outputs={"still_outstanding": "outstanding"}),
    end("ended", "完成", "Done", (11.8, 9.5)),
]
L09 = Model(
    key="L09",
    zh="基金代销T+0",
    en="Fund distribution T+0",
    elements=[*LIMITS, *ADVANCES, *ANSWERS, *REPAYMENT],
    arrows=arrows(COUNTER, MONEY),
)
