"""A table as a decision model that any DMN program reads: wildcards become FEEL, so that it answers as the product does."""

from xml.sax.saxutils import escape, quoteattr

from apps.kernel.dmn.nodes import HitPolicy as Policy
from apps.lines.products.core.book import NOTHING, Book, RuleRow
from apps.lines.products.core.patterns import read_pattern
from apps.lines.products.states import COLUMNS, ColumnKind, ColumnOfRules, HitPolicy

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="{xmlns}" id="model_{name}" name="{name}" namespace="urn:clearway:products:{name}">
{data}<decision id="decision_{name}" name="{name}"><variable name="{name}" typeRef="string"/>{needs}
<decisionTable id="table_{name}" hitPolicy="{policy}">
{inputs}<output id="result" name="result" typeRef="string"/>
{rules}</decisionTable></decision></definitions>
"""
_NEEDS = '<informationRequirement id="needs_{0}"><requiredInput href="#{0}"/></informationRequirement>'
_TYPES = {
    ColumnKind.TEXT: "string",
    ColumnKind.NUMBER: "number",
    ColumnKind.DATE: "date",
    ColumnKind.BOOLEAN: "boolean",
}
_POLICIES = {HitPolicy.UNIQUE: Policy.UNIQUE, HitPolicy.ANY: Policy.ANY, HitPolicy.FIRST: Policy.FIRST}


def model_of(book: Book, table: str) -> str:
    """The XML of one table as it is in force, with the columns that its rules use. The decision is called as the table.

    The result of a rule is `class <code>`, `table <code>` or `refused <rule>`. What is not known comes as null, extended codes as
    one text with blanks between them. Raises KeyError for a table that is not in force.
    """
    held = book.tables[table]
    rules = book.rules.get(table, ())
    columns = [column for column in COLUMNS if any(rule.cells.get(column.name, "").strip() not in NOTHING for rule in rules)]
    columns = columns or [COLUMNS[0]]
    return _MODEL.format(
        xmlns=NAMESPACE,
        name=table,
        data="".join(_data(column) for column in columns),
        needs="".join(_NEEDS.format(column.name) for column in columns),
        policy=_POLICIES[HitPolicy(held.hit_policy)].value,
        inputs="".join(_input(column) for column in columns),
        rules="".join(_rule(rule, columns) for rule in rules),
    )


def result_text(rule: RuleRow) -> str:
    """What a rule answers in the model."""
    if rule.refusal:
        return f"refused {rule.code}"
    return f"class {rule.class_code}" if rule.class_code else f"table {rule.next_table}"


def cell_of(column: ColumnOfRules, cell: str) -> str:
    """A cell in FEEL."""
    if cell.strip() in NOTHING:
        return "-"
    if column.kind is not ColumnKind.TEXT:
        return cell.strip()
    pattern = read_pattern(cell)
    if column.name == "extended_codes":
        test = _matching("(^|.* )(" + pattern.expression("[^ ]") + ")( .*|$)")
    elif pattern.is_plain and not any(sign.lower() != sign.upper() for text in pattern.texts for sign in text):
        texts = ", ".join(_string(text) for text in pattern.texts)
        test = f"? in ({texts})" if pattern.is_negated else texts
    else:
        test = _matching("^(" + pattern.expression() + ")$")
    return f"? = null or not({test})" if pattern.is_negated else test


def _matching(expression: str) -> str:
    """Without the first half a cell would be null for an input that is null, which FEEL takes for equal."""
    return f'? != null and matches(?, {_string(expression)}, "is")'


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _data(column: ColumnOfRules) -> str:
    kind = _TYPES[column.kind]
    return f'<inputData id="{column.name}" name="{column.name}"><variable name="{column.name}" typeRef="{kind}"/></inputData>\n'


def _input(column: ColumnOfRules) -> str:
    asked = f'<inputExpression typeRef="{_TYPES[column.kind]}"><text>{column.name}</text></inputExpression>'
    return f'<input id="in_{column.name}">{asked}</input>\n'


def _rule(rule: RuleRow, columns: list[ColumnOfRules]) -> str:
    cells = "".join(f"<inputEntry><text>{escape(cell_of(c, rule.cells.get(c.name, '')))}</text></inputEntry>" for c in columns)
    answer = escape(_string(result_text(rule)))
    return f"<rule id={quoteattr(rule.code)}>{cells}<outputEntry><text>{answer}</text></outputEntry></rule>\n"
