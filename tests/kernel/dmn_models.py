"""Small decision models as text, for tests."""

from xml.sax.saxutils import escape

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def model(*elements: str, namespace: str = NAMESPACE) -> str:
    """A model of these elements."""
    return f'<definitions xmlns="{namespace}" id="model" name="model" namespace="urn:model">{"".join(elements)}</definitions>'


def given(name: str, type_name: str = "", identity: str = "") -> str:
    """An input."""
    typed = f' typeRef="{type_name}"' if type_name else ""
    return f'<inputData id="{identity or name}" name="{name}"><variable name="{name}"{typed}/></inputData>'


def decision(name: str, body: str, *needs: str, type_name: str = "") -> str:
    """A decision; `needs` are ids, those of decisions with a `decision:` and of functions with a `knowledge:` before them."""
    required = {"": "requiredInput", "decision": "requiredDecision", "knowledge": "requiredKnowledge"}
    kinds = {"": "information", "decision": "information", "knowledge": "knowledge"}
    parts = [need.rpartition(":") for need in needs]
    links = "".join(
        f'<{kinds[kind]}Requirement><{required[kind]} href="#{identity}"/></{kinds[kind]}Requirement>'
        for kind, _colon, identity in parts
    )
    typed = f' typeRef="{type_name}"' if type_name else ""
    return f'<decision id="{name}" name="{name}"><variable name="{name}"{typed}/>{links}{body}</decision>'


def literal(text: str) -> str:
    """A FEEL text as a boxed expression."""
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def table(
    policy: str,
    inputs: list[str],
    outputs: list[str],
    rules: list[list[str]],
    *,
    aggregation: str = "",
    values: str = "",
    default: str = "",
) -> str:
    """A table; each rule is its tests and then its results; `values` and `default` go to the first output."""
    asked = "".join(f"<input><inputExpression><text>{escape(text)}</text></inputExpression></input>" for text in inputs)
    first = f"<outputValues><text>{escape(values)}</text></outputValues>" if values else ""
    first += f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
    results = "".join(f'<output name="{name}">{first if number == 0 else ""}</output>' for number, name in enumerate(outputs))
    rows = ""
    for number, rule in enumerate(rules, 1):
        cells = "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in rule[: len(inputs)])
        cells += "".join(f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in rule[len(inputs) :])
        rows += f'<rule id="rule {number}">{cells}</rule>'
    put_together = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable id="table" hitPolicy="{policy}"{put_together}>{asked}{results}{rows}</decisionTable>'
