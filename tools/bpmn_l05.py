"""L05 as a drawing: fund non-guaranteed settlement, Shenzhen, step by step as the table of the line in the fact book."""

from pathlib import Path

from tools.bpmn_l05_arrows import arrows
from tools.bpmn_l09 import AGAIN, APPROVAL, AREA, REASON, both, gateway, person
from tools.bpmn_words import NOTE, choice, end, form, service, text, timer
from tools.draw_bpmn import Element, Model

TERMS_FILE = Path(__file__).resolve().parent.parent / "apps" / "lines" / "fund_shenzhen" / "data" / "terms.dmn"
TERMS = {"terms": "terms"}


def arrival(id: str, zh: str, en: str, at: tuple[float, float], code: str, deadline: str) -> Element:
    attributes = {
        "clearway:message": "files.arrived",
        "clearway:correlation": f'"fund-sz/" + string(business date) + "/{code}"',
        "clearway:deadline": deadline,
    }
    return Element(id=id, kind="receiveTask", zh=zh, en=en, at=at, attributes=attributes)


def terms(at: tuple[float, float]) -> Element:
    model = TERMS_FILE.read_text(encoding="utf-8").split("?>\n", 1)[1]
    carried = f'        <clearway:decision id="fund_terms" result="terms">\n{model}        </clearway:decision>\n'
    return Element(id="terms", kind="businessRuleTask", zh="口径与参数", en="Readings and types", at=at, decision=carried)


COUNTER = {
    "await_clients": ("等待客户对应关系", "Clients", "jjszkh", 0),
    "await_funds": ("等待基金参数", "Fund parameters", "jjszcs", 1.2),
    "await_cash": ("等待备付金余额", "Reserve accounts", "szrtzj", 2.4),
}
REGISTER = {
    "await_lof": ("等待LOF结算", "LOF (LOFJS)", "lofjs", 0),
    "await_confirmations": ("等待TA确认", "TA confirmations", "ofd04", 1.2),
    "await_money": ("等待基金资金第一批", "Fund cash (kffzmxa)", "kffzmxa", 2.4),
}
EVENING = {
    "await_details": ("等待清算明细", "Details (SJSMX0)", "sjsmx0", 6),
    "await_agency": ("等待代收代付明细", "Agency (SJSMX2)", "sjsmx2", 7.1),
    "await_results": ("等待明细结果", "Results (SJSJG)", "sjsjg", 8.2),
    "await_summary": ("等待清算汇总", "Summary (SJSQS)", "sjsqs", 9.3),
    "await_postings": ("等待资金变动", "Postings (SJSZJ)", "sjszj", 10.4),
}

