"""How a file comes in: seen twice alike, complete, read once, copied, checked, and only then told to the runs.

Only the last step is done in a transaction: the row, the journal and the message to waiting runs are one commit.
"""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from apps.files import conf, store
from apps.files.actions.accepting import accept, identity
from apps.files.core.catalogue import fits
from apps.files.core.dbf import promised_bytes
from apps.files.core.inspection import Inspection, inspect_bytes
from apps.files.core.manifest import ManifestLine, against_manifest, is_manifest, read_manifest
from apps.files.core.names import Name, dated_name, read_name
from apps.files.core.problems import Problem, Severity, UnreadableFile
from apps.files.errors import SourceUnreachable
from apps.files.events import FileDuplicated, FileQuarantined
from apps.files.models import ArrivedFile, Sighting, Source
from apps.files.selectors.rulings import is_closed
from apps.files.states import AFTER_CLOSE, EARLIER_VERSION, MESSAGE, Arrival, Naming
from apps.journal.actions import append
from apps.kernel import clock
from apps.kernel.crashpoint import crashpoint
from apps.kernel.ids import stable_key

LOOKS_UNTIL_STABLE = 2
INCOMPLETE = frozenset({"still_being_written", "header_short", "empty_file"})


@dataclass
class Scan:
    """What one look at a source came to; `waiting` tells why a file was left for later."""

    accepted: list[ArrivedFile] = field(default_factory=list)
    refused: list[ArrivedFile] = field(default_factory=list)  # duplicates and quarantined ones
    waiting: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Seen:
    """A file in the folder, as the directory entry says."""

    path: Path
    name: Name
    size: int
    modified_ns: int


def scan_source(*, source_id: int, business_date: date) -> Scan:
    """Looks once at a source's folder and takes in what is complete; the same look again does nothing twice."""
    source = Source.objects.select_related("line").get(pk=source_id)
    entries = _entries(source, business_date)
    scan = Scan()
    lower = {name.lower() for name in entries}
    missing = [
        flag for flag in source.flags if dated_name(flag, source.naming, business_date) not in _stems(lower, source.naming)
    ]
    if missing:
        scan.waiting = dict.fromkeys(missing, "flag_missing")
        return scan
    seen = _matching(source, entries, business_date)
    manifest = _manifest(source, seen, scan)
    if source.manifest and manifest is None:
        return scan
    for one in seen:
        _take(source, business_date, one, seen, manifest, scan)
    return scan


def _entries(source: Source, business_date: date) -> dict[str, os.stat_result]:
    """Plain files by name; links are not followed: a gateway delivers files, not pointers."""
    folder = conf.from_data_folder(source.directory.replace("{date}", f"{business_date:%Y%m%d}"))
    try:
        with os.scandir(folder) as found:
            pairs = [(entry.name, entry.stat(follow_symlinks=False)) for entry in found]
    except FileNotFoundError:
        if "{date}" in source.directory and folder.parent.is_dir():
            return {}  # the day's folder is not there yet
        raise SourceUnreachable(path=str(folder), source=source.code, reason="ENOENT") from None
    except OSError as refusal:
        raise SourceUnreachable(path=str(folder), source=source.code, reason=refusal.strerror) from refusal
    return {name: status for name, status in sorted(pairs) if stat.S_ISREG(status.st_mode)}


def _stems(names: set[str], naming: str) -> set[str]:
    """Flags in plain folders may carry any extension."""
    return names | {name.rsplit(".", 1)[0] for name in names} if naming == Naming.PLAIN else names


def _matching(source: Source, entries: dict[str, os.stat_result], business_date: date) -> list[_Seen]:
    folder = conf.from_data_folder(source.directory.replace("{date}", f"{business_date:%Y%m%d}"))
    codes = [*source.codes, *([source.manifest] if source.manifest else [])]
    found = []
    for text, status in entries.items():
        name = read_name(text, source.naming, codes)
        # A folder that is shared by all days holds other days' files rightly; one of its own does not.
        if name is not None and (name.is_of(business_date) or "{date}" in source.directory):
            found.append(_Seen(folder / text, name, status.st_size, status.st_mtime_ns))
    return found


