"""What a package of processes would hold, and what one that came in would change here."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from apps.kernel.errors import NotFound
from apps.kernel.front_door import Refused
from apps.people.models import User
from apps.processes.conf import Parameters, handler_lookup, parameters_here, signing_seed
from apps.processes.core.bpmn import check_model
from apps.processes.core.differences import differences
from apps.processes.core.differences.words import Words
from apps.processes.core.packages import MOST_PROCESSES, Package, Packed, manifest_of, write_package
from apps.processes.core.packages.signing import Signature, signed
from apps.processes.core.problems import Problem, Severity
from apps.processes.core.testing import Unusable, read_test
from apps.processes.errors import NothingToPack
from apps.processes.models import Process, ProcessTest, ProcessVersion, ReceivedPackage, TrustedKey
from apps.processes.selectors import lexicon, processes_for
from apps.processes.states import VersionState


class Standing(StrEnum):
    """How a process of a package stands to the one of the same key here."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    HIDDEN = "hidden"  # the key belongs to a process that the person may not see


@dataclass(frozen=True)
class Item:
    """`against`: the version here that it is compared with, 0 for none; `replaces`: the person's own open draft, 0 for none.

    `windows` and `placements`: steps whose parameters are not as they are here today.
    """

    packed: Packed
    standing: Standing
    against: int
    sentences: list[str]
    new_tests: list[str]
    changed_tests: list[str]
    windows: list[str]
    placements: list[str]
    replaces: int
    problems: list[Problem]

    @property
    def says_something(self) -> bool:
        return self.standing is not Standing.SAME or bool(self.new_tests or self.changed_tests)


def packaged(person: User, keys: Sequence[str]) -> bytes:
    """The package of these processes: of each the version in force, else the newest. Six queries and one for each process."""
    wanted = sorted(set(keys))[:MOST_PROCESSES]
    found = list(processes_for(person).filter(key__in=wanted).prefetch_related("tests"))
    if not found or len(found) != len(set(keys)):
        raise NotFound(what=_("process"))
    here, kept = newest_of(found), parameters_here([process.pk for process in found])
    for process in found:
        if process.pk not in here:
            raise NothingToPack(process=process.name)
    packed = tuple(_packed(process, here[process.pk], kept.get(process.pk, {})) for process in found)
    return write_package(packed, signed(manifest_of(packed), signing_seed()))


def own_key() -> str:
    """The public key of this installation."""
    return signed(b"", signing_seed()).public_key


def trusts(signature: Signature) -> bool:
    """Whether packages under this key are imported here. One query at most."""
    if signature.public_key == own_key():
        return True
    return TrustedKey.objects.filter(public_key=signature.public_key, withdrawn_at=None).exists()


def newest_of(processes: Sequence[Process]) -> dict[int, ProcessVersion]:
    """The version in force, else the newest one, by process. One query."""
    rows = ProcessVersion.objects.filter(process__in=processes).defer("plan").order_by("number")
    found: dict[int, ProcessVersion] = {}
    for version in rows:
        known = found.get(version.process_id)
        if known is None or known.state != VersionState.PUBLISHED:
            found[version.process_id] = version
    return found


def _packed(process: Process, version: ProcessVersion, kept: Parameters) -> Packed:
    return Packed(
        key=process.key,
        name_zh=process.name_zh,
        name_en=process.name_en,
        line=process.line.code,
        startable=process.startable,
        version=version.number,
        model_xml=version.model_xml,
        tests=[test.case.as_dict() for test in process.tests.all()],
        parameters={"windows": {}, "placements": {}, **kept},
    )


def received_package(person: User, number: int) -> ReceivedPackage:
    """What this person has sent in, or NotFound."""
    found = ReceivedPackage.objects.filter(pk=number, received_by=person).first()
    if found is None:
        raise NotFound(what=_("package"))
    return found


def items_of(person: User, package: Package) -> list[Item]:
    """What the package would change, process by process. Six queries and one for each process."""
    keys = [one.key for one in package.processes]
    visible = {process.key: process for process in processes_for(person).filter(key__in=keys).prefetch_related("tests")}
    taken = set(Process.objects.filter(key__in=keys).values_list("key", flat=True))
    newest = newest_of(list(visible.values()))
    drafts = dict(
        ProcessVersion.objects.filter(process__in=visible.values(), author=person, state=VersionState.DRAFT)
        .order_by("number")
        .values_list("process_id", "number")
    )
    kept = parameters_here([process.pk for process in visible.values()])
    told = []
    for one in package.processes:
        here = visible.get(one.key)
        told.append(_item(one, here, one.key in taken, newest, drafts, kept.get(here.pk, {}) if here else {}))
    return told


def _item(
    packed: Packed,
    here: Process | None,
    is_taken: bool,
    newest: dict[int, ProcessVersion],
    drafts: dict[int, int],
    kept: Parameters,
) -> Item:
    problems = [
        one for one in check_model(packed.model_xml.encode(), handlers=handler_lookup()) if one.severity == Severity.ERROR
    ]
    names = [str(test.get("name", "")) for test in packed.tests]
    windows, placements = _others(kept, packed, "windows"), _others(kept, packed, "placements")
    if here is None:
        standing = Standing.HIDDEN if is_taken else Standing.NEW
        return Item(packed, standing, 0, [], names, [], windows, placements, 0, problems)
    version = newest.get(here.pk)
    if version is None:
        return Item(packed, Standing.CHANGED, 0, [], names, [], windows, placements, 0, problems)
    known = {test.name: test for test in here.tests.all()}
    is_same = version.model_xml == packed.model_xml
    return Item(
        packed=packed,
        standing=Standing.SAME if is_same else Standing.CHANGED,
        against=version.number,
        sentences=[] if is_same else _sentences(version.model_xml, packed.model_xml),
        new_tests=[name for name in names if name not in known],
        changed_tests=[str(test["name"]) for test in packed.tests if _is_other(known.get(str(test.get("name"))), test)],
        windows=windows,
        placements=placements,
        replaces=0 if is_same else drafts.get(here.pk, 0),
        problems=problems,
    )


def _is_other(known: ProcessTest | None, test: dict[str, object]) -> bool:
    try:
        return known is not None and known.digest != read_test(test).digest
    except Unusable:  # the import says what is wrong with it
        return True


def _sentences(old: str, new: str) -> list[str]:
    try:
        words = Words(differences(old.encode(), new.encode()), lexicon())
    except Refused as refusal:
        return [str(refusal)]
    found = [sentence for item in words.found.meaning for sentence in (words.sentence(item), *words.tables(item))]
    return found or [_("Only the picture, comments or blanks differ.")]


def _others(kept: Parameters, packed: Packed, name: str) -> list[str]:
    """Steps of which the package says something else than what holds here; of others it says nothing."""
    mine, theirs = kept.get(name, {}), packed.parameters.get(name)
    if not isinstance(theirs, dict):
        return []
    return sorted(str(step) or "*" for step, row in theirs.items() if mine.get(step) != row)
