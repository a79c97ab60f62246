"""L07 as a drawing: exchange bond lending. Its decision models are files of their own, so that each can be checked by itself."""

from pathlib import Path

from tools.bpmn_words import NOTE, choice, end, form, service, text, timer
from tools.draw_bpmn import Arrow, Element, Model

DECISIONS = Path(__file__).resolve().parent.parent / "apps" / "lines" / "bond_lending" / "data"
FILES = '["jsmx", "zqbd", "wdq", "ywhb", "zjbd", "zjhz"]'
AREA = {"x-widget": "textarea"}
DECISION = choice("复核结论", "Decision", {"approved": ("同意", "Approve"), "returned": ("退回", "Return")})
MEANT = {"kinds": "kinds", "meanings": "meanings"}


def gateway(id: str, zh: str, en: str, at: tuple[float, float], default: str, label: str = "above") -> Element:
    return Element(id=id, kind="exclusiveGateway", zh=zh, en=en, at=at, default=f"{id}_to_{default}", label=label)


def rule(id: str, zh: str, en: str, at: tuple[float, float], file: str, decision: str, **more: object) -> Element:
    model = (DECISIONS / f"{file}.dmn").read_text(encoding="utf-8").split("?>\n", 1)[1]
    result = more.pop("result")
    carried = f'        <clearway:decision id="{decision}" result="{result}">\n{model}        </clearway:decision>\n'
    return Element(id=id, kind="businessRuleTask", zh=zh, en=en, at=at, decision=carried, **more)  # type: ignore[arg-type]


def person(id: str, zh: str, en: str, at: tuple[float, float], role: str, deadline: str, **more: object) -> Element:
    attributes = {"clearway:role": role, "clearway:deadline": deadline}
    if "checks" in more:
        attributes["clearway:checks"] = str(more.pop("checks"))
    return Element(id=id, kind="userTask", zh=zh, en=en, at=at, attributes=attributes, **more)  # type: ignore[arg-type]


def arrival(id: str, zh: str, en: str, at: tuple[float, float], code: str) -> Element:
    correlation = f'"bond-lending/" + string(business date) + "/{code}"'
    attributes = {"clearway:message": "files.arrived", "clearway:correlation": correlation}
    return Element(id=id, kind="receiveTask", zh=zh, en=en, at=at, attributes=attributes)


def gathering(id: str, en: str, at: tuple[float, float]) -> Element:
    return Element(id=id, kind="parallelGateway", zh="", en=en, at=at)


BOOK = {
    "await_contracts": ("等待自有合约", "Own contracts", "zyjdhy", 0),
    "await_collateral": ("等待质押券", "Collateral", "zyjdzy", 1),
    "await_prices": ("等待债券价格", "Prices of bonds", "zyjdjg", 2),
}

