"""Decision tables written in a few words, and models of processes that carry them."""

from xml.sax.saxutils import escape

from tests.factories.processes import document, elements, flows

RULES = (("> 10", "A", "high"), ("> 5", "B", "middle"), ("-", "-", "low"))


def table(rules=RULES, *, policy="FIRST", ids=True, columns=("amount", "kind"), note=""):
    asked = "".join(
        f'<input id="i{at}"><inputExpression id="e{at}" typeRef="string"><text>{name}</text></inputExpression></input>'
        for at, name in enumerate(columns)
    )
    rows = ""
    for rule in rules:
        name, cells = (rule[0], rule[1:]) if ids else ("", rule)
        entries = "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in cells[: len(columns)])
        said = f' id="{name}"' if name else ""
        rows += f"<rule{said}>{entries}<outputEntry><text>{escape(cells[len(columns)])}</text></outputEntry></rule>"
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        f'<decision id="grade" name="Grade"><variable name="Grade"/><decisionTable hitPolicy="{policy}">{asked}'
        f'<output id="o" name="grade"/>{rows}</decisionTable></decision>{note}</definitions>'
    )


def carrying(model):
    task = (
        f'<bpmn:businessRuleTask id="a" name="Grade it"><bpmn:extensionElements><clearway:decision id="grade" result="g">{model}'
    )
    rest = elements("start:s end:e") + flows(["s", "a", "e"])
    return document(f"{task}</clearway:decision></bpmn:extensionElements></bpmn:businessRuleTask>{rest}")
