"""Templates, as administrators keep them up: checked, tested, journaled, merged with what others saved meanwhile."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.errors import NotFound, NotPermitted, StaleState
from apps.people.models import User
from apps.processes import events
from apps.processes.actions.testing import MOST_TESTS
from apps.processes.conf import handler_lookup
from apps.processes.core.bpmn import read_model
from apps.processes.core.merging import Decided
from apps.processes.core.testing import Unusable, read_test
from apps.processes.errors import (
    ModelRefused,
    TemplateChangedMeanwhile,
    TemplateExists,
    TemplateInUse,
    TestExists,
    TestsFail,
    TestUnusable,
    TooManyTests,
)
from apps.processes.models import ProcessTemplate, TemplateRevision, Variant, WorkingCopy
from apps.processes.models.templates import TEMPLATE_NAMES
from apps.processes.selectors.templates import brought_together, played_on

FIELDS = (*TEMPLATE_NAMES, "model_xml")
KEPT_REVISIONS = 200
"""How many revisions are kept for late savers; older ones only while a process hangs on them."""


@transaction.atomic
def save_template(
    *,
    facts: Mapping[str, str],
    actor: User,
    template_id: int | None = None,
    seen: int = 0,
    made_from: str = "",
    tests: Sequence[Any] | None = None,
    decided: Decided | None = None,
) -> ProcessTemplate:
    """Saves a new template, or the next revision of one that is there. The same again makes no new revision.

    `facts` holds the fields of FIELDS as they are wanted on what revision `seen` said, `tests` its tests as JSON (None: as they
    are); what others saved since is merged with it, and `decided` says what counts where both changed the same. `made_from` is
    the key of the template that a new one was copied from. Raises NotAModel, ModelRefused, TestUnusable, TestExists,
    TooManyTests, TestsFail, TemplateExists, and TemplateChangedMeanwhile when something both changed is open.
    """
    template = _locked(template_id)
    _require_keeper(actor, "change" if template_id else "add", template)
    was = _revision_seen(template, seen) if template_id else template.now
    own = _wanted(was, facts, tests)
    late = bool(template_id) and was.number != template.revision
    said = _brought_together(template, was, own, decided or {}) if late else own
    changed = _changed(template.now, said)
    if not changed:
        return template
    _require_model(said.model_xml)
    _require_tests_to_pass(said)
    if template_id:
        kept_revision(template)
    for name, value in (said.names | {"model_xml": said.model_xml, "tests": said.tests}).items():
        setattr(template, name, value)
    template.revision = template.revision + 1 if template_id else 1
    template.saved_by, template.saved_at = actor, clock.now()
    if not template_id and made_from:
        template.made_from = ProcessTemplate.objects.filter(key=made_from).first()
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as twice:
        raise TemplateExists(key=template.key) from twice
    _forget_old_revisions(template)
    origin = template.made_from.key if template.made_from and not template_id else ""
    fact = events.TemplateSaved(
        **_facts(template),
        changed=changed,
        made_from=origin,
        tests=[case.digest for case in said.cases],
        merged_with=template.revision - 1 if late else 0,
    )
    append(fact, actor=actor)
    return template


def kept_revision(template: ProcessTemplate) -> TemplateRevision:
    """The template as it is now, kept for those who merge with it; the caller has locked the template."""
    now = template.now
    said = {"model_xml": now.model_xml, "tests": now.tests, "names": now.names}
    return TemplateRevision.objects.update_or_create(template=template, number=now.number, defaults=said)[0]


@transaction.atomic
def remove_template(*, template_id: int, actor: User) -> None:
    """Removes a template from which no process was made."""
    template = _locked(template_id)
    _require_keeper(actor, "delete", template)
    facts = _facts(template)
    try:
        template.delete()
    except ProtectedError as used:
        raise TemplateInUse(name=str(template), count=template.processes.count()) from used
    append(events.TemplateRemoved(**facts), actor=actor)


def _locked(template_id: int | None) -> ProcessTemplate:
    if template_id is None:
        return ProcessTemplate()
    found = ProcessTemplate.objects.select_for_update(of=("self",)).select_related("saved_by").filter(pk=template_id).first()
    if found is None:
        raise NotFound(what=_("template"))
    return found


def _require_keeper(actor: User, verb: str, template: ProcessTemplate) -> None:
    """Templates belong to no line: who keeps them has Django's own permission, as every superuser has."""
    keeper = User.objects.filter(pk=actor.pk, is_active=True, is_staff=True).first()
    if keeper is None or not keeper.has_perm(f"processes.{verb}_processtemplate"):
        raise NotPermitted(right=_("keep templates"), target=template if template.pk else _("process templates"))


