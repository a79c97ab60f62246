"""What is compared with what: written by administrators in the admin site, or shipped with the product."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.journal.actions import append
from apps.kernel.rows import as_texts
from apps.people.actions import require
from apps.people.models import BusinessLine, User
from apps.people.states import Right
from apps.recon.core.definition import Column, Unsound, missing_columns, problems_of, rows_are_sound
from apps.recon.core.equations import Equation, names_read
from apps.recon.core.equations import problems_of as problems_of_equations
from apps.recon.errors import DefinitionUnsound
from apps.recon.events import DefinitionChanged
from apps.recon.models import DefinedColumn, DefinedEquation, Reconciliation, ReconciliationDefinition
from apps.recon.selectors import columns_of, equations_of
from apps.recon.states import Role
from apps.recon.store import known_columns

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "definitions.json"
SIDES = ("left", "right")
WHY: dict[str, Any] = {
    "no_key": _("a definition needs a column that is the key"),
    "same_name": _("two columns have this name"),
    "negative_tolerance": _("a tolerance is not negative"),
    "text_tolerance": _("texts are the same or not: they have no tolerance"),
    "too_many_places": _("amounts have six decimal places at most"),
    "fine_tolerance": _("the tolerance is finer than the column"),
    "not_summed": _("texts and dates cannot be summed: no side may have several rows of a key"),
    "no_such_column": _("the source has no such column"),
    "no_such_source": _("nobody knows a source of this code"),
    "key_severity": _("a key does not differ: it has no severity"),
    "p1_above": _("the amount above which a difference is P1 is not negative, and asks for a column that is an amount"),
    "rows": _("rows are chosen as NAME=value,value;NAME=value"),
    "same_equation": _("two equations have this name"),
    "no_equation": _("an equation is written as left.a + right.b[kind=x,y] - 100 = left.c; also with >= and <="),
    "compared": _("results of this definition are kept: let a new one be valid from another day"),
}


def require_sound(definition: ReconciliationDefinition, columns: Sequence[Column], equations: Sequence[Equation] = ()) -> None:
    """Raises DefinitionUnsound with the first rule that is broken."""
    for problem in _problems(definition, columns, equations):
        raise DefinitionUnsound(place=problem.place, why=WHY[problem.rule])


def require_sound_equations(equations: Sequence[Equation]) -> None:
    """Raises DefinitionUnsound with the first rule that an equation breaks by itself, whatever it is about."""
    for problem in problems_of_equations(equations):
        raise DefinitionUnsound(place=problem.place, why=WHY[problem.rule])


def _problems(
    definition: ReconciliationDefinition, columns: Sequence[Column], equations: Sequence[Equation]
) -> Iterable[Unsound]:
    yield from problems_of(columns, [side for side in SIDES if getattr(definition, f"{side}_many")])
    yield from problems_of_equations(equations)
    if definition.p1_above is not None and (definition.p1_above < 0 or all(column.role != Role.AMOUNT for column in columns)):
        yield Unsound("p1_above", f"{definition.p1_above:f}")
    for side in SIDES:
        kind, code, rows = (getattr(definition, f"{side}_{name}") for name in ("kind", "code", "rows"))
        if not rows_are_sound(rows):
            yield Unsound("rows", rows)
            continue
        try:
            known = known_columns(kind, code, definition.line.code)
        except KeyError:
            yield Unsound("no_such_source", code)
            continue
        if known is not None:
            yield from missing_columns(names_read(columns, equations, side, rows), known)


@transaction.atomic
def save_definition(
    *, definition: ReconciliationDefinition, columns: Sequence[Column], equations: Sequence[Equation] = (), actor: User
) -> ReconciliationDefinition:
    """Keeps what an administrator of the line wrote. What results rest on is not rewritten: a new one counts from its day."""
    require(actor, Right.ADMINISTER, definition.line)
    kept = (
        ReconciliationDefinition.objects.select_for_update(of=("self",)).select_related("line").filter(pk=definition.pk).first()
    )
    if kept is not None:
        require(actor, Right.ADMINISTER, kept.line)
    return _keep(definition, columns, equations, kept, actor)


def _keep(
    definition: ReconciliationDefinition,
    columns: Sequence[Column],
    equations: Sequence[Equation],
    kept: ReconciliationDefinition | None,
    actor: User | None,
) -> ReconciliationDefinition:
    require_sound(definition, columns, equations)
    before = _as_texts(kept) if kept else {}
    if kept is not None and Reconciliation.objects.filter(definition=kept).exists():
        after = {**as_texts(definition), "columns": _columns_text(columns), "equations": _equations_text(equations)}
        same = {**after, "active": ""} == {**before, "active": ""}
        if not same:
            raise DefinitionUnsound(place=definition.code, why=WHY["compared"])
    definition.save()
    definition.columns.all().delete()
    DefinedColumn.objects.bulk_create(
        DefinedColumn(definition=definition, position=at, **vars(column)) for at, column in enumerate(columns, start=1)
    )
    definition.equations.all().delete()
    DefinedEquation.objects.bulk_create(
        DefinedEquation(definition=definition, position=at, **{**vars(equation), "per": ",".join(equation.per)})
        for at, equation in enumerate(equations, start=1)
    )
    definition.refresh_from_db()
    after = _as_texts(definition)
    if before != after:
        append(DefinitionChanged(line=definition.line.code, name=definition.code, before=before, after=after), actor=actor)
    return definition


def _as_texts(definition: ReconciliationDefinition) -> dict[str, str]:
    columns, equations = _columns_text(columns_of(definition)), _equations_text(equations_of(definition))
    return {**as_texts(definition), "columns": columns, "equations": equations}


def _columns_text(columns: Sequence[Column]) -> str:
    return "; ".join(
        f"{one.role} {one.name}: {one.left} / {one.right}, {one.places} places, ± {one.tolerance.normalize():f}"
        + (f", {one.severity}" if one.severity else "")
        for one in columns
    )


def _equations_text(equations: Sequence[Equation]) -> str:
    return "; ".join(
        f"{one.name}: {one.says}, {','.join(one.per) or '*'}, {one.places} places, ± {one.tolerance.normalize():f}"
        for one in equations
    )


@transaction.atomic
def load_definitions() -> int:
    """The definitions that ship with the product, on lines that are here; those that are there stay as they are. How many are
    new."""
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    for line in shipped["lines"]:
        BusinessLine.objects.get_or_create(code=line.pop("code"), defaults=line)
    lines = {line.code: line for line in BusinessLine.objects.all()}
    new = 0
    for facts in shipped["definitions"]:
        line = lines.get(facts.pop("line"))
        if line is None or ReconciliationDefinition.objects.filter(code=facts["code"]).exists():
            continue
        columns = [Column(**{**column, "tolerance": Decimal(column.get("tolerance", "0"))}) for column in facts.pop("columns")]
        equations = [
            Equation(**{**said, "per": tuple(said.get("per", [])), "tolerance": Decimal(said.get("tolerance", "0"))})
            for said in facts.pop("equations", [])
        ]
        facts["p1_above"] = Decimal(facts["p1_above"]) if "p1_above" in facts else None
        facts["valid_from"] = date.fromisoformat(facts["valid_from"])
        _keep(ReconciliationDefinition(line=line, **facts), columns, equations, None, None)
        new += 1
    return new
