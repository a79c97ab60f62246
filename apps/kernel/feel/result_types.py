"""What can be told of the result of a function from its text alone, for `instance of function<...> -> type`."""

from apps.kernel.feel import tree
from apps.kernel.feel.tree import ANY, Node, Type
from apps.kernel.feel.values import kind_of

_BOOLEAN, _NUMBER = Type("boolean"), Type("number")
_TRUTHS = (tree.Comparison, tree.Between, tree.In, tree.Logic, tree.Quantified, tree.InstanceOf)


def type_from_text(node: Node) -> Type:
    """The type of an expression's values; ANY where the text alone does not tell it."""
    if isinstance(node, tree.Literal):
        return ANY if node.value is None else Type(kind_of(node.value))
    if isinstance(node, _TRUTHS):
        return _BOOLEAN
    if isinstance(node, tree.ContextOf):
        names = tuple(name for name, _item in node.entries)
        return Type("context", tuple(type_from_text(item) for _name, item in node.entries), names)
    if isinstance(node, tree.ListOf):
        return Type("list", (_common([type_from_text(item) for item in node.items]),))
    if isinstance(node, tree.For):
        return Type("list", (type_from_text(node.body),))
    if isinstance(node, tree.If):
        return _common([type_from_text(node.then), type_from_text(node.otherwise)])
    if isinstance(node, tree.Arithmetic):
        operands = [type_from_text(part) for part in (node.first, *(operand for _sign, operand in node.rest))]
        return _NUMBER if all(operand == _NUMBER for operand in operands) else ANY
    if isinstance(node, tree.Negation):
        return _NUMBER if type_from_text(node.operand) == _NUMBER else ANY
    return Type("function") if isinstance(node, tree.Definition) else ANY


def _common(types: list[Type]) -> Type:
    return types[0] if types and all(one == types[0] for one in types) else ANY


def may_be(found: Type, wanted: Type) -> bool:
    """Can values of the type that was found be of the type that is wanted? What is not known may be anything."""
    if ANY in (found, wanted):
        return True
    if found.name != wanted.name:
        return False
    if found.name == "context":
        own = dict(zip(found.fields, found.parts, strict=True))
        parts = zip(wanted.fields, wanted.parts, strict=True)
        return all(name in own and may_be(own[name], part) for name, part in parts)
    return all(may_be(one, other) for one, other in zip(found.parts, wanted.parts, strict=False))
