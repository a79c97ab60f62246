"""What is asked of templates: what comes of a save on top of what others saved meanwhile, and what their tests say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.kernel.canonical import canonical_json
from apps.processes.conf import handler_lookup
from apps.processes.core.bpmn import read_model
from apps.processes.core.codec import plan_digest
from apps.processes.core.merging import Decided, MergedValues, merge_values
from apps.processes.core.testing import SHOWN, Case, Result
from apps.processes.models import ProcessTemplate, TemplateRevision
from apps.processes.selectors import as_it_does, results_on
from apps.processes.selectors.joining import Conflict, Joined, Told, join_models

FIELD, TEST = "field:", "test:"
"""How the keys of what is no element of the model begin; ids of elements have no colon."""
_TITLES = {field.name: field.verbose_name for field in ProcessTemplate._meta.fields}


@dataclass(frozen=True)
class Together:
    """`conflicts`: all that both changed, decided or not; `is_decided`: nothing of it is open."""

    said: TemplateRevision
    conflicts: list[Conflict]
    is_decided: bool


def brought_together(was: TemplateRevision, now: TemplateRevision, own: TemplateRevision, decided: Decided) -> Together:
    """What comes of one's own save, drawn on what `was`, when others have saved meanwhile what it is `now`.

    The documents can be read. What only one side changed is taken; places in the picture are one's own.
    """
    values = [_values(said) for said in (was, now, own)]
    joined, merged = _joined_models(was, now, own, decided), merge_values(*values, decided=decided)
    asked_values = merge_values(*values)
    asked = [*join_models(joined.old, joined.new, joined.own, {}).merged.conflicts, *joined.merged.conflicts] if joined else []
    told = Told(joined) if joined and asked else None
    conflicts = [told.conflict(key, decided.get(key)) for key in dict.fromkeys(asked)] if told else []
    conflicts += [_conflict(key, values, decided) for key in asked_values.conflicts]
    model_xml = _alone(was.model_xml, now.model_xml, own.model_xml) if joined is None else joined.merged.model_xml
    is_decided = model_xml is not None and not merged.conflicts
    return Together(_said(own, model_xml or own.model_xml, merged), conflicts, is_decided)


def _alone(was: str, now: str, own: str) -> str:
    return now if own == was else own


def _joined_models(was: TemplateRevision, now: TemplateRevision, own: TemplateRevision, decided: Decided) -> Joined | None:
    """None where at most one of the two has changed the model at all: its text stays as it is."""
    if was.model_xml in (now.model_xml, own.model_xml):
        return None
    return join_models(was.model_xml, now.model_xml, own.model_xml, decided)


def _values(said: TemplateRevision) -> dict[str, Any]:
    found: dict[str, Any] = {f"{FIELD}{name}": value for name, value in said.names.items()}
    return found | {f"{TEST}{test['name']}": test for test in said.tests}


def _said(own: TemplateRevision, model_xml: str, merged: MergedValues) -> TemplateRevision:
    names = {key.removeprefix(FIELD): value for key, value in merged.values.items() if key.startswith(FIELD)}
    tests = sorted((value for key, value in merged.values.items() if key.startswith(TEST)), key=_name)
    return TemplateRevision(template=own.template, number=own.number, model_xml=model_xml, names=names, tests=tests)


def _name(test: Mapping[str, Any]) -> str:
    return str(test["name"])


def _conflict(key: str, values: Sequence[Mapping[str, Any]], decided: Decided) -> Conflict:
    was, now, own = (side.get(key) for side in values)
    if key.startswith(TEST):
        title = _("Test “{name}”").format(name=key.removeprefix(TEST))
        base, mine = _test_in_words(was, now), _test_in_words(was, own)
    else:
        title = str(_TITLES[key.removeprefix(FIELD)])
        base, mine = [_shown(now)], [_shown(own)]
    side = decided.get(key)
    return Conflict(key, key, title, base, mine, side.value if side else "")


def _test_in_words(was: Mapping[str, Any] | None, test: Mapping[str, Any] | None) -> list[str]:
    """What is other than it was."""
    if test is None:
        return [_("It is removed.")]
    titles = {"variables": _("Given variables"), "script": _("Results of the steps"), "expected": _("Expected")}
    return [f"{title}: {_shown(test[part])}" for part, title in titles.items() if was is None or was[part] != test[part]]


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else canonical_json(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def played_on(model_xml: str, cases: Sequence[Case]) -> list[Result] | None:
    """What tests say of a template's model, kept as for processes; None for a model that cannot be played."""
    plan = read_model(model_xml.encode(), handlers=handler_lookup()).plan
    return None if plan is None else results_on(plan, plan_digest(plan), cases)


def as_the_model_does(model_xml: str, case: Case) -> Case | None:
    """The test that expects all that the model does with what the case gives; None for a model that cannot be played."""
    plan = read_model(model_xml.encode(), handlers=handler_lookup()).plan
    return None if plan is None else as_it_does(plan, case)