def _manifest(source: Source, seen: Sequence[_Seen], scan: Scan) -> dict[str, ManifestLine] | None:
    if not source.manifest:
        return None
    for one in seen:
        if one.name.code == source.manifest:
            try:
                table = inspect_bytes(one.path.read_bytes(), one.path.name, store.current_catalogue()).table
                if table is not None and is_manifest(table):
                    return read_manifest(table)
            except (OSError, UnreadableFile):
                pass
            scan.waiting[one.path.name] = "manifest_unreadable"
            return None
    scan.waiting[source.manifest] = "manifest_missing"
    return None


def _take(
    source: Source, business_date: date, one: _Seen, seen: Sequence[_Seen], manifest: dict[str, ManifestLine] | None, scan: Scan
) -> None:
    sighting = _look(source, business_date, one)
    if sighting.settled:
        return
    if sighting.looks < LOOKS_UNTIL_STABLE:
        scan.waiting[one.path.name] = "not_stable"
        return
    patient = clock.now() - sighting.first_seen_at < timedelta(seconds=source.patience_seconds)
    if patient and _is_short(one):
        scan.waiting[one.path.name] = "incomplete"
        return
    data = _bytes(one)
    if data is None:
        scan.waiting[one.path.name] = "changed_meanwhile"
        return
    inspection = inspect_bytes(data, one.path.name, store.current_catalogue())
    problems = [*_about_name(one, seen, business_date), *inspection.problems, *_about_family(one.name.code, inspection)]
    if manifest is not None and one.name.code != source.manifest and inspection.rows is not None:
        problems += against_manifest(manifest, name=one.path.name, rows=inspection.rows, size=len(data))
    if any(problem.rule in INCOMPLETE for problem in problems):
        if patient:
            scan.waiting[one.path.name] = "incomplete"
            return
        problems.append(Problem(rule="half_written_too_long", facts={"seconds": source.patience_seconds}))
    sha256 = store.keep(data)
    crashpoint("file.stored")
    file = _file(source, business_date, one, sha256, len(data), inspection, problems)
    _record(file, sighting, one, scan)


def _look(source: Source, business_date: date, one: _Seen) -> Sighting:
    """Counts a look when the file looks as before; whatever changed is watched from the beginning."""
    at = clock.now()
    looks_like = {"size": one.size, "modified_ns": one.modified_ns}
    sighting, new = Sighting.objects.get_or_create(
        source=source,
        business_date=business_date,
        name=one.path.name,
        defaults={**looks_like, "looked_at": at, "first_seen_at": at},
    )
    as_before = (sighting.size, sighting.modified_ns) == (one.size, one.modified_ns)
    if new or (sighting.settled and as_before):
        return sighting
    looks = sighting.looks + 1 if as_before else 1
    first_seen_at = at if sighting.settled else sighting.first_seen_at
    unmoved = Sighting.objects.filter(pk=sighting.pk, settled=sighting.settled, looks=sighting.looks)
    unmoved.update(**looks_like, looks=looks, looked_at=at, first_seen_at=first_seen_at, settled=False)
    sighting.refresh_from_db()  # whoever looked at the same moment counted too
    return sighting


def _is_short(one: _Seen) -> bool:
    """Whether the first bytes alone promise more than there is: a large file is not read again and again while it grows."""
    try:
        with one.path.open("rb") as file:
            promised = promised_bytes(file.read(32))
    except OSError:
        return False
    return promised is not None and promised > one.size


def _bytes(one: _Seen) -> bytes | None:
    """The file read once, or None when it changed under our eyes or cannot be read now."""
    try:
        data = one.path.read_bytes()
        after = one.path.stat()
    except OSError:
        return None
    unchanged = (after.st_size, after.st_mtime_ns) == (one.size, one.modified_ns)
    return data if unchanged and len(data) == one.size else None


def _about_name(one: _Seen, seen: Sequence[_Seen], business_date: date) -> list[Problem]:
    problems = []
    if not one.name.is_of(business_date):
        problems.append(Problem(rule="wrong_date", facts={"found": one.name.date_text, "expected": f"{business_date:%m-%d}"}))
    twins = [other.path.name for other in seen if other.path.name.lower() == one.path.name.lower()]
    if len(twins) > 1:
        problems.append(Problem(rule="name_twice", facts={"names": ", ".join(sorted(twins))}))
    return problems


