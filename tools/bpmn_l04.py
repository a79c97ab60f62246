"""L04 as a drawing: RTGS settlement, Shenzhen, step by step as the table of the line in the fact book."""

from pathlib import Path

from tools.bpmn_l09 import AGAIN, APPROVAL, AREA, REASON, both, gateway, person
from tools.bpmn_words import NOTE, choice, end, form, service, text, timer
from tools.draw_bpmn import Arrow, Element, Model

TERMS_FILE = Path(__file__).resolve().parent.parent / "apps" / "lines" / "rtgs_shenzhen" / "data" / "terms.dmn"
TERMS = {"terms": "terms"}


def arrival(id: str, zh: str, en: str, at: tuple[float, float], code: str, deadline: str) -> Element:
    attributes = {
        "clearway:message": "files.arrived",
        "clearway:correlation": f'"rtgs-sz/" + string(business date) + "/{code}"',
        "clearway:deadline": deadline,
    }
    return Element(id=id, kind="receiveTask", zh=zh, en=en, at=at, attributes=attributes)


def terms(at: tuple[float, float]) -> Element:
    model = TERMS_FILE.read_text(encoding="utf-8").split("?>\n", 1)[1]
    carried = f'        <clearway:decision id="gross_terms" result="terms">\n{model}        </clearway:decision>\n'
    return Element(id="terms", kind="businessRuleTask", zh="业务类别与代码", en="Types and codes", at=at, decision=carried)


MORNING = {
    "await_instructions": ("等待RTGS指令清单", "Instructions", "szrtzl", 0),
    "await_cash": ("等待备付金余额", "Reserve accounts", "szrtzj", 1),
    "await_shares": ("等待股份对账", "Share balances", "sjsdz", 2),
    "await_own_trades": ("等待自有成交", "Own trades", "zycj", 3),
}
EVENING = {
    "await_details": ("等待清算明细", "Details (SJSMX0)", "sjsmx0", 5),
    "await_results": ("等待明细结果", "Results (SJSJG)", "sjsjg", 6),
    "await_summary": ("等待清算汇总", "Summary (SJSQS)", "sjsqs", 7),
    "await_postings": ("等待资金变动", "Postings (SJSZJ)", "sjszj", 8),
    "await_balances": ("等待资金余额", "Balances (SJSYE)", "sjsye", 9),
}

