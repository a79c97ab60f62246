"""L03 as a drawing: pre-clearing, Shanghai. Its decision model is a file of its own, so that it can be checked by itself. Steps
follow the table of the line in the fact book; the arrows are in `tools/bpmn_l03_arrows.py`.
"""

from pathlib import Path

from tools.bpmn_l03_arrows import arrows
from tools.bpmn_l09 import AGAIN, APPROVAL, AREA, REASON, both, gateway, person
from tools.bpmn_words import NOTE, choice, end, form, service, text, timer
from tools.draw_bpmn import Element, Model

TERMS_FILE = Path(__file__).resolve().parent.parent / "apps" / "lines" / "preclearing" / "data" / "terms.dmn"
TERMS = {"terms": "terms"}
OWN = ("改用自算预测", "Go on with the own forecast")


def arrival(id: str, zh: str, en: str, at: tuple[float, float], code: str, deadline: str) -> Element:
    attributes = {
        "clearway:message": "files.arrived",
        "clearway:correlation": f'"preclearing-sh/" + string(business date) + "/{code}"',
        "clearway:deadline": deadline,
    }
    return Element(id=id, kind="receiveTask", zh=zh, en=en, at=at, attributes=attributes)


def given_up(host: str, at: tuple[float, float], node: str = "SH.PRE.GIVE_UP") -> Element:
    """The end of the wait for a file that is not waited for at any price, on the lower edge of the waiting step."""
    return Element(
        id=f"{host}_given_up",
        kind="boundaryEvent",
        zh="不再等待",
        en="Given up",
        at=at,
        attributes={"attachedToRef": host},
        inner=f'      <bpmn:timerEventDefinition clearway:timeNode="{node}"/>\n',
        label="below-right",
    )


def terms(at: tuple[float, float]) -> Element:
    model = TERMS_FILE.read_text(encoding="utf-8").split("?>\n", 1)[1]
    carried = f'        <clearway:decision id="preclearing_terms" result="terms">\n{model}        </clearway:decision>\n'
    return Element(id="terms", kind="businessRuleTask", zh="单元、类别与约定", en="Units and terms", at=at, decision=carried)


def decided(id: str, zh: str, en: str, at: tuple[float, float], deadline: str, *, accept: tuple[str, str] | None) -> Element:
    """What a person says of the first batch: read again, go on with the own forecast, or take it as it is."""
    options = ({"accept": accept} if accept else {}) | {"own": OWN, "again": AGAIN}
    return person(
        id,
        zh,
        en,
        at,
        "operator",
        deadline,
        form=form(["decision", "reason"], decision=choice("处理方式", "What to do", options), reason=REASON),
        outputs={f"{id}_decision": "decision", f"{id}_reason": "reason"},
    )


CLOSE = {
    "await_balances": ("等待上日资金余额", "Balances of the day before", "zjye", 0),
    "await_own": ("等待成交过户", "Executions of the day", "gh", 1),
    "await_pending": ("等待待付清单", "Pending payments", "yqdf", 2),
}
EVENING = {
    "await_final": ("等待结算明细", "Settlement details", "jsmx", 4),
    "await_summary": ("等待资金汇总", "Cash summary", "zjhz", 5),
    "await_quantities": ("等待其他数量", "Other quantities", "qtsl", 6),
}

