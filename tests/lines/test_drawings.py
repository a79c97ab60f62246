"""The drawings that ship with the product: no name lies on a shape, on a line or on another name, and no line on a shape."""

from pathlib import Path

import pytest
from lxml import etree

from tools.bpmn_lines import MODELS
from tools.place_labels import Box, best, lines_of, size_of

ROOT = Path(__file__).resolve().parents[2]
PLANE = "{http://www.omg.org/spec/BPMN/20100524/DI}"
BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
FLOW = "{http://www.omg.org/spec/BPMN/20100524/MODEL}sequenceFlow"
BOUNDARY = "{http://www.omg.org/spec/BPMN/20100524/MODEL}boundaryEvent"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"


def box_of(drawn):
    bounds = drawn.find(BOUNDS)
    return Box(*(int(bounds.attrib[name]) for name in ("x", "y", "width", "height")))


@pytest.mark.parametrize("path", MODELS)
def test_no_name_of_a_packaged_drawing_hides_anything_or_leaves_the_page(path):
    root = etree.fromstring((ROOT / path).read_bytes())
    shapes = {str(one.attrib["bpmnElement"]): box_of(one) for one in root.iter(f"{PLANE}BPMNShape")}
    drawn = [*root.iter(f"{PLANE}BPMNShape"), *root.iter(f"{PLANE}BPMNEdge")]
    names = {str(one.attrib["bpmnElement"]): box_of(label) for one in drawn for label in one.findall(f"{PLANE}BPMNLabel")}
    flows = {
        str(one.attrib["bpmnElement"]): list(
            lines_of([(int(at.attrib["x"]), int(at.attrib["y"])) for at in one.findall(WAYPOINT)])
        )
        for one in root.iter(f"{PLANE}BPMNEdge")
    }
    assert names

    hidden = [(name, other) for name, box in names.items() for other, shape in shapes.items() if box.hides(shape)]
    hidden += [(name, flow) for name, box in names.items() for flow, lines in flows.items() if any(map(box.hides, lines))]
    hidden += [(name, other) for name, box in names.items() for other, more in names.items() if name < other and box.hides(more)]

    assert hidden == []
    ends = {one.get("id"): {one.get("sourceRef"), one.get("targetRef")} for one in root.iter(FLOW)}
    attached = {one.get("id"): one.get("attachedToRef") for one in root.iter(BOUNDARY)}
    through = [
        (flow, other)
        for flow, lines in flows.items()
        for other, shape in shapes.items()
        if other not in ends[flow] | {attached.get(end) for end in ends[flow]} and any(map(shape.hides, lines))
    ]
    assert through == []
    assert [name for name, box in names.items() if box.left < 0 or box.top < 0] == []


def test_a_name_takes_the_first_free_place_and_else_the_one_that_hides_least():
    taken = [Box(0, 0, 20, 20)]

    assert best([Box(10, 10, 20, 20), Box(20, 0, 5, 5)], taken) == Box(20, 0, 5, 5)
    assert best([Box(0, 0, 20, 20), Box(19, 19, 20, 20)], taken) == Box(19, 19, 20, 20)
    assert best([Box(-5, 40, 20, 20), Box(0, 40, 20, 20)], taken) == Box(0, 40, 20, 20)


def test_a_long_english_name_gets_two_lines_and_a_chinese_one_its_width():
    assert size_of("需填参数？", "Parameters?") == (83, 16)
    assert size_of("需", "Old leg or break?") == (69, 30)
    assert size_of("是否需要人工处理", "x") == (112, 16)