def _about_family(code: str, inspection: Inspection) -> list[Problem]:
    """The columns must be those of the family that the code stands for."""
    expected = store.current_catalogue().named(code)
    if expected is None or inspection.table is None or fits(expected, inspection.table):
        return []
    return [Problem(rule="wrong_family", facts={"expected": expected.code, "found": inspection.family or "–"})]


def _file(
    source: Source, business_date: date, one: _Seen, sha256: str, size: int, inspection: Inspection, problems: Sequence[Problem]
) -> ArrivedFile:
    bad = any(problem.severity is Severity.ERROR for problem in problems)
    return ArrivedFile(
        source=source,
        line=source.line,
        business_date=business_date,
        file_code=one.name.code,
        family=inspection.family or "",
        name=one.path.name,
        size=size,
        sha256=sha256,
        rows=inspection.rows,
        state=Arrival.QUARANTINED if bad else Arrival.ACCEPTED,
        problems=[_kept(problem) for problem in problems],
        arrived_at=clock.now(),
    )


def _kept(problem: Problem) -> dict[str, Any]:
    """As rows keep problems: rule and facts, so that each reader gets the sentence in their language."""
    facts = {name: value if isinstance(value, int) else str(value) for name, value in problem.facts.items()}
    return {
        "rule": problem.rule,
        "severity": problem.severity.value,
        "facts": facts,
        "offset": problem.offset,
        "field": problem.field,
        "row": problem.row,
    }


def _record(file: ArrivedFile, sighting: Sighting, one: _Seen, scan: Scan) -> None:
    """One commit: the file, what it replaces, the journal, the message. A second scanner at the same moment finds it done."""
    day = file.business_date.isoformat()
    look = {"name": sighting.name, "size": one.size, "modified_ns": one.modified_ns}
    try:
        with transaction.atomic():
            if not Sighting.objects.filter(pk=sighting.pk, settled=False, **look).update(settled=True):
                return  # another scanner dealt with it, or it changed again
            Source.objects.select_for_update().get(pk=file.source_id)
            known = _same_bytes(file)
            if file.state == Arrival.ACCEPTED and known is not None and known.state == Arrival.ACCEPTED:
                file.state = Arrival.DUPLICATE
            elif file.state == Arrival.ACCEPTED:
                _doubt(file, known)
            if file.state == Arrival.ACCEPTED:
                file.once = stable_key(MESSAGE, file.line_id, day, file.file_code, file.sha256)
                accept(file)
            else:
                file.once = stable_key(file.state, file.source_id, day, *look.values(), file.sha256)
                _set_aside(file, known)
    except IntegrityError:
        if not ArrivedFile.objects.filter(once=file.once).exists():
            raise
        return
    crashpoint("file.recorded")
    (scan.accepted if file.state == Arrival.ACCEPTED else scan.refused).append(file)


def _doubt(file: ArrivedFile, known: ArrivedFile | None) -> None:
    """Sets aside what people have to decide on: bytes that were replaced since, and what comes after the day was closed."""
    doubts = [] if known is None else [Problem(rule=EARLIER_VERSION, facts={"version": known.version})]
    if is_closed(file.line, file.business_date, file.file_code):
        doubts.append(Problem(rule=AFTER_CLOSE))
    if doubts:
        file.state = Arrival.QUARANTINED
        file.problems = [*file.problems, *map(_kept, doubts)]


def _same_bytes(file: ArrivedFile) -> ArrivedFile | None:
    used = ArrivedFile.objects.filter(
        line=file.line, business_date=file.business_date, file_code=file.file_code, sha256=file.sha256
    )
    return used.filter(state__in=[Arrival.ACCEPTED, Arrival.REPLACED]).order_by("-id").first()


def _set_aside(file: ArrivedFile, known: ArrivedFile | None) -> None:
    file.save()
    if known is not None and file.state == Arrival.DUPLICATE:
        append(FileDuplicated(**identity(file), of=known.pk), actor=None)
    else:
        rules = sorted({problem["rule"] for problem in file.problems if problem["severity"] == Severity.ERROR.value})
        append(FileQuarantined(**identity(file), rules=rules), actor=None)
