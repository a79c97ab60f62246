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

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.place_labels import Box, along, around, best, lines_of, size_of

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
    label: str = "below"  # where the name of an event or gateway stands best: below, above, above-left, below-right

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
    ways = {arrow.id: _points(arrow, places[arrow.source], places[arrow.target]) for arrow in model.arrows}
    labels = _labels(model, ways)
    lines += [_shape(element, labels.get(element.id)) for element in model.elements]
    lines += [_edge(arrow, ways[arrow.id], labels.get(arrow.id)) for arrow in model.arrows]
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


def _labels(model: Model, ways: dict[str, list[tuple[int, int]]]) -> dict[str, Box]:
    """Where the names of events, gateways and flows stand, by id of element or flow."""
    taken = [_bounds(element) for element in model.elements]
    taken += [line for points in ways.values() for line in lines_of(points)]
    found: dict[str, Box] = {}
    for element in model.elements:
        if element.size != SIZES["task"] and element.zh:
            size = size_of(element.zh, element.en)
            found[element.id] = best(around(_bounds(element), size, element.label), [*taken, *found.values()])
    for arrow in model.arrows:
        if arrow.zh:
            found[arrow.id] = best(along(ways[arrow.id], size_of(arrow.zh, arrow.en)), [*taken, *found.values()])
    return found


def _bounds(element: Element) -> Box:
    (x, y), (width, height) = element.centre, element.size
    return Box(x - width // 2, y - height // 2, width, height)


def _label(box: Box | None) -> str:
    return f"<bpmndi:BPMNLabel>{_spelled(box)}</bpmndi:BPMNLabel>" if box else ""


def _spelled(box: Box) -> str:
    return f'<dc:Bounds x="{box.left}" y="{box.top}" width="{box.width}" height="{box.height}"/>'


def _shape(element: Element, label: Box | None) -> str:
    marker = ' isMarkerVisible="true"' if element.kind == "exclusiveGateway" else ""
    drawn = _spelled(_bounds(element)) + _label(label)
    return f'      <bpmndi:BPMNShape id="shape_{element.id}" bpmnElement="{element.id}"{marker}>{drawn}</bpmndi:BPMNShape>\n'


def _edge(arrow: Arrow, points: list[tuple[int, int]], label: Box | None) -> str:
    drawn = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points) + _label(label)
    return f'      <bpmndi:BPMNEdge id="edge_{arrow.id}" bpmnElement="{arrow.id}">{drawn}</bpmndi:BPMNEdge>\n'


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
