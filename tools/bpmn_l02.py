"""L02 as a drawing: agency collection and payment, Shanghai. Its decision model is a file of its own, so that it can be checked
by itself. Steps follow the table of the line in the fact book; steps 3 to 8 are drawn once for each of the two batches.
"""

from pathlib import Path

from tools.bpmn_l02_arrows import arrows
from tools.bpmn_l09 import AGAIN, APPROVAL, AREA, REASON, both, gateway, person
from tools.bpmn_words import NOTE, choice, end, form, service, text, timer
from tools.draw_bpmn import Element, Model

TERMS_FILE = Path(__file__).resolve().parent.parent / "apps" / "lines" / "agency" / "data" / "terms.dmn"


def arrival(id: str, zh: str, en: str, at: tuple[float, float], code: str, deadline: str) -> Element:
    attributes = {
        "clearway:message": "files.arrived",
        "clearway:correlation": f'"agency-sh/" + string(business date) + "/{code}"',
        "clearway:deadline": deadline,
    }
    return Element(id=id, kind="receiveTask", zh=zh, en=en, at=at, attributes=attributes)


def terms(at: tuple[float, float]) -> Element:
    model = TERMS_FILE.read_text(encoding="utf-8").split("?>\n", 1)[1]
    carried = f'        <clearway:decision id="agency_terms" result="terms">\n{model}        </clearway:decision>\n'
    return Element(id="terms", kind="businessRuleTask", zh="业务项目与约定", en="Items and terms", at=at, decision=carried)


MORNING = {
    "await_known": ("等待代收代付资料", "Funds and accounts", "dszl", 0),
    "await_balances": ("等待资金余额", "Cash balances", "zjye", 1),
    "await_first": ("等待第一批明细", "First batch", "kffzmxa", 2),
    "await_summary": ("等待资金汇总", "Cash summary", "zjhz", 3),
    "await_substitutes": ("等待现金替代", "ETF cash in lieu", "cil_kj", 4),
}
EVENING = {
    "await_details": ("等待结算明细", "Settlement details", "jsmx", 11, "CSDC.EOD_ALL"),
    "await_postings": ("等待资金变动", "Cash movements", "zjbd", 12, "CSDC.EOD_ALL"),
    "await_confirmed": ("等待柜台与TA确认", "Counter and TA", "dsqr", 13, "COUNTER.CLEAR.CLOSE"),
}


def batch(letter: str, zh: str, en: str, at: tuple[float, float], fund_by: str, approve_by: str) -> list[Element]:
    """Read, check, need, fund, approve and send of one batch, from this place to the right."""
    x, y = at
    told = {"terms": "terms", "batch": f'"{letter.upper()}"'}
    return [
        service(
            f"read_{letter}",
            f"读取检查{zh}",
            f"Read {en} batch",
            (x, y),
            "agency.read_batch",
            parameters=told,
            outputs={"findings": "findings", f"told_{letter}": "told", f"postponed_{letter}": "postponed"},
        ),
        gateway(f"any_finding_{letter}", "有不符？", "Any finding?", (x + 1, y), f"need_{letter}"),
        person(
            f"findings_{letter}",
            "处理不符项目",
            "Deal with findings",
            (x + 1, y + 1.4),
            "operator",
            fund_by,
            form=form(
                ["decision", "reason"],
                decision=choice("处理方式", "What to do", {"accept": ("按规则继续", "Go on by the rules"), "again": AGAIN}),
                reason=REASON,
            ),
            outputs={"findings_decision": "decision", f"findings_reason_{letter}": "reason"},
        ),
        gateway(f"found_{letter}", "重新读取？", "Again?", (x + 2, y + 1.4), f"need_{letter}", "below-right"),
        service(
            f"need_{letter}",
            f"计算{zh}资金需求",
            f"Need of the {en} batch",
            (x + 2, y),
            "agency.compute_need",
            parameters=told,
            outputs={"short": "short", f"need_{letter}": "need", f"needs_{letter}": "told"},
        ),
        gateway(f"any_need_{letter}", "需备款？", "Any need?", (x + 3, y), f"send_{letter}"),
        person(
            f"fund_{letter}",
            "备款（经办）",
            "Fund the accounts (maker)",
            (x + 3, y + 1.4),
            "maker",
            fund_by,
            form=form(
                ["bank"],
                bank=text("付款银行", "Source bank", minLength=1, maxLength=20),
                lines=text(
                    "各账户金额",
                    "Amounts",
                    maxLength=2000,
                    description="不填则按需求备款。每行一户：账户 金额（元） 银行（可不填）。",
                    **AREA,
                    **{"x-description-en": "Blank sends the need. One account a line: account, amount in CNY, other bank."},
                ),
                note=NOTE,
            ),
            outputs={"bank": "bank", "lines": 'if lines = null then "" else lines'},
        ),
        service(
            f"take_{letter}",
            "登记备款",
            "Take the funding",
            (x + 4, y + 1.4),
            "agency.take_funding",
            parameters={**told, "bank": "bank", "lines": "lines"},
            outputs={
                "refused": "refused",
                f"refused_{letter}": "told",
                f"transfer_{letter}": "amount",
                "needs_checker": "needs_checker",
            },
        ),
        gateway(f"taken_{letter}", "需复核？", "Checker?", (x + 5, y + 1.4), f"send_{letter}", "below-right"),
        person(
            f"approve_{letter}",
            "备款复核",
            "Approve the funding (checker)",
            (x + 5, y + 2.9),
            "checker",
            approve_by,
            checks=f"fund_{letter}",
            form=form(["decision"], decision=APPROVAL, note=NOTE),
            outputs={"funding_approval": "decision"},
        ),
        gateway(f"agreed_{letter}", "同意？", "Agreed?", (x + 6, y + 2.9), f"fund_{letter}", "below-right"),
        service(
            f"send_{letter}",
            f"发送{zh}划款",
            f"Send {en} transfers",
            (x + 6, y),
            "agency.send_transfers",
            kind="sendTask",
            attributes={"clearway:deadline": "SH.AGENCY.CLOSE"},
            parameters=told,
            outputs={f"transfers_{letter}": "transfers", f"transfer_file_{letter}": "file"},
        ),
    ]