L07 = Model(
    key="L07",
    zh="场内债券借贷",
    en="Exchange bond lending",
    elements=[
        Element(
            id="begun",
            kind="startEvent",
            zh="开始",
            en="Begun",
            at=(0, 1),
            outputs={"pledge_creates_repo_contract": "pledge_creates_repo_contract = true"},
        ),
        timer("day_opens", "日间开始", "Day opens", (0.8, 1), node="BATCH.START"),
        gathering("morning", "Files of the counter", (1.6, 1)),
        *(arrival(id, zh, en, (2.6, row), code) for id, (zh, en, code, row) in BOOK.items()),
        gathering("morning_here", "Files of the counter are here", (3.6, 1)),
        rule(
            "conventions",
            "约定与期限",
            "Terms and conventions",
            (4.6, 1),
            "conventions",
            "lending_conventions",
            result="conventions",
        ),
        service(
            "read_book",
            "列出到期合约",
            "List what matures",
            (5.7, 1),
            "lending.read_book",
            outputs={"contracts": "contracts", "maturing": "maturing", "short": "short", "refusals": "[]"},
        ),
        service(
            "notices",
            "发送到期通知",
            "Send notices",
            (6.8, 1),
            "lending.send_notices",
            kind="sendTask",
            outputs={"notices": "notices", "notice_file": "file"},
        ),
        gateway("anything_due", "需处理？", "Anything due?", (7.8, 1), "ingest"),
        person(
            "choose",
            "归还续借换券（经办）",
            "Return, roll, substitute",
            (7.8, 2.4),
            "maker",
            "EX.BOND_CLOSE",
            form=form(
                [],
                rolls=text(
                    "续借",
                    "Roll",
                    maxLength=20000,
                    description="每行一笔：合约编号 新期限代码；未列出的到期合约全部归还。",
                    **AREA,
                    **{"x-description-en": "One a line: contract, code of the new term. Whatever else is due is returned."},
                ),
                substitutions=text(
                    "换券",
                    "Substitute collateral",
                    maxLength=20000,
                    description="每行一笔：合约编号 换出债券 数量 换入债券 数量。",
                    **AREA,
                    **{"x-description-en": "One a line: contract, bond out, quantity, bond in, quantity."},
                ),
                note=NOTE,
            ),
            outputs={
                "rolls": 'if rolls = null then "" else rolls',
                "substitutions": 'if substitutions = null then "" else substitutions',
            },
        ),
        service(
            "check_choices",
            "检查选择",
            "Check the choices",
            (6.7, 2.4),
            "lending.check_choices",
            parameters={"rolls": "rolls", "substitutions": "substitutions", "conventions": "conventions"},
            outputs={"refused": "refused", "refusals": "refusals", "decided": "decided"},
        ),
        gateway("any_refused", "有误？", "Any refused?", (5.7, 2.4), "approve", "above-left"),
        person(
            "approve",
            "申报复核",
            "Approve (checker)",
            (5.7, 3.7),
            "checker",
            "EX.BOND_CLOSE",
            checks="choose",
            form=form(["decision"], decision=DECISION, note=NOTE),
            outputs={"approval": "decision"},
        ),
        gateway("agreed", "同意？", "Agreed?", (6.7, 3.7), "choose", "below"),
        service(
            "declare",
            "发送申报",
            "Send declarations",
            (6.7, 4.9),
            "lending.send_declarations",
            kind="sendTask",
            attributes={"clearway:deadline": "EX.BOND_CLOSE"},
            outputs={"declared": "declarations", "declaration_file": "file"},
        ),
        Element(
            id="ingest",
            kind="callActivity",
            zh="采集日终文件",
            en="Ingest end-of-day files",
            at=(9.2, 1),
            attributes={"calledElement": "L00", "clearway:deadline": "CSDC.EOD_ALL"},
            inputs={"owner": "run.id", "line": '"bond-lending"', "files": FILES},
        ),
        service(
            "read_kinds",
            "归并合约类别代码",
            "List kinds of contracts",
            (9.2, 2.4),
            "lending.read_kinds",
            outputs={"kinds": "kinds", "open_rows": "rows"},
        ),
        rule(
            "classify",
            "判定合约类型",
            "Decide contract types",
            (9.2, 3.7),
            "contract_types",
            "contract_types",
            result="meanings",
            inputs={"pledge creates repo contract": "pledge_creates_repo_contract"},
        ),
        service(
            "check_rows",
            "校验类别与重复",
            "Check class, duplicates",
            (9.2, 4.9),
            "lending.check_rows",
            parameters=MEANT,
            outputs={"stopped": "stopped", "stopped_rows": "stopped_rows"},
        ),
        service(
            "compute",
            "计算合约与费用",
            "Contracts, fees, collateral",
            (8.1, 4.9),
            "lending.compute",
            parameters={**MEANT, "conventions": "conventions"},
            outputs={"defaults": "defaults", "short": "short", "refused_declarations": "refused + unanswered", "fees": "fees"},
        ),
        service(
            "reconcile",
            "核对合约与变动",
            "Compare with the market",
            (8.1, 6.1),
            "lending.reconcile",
            parameters={**MEANT, "conventions": "conventions"},
            outputs={"breaks": "breaks"},
        ),
        gateway("any_trouble", "有异常？", "Any trouble?", (7.1, 6.1), "send_results", "below"),
        person(
            "confirm",
            "处理异常",
            "Deal with what is wrong",
            (7.1, 7.3),
            "operator",
            "COUNTER.CLEAR.CLOSE",
            form=form(
                ["decision", "reason"],
                decision=choice(
                    "处理方式",
                    "What to do",
                    {"accept": ("确认并继续", "Confirm and go on"), "again": ("重新读取并核对", "Read and compare again")},
                ),
                reason=text("说明", "Explanation", minLength=2, maxLength=1000, **AREA),
            ),
            outputs={"trouble_decision": "decision", "trouble_reason": "reason"},
        ),
        gateway("again", "重新核对？", "Again?", (6.1, 7.3), "send_results", "below"),
        service(
            "send_results",
            "发送柜台文件",
            "Send to the counter",
            (6.1, 6.1),
            "lending.send_result_file",
            kind="sendTask",
            attributes={"clearway:deadline": "COUNTER.CLEAR.CLOSE"},
            outputs={"result_file": "file"},
        ),
        service("close", "报告并关闭", "Report and close", (5, 6.1), "lending.close", outputs={"still_open": "open"}),
        end("ended", "完成", "Done", (4.1, 6.1)),
    ],
    arrows=[
        Arrow(source="begun", target="day_opens"),
        Arrow(source="day_opens", target="morning"),
        *(Arrow(source="morning", target=id) for id in BOOK),
        *(Arrow(source=id, target="morning_here") for id in BOOK),
        Arrow(source="morning_here", target="conventions"),
        Arrow(source="conventions", target="read_book"),
        Arrow(source="read_book", target="notices"),
        Arrow(source="notices", target="anything_due"),
        Arrow(source="anything_due", target="choose", when="maturing + short > 0", zh="有", en="yes", way="bottom top"),
        Arrow(source="anything_due", target="ingest", zh="无", en="no"),
        Arrow(source="choose", target="check_choices", way="left right"),
        Arrow(source="check_choices", target="any_refused", way="left right"),
        Arrow(source="any_refused", target="choose", when="refused > 0", zh="有", en="yes", way="top row:1.75 top-20"),
        Arrow(source="any_refused", target="approve", way="bottom top"),
        Arrow(source="approve", target="agreed"),
        Arrow(source="agreed", target="declare", when='approval = "approved"', zh="同意", en="agreed", way="bottom top"),
        Arrow(source="agreed", target="choose", zh="退回", en="sent back", way="right bottom"),
        Arrow(source="declare", target="ingest", way="right col:7.3 row:4.3 col:8.4 row:1.75 bottom-20"),
        Arrow(source="ingest", target="read_kinds", way="bottom top"),
        Arrow(source="read_kinds", target="classify", way="bottom top"),
        Arrow(source="classify", target="check_rows", way="bottom top"),
        Arrow(source="check_rows", target="compute", way="left right"),
        Arrow(source="compute", target="reconcile", way="bottom top"),
        Arrow(source="reconcile", target="any_trouble", way="left right"),
        Arrow(
            source="any_trouble",
            target="confirm",
            when="breaks + stopped + defaults + short + refused_declarations > 0",
            zh="有",
            en="yes",
            way="bottom top",
        ),
        Arrow(source="any_trouble", target="send_results", way="left right"),
        Arrow(source="confirm", target="again", way="left right"),
        Arrow(
            source="again",
            target="read_kinds",
            when='trouble_decision = "again"',
            zh="重读",
            en="again",
            way="bottom row:8 col:10.1 right",
        ),
        Arrow(source="again", target="send_results", way="top bottom"),
        Arrow(source="send_results", target="close", way="left right"),
        Arrow(source="close", target="ended", way="left right"),
    ],
)
