"""Draws the packaged process models: a table of elements on a grid becomes BPMN 2.0 with its diagram.

`python tools/draw_bpmn.py` writes the .bpmn files of the business lines; the same tables give the same bytes. The tables are
in `tools/bpmn_lines.py`. Once written, a model may be opened and moved about in any BPMN editor.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

COLUMN, ROW = 160, 105
LEFT, TOP = 90, 70
SIZES = {"task": (118, 76), "event": (36, 36), "gateway": (46, 46)}

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:clearway="urn:clearway:bpmn:1" \
id="definitions_{key}" targetNamespace="urn:clearway:processes">
"""


@dataclass(frozen=True, kw_only=True)
class Element:
    """One flow node at a place of the grid (fractions are allowed)."""

    id: str
    kind: str  # the BPMN element's local name
    zh: str
    en: str
    at: tuple[float, float]
    attributes: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    form: dict[str, Any] | None = None
    decision: str = ""  # the DMN decision of a business rule task, as XML
    inner: str = ""  # further content, as XML
    default: str = ""  # id of the default flow
    label: str = "below"  # where the name of an event or gateway stands: below, above, above-left, below-right

    @property
    def size(self) -> tuple[int, int]:
        shape = "gateway" if self.kind.endswith("Gateway") else "event" if self.kind.endswith("Event") else "task"
        return SIZES[shape]

    @property
    def centre(self) -> tuple[int, int]:
        return LEFT + round(self.at[0] * COLUMN), TOP + round(self.at[1] * ROW)

    def side(self, name: str, shift: int = 0) -> tuple[int, int]:
        """The middle of one side, moved along it by `shift`."""
        (x, y), (width, height) = self.centre, self.size
        return {
            "left": (x - width // 2, y + shift),
            "right": (x + width // 2, y + shift),
            "top": (x + shift, y - height // 2),
            "bottom": (x + shift, y + height // 2),
        }[name]


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """A sequence flow. `way` says how it is drawn: sides with optional shifts, and the rows or columns it turns at."""

    source: str
    target: str
    when: str = ""
    zh: str = ""
    en: str = ""
    way: str = "right left"

    @property
    def id(self) -> str:
        return f"{self.source}_to_{self.target}"


@dataclass(frozen=True, kw_only=True)
class Model:
    key: str
    zh: str
    en: str
    elements: Sequence[Element]
    arrows: Sequence[Arrow]


def bpmn_of(model: Model) -> str:
    """The model as BPMN 2.0 XML with diagram interchange."""
    lines = [HEAD.format(key=model.key)]
    names = f"name={quoteattr(model.zh)} clearway:nameEn={quoteattr(model.en)}"
    lines.append(f'  <bpmn:process id="{model.key}" {names} isExecutable="true">\n')
    for element in model.elements:
        lines.append(_element(element, model.arrows))
    for arrow in model.arrows:
        lines.append(_arrow(arrow))
    lines.append("  </bpmn:process>\n")
    lines.append(f'  <bpmndi:BPMNDiagram id="diagram_{model.key}">\n')
    lines.append(f'    <bpmndi:BPMNPlane id="plane_{model.key}" bpmnElement="{model.key}">\n')
    places = {element.id: element for element in model.elements}
    lines += [_shape(element) for element in model.elements]
    lines += [_edge(arrow, places) for arrow in model.arrows]
    lines.append("    </bpmndi:BPMNPlane>\n  </bpmndi:BPMNDiagram>\n</bpmn:definitions>\n")
    return "".join(lines)


def _element(element: Element, arrows: Sequence[Arrow]) -> str:
    attributes = {"id": element.id, "name": element.zh, "clearway:nameEn": element.en, **element.attributes}
    if element.default:
        attributes["default"] = element.default
    spelled = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
    body = _extensions(element)
    body += "".join(f"      <bpmn:incoming>{arrow.id}</bpmn:incoming>\n" for arrow in arrows if arrow.target == element.id)
    body += "".join(f"      <bpmn:outgoing>{arrow.id}</bpmn:outgoing>\n" for arrow in arrows if arrow.source == element.id)
    body += element.inner
    return f"    <bpmn:{element.kind} {spelled}>\n{body}    </bpmn:{element.kind}>\n"


def _extensions(element: Element) -> str:
    inner = "".join(
        f"        <clearway:parameter name={quoteattr(name)} value={quoteattr(value)}/>\n"
        for name, value in element.parameters.items()
    )
    for kind, mappings in (("input", element.inputs), ("output", element.outputs)):
        inner += "".join(
            f"        <clearway:{kind} target={quoteattr(name)} value={quoteattr(value)}/>\n" for name, value in mappings.items()
        )
    if element.form is not None:
        inner += f"        <clearway:form>{escape(json.dumps(element.form, ensure_ascii=False))}</clearway:form>\n"
    inner += element.decision
    return f"      <bpmn:extensionElements>\n{inner}      </bpmn:extensionElements>\n" if inner else ""


def _arrow(arrow: Arrow) -> str:
    name = f" name={quoteattr(arrow.zh)} clearway:nameEn={quoteattr(arrow.en)}" if arrow.zh else ""
    head = f'    <bpmn:sequenceFlow id="{arrow.id}" sourceRef="{arrow.source}" targetRef="{arrow.target}"{name}'
    if not arrow.when:
        return head + "/>\n"
    condition = f"<bpmn:conditionExpression>{escape(arrow.when)}</bpmn:conditionExpression>"
    return f"{head}>{condition}</bpmn:sequenceFlow>\n"


def _across(zh: str, en: str) -> int:
    """Pixels that a label needs in either language; a long English one may break between its words."""
    words = en.split()
    longest = max([len(word) for word in words] + [len(en) // 2 if len(en) > 14 else len(en)], default=0)
    return max(14 * len(zh), 7 * longest + 6)


def _shape(element: Element) -> str:
    (x, y), (width, height) = element.centre, element.size
    bounds = f'<dc:Bounds x="{x - width // 2}" y="{y - height // 2}" width="{width}" height="{height}"/>'
    label = ""
    if height < SIZES["task"][1] and element.zh:
        across = _across(element.zh, element.en)
        left, top = {
            "below": (x - across // 2, y + height // 2 + 6),
            "above": (x - across // 2, y - height // 2 - 22),
            "above-left": (x - across - 12, y - height // 2 - 8),
            "below-right": (x + 14, y + height // 2 - 6),
        }[element.label]
        label = f'<bpmndi:BPMNLabel><dc:Bounds x="{left}" y="{top}" width="{across}" height="16"/></bpmndi:BPMNLabel>'
    marker = ' isMarkerVisible="true"' if element.kind == "exclusiveGateway" else ""
    return (
        f'      <bpmndi:BPMNShape id="shape_{element.id}" bpmnElement="{element.id}"{marker}>{bounds}{label}</bpmndi:BPMNShape>\n'
    )


def _edge(arrow: Arrow, places: dict[str, Element]) -> str:
    points = _points(arrow, places[arrow.source], places[arrow.target])
    spelled = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
    label = ""
    if arrow.zh:
        (x, y), (to_x, to_y) = points[0], points[1]
        across = _across(arrow.zh, arrow.en)
        at = (x + 8, y - 20) if to_x > x else (x - across - 8, y - 20) if to_x < x else (x + 6, y + (12 if to_y > y else -28))
        label = f'<bpmndi:BPMNLabel><dc:Bounds x="{at[0]}" y="{at[1]}" width="{across}" height="16"/></bpmndi:BPMNLabel>'
    return f'      <bpmndi:BPMNEdge id="edge_{arrow.id}" bpmnElement="{arrow.id}">{spelled}{label}</bpmndi:BPMNEdge>\n'


def _points(arrow: Arrow, source: Element, target: Element) -> list[tuple[int, int]]:
    """`right left`, `bottom row:6 bottom`, `top+20 row:3.9 bottom-20`: leave a side, turn on a row, enter a side."""
    words = arrow.way.split()
    (first, first_shift), (last, last_shift) = _side(words[0]), _side(words[-1])
    start, end = source.side(first, first_shift), target.side(last, last_shift)
    points = [start]
    for turn in words[1:-1]:
        kind, place = turn.split(":")
        if kind == "row":
            points.append((points[-1][0], TOP + round(float(place) * ROW)))
        else:
            points.append((LEFT + round(float(place) * COLUMN), points[-1][1]))
    leaves_level = first in ("left", "right") if len(points) == 1 else points[-1][1] == points[-2][1]
    enters_level = last in ("left", "right")
    here = points[-1]
    if here[0] != end[0] and here[1] != end[1]:
        if len(points) > 1:
            points.append((end[0], here[1]) if not leaves_level else (here[0], end[1]))
        elif leaves_level and enters_level:
            middle = (here[0] + end[0]) // 2
            points += [(middle, here[1]), (middle, end[1])]
        elif leaves_level:
            points.append((end[0], here[1]))
        elif enters_level:
            points.append((here[0], end[1]))
        else:
            middle = (here[1] + end[1]) // 2
            points += [(here[0], middle), (end[0], middle)]
    return [*points, end]


def _side(word: str) -> tuple[str, int]:
    for sign in "+-":
        if sign in word:
            name, shift = word.split(sign)
            return name, int(sign + shift)
    return word, 0


def main() -> int:
    """Writes every model and says which changed."""
    root = Path(__file__).resolve().parent.parent
    sys.path.insert(0, str(root))
    from tools.bpmn_lines import MODELS

    for path, model in MODELS.items():
        text = bpmn_of(model)
        file = root / path
        changed = not file.exists() or file.read_text(encoding="utf-8") != text
        file.write_text(text, encoding="utf-8")
        print(f"{'written' if changed else 'same   '}  {path}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
