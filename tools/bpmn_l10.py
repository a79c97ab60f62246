"""L10 as a drawing: gold and precious metals at the Shanghai Gold Exchange. Its decision model is a file of its own."""

from pathlib import Path

from tools.bpmn_l10_arrows import arrows
from tools.bpmn_words import NOTE, choice, end, form, service, text, timer
from tools.draw_bpmn import Element, Model

DECISIONS = Path(__file__).resolve().parent.parent / "apps" / "lines" / "precious_metals" / "data"
TERMS = {"terms": "terms"}
AGAIN = ("重新读取文件", "Read the files again")
REASON = text("说明", "Explanation", minLength=2, maxLength=1000, **{"x-widget": "textarea"})
APPROVAL = choice("复核结论", "Decision", {"approved": ("同意", "Approve"), "returned": ("退回", "Return")})
FILES = {
    "SPOTMATCH": ("等待现货成交", "Spot trades"),
    "DEFERMATCH": ("等待延期成交", "Deferred trades"),
    "DEFERDELIVERYAPPMATCH": ("等待交割成交", "Delivery matches"),
    "CLIENTMISFEEDETAIL": ("等待手续费明细", "Fees"),
    "MEMBERSEATCAPICATL": ("等待席位资金", "Seat cash"),
    "CLIENTSTORAGE": ("等待客户库存", "Metal stock"),
    "gjscc": ("等待期初持仓", "Opening positions"),
    "gjsqc": ("等待期初资金库存", "Opening cash and metal"),
    "gjscr": ("等待出入金出入库", "Cash and metal moves"),
    "gjscj": ("等待自营成交", "Own trades"),
    "gjsjg": ("等待结算价", "Settlement prices"),
}


def gateway(id: str, zh: str, en: str, at: tuple[float, float], default: str, label: str = "above") -> Element:
    return Element(id=id, kind="exclusiveGateway", zh=zh, en=en, at=at, default=f"{id}_to_{default}", label=label)


def both(id: str, en: str, at: tuple[float, float]) -> Element:
    return Element(id=id, kind="parallelGateway", zh="", en=en, at=at)


def person(id: str, zh: str, en: str, at: tuple[float, float], role: str, deadline: str, **more: object) -> Element:
    attributes = {"clearway:role": role, "clearway:deadline": deadline}
    if "checks" in more:
        attributes["clearway:checks"] = str(more.pop("checks"))
    return Element(id=id, kind="userTask", zh=zh, en=en, at=at, attributes=attributes, **more)  # type: ignore[arg-type]


def arrival(code: str, at: tuple[float, float]) -> Element:
    attributes = {
        "clearway:message": "files.arrived",
        "clearway:correlation": f'"precious-metals/" + string(business date) + "/{code}"',
        "clearway:deadline": "SGE.FILES",
    }
    zh, en = FILES[code]
    return Element(id=f"await_{code.lower()}", kind="receiveTask", zh=zh, en=en, at=at, attributes=attributes)


def terms(at: tuple[float, float]) -> Element:
    model = (DECISIONS / "terms.dmn").read_text(encoding="utf-8").split("?>\n", 1)[1]
    carried = f'        <clearway:decision id="metal_terms" result="terms">\n{model}        </clearway:decision>\n'
    return Element(id="terms", kind="businessRuleTask", zh="合约与费率", en="Contracts and rates", at=at, decision=carried)