INSTRUCTIONS = [
    Element(id="begun", kind="startEvent", zh="开始", en="Begun", at=(0, 1.5)),
    timer("window_opens", "RTGS开市", "RTGS window opens", (0.8, 1.5), node="SZ.RTGS.OPEN"),
    both("morning", "Files of the morning", (1.7, 1.5)),
    *(arrival(id, zh, en, (2.7, row), code, "SZ.RTGS.FUND") for id, (zh, en, code, row) in MORNING.items()),
    both("morning_here", "Files of the morning are here", (3.7, 1.5)),
    terms((4.7, 1.5)),
    service("read", "解析指令与余额", "Read the morning", (5.8, 1.5), "rtgs_shenzhen.read_instructions"),
    service(
        "check",
        "检查指令",
        "Check instructions",
        (6.9, 1.5),
        "rtgs_shenzhen.check_instructions",
        parameters=TERMS,
        outputs={"unknown": "unknown", "told_instructions": "told", "on_unknown": '"exclude"'},
    ),
    gateway("any_unknown", "有不符？", "Any finding?", (7.9, 1.5), "need", "below"),
    person(
        "confirm_unknown",
        "处理不符指令",
        "Deal with findings",
        (7.9, 0.2),
        "operator",
        "SZ.RTGS.FUND",
        form=form(
            ["decision", "reason"],
            decision=choice(
                "处理方式",
                "What to do",
                {
                    "exclude": ("不计入所需资金", "Leave them out of the need"),
                    "include": ("视同相符", "Take them as in order"),
                    "again": AGAIN,
                },
            ),
            reason=REASON,
        ),
        outputs={"on_unknown": "decision", "unknown_reason": "reason"},
    ),
    gateway("confirmed", "重新读取？", "Again?", (9, 0.2), "need"),
]
FUNDING = [
    service(
        "need",
        "测算所需资金",
        "Need now, need at the end",
        (10, 1.5),
        "rtgs_shenzhen.compute_need",
        parameters={"unknown": "on_unknown"},
        outputs={"need_now": "need_now", "need_eod": "need_eod", "lacks": "lacks"},
    ),
    gateway("any_need", "需备款？", "Money needed?", (11, 1.5), "pause", "above"),
    person(
        "fund",
        "备款（经办）",
        "Fund the accounts (maker)",
        (12, 1.5),
        "maker",
        "SZ.RTGS.FUND",
        form=form(
            [],
            lines=text(
                "划款",
                "Transfers",
                maxLength=4000,
                description="每行一笔：备付金账户 金额（元）。留空即按各账户所需金额划款。",
                **AREA,
                **{"x-description-en": "One a line: reserve account and amount in CNY. Empty: what each account needs."},
            ),
            note=NOTE,
        ),
        outputs={"transfer_lines": 'if lines = null then "" else lines'},
    ),
    service(
        "take",
        "登记划款",
        "Take the transfers",
        (13.1, 1.5),
        "rtgs_shenzhen.take_transfers",
        parameters={"lines": "transfer_lines"},
        outputs={"refused_transfers": "refused", "told_transfers": "told", "transfer": "transfer", "transfers": "transfers"},
    ),
    gateway("taken", "有误？", "Refused?", (14.1, 1.5), "approve", "below-right"),
    person(
        "approve",
        "备款复核",
        "Approve (checker)",
        (14.1, 2.9),
        "checker",
        "SZ.RTGS.APPROVE",
        checks="fund",
        form=form(["decision"], decision=APPROVAL, note=NOTE),
        outputs={"transfer_approval": "decision"},
    ),
    gateway("agreed", "同意？", "Agreed?", (13.1, 2.9), "fund", "below"),
    service(
        "send",
        "发送划款指令",
        "Send the transfers",
        (13.1, 4.2),
        "rtgs_shenzhen.send_transfers",
        kind="sendTask",
        attributes={"clearway:deadline": "SZ.RTGS.SEND"},
        outputs={"transfer_file": "file"},
    ),
    timer("pause", "稍候", "A moment", (11, 4.2), lasts='duration("PT60S")', label="above-left"),
    service(
        "poll",
        "读取实时结果",
        "Read real-time results",
        (10, 4.2),
        "rtgs_shenzhen.read_results",
        attributes={"clearway:deadline": "SZ.RTGS.CLOSE"},
        outputs={"next": "next", "waiting": "waiting", "strange_results": "strange"},
    ),
    gateway("what_next", "下一步？", "What next?", (9, 4.2), "window_closes", "above-left"),
    timer("window_closes", "RTGS闭市", "RTGS window closes", (8, 4.2), node="SZ.RTGS.CLOSE"),
    service("leave_rest", "未交收转日终", "Leave the rest", (7, 4.2), "rtgs_shenzhen.leave_rest", outputs={"left": "left"}),
    timer("gross_run", "日终全额交收", "Gross run", (5.9, 4.2), node="SZ.GROSS.EOD"),
]
CLOSING = [
    both("evening", "Files of the evening", (0.6, 7)),
    *(arrival(id, zh, en, (1.7, row), code, "CSDC.EOD_ALL") for id, (zh, en, code, row) in EVENING.items()),
    both("evening_here", "Files of the evening are here", (2.8, 7)),
    service(
        "check_details",
        "检查日期与汇总",
        "Check dates and summary",
        (3.8, 7),
        "rtgs_shenzhen.check_details",
        outputs={"stopped": "stopped", "told_details": "told"},
    ),
    gateway("any_stop", "有误？", "Stop?", (4.9, 7), "reconcile"),
    person(
        "stopped_details",
        "停止：等待更正文件",
        "Stopped: read corrected files",
        (4.9, 8.3),
        "operator",
        "COUNTER.CLEAR.CLOSE",
        form=form(["reason"], reason=REASON),
        outputs={"stop_reason": "reason"},
    ),
    service(
        "reconcile",
        "多方核对",
        "Compare with the depository",
        (6, 7),
        "rtgs_shenzhen.reconcile",
        parameters=TERMS,
        outputs={"breaks": "breaks", "failed": "failed", "undecided": "undecided", "failures": "failures"},
    ),
    gateway("any_break", "有差异？", "Any break?", (7.1, 7), "any_failed"),
    person(
        "explain",
        "处理核对差异",
        "Deal with the breaks",
        (7.1, 8.3),
        "operator",
        "COUNTER.CLEAR.CLOSE",
        form=form(
            ["decision", "reason"],
            decision=choice("处理方式", "What to do", {"accept": ("说明后继续", "Explain and go on"), "again": AGAIN}),
            reason=REASON,
        ),
        outputs={"break_decision": "decision", "break_reason": "reason"},
    ),
    gateway("explained", "重新读取？", "Again?", (7.1, 9.4), "any_failed", "below"),
    gateway("any_failed", "有交收失败？", "Any failed?", (8.2, 7), "send_results"),
    person(
        "decide",
        "处理交收失败",
        "Decide failed trades",
        (9.3, 8.3),
        "operator",
        "COUNTER.CLEAR.CLOSE",
        form=form(
            ["others", "reason"],
            others=choice(
                "未列出的失败交易",
                "Failed trades that no line names",
                {
                    "each": ("须逐笔列出", "Each must be named"),
                    "release": ("解除冻结", "Release the freeze"),
                    "keep": ("保持冻结", "Keep the freeze"),
                },
                default="each",
            ),
            lines=text(
                "逐笔处理",
                "Decisions",
                maxLength=20000,
                description="每行一笔：成交编号 证券账户 release（解除冻结）或 keep（保持冻结）。",
                **AREA,
                **{"x-description-en": "One a line: trade number, securities account, and release or keep."},
            ),
            reason=REASON,
        ),
        outputs={"decision_lines": 'if lines = null then "" else lines', "others": "others", "decision_reason": "reason"},
    ),
    service(
        "keep_decisions",
        "登记处理意见",
        "Keep the decisions",
        (10.4, 8.3),
        "rtgs_shenzhen.decide_failed",
        parameters={"lines": "decision_lines", "others": "others", "reason": "decision_reason"},
        outputs={"refused_decisions": "refused", "told_decisions": "told"},
    ),
    gateway("decided", "已登记？", "All decided?", (11.5, 8.3), "send_results", "below-right"),
    service(
        "send_results",
        "柜台结果与可卖标志",
        "Results to the counter",
        (11.5, 7),
        "rtgs_shenzhen.send_results",
        kind="sendTask",
        attributes={"clearway:deadline": "COUNTER.CLEAR.CLOSE"},
        parameters=TERMS,
        outputs={"result_file": "file"},
    ),
    service("report", "日终报告", "Report", (12.6, 7), "rtgs_shenzhen.report", outputs={"still_open": "still_open"}),
    end("ended", "完成", "Done", (13.6, 7)),
]


