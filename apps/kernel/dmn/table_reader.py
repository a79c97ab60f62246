"""Reads a decision table."""

from django.utils.translation import gettext as _
from lxml import etree

from apps.kernel.dmn.boxed import NOTHING, Boxes, child, children, name_of, text_of
from apps.kernel.dmn.nodes import Broken, HitPolicy, Input, Output, Rule, Table
from apps.kernel.feel import tree

_SINGLE = {"U": "UNIQUE", "A": "ANY", "P": "PRIORITY", "F": "FIRST", "C": "COLLECT", "O": "OUTPUT ORDER", "R": "RULE ORDER"}
_AGGREGATIONS = frozenset({"", "SUM", "MIN", "MAX", "COUNT"})


def table_of(boxes: Boxes, box: etree._Element) -> tree.Node:
    """The table, or a broken expression when its rules do not fit its columns or its hit policy makes no sense."""
    inputs = tuple(_input(boxes, column) for column in children(box, "input"))
    outputs = tuple(_output(boxes, column) for column in children(box, "output"))
    spelled = (box.get("hitPolicy") or "UNIQUE").upper().replace("_", " ")
    aggregation = (box.get("aggregation") or "").upper()
    if _SINGLE.get(spelled, spelled) not in set(HitPolicy) or aggregation not in _AGGREGATIONS:
        message = _("There is no hit policy {name}.").format(name=f"{spelled} {aggregation}".strip())
        return Broken(boxes.say(box, "dmn.hit_policy", message))
    policy = HitPolicy(_SINGLE.get(spelled, spelled))
    if not outputs:
        return Broken(boxes.say(box, "dmn.no_output", _("The table has no output.")))
    if len(outputs) > 1 and len({column.name for column in outputs} - {""}) < len(outputs):
        return Broken(boxes.say(box, "dmn.output_name", _("Each of several outputs needs a name of its own.")))
    if policy is not HitPolicy.COLLECT:
        aggregation = ""
    if aggregation in {"SUM", "MIN", "MAX"} and len(outputs) > 1:
        return Broken(boxes.say(box, "dmn.aggregation", _("Several outputs cannot be put together into one value.")))
    if policy in {HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER} and not any(column.ranking for column in outputs):
        return Broken(boxes.say(box, "dmn.no_ranking", _("This hit policy needs the values of an output in their order.")))
    rules = []
    for number, row in enumerate(children(box, "rule"), 1):
        rule = _rule(boxes, row, number, len(inputs), len(outputs))
        if rule is None:
            return Broken(boxes.say(row, "dmn.rule_length", _("The rule has not one cell for each column.")))
        rules.append(rule)
    holder = box.getparent()
    place = box.get("id") or (holder.get("id") if holder is not None else None) or f"line {box.sourceline}"
    return Table(place, policy, aggregation, inputs, outputs, tuple(rules))


def _input(boxes: Boxes, column: etree._Element) -> Input:
    expression = child(column, "inputExpression")
    if expression is None or not text_of(expression):
        return Input(Broken(boxes.say(column, "dmn.input_expression", _("The input has no expression."))), tree.Tests())
    boxes.require_feel(expression)
    return Input(boxes.feel(text_of(expression), expression), _values(boxes, child(column, "inputValues")))


def _values(boxes: Boxes, values: etree._Element | None) -> tree.Tests:
    return boxes.tests(text_of(values), values) if values is not None else tree.Tests()


def _output(boxes: Boxes, column: etree._Element) -> Output:
    wanted = boxes.type_of(column)
    tests = _values(boxes, child(column, "outputValues"))
    ranked = tests if tests.tests or not wanted.tests else wanted.tests[0]  # else the values of the type, in their order
    default = child(column, "defaultOutputEntry")
    return Output(
        name_of(column), tests, () if ranked.negated else ranked.tests,
        boxes.feel(text_of(default), default) if default is not None and text_of(default) else None, wanted,
    )  # fmt: skip


def _rule(boxes: Boxes, row: etree._Element, number: int, inputs: int, outputs: int) -> Rule | None:
    cells, results = list(children(row, "inputEntry")), list(children(row, "outputEntry"))
    if len(cells) != inputs or len(results) != outputs:
        return None
    for cell in (*cells, *results):
        boxes.require_feel(cell)
    return Rule(
        row.get("id") or f"#{number}",
        tuple(boxes.tests(text_of(cell), cell) for cell in cells),
        tuple(_result(boxes, cell) for cell in results),
    )


def _result(boxes: Boxes, cell: etree._Element) -> tree.Node:
    text = text_of(cell)
    return NOTHING if text in {"", "-"} else boxes.typed(boxes.feel(text, cell), cell, cell)