MORNING = [
    Element(id="begun", kind="startEvent", zh="开始", en="Begun", at=(0, 1.2)),
    timer("day_opens", "日间开始", "Day opens", (0.8, 1.2), node="BATCH.START"),
    terms((1.8, 1.2)),
    service(
        "carry",
        "结转到期与延期",
        "Carry over",
        (2.9, 1.2),
        "fund_shenzhen.carry_over",
        parameters=TERMS,
        outputs={"carried": "carried", "register": "register", "exchange": "exchange", "on_doubt": '"leave"'},
    ),
    both("counter", "Files of the counter", (3.9, 1.2)),
    *(arrival(id, zh, en, (4.9, row), code, "SH.KFA") for id, (zh, en, code, row) in COUNTER.items()),
    both("counter_here", "Files of the counter are here", (5.9, 1.2)),
    gateway("any_register", "登记机构口径？", "Register?", (6.7, 1.2), "any_exchange", "below"),
    both("register", "Files of the register", (7.5, 1.2)),
    *(arrival(id, zh, en, (8.5, row), code, "SH.KFA") for id, (zh, en, code, row) in REGISTER.items()),
    both("register_here", "Files of the register are here", (9.5, 1.2)),
    gateway("any_exchange", "交易所口径？", "Exchange?", (10.4, 1.2), "read", "below-right"),
    arrival("await_orders", "等待ETF委托", "Own ETF orders", (11.4, 0), "jjszsq", "SH.KFA"),
    service("read", "解析确认与委托", "Read the morning", (12.4, 1.2), "fund_shenzhen.read_morning", parameters=TERMS),
    service(
        "check",
        "检查确认与委托",
        "Check the amounts",
        (13.5, 1.2),
        "fund_shenzhen.check_morning",
        parameters=TERMS,
        outputs={"found": "found", "fatal": "fatal", "told_flaws": "told"},
    ),
    gateway("any_flaw", "有不符？", "Any finding?", (14.6, 1.2), "compute", "below-right"),
    person(
        "confirm_flaws",
        "处理不符款项",
        "Deal with findings",
        (14.6, 0),
        "operator",
        "SZ.FUND.FUND",
        form=form(
            ["decision", "reason"],
            decision=choice(
                "处理方式",
                "What to do",
                {
                    "leave": ("不支付，列入退款清单", "Leave them out and return them"),
                    "include": ("视同相符（仅限可确认者）", "Take as in order where possible"),
                    "again": AGAIN,
                },
            ),
            reason=REASON,
        ),
        outputs={"on_doubt": "decision", "doubt_reason": "reason"},
    ),
    gateway("confirmed", "重新读取？", "Again?", (15.7, 0), "compute"),
]
FUNDING = [
    service(
        "compute",
        "计算金额与到期日",
        "Amounts and due days",
        (14.6, 3.6),
        "fund_shenzhen.compute_amounts",
        parameters={"terms": "terms", "doubtful": "on_doubt"},
        outputs={"due": "due", "due_breaks": "breaks"},
    ),
    service(
        "expect",
        "预计现金差额",
        "Expected differences",
        (13.3, 3.6),
        "fund_shenzhen.expect_differences",
        outputs={"differences": "differences"},
    ),
    service(
        "need",
        "按账户按日测算",
        "Need by account and day",
        (12, 3.6),
        "fund_shenzhen.compute_need",
        parameters=TERMS,
        outputs={"need": "need", "need_later": "later", "lacks": "lacks"},
    ),
    gateway("any_need", "需备款？", "Money needed?", (10.9, 3.6), "funded", "above"),
    person(
        "fund",
        "备款（经办）",
        "Fund the accounts (maker)",
        (9.8, 3.6),
        "maker",
        "SZ.FUND.FUND",
        form=form(
            [],
            lines=text(
                "划款",
                "Transfers",
                maxLength=4000,
                description="每行一笔：备付金账户 金额（元）。留空即按各账户当日所需金额划款。",
                **AREA,
                **{"x-description-en": "One a line: reserve account and amount in CNY. Empty: what each account needs today."},
            ),
            note=NOTE,
        ),
        outputs={"transfer_lines": 'if lines = null then "" else lines'},
    ),
    service(
        "take",
        "登记划款",
        "Take the transfers",
        (8.6, 3.6),
        "fund_shenzhen.take_transfers",
        parameters={"lines": "transfer_lines"},
        outputs={"refused_transfers": "refused", "told_transfers": "told", "transfer": "transfer", "transfers": "transfers"},
    ),
    gateway("taken", "有误？", "Refused?", (7.5, 3.6), "approve", "below-right"),
    person(
        "approve",
        "备款复核",
        "Approve (checker)",
        (6.4, 3.6),
        "checker",
        "SZ.FUND.APPROVE",
        checks="fund",
        form=form(["decision"], decision=APPROVAL, note=NOTE),
        outputs={"transfer_approval": "decision"},
    ),
    gateway("agreed", "同意？", "Agreed?", (5.3, 3.6), "fund", "above-left"),
    service(
        "send",
        "发送划款指令",
        "Send the transfers",
        (4.1, 3.6),
        "fund_shenzhen.send_transfers",
        kind="sendTask",
        attributes={"clearway:deadline": "SH.AGENCY.CLOSE"},
        outputs={"transfer_file": "file"},
    ),
]
CLOSING = [
    gateway("funded", "", "Funded, or nothing to fund", (0.6, 5.4), "evening", "below"),
    both("evening", "Files of the evening", (0.6, 8.2)),
    *(arrival(id, zh, en, (1.7, row), code, "CSDC.EOD_ALL") for id, (zh, en, code, row) in EVENING.items()),
    both("evening_here", "Files of the evening are here", (2.8, 8.2)),
    service(
        "check_evening",
        "检查日期与汇总",
        "Check dates and summary",
        (3.8, 8.2),
        "fund_shenzhen.check_evening",
        parameters=TERMS,
        outputs={"stopped": "stopped", "told_evening": "told"},
    ),
    gateway("any_stop", "有误？", "Stop?", (4.9, 8.2), "reconcile"),
    person(
        "stopped_evening",
        "停止：等待更正文件",
        "Stopped: read corrected files",
        (4.9, 9.5),
        "operator",
        "COUNTER.CLEAR.CLOSE",
        form=form(["reason"], reason=REASON),
        outputs={"stop_reason": "reason"},
    ),
    service(
        "reconcile",
        "应收付与已交收核对",
        "Due against settled",
        (6, 8.2),
        "fund_shenzhen.reconcile",
        parameters={"terms": "terms", "differences": "differences"},
        outputs={"breaks": "breaks", "settled": "settled", "failed": "failed"},
    ),
    arrival("await_journal", "等待柜台资金流水", "Journal of the counter", (7.1, 8.2), "jjszrz", "COUNTER.CLEAR.CLOSE"),
    service(
        "compare_counter",
        "与柜台核对（R1、R3）",
        "Against the counter",
        (8.2, 8.2),
        "fund_shenzhen.compare_counter",
        parameters=TERMS,
        outputs={"counter_breaks": "breaks"},
    ),
    gateway("any_break", "有差异？", "Any break?", (9.3, 8.2), "list_unsettled"),
    person(
        "explain",
        "处理核对差异",
        "Deal with the breaks",
        (9.3, 9.5),
        "operator",
        "COUNTER.CLEAR.CLOSE",
        form=form(
            ["decision", "reason"],
            decision=choice("处理方式", "What to do", {"accept": ("说明后继续", "Explain and go on"), "again": AGAIN}),
            reason=REASON,
        ),
        outputs={"break_decision": "decision", "break_reason": "reason"},
    ),
    gateway("explained", "重新读取？", "Again?", (9.3, 10.7), "list_unsettled", "below"),
    service(
        "list_unsettled",
        "列出未交收款项",
        "List what did not settle",
        (10.5, 8.2),
        "fund_shenzhen.list_unsettled",
        outputs={"unsettled": "unsettled", "told_unsettled": "told"},
    ),
    gateway("any_unsettled", "有未交收？", "Any unsettled?", (11.6, 8.2), "post"),
    person(
        "decide",
        "处理失败与延期",
        "Failed and postponed",
        (11.6, 9.5),
        "operator",
        "COUNTER.CLEAR.CLOSE",
        form=form(
            ["others", "reason"],
            others=choice(
                "未列出的款项",
                "Amounts that no line names",
                {
                    "each": ("须逐笔列出", "Each must be named"),
                    "return": ("退还客户", "Return to the client"),
                    "postpone": ("延至下一交易日", "Postpone to the next trading day"),
                },
                default="each",
            ),
            lines=text(
                "逐笔处理",
                "Decisions",
                maxLength=20000,
                description="每行一笔：确认编号 return（退还），或 确认编号 postpone 日期（如20251125，延期）。",
                **AREA,
                **{"x-description-en": "One a line: number and return, or number, postpone and a day (20251125)."},
            ),
            reason=REASON,
        ),
        outputs={"decision_lines": 'if lines = null then "" else lines', "others": "others", "decision_reason": "reason"},
    ),
    service(
        "keep_decisions",
        "登记处理意见",
        "Keep the decisions",
        (12.8, 9.5),
        "fund_shenzhen.decide",
        parameters={"lines": "decision_lines", "others": "others", "reason": "decision_reason"},
        outputs={"refused_decisions": "refused", "told_decisions": "told"},
    ),
    gateway("decided", "已登记？", "All decided?", (13.9, 9.5), "post", "below-right"),
    service(
        "post",
        "柜台入账与通知",
        "Post and tell clients",
        (13.9, 8.2),
        "fund_shenzhen.post",
        kind="sendTask",
        attributes={"clearway:deadline": "COUNTER.CLEAR.CLOSE"},
        parameters=TERMS,
        outputs={"posting_file": "posting", "return_file": "returns"},
    ),
    service("report", "日终报告", "Report", (15, 8.2), "fund_shenzhen.report", outputs={"left": "left"}),
    end("ended", "完成", "Done", (16, 8.2)),
]

L05 = Model(
    key="L05",
    zh="基金非担保交收（深圳）",
    en="Fund non-guaranteed settlement Shenzhen",
    elements=[*MORNING, *FUNDING, *CLOSING],
    arrows=arrows(list(COUNTER), list(REGISTER), list(EVENING)),
)