READING = [
    Element(id="begun", kind="startEvent", zh="开始", en="Begun", at=(0, 5)),
    timer("day_ends", "日盘结束", "Day session ends", (0.8, 5), node="SGE.DAY.CLOSE"),
    service("open_day", "确定交易日", "Open the trade date", (1.8, 5), "metals.open_day", outputs={"next_date": "next_date"}),
    both("files", "Files of the day", (2.8, 5)),
    *(arrival(code, (3.9, row)) for row, code in enumerate(FILES)),
    both("files_here", "Files of the day are here", (5, 5)),
    service("read_files", "解析文件", "Read the files", (6, 5), "metals.read_files", outputs={"rows": "rows"}),
    terms((7.1, 5)),
    service(
        "load_trades",
        "校验并装入成交",
        "Check and load trades",
        (8.2, 5),
        "metals.load_trades",
        parameters=TERMS,
        outputs={"trades": "trades", "night_trades": "night_trades"},
    ),
    service(
        "clear",
        "自行清算",
        "Clear ourselves",
        (9.3, 5),
        "metals.clear",
        parameters=TERMS,
        outputs={"variation": "variation", "margin": "margin", "balance": "balance"},
    ),
]
COMPARING = [
    service(
        "compare_trades",
        "核对成交与手续费",
        "Compare trades and fees",
        (9.3, 6.5),
        "metals.compare_trades",
        parameters=TERMS,
        outputs={"trade_breaks": "breaks"},
    ),
    service(
        "compare_balances",
        "核对资金与库存",
        "Compare cash and metal",
        (9.3, 8),
        "metals.compare_balances",
        parameters={**TERMS, "trade_breaks": "trade_breaks"},
        outputs={"breaks": "breaks"},
    ),
    gateway("any_break", "有差异？", "Any break?", (8.2, 8), "confirm", "below"),
    person(
        "deal_with_breaks",
        "处理差异",
        "Deal with breaks",
        (8.2, 6.7),
        "operator",
        "SGE.CONFIRM",
        form=form(
            ["decision", "reason"],
            decision=choice("处理方式", "What to do", {"accept": ("按自行清算继续", "Go on with our figures"), "again": AGAIN}),
            reason=REASON,
        ),
        outputs={"break_decision": "decision", "break_reason": "reason"},
    ),
    gateway("break_decided", "重新读取？", "Again?", (7.1, 6.7), "confirm", "above"),
    person(
        "confirm",
        "确认清算结果（经办）",
        "Confirm the result (maker)",
        (7.1, 8),
        "maker",
        "SGE.CONFIRM",
        form=form(
            ["decision"],
            decision=choice("结论", "Decision", {"confirm": ("确认清算结果", "Confirm the clearing result"), "again": AGAIN}),
            note=NOTE,
        ),
        outputs={"confirm_decision": "decision"},
    ),
    gateway("is_confirmed", "确认？", "Confirmed?", (6, 8), "approve", "below-right"),
    person(
        "approve",
        "复核清算结果",
        "Approve the result (checker)",
        (6, 9.5),
        "checker",
        "SGE.CHECK",
        checks="confirm",
        form=form(["decision"], decision=APPROVAL, note=NOTE),
        outputs={"approval": "decision"},
    ),
    gateway("agreed", "同意？", "Agreed?", (7.1, 9.5), "confirm", "below"),
    service("keep_confirmation", "登记确认", "Keep the confirmation", (8.2, 9.5), "metals.confirm"),
]
BOOKING = [
    both("after_confirmation", "Confirmed", (9.3, 9.5)),
    service(
        "compute_need",
        "计算保证金需求",
        "Compute the margin need",
        (10.3, 9.5),
        "metals.compute_need",
        parameters=TERMS,
        outputs={"need": "need"},
    ),
    service(
        "send_topup",
        "发送保证金补足",
        "Send the top-up",
        (11.4, 9.5),
        "metals.send_topup",
        kind="sendTask",
        attributes={"clearway:deadline": "SGE.TOPUP"},
        outputs={"topped_up": "topped_up"},
    ),
    service(
        "send_feed",
        "发送总账与估值",
        "Send ledger and valuation",
        (10.85, 11),
        "metals.send_feed",
        kind="sendTask",
        attributes={"clearway:deadline": "COUNTER.CLEAR.CLOSE"},
        parameters=TERMS,
        outputs={"ledger_file": "file", "valuation_file": "valuation_file"},
    ),
    both("all_sent", "All is sent", (12.4, 9.5)),
    service("report", "日终报告", "Report", (13.4, 9.5), "metals.report"),
    end("ended", "完成", "Done", (14.3, 9.5)),
]
L10 = Model(
    key="L10",
    zh="贵金属/黄金自营",
    en="Gold and precious metals",
    elements=[*READING, *COMPARING, *BOOKING],
    arrows=arrows(f"await_{code.lower()}" for code in FILES),
)