BEGIN = [
    Element(id="begun", kind="startEvent", zh="开始", en="Begun", at=(0, 2)),
    timer("day_opens", "受理开始", "Window opens", (0.8, 2), node="SH.AGENCY.OPEN"),
    service("open_day", "确定业务日", "Open the day", (1.8, 2), "agency.open_day", outputs={"next_day": "next_day"}),
    both("morning", "Files of the morning", (2.8, 2)),
    *(arrival(id, zh, en, (3.8, row), code, "SH.KFA") for id, (zh, en, code, row) in MORNING.items()),
    both("morning_here", "Files of the morning are here", (4.8, 2)),
    terms((5.8, 2)),
]
RECONCILE = [
    arrival("await_second", "等待第二批明细", "Second batch", (0.3, 6.5), "kffzmxb", "SH.KFB"),
    both("evening", "Files of the evening", (8.4, 11.5)),
    *(arrival(id, zh, en, (7, row), code, deadline) for id, (zh, en, code, row, deadline) in EVENING.items()),
    both("evening_here", "Files of the evening are here", (6, 11.5)),
    service(
        "reconcile",
        "核对应付与实付",
        "Announced and paid",
        (5, 11.5),
        "agency.reconcile",
        parameters={"terms": "terms"},
        outputs={"breaks": "breaks", "postponed": "postponed", "odd": "odd", "unpaid_items": "told", "later": "later"},
    ),
    service(
        "compare_counter",
        "核对柜台与TA",
        "Counter and TA",
        (4, 11.5),
        "agency.compare_counter",
        outputs={"counter_breaks": "breaks"},
    ),
    gateway("any_open", "有未付或差异？", "Any open?", (3, 11.5), "post", "above"),
    person(
        "unpaid",
        "处理未付与退回",
        "Postponed or returned",
        (3, 13),
        "operator",
        "COUNTER.CLEAR.CLOSE",
        form=form(
            ["decision", "reason"],
            decision=choice(
                "处理方式",
                "What to do",
                {"settle": ("按规则与下列各行处理", "By the rules and the lines below"), "again": AGAIN},
            ),
            lines=text(
                "单笔处理",
                "Single items",
                maxLength=4000,
                description="每行一笔：清算流水号 wait（顺延）、fail（失败）或 return（退回）。"
                "未列出的：可重试者顺延，其余失败。",
                **AREA,
                **{
                    "x-description-en": "One item a line: clearing serial and wait, fail or return. "
                    "Of the others what may be retried waits, and the rest fails."
                },
            ),
            reason=REASON,
        ),
        outputs={"unpaid_decision": "decision", "verdicts": 'if lines = null then "" else lines', "unpaid_reason": "reason"},
    ),
    gateway("unpaid_decided", "重新读取？", "Again?", (4, 13), "settle", "below"),
    service(
        "settle",
        "登记未付处理",
        "Settle postponed items",
        (4, 14.3),
        "agency.settle_postponed",
        parameters={"lines": "verdicts", "reason": "unpaid_reason"},
        outputs={"undecided": "refused + odd", "refused_lines": "told", "postponed": "waiting"},
    ),
    gateway("settled", "已全部处理？", "All settled?", (3, 14.3), "post", "below"),
    service(
        "post",
        "柜台入账文件",
        "Posting file to the counter",
        (2, 11.5),
        "agency.post",
        kind="sendTask",
        attributes={"clearway:deadline": "COUNTER.CLEAR.CLOSE"},
        outputs={"posting_file": "file"},
    ),
    service("report", "日终报告", "Report", (1, 11.5), "agency.report", outputs={"paid": "paid"}),
    end("ended", "完成", "Done", (0, 11.5)),
]
L02 = Model(
    key="L02",
    zh="代收代付业务（上海）",
    en="Agency collection and payment, Shanghai",
    elements=[
        *BEGIN,
        *batch("a", "第一批", "first", (6.9, 2), "SH.KFA.FUND", "SH.KFA.APPROVE"),
        *batch("b", "第二批", "second", (1.4, 6.5), "SH.AGENCY.CLOSE", "SH.AGENCY.CLOSE"),
        *RECONCILE,
    ],
    arrows=arrows(MORNING, EVENING),
)
