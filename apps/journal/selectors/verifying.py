"""Recomputes the chain of every stream while writers go on."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from apps.journal.core.chain import ChainCheck, Finding, Link
from apps.journal.models import Entry, Stream

AT_ONCE = 5000
COLUMNS = ("id", "stream", "number", "kind", "line", "at", "actor_id", "data", "previous_hash", "hash")


@dataclass
class Verification:
    """How much was looked at, and the first bad entry of every broken stream."""

    streams: int = 0
    entries: int = 0
    findings: list[Finding] = field(default_factory=list)


def verify(stream: str | None = None) -> Verification:
    """Checks every stream, or one: chain, density, head row. One pass over the entries and one over the heads.

    Heads are read after the entries, so an entry appended in between makes a head run ahead, never fall behind; such a
    stream is read on until both agree.
    """
    result = Verification()
    open_checks: list[ChainCheck] = []
    for check in _walk(_links(stream), result):
        open_checks.append(check)
    heads = Stream.objects.all() if stream is None else Stream.objects.filter(name=stream)
    ends = {name: (number, hash_) for name, number, hash_ in heads.values_list("name", "last_number", "last_hash")}
    for check in open_checks:
        finding = _close(check, *ends.pop(check.stream, (0, "")), result)
        if finding:
            result.findings.append(finding)
    for name, (number, hash_) in ends.items():
        finding = _close(ChainCheck(name), number, hash_, result) if number or hash_ else None
        if finding:
            result.findings.append(finding)
        result.streams += 1
    result.findings.sort(key=lambda finding: finding.stream)
    return result


def _links(stream: str | None, after_number: int = 0) -> Iterator[Link]:
    rows = Entry.objects.order_by("stream", "number").values_list(*COLUMNS)
    if stream is not None:
        rows = rows.filter(stream=stream, number__gt=after_number)
    for id_, name, number, kind, line, at, actor, data, previous_hash, hash_ in rows.iterator(chunk_size=AT_ONCE):
        content = {
            "stream": name,
            "number": number,
            "kind": kind,
            "line": line,
            "at": at.isoformat(),
            "actor": actor,
            "data": data,
        }
        yield Link(id_, name, number, content, previous_hash, hash_)


def _walk(links: Iterator[Link], result: Verification) -> Iterator[ChainCheck]:
    check: ChainCheck | None = None
    for link in links:
        if check is None or check.stream != link.stream:
            if check:
                yield check
            check = ChainCheck(link.stream)
            result.streams += 1
        check.take(link)
        result.entries += 1
    if check:
        yield check


def _close(check: ChainCheck, last_number: int, last_hash: str, result: Verification) -> Finding | None:
    if not check.finding and check.number < last_number:
        for link in _links(check.stream, check.number):
            if link.number > last_number:
                break
            check.take(link)
            result.entries += 1
    return check.close(last_number, last_hash)