def _day() -> list[Arrow]:
    return [
        Arrow(source="begun", target="window_opens"),
        Arrow(source="window_opens", target="morning"),
        *(Arrow(source="morning", target=id) for id in MORNING),
        *(Arrow(source=id, target="morning_here") for id in MORNING),
        Arrow(source="morning_here", target="terms"),
        Arrow(source="terms", target="read"),
        Arrow(source="read", target="check"),
        Arrow(source="check", target="any_unknown"),
        Arrow(source="any_unknown", target="confirm_unknown", when="unknown > 0", zh="有", en="yes", way="top bottom"),
        Arrow(source="any_unknown", target="need"),
        Arrow(source="confirm_unknown", target="confirmed"),
        Arrow(
            source="confirmed",
            target="read",
            when='on_unknown = "again"',
            zh="重读",
            en="again",
            way="top row:-0.45 top",
        ),
        Arrow(source="confirmed", target="need", zh="继续", en="go on", way="right top"),
        Arrow(source="need", target="any_need"),
        Arrow(source="any_need", target="fund", when="lacks", zh="需", en="yes"),
        Arrow(source="any_need", target="pause", zh="否", en="no", way="bottom top"),
        Arrow(source="fund", target="take"),
        Arrow(source="take", target="taken"),
        Arrow(
            source="taken",
            target="fund",
            when="refused_transfers > 0",
            zh="填写有误",
            en="refused",
            way="top row:0.7 top",
        ),
        Arrow(source="taken", target="approve", way="bottom top"),
        Arrow(source="approve", target="agreed", way="left right"),
        Arrow(source="agreed", target="send", when='transfer_approval = "approved"', zh="同意", en="agreed", way="bottom top"),
        Arrow(source="agreed", target="fund", zh="退回", en="sent back", way="left bottom"),
        Arrow(source="send", target="pause", way="left right"),
        Arrow(source="pause", target="poll", way="left right"),
        Arrow(source="poll", target="what_next", way="left right"),
        Arrow(source="what_next", target="pause", when='next = "poll"', zh="等待", en="wait on", way="bottom row:5 bottom"),
        Arrow(source="what_next", target="need", when='next = "compute"', zh="重算", en="compute again", way="top bottom"),
        Arrow(source="what_next", target="window_closes", way="left right"),
        Arrow(source="window_closes", target="leave_rest", way="left right"),
        Arrow(source="leave_rest", target="gross_run", way="left right"),
        Arrow(source="gross_run", target="evening", way="left top"),
    ]


