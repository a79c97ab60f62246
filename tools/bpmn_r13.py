"""R13 as a drawing: parameters are compared with the baseline before the day begins (fact book, section 9, row R13)."""

from tools.bpmn_l09 import APPROVAL, REASON, gateway, person
from tools.bpmn_words import NOTE, choice, end, form, service
from tools.draw_bpmn import Arrow, Element, Model

AT_ITS_TIME = '      <bpmn:timerEventDefinition clearway:timeNode="PARAMETER.CHECK"/>\n'
LINES = {"lines": '""'}
DEADLINE = "PARAMETER.DONE"

GATHER = [
    Element(id="begun", kind="startEvent", zh="开始", en="Begun", at=(0, 0.4)),
    Element(id="by_itself", kind="startEvent", zh="批前三十分钟", en="Before the batch", at=(0, 1.6), inner=AT_ITS_TIME),
    service(
        "gather",
        "归集现行参数",
        "Gather the parameters",
        (1.2, 1),
        "parameters.gather",
        parameters=LINES,
        outputs={
            "live": "live",
            "is_first": "is_first",
            "live_counts": "live_counts",
            "approved_counts": "approved_counts",
            "covered_lines": "covered",
            "live_digest": "digest",
        },
    ),
    gateway("any_baseline", "已有基准？", "Any baseline?", (2.3, 1), "compare"),
]
FIRST = [
    person(
        "propose",
        "提交首份基准",
        "Hand in the first set (maker)",
        (2.3, 2.5),
        "maker",
        DEADLINE,
        form=form(
            ["decision", "reason"],
            decision=choice(
                "处理方式",
                "What to do",
                {"submit": ("整套提交复核", "Hand in the whole set"), "again": ("重新归集", "Gather again")},
            ),
            reason=REASON,
        ),
        outputs={"first_decision": "decision", "first_reason": "reason"},
    ),
    gateway("proposed", "提交？", "Handed in?", (3.4, 2.5), "sign", "above"),
    person(
        "sign",
        "签署首份基准",
        "Sign the first set (checker)",
        (4.5, 2.5),
        "checker",
        DEADLINE,
        checks="propose",
        form=form(["decision"], decision=APPROVAL, note=NOTE),
        outputs={"first_approval": "decision"},
    ),
    gateway("signed", "同意？", "Agreed?", (5.6, 2.5), "propose", "below-right"),
    service(
        "keep_first",
        "建立首份基准",
        "Set the first baseline",
        (6.7, 2.5),
        "parameters.keep_first",
        parameters={**LINES, "digest": "live_digest"},
        outputs={"first_kept": "kept", "first_moved": "moved"},
    ),
    gateway("moved", "已变动？", "Moved since?", (6.7, 1.75), "compare", "below-right"),
]
CHECK = [
    service(
        "compare",
        "与基准比对",
        "Compare with the baseline",
        (7.8, 1),
        "parameters.compare",
        parameters=LINES,
        attributes={"clearway:deadline": DEADLINE},
        outputs={"breaks": "breaks", "matched": "matched"},
    ),
    gateway("any_break", "有差异？", "Any difference?", (8.9, 1), "ended"),
    person(
        "differences",
        "说明并签署差异",
        "Explain and have signed (maker)",
        (8.9, 2.5),
        "maker",
        DEADLINE,
        form=form(["reason"], reason=REASON),
        outputs={"differences_reason": "reason"},
    ),
    service(
        "keep_signed",
        "更新基准",
        "Set what was signed",
        (7.8, 2.5),
        "parameters.keep_signed",
        parameters=LINES,
        outputs={"signed_now": "signed"},
    ),
    end("ended", "完成", "Done", (10, 1)),
]

ARROWS = [
    Arrow(source="begun", target="gather"),
    Arrow(source="by_itself", target="gather"),
    Arrow(source="gather", target="any_baseline"),
    Arrow(source="any_baseline", target="propose", when="is_first", zh="无", en="no", way="bottom top"),
    Arrow(source="any_baseline", target="compare", zh="有", en="yes"),
    Arrow(source="propose", target="proposed"),
    Arrow(
        source="proposed",
        target="gather",
        when='first_decision = "again"',
        zh="重新归集",
        en="again",
        way="bottom row:3.4 bottom",
    ),
    Arrow(source="proposed", target="sign", zh="提交", en="handed in"),
    Arrow(source="sign", target="signed"),
    Arrow(source="signed", target="keep_first", when='first_approval = "approved"', zh="同意", en="agreed"),
    Arrow(source="signed", target="propose", zh="退回", en="sent back", way="bottom row:3.7 bottom-20"),
    Arrow(source="keep_first", target="moved", way="top bottom"),
    Arrow(source="moved", target="gather", when="first_moved", zh="是", en="yes", way="left row:1.75 bottom+30"),
    Arrow(source="moved", target="compare", zh="否", en="no", way="right bottom-20"),
    Arrow(source="compare", target="any_break"),
    Arrow(source="any_break", target="differences", when="breaks > 0", zh="有", en="yes", way="bottom top"),
    Arrow(source="any_break", target="ended", zh="无", en="no"),
    Arrow(source="differences", target="keep_signed", way="left right"),
    Arrow(source="keep_signed", target="compare", way="top bottom"),
]

R13 = Model(
    key="R13",
    zh="参数核对",
    en="Parameter check before the day begins",
    elements=[*GATHER, *FIRST, *CHECK],
    arrows=ARROWS,
)