def _revision_seen(template: ProcessTemplate, seen: int) -> TemplateRevision:
    if seen == template.revision:
        return template.now
    was = TemplateRevision.objects.filter(template=template, number=seen).first()
    if was is None:
        raise StaleState(what=str(template), state=f"r{template.revision}")
    return was


def _wanted(was: TemplateRevision, facts: Mapping[str, str], tests: Sequence[Any] | None) -> TemplateRevision:
    """What somebody wants the template to say."""
    names = {name: facts[name] for name in TEMPLATE_NAMES}
    kept = was.tests if tests is None else _read(tests)
    return TemplateRevision(template=was.template, number=was.number, model_xml=facts["model_xml"], names=names, tests=kept)


def _read(tests: Sequence[Any]) -> list[dict[str, Any]]:
    """By name, each in its one form."""
    if len(tests) > MOST_TESTS:
        raise TooManyTests(most=MOST_TESTS)
    try:
        cases = sorted((read_test(test) for test in tests), key=lambda case: case.name)
    except Unusable as refusal:
        raise TestUnusable.because_of(refusal) from refusal
    for before, after in pairwise(cases):
        if before.name == after.name:
            raise TestExists(name=after.name)
    return [case.as_dict() for case in cases]


def _brought_together(
    template: ProcessTemplate, was: TemplateRevision, own: TemplateRevision, decided: Decided
) -> TemplateRevision:
    _require_model(own.model_xml)
    found = brought_together(was, template.now, own, decided)
    if not found.is_decided:
        told = [asdict(conflict) for conflict in found.conflicts]
        by = str(template.saved_by or "–")
        raise TemplateChangedMeanwhile.because_of(told, name=str(template), by=by, revision=template.revision)
    return found.said


def _changed(now: TemplateRevision, said: TemplateRevision) -> list[str]:
    """The fields in which a template would say something else; all that it says, of a new one."""
    before, after = (one.names | {"model_xml": one.model_xml, "tests": one.tests} for one in (now, said))
    return [name for name in (*FIELDS, "tests") if before[name] != after[name]]


def _require_model(model_xml: str) -> None:
    reading = read_model(model_xml.encode(), handlers=handler_lookup())
    if reading.plan is None:
        raise ModelRefused.because_of(reading.problems)


def _require_tests_to_pass(said: TemplateRevision) -> None:
    failed = [result for result in played_on(said.model_xml, said.cases) or [] if not result.passed]
    if failed:
        raise TestsFail.because_of(failed)


def _forget_old_revisions(template: ProcessTemplate) -> None:
    """All but the newest and those on which a process hangs."""
    old = TemplateRevision.objects.filter(template=template, number__lt=template.revision - KEPT_REVISIONS)
    hanging = {"merged_revision__template": template}
    old = old.exclude(pk__in=Variant.objects.filter(**hanging).values("merged_revision"))
    old.exclude(pk__in=WorkingCopy.objects.filter(**hanging).values("merged_revision")).delete()


def _facts(template: ProcessTemplate) -> dict[str, Any]:
    digest = hashlib.sha256(template.model_xml.encode()).hexdigest()
    return {"template": template.key, "revision": template.revision, "model_digest": digest}
