"""What is asked of variants: what their base has changed since, how it joins with what is their own, and what tests say of it."""

from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from apps.kernel.errors import NotFound
from apps.people.models import User
from apps.processes.conf import handler_lookup
from apps.processes.core.bpmn import read_model, read_plan
from apps.processes.core.codec import plan_digest
from apps.processes.core.merging import Decided, Merged, Side
from apps.processes.core.problems import Problem
from apps.processes.core.renaming import with_process_id
from apps.processes.core.skeleton import empty_model
from apps.processes.core.testing import Case, Result
from apps.processes.errors import NothingToTakeOver
from apps.processes.models import Process, ProcessTemplate, ProcessVersion, TemplateRevision, Variant, WorkingCopyRevision
from apps.processes.selectors import (
    process_to_draw,
    processes_where,
    published_version,
    results_on,
    tests_of,
    working_copy_of,
)
from apps.processes.selectors.joining import Conflict, Joined, Told, join_models, merge_on_own
from apps.processes.states import VersionState

ROUNDS = 5
"""How often what a decision brings along may need a further one before a preview is given up."""


def variant_of(person: User, process: Process) -> Variant | None:
    """What the process is a variant of, when the person may see that, as everybody may a template. One query.

    `newest` is the number of its base in force, or of the template's revision.
    """
    seen = Q(base__in=processes_where(person)) | Q(base=None)
    return _told(Variant.objects.filter(seen, process=process)).first()


def variants_of(person: User, base: Process, after: str = "") -> QuerySet[Variant]:
    """Variants of a process that the person may see, by key. One query."""
    return _told(Variant.objects.filter(base=base, process__in=processes_where(person), process__key__gt=after))


def _told(found: QuerySet[Variant]) -> QuerySet[Variant]:
    in_force = ProcessVersion.objects.filter(process=OuterRef("base"), state=VersionState.PUBLISHED).values("number")[:1]
    related = ("process__line", "base__line", "merged_with__process", "merged_revision__template")
    large = ["merged_with__model_xml", "merged_with__plan"]
    large += [f"merged_revision__{name}" for name in ("model_xml", "tests", "template__model_xml", "template__tests")]
    newest = Coalesce(Subquery(in_force), F("merged_revision__template__revision"))
    return found.select_related(*related).order_by("process__key").defer(*large).annotate(newest=newest)


Said = ProcessVersion | TemplateRevision
"""What a base says: a version of a process, or a revision of a template."""


def newest_of(variant: Variant) -> Said | None:
    """What the base of a variant says now: what is in force of a process, or the template as it is. One query at most."""
    origin = variant.origin
    return published_version(origin.key) if isinstance(origin, Process) else ProcessTemplate.objects.get(pk=origin.pk).now


def model_under(key: str, said: Said) -> str:
    """The model of a base as that of the process `key`. Raises Refused (front door)."""
    model = said.model_xml.encode()
    if isinstance(said, ProcessVersion):
        return with_process_id(model, said.process.key, key)
    plan = read_plan(model).plan
    return with_process_id(model, plan.process_id if plan else "", key)


def merged_since(variant: Variant, copy: WorkingCopyRevision | None) -> Said:
    """What the base said when the working copy, or the variant, was last merged with it."""
    brought_in = (copy.working_copy.merged_with or copy.working_copy.merged_revision) if copy else None
    return brought_in or variant.since


def join(variant: Variant, newest: Said, decided: Decided) -> Joined | None:
    """Brings the base's changes since the last time to the variant; None when it has them. A handful of queries."""
    process = variant.process
    copy = working_copy_of(process)
    since = merged_since(variant, copy)
    if since.number == newest.number:
        return None
    last = process.versions.order_by("-number").first() if copy is None else None
    own = copy.model_xml if copy else last.model_xml if last else empty_model(process.key, process.name_zh, process.name_en)
    old, new = (model_under(process.key, said) for said in (since, newest))
    return join_models(old, new, own, decided)


@dataclass(frozen=True)
class Rebase:
    """What the page shows. `seen`: the revision of the working copy that took part, 0 for none; `marks`: by element."""

    variant: Variant
    since: Said
    newest: Said
    seen: int
    conflicts: list[Conflict]
    undecided: int
    from_base: list[str]
    own: list[str]
    marks: dict[str, str]
    preview: str
    problems: list[Problem]
    base_tests: list[Result]
    own_tests: list[Result]


def variant_to_rebase(author: User, key: str) -> Variant:
    """Raises NotFound for what is no variant or whose base the person may not see, NotPermitted for who may not write it."""
    variant = variant_of(author, process_to_draw(author, key))
    if variant is None:
        raise NotFound(what=_("variant"))
    return variant


def rebase_for(author: User, key: str, decided: Decided) -> Rebase:
    """How the variant would be with what its base has changed. The number of queries does not grow with the models.

    Raises NothingToTakeOver when the base has not changed since.
    """
    variant = variant_to_rebase(author, key)
    newest = newest_of(variant)
    joined = join(variant, newest, decided) if newest is not None else None
    if joined is None or newest is None:
        number = (newest or variant.since).number
        raise NothingToTakeOver(variant=variant.process.name, base=variant.origin.name, number=number)
    copy = working_copy_of(variant.process)
    asked = merge_on_own(joined.old, joined.new, joined.own, {})
    open_ones = list(dict.fromkeys([*asked.conflicts, *joined.merged.conflicts]))
    preview = _preview(joined, decided)
    told = Told(joined)
    played = (_cases_of(newest), [test.case for test in tests_of(variant.process)])
    problems, results = _checked(preview.model_xml or joined.own, played)
    return Rebase(
        variant=variant,
        since=merged_since(variant, copy),
        newest=newest,
        seen=copy.number if copy else 0,
        conflicts=[told.conflict(key, decided.get(key)) for key in open_ones],
        undecided=len(joined.merged.conflicts),
        from_base=told.sentences(told.base, preview.mine),
        own=told.sentences(told.own, preview.theirs),
        marks=told.marks(preview, open_ones),
        preview=preview.model_xml or joined.own,
        problems=problems,
        base_tests=results[0],
        own_tests=results[1],
    )


def _preview(joined: Joined, decided: Decided) -> Merged:
    """As it would be if everything that is not decided yet stayed as the variant has it."""
    answers = dict(decided)
    merged = joined.merged
    for _round in range(ROUNDS):
        if not merged.conflicts:
            break
        answers |= {key: Side.THEIRS for key in merged.conflicts if key not in answers}
        merged = merge_on_own(joined.old, joined.new, joined.own, answers)
    return merged


def _cases_of(said: Said) -> list[Case]:
    """The tests of a base."""
    return [test.case for test in tests_of(said.process)] if isinstance(said, ProcessVersion) else said.cases


def _checked(model_xml: str, tests: tuple[list[Case], list[Case]]) -> tuple[list[Problem], list[list[Result]]]:
    reading = read_model(model_xml.encode(), handlers=handler_lookup())
    if reading.plan is None:
        return reading.problems, [[], []]
    digest = plan_digest(reading.plan)
    return reading.problems, [results_on(reading.plan, digest, cases) for cases in tests]