def _evening() -> list[Arrow]:
    return [
        *(Arrow(source="evening", target=id) for id in EVENING),
        *(Arrow(source=id, target="evening_here") for id in EVENING),
        Arrow(source="evening_here", target="check_details"),
        Arrow(source="check_details", target="any_stop"),
        Arrow(source="any_stop", target="stopped_details", when="stopped > 0", zh="有", en="yes", way="bottom top"),
        Arrow(source="stopped_details", target="check_details", zh="重读", en="again", way="left bottom"),
        Arrow(source="any_stop", target="reconcile", zh="无", en="no"),
        Arrow(source="reconcile", target="any_break"),
        Arrow(source="any_break", target="explain", when="breaks > 0", zh="有", en="yes", way="bottom top"),
        Arrow(source="any_break", target="any_failed"),
        Arrow(source="explain", target="explained", way="bottom top"),
        Arrow(
            source="explained",
            target="check_details",
            when='break_decision = "again"',
            zh="重读",
            en="again",
            way="left bottom-30",
        ),
        Arrow(source="explained", target="any_failed", zh="继续", en="go on", way="right bottom"),
        Arrow(source="any_failed", target="decide", when="undecided > 0", zh="有", en="yes", way="right top"),
        Arrow(source="any_failed", target="send_results", way="top row:6.3 top"),
        Arrow(source="decide", target="keep_decisions"),
        Arrow(source="keep_decisions", target="decided"),
        Arrow(
            source="decided",
            target="decide",
            when="refused_decisions > 0",
            zh="未齐或有误",
            en="refused",
            way="bottom row:9.3 bottom",
        ),
        Arrow(source="decided", target="send_results", zh="是", en="yes", way="top bottom"),
        Arrow(source="send_results", target="report"),
        Arrow(source="report", target="ended"),
    ]


L04 = Model(
    key="L04",
    zh="RTGS结算（深圳）",
    en="RTGS settlement Shenzhen",
    elements=[*INSTRUCTIONS, *FUNDING, *CLOSING],
    arrows=[*_day(), *_evening()],
)
