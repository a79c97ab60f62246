"""Functions over contexts; a context never changes, a new one is made."""

from typing import Any

from apps.kernel.feel.functions.registry import built_in


@built_in("get value", "m: context, key: string")
def _get_value(run: Any, context: dict[str, Any], key: str) -> Any:
    return context.get(key)


@built_in("get value", "m: context, keys: list")
def _get_value_along(run: Any, context: dict[str, Any], keys: list[Any]) -> Any:
    found: Any = context
    for key in keys:
        found = found.get(key) if isinstance(found, dict) and isinstance(key, str) else None
    return found if keys else None


@built_in("get entries", "m: context")
def _get_entries(run: Any, context: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in context.items()]


@built_in("context put", "context: context, key: string, value: any")
def _context_put(run: Any, context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    return {**context, key: value}


@built_in("context put", "context: context, keys: list, value: any")
def _context_put_along(run: Any, context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any] | None:
    if not keys or not isinstance(keys[0], str):
        return None
    if len(keys) == 1:
        return {**context, keys[0]: value}
    if len(keys) > run.meter.budget.depth:
        return None
    inner = context.get(keys[0])
    changed = _context_put_along(run, inner, keys[1:], value) if isinstance(inner, dict) else None
    return None if changed is None else {**context, keys[0]: changed}


@built_in("context merge", "contexts: list")
def _context_merge(run: Any, contexts: list[Any]) -> dict[str, Any] | None:
    merged: dict[str, Any] = {}
    for part in contexts:
        if not isinstance(part, dict):
            return None
        merged |= part
    return merged


@built_in("context", "entries: list")
def _context(run: Any, entries: list[Any]) -> dict[str, Any] | None:
    made: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("key"), str) or "value" not in entry:
            return None
        if entry["key"] in made:
            return None
        made[entry["key"]] = entry["value"]
    return made
