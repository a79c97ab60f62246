"""Functions over texts. Regular expressions are bounded in length and in time."""

from decimal import Decimal
from typing import Any

from apps.kernel.feel.budget import over
from apps.kernel.feel.functions import patterns
from apps.kernel.feel.functions.registry import built_in

_PATTERN_LENGTH = 512


@built_in("substring", "string: string, start position: integer, length?: integer")
def _substring(run: Any, text: str, start: int, length: int | None = None) -> str | None:
    if start == 0 or abs(start) > len(text) or (length is not None and length < 1):
        return None
    begin = start - 1 if start > 0 else len(text) + start
    return text[begin:] if length is None else text[begin : begin + length]


@built_in("string length", "string: string")
def _string_length(run: Any, text: str) -> Decimal:
    return Decimal(len(text))


@built_in("upper case", "string: string")
def _upper_case(run: Any, text: str) -> str:
    return text.upper()


@built_in("lower case", "string: string")
def _lower_case(run: Any, text: str) -> str:
    return text.lower()


@built_in("trim", "string: string")
def _trim(run: Any, text: str) -> str:
    return text.strip()


@built_in("substring before", "string: string, match: string")
def _substring_before(run: Any, text: str, match: str) -> str:
    return text.partition(match)[0] if match and match in text else ""


@built_in("substring after", "string: string, match: string")
def _substring_after(run: Any, text: str, match: str) -> str:
    return text.partition(match)[2] if match else text


@built_in("contains", "string: string, match: string")
def _contains(run: Any, text: str, match: str) -> bool:
    return match in text


@built_in("starts with", "string: string, match: string")
def _starts_with(run: Any, text: str, match: str) -> bool:
    return text.startswith(match)


@built_in("ends with", "string: string, match: string")
def _ends_with(run: Any, text: str, match: str) -> bool:
    return text.endswith(match)


@built_in("string join", "list: list, delimiter?: text?")
def _string_join(run: Any, parts: list[Any], delimiter: str | None = None) -> str | None:
    if not all(part is None or isinstance(part, str) for part in parts):
        return None
    texts = [part for part in parts if part is not None]
    run.meter.hold(sum(map(len, texts)) + len(delimiter or "") * len(texts))
    return (delimiter or "").join(texts)


def _pattern(run: Any, pattern: str, flags: str | None) -> Any:
    if len(pattern) > _PATTERN_LENGTH:
        raise over("length", _PATTERN_LENGTH)
    run.meter.spend(20)
    return patterns.compiled(pattern, flags or "")


@built_in("matches", "input: string, pattern: string, flags?: text?")
def _matches(run: Any, text: str, pattern: str, flags: str | None = None) -> bool | None:
    compiled = _pattern(run, pattern, flags)
    if compiled is None:
        return None
    try:
        return compiled.search(text, timeout=run.meter.seconds_left()) is not None
    except TimeoutError as late:
        raise over("time", run.meter.budget.milliseconds) from late


@built_in("replace", "input: string, pattern: string, replacement: string, flags?: text?")
def _replace(run: Any, text: str, pattern: str, replacement: str, flags: str | None = None) -> str | None:
    compiled = _pattern(run, pattern, flags)
    if compiled is None:
        return None
    parts: list[str] = []
    size = position = 0
    try:
        if compiled.match("", timeout=run.meter.seconds_left()):
            return None  # what matches nothing at all would match everywhere
        for match in compiled.finditer(text, timeout=run.meter.seconds_left()):
            filled = replacement if "q" in (flags or "") else patterns.filled(replacement, match)
            parts += [text[position : match.start()], filled]
            position = match.end()
            size += len(parts[-1]) + len(parts[-2])
            run.meter.hold(size)
            run.meter.spend()
    except TimeoutError as late:
        raise over("time", run.meter.budget.milliseconds) from late
    return "".join(parts) + text[position:]


@built_in("split", "string: string, delimiter: string")
def _split(run: Any, text: str, delimiter: str) -> list[str] | None:
    compiled = _pattern(run, delimiter, None)
    if compiled is None:
        return None
    parts: list[str] = []
    position = 0
    try:
        for match in compiled.finditer(text, timeout=run.meter.seconds_left()):
            if match.end() > match.start():
                parts.append(text[position : match.start()])
                position = match.end()
            run.meter.spend()
    except TimeoutError as late:
        raise over("time", run.meter.budget.milliseconds) from late
    return [*parts, text[position:]]