FORECAST = [
    Element(id="begun", kind="startEvent", zh="开始", en="Begun", at=(0, 1)),
    timer("market_close", "收市", "Market close", (0.8, 1), node="EX.CLOSE"),
    service(
        "open_day",
        "确定业务日",
        "Open the day",
        (1.8, 1),
        "preclearing.open_day",
        outputs={"balances_day": "balances_day"},
    ),
    both("close", "Files at the close", (2.8, 1)),
    *(arrival(id, zh, en, (3.8, row), code, "SH.PRE.OWN") for id, (zh, en, code, row) in CLOSE.items()),
    arrival("await_interest", "等待应计利息", "Accrued interest", (3.8, 3), "zqjsxx", "SH.PRE.OWN"),
    given_up("await_interest", (3.8, 3.36), "SH.PRE.OWN"),
    Element(id="interest_over", kind="exclusiveGateway", zh="", en="Interest is not waited for any longer", at=(4.8, 3)),
    both("close_here", "Files at the close are here", (4.8, 1)),
    terms((5.8, 1)),
    service(
        "own",
        "自算预测",
        "Own forecast",
        (6.8, 1),
        "preclearing.own_forecast",
        parameters=TERMS,
        outputs={"own_net": "net", "own_findings": "findings", "told_own": "told"},
    ),
    arrival("await_first", "等待第一批明细", "First batch", (8, 1), "jsmx01_", "SH.PRE.FILE"),
    given_up("await_first", (8, 1.36)),
    arrival("await_first_summary", "等待第一批汇总", "Summary of the first batch", (9.2, 1), "zjhz01_", "SH.PRE.FILE"),
    given_up("await_first_summary", (9.2, 1.36)),
    service(
        "check_first",
        "检查第一批",
        "Check the first batch",
        (10.4, 1),
        "preclearing.check_first",
        parameters=TERMS,
        outputs={"first_findings": "findings", "first_breaks": "breaks", "told_first": "told"},
    ),
    gateway("usable", "可用？", "Usable?", (11.4, 1), "compare_own"),
    decided("findings", "处理第一批不符", "First batch does not fit", (11.4, 2.5), "SH.PRE.ACCEPT", accept=None),
    gateway("found", "重新读取？", "Again?", (10.4, 2.5), "use_own"),
    service(
        "compare_own",
        "核对自有成交",
        "Compare with own executions",
        (12.4, 1),
        "preclearing.compare_own",
        parameters=TERMS,
        outputs={"own_breaks": "breaks"},
    ),
    gateway("agrees", "一致？", "Agrees?", (13.4, 1), "use_first"),
    decided(
        "differs",
        "处理成交差异",
        "Executions differ",
        (13.4, 2.5),
        "SH.PRE.ACCEPT",
        accept=("采用第一批", "Take the first batch"),
    ),
    gateway("differs_decided", "采用？", "Which one?", (14.5, 2.5), "use_first", "below-right"),
    service("use_first", "采用第一批", "Take the first batch", (14.5, 1), "preclearing.use_first", outputs={"basis": "basis"}),
    service("use_own", "采用自算预测", "Own forecast counts", (9.2, 3.7), "preclearing.use_own", outputs={"basis": "basis"}),
]
FUND = [
    service(
        "compute",
        "计算净额与补足额",
        "Net, available, top-up",
        (14.5, 5),
        "preclearing.compute_top_up",
        outputs={"short_accounts": "short", "top_up": "top_up", "told_top_up": "told"},
    ),
    gateway("any_need", "需补足？", "Top-up?", (13.4, 5), "send", "above"),
    person(
        "fund",
        "接受补足额（经办）",
        "Accept the top-up (maker)",
        (13.4, 6.4),
        "maker",
        "SH.PRE.ACCEPT",
        form=form(
            ["bank"],
            bank=text("付款银行", "Source bank", minLength=1, maxLength=20),
            lines=text(
                "各账户金额",
                "Amounts",
                maxLength=2000,
                description="不填则按补足额划款。每行一户：账户 金额（元） 银行（可不填）。",
                **AREA,
                **{"x-description-en": "Blank sends what is missing. One account a line: account, amount in CNY, other bank."},
            ),
            note=NOTE,
        ),
        outputs={"bank": "bank", "lines": 'if lines = null then "" else lines'},
    ),
    service(
        "take",
        "登记补足额",
        "Take the top-up",
        (12.2, 6.4),
        "preclearing.take_top_up",
        parameters={**TERMS, "bank": "bank", "lines": "lines"},
        outputs={"refused": "refused", "told_refused": "told", "transfer": "amount"},
    ),
    gateway("taken", "有误？", "Refused?", (11.2, 6.4), "approve", "above"),
    person(
        "approve",
        "补足额复核",
        "Approve the top-up (checker)",
        (10.2, 6.4),
        "checker",
        "SH.PRE.APPROVE",
        checks="fund",
        form=form(["decision"], decision=APPROVAL, note=NOTE),
        outputs={"approval": "decision"},
    ),
    gateway("agreed", "同意？", "Agreed?", (9.2, 6.4), "fund", "below-right"),
    service(
        "send",
        "发送划款指令",
        "Send the top-up",
        (9.2, 5),
        "preclearing.send_top_up",
        kind="sendTask",
        attributes={"clearway:deadline": "HVPS.CUT"},
        outputs={"transfers": "transfers", "transfer_file": "file"},
    ),
    arrival("await_query", "等待余额查询", "Balance query", (8, 5), "yqcx", "SH.PRE.FUND_CHECK"),
    service(
        "check_funds",
        "核对备付金余额",
        "Balance against need",
        (6.8, 5),
        "preclearing.check_funds",
        attributes={"clearway:deadline": "SH.PRE.FUND_CHECK"},
        outputs={"short": "short", "told_short": "told"},
    ),
    gateway("any_short", "不足？", "Short?", (5.7, 5), "checked", "above"),
    person(
        "short_task",
        "处理资金不足",
        "Deal with a shortfall",
        (5.7, 6.4),
        "operator",
        "SH.PRE.FUND_CHECK",
        form=form(
            ["decision", "reason"],
            decision=choice(
                "处理方式",
                "What to do",
                {"accept": ("承担锁定风险继续", "Go on; bought securities may be locked"), "again": AGAIN},
            ),
            reason=REASON,
        ),
        outputs={"short_decision": "decision", "short_reason": "reason"},
    ),
    gateway("short_decided", "重新核对？", "Again?", (6.8, 6.4), "checked", "below-right"),
    Element(id="checked", kind="exclusiveGateway", zh="", en="Fund check is over", at=(5, 5)),
]
FINAL = [
    both("evening", "Files of the evening", (4.4, 5)),
    *(arrival(id, zh, en, (3.4, row), code, "CSDC.EOD_ALL") for id, (zh, en, code, row) in EVENING.items()),
    both("evening_here", "Files of the evening are here", (2.3, 5)),
    service(
        "final",
        "核对终值与预测",
        "Final against forecast",
        (2.3, 8),
        "preclearing.compare_final",
        parameters=TERMS,
        outputs={
            "outside": "outside",
            "fee_breaks": "fee_breaks",
            "summary_breaks": "breaks",
            "locked": "locked",
            "variances": "told",
        },
    ),
    gateway("any_variance", "需说明？", "To be explained?", (3.5, 8), "report", "above"),
    person(
        "variance",
        "说明差异",
        "Explain the variance",
        (3.5, 9.4),
        "operator",
        "COUNTER.CLEAR.CLOSE",
        form=form(
            ["decision", "reason"],
            decision=choice("处理方式", "What to do", {"accept": ("接受差异", "Accept the variance"), "again": AGAIN}),
            reason=REASON,
        ),
        outputs={"variance_decision": "decision", "variance_reason": "reason"},
    ),
    gateway("variance_decided", "重新核对？", "Again?", (4.6, 9.4), "keep", "below-right"),
    service(
        "keep",
        "登记说明",
        "Keep the explanation",
        (5.7, 9.4),
        "preclearing.keep_reason",
        parameters={"reason": "variance_reason"},
        outputs={"explained": "accounts"},
    ),
    service(
        "report",
        "差异报告",
        "Variance report",
        (5.7, 8),
        "preclearing.report",
        kind="sendTask",
        outputs={"report_file": "file"},
    ),
    end("ended", "完成", "Done", (6.8, 8)),
]
L03 = Model(
    key="L03",
    zh="预清算（上海）",
    en="Pre-clearing, Shanghai",
    elements=[*FORECAST, *FUND, *FINAL],
    arrows=arrows(CLOSE, EVENING),
)
