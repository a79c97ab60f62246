"""The words that process models are drawn with: forms, steps, timers (fact book, lines L00 and L01)."""

from typing import Any

from tools.draw_bpmn import Element


def text(zh: str, en: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "title": zh, "x-title-en": en, **more}


def form(required: list[str], **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


def choice(zh: str, en: str, options: dict[str, tuple[str, str]], **more: Any) -> dict[str, Any]:
    return text(
        zh,
        en,
        enum=list(options),
        **{
            "x-enum-titles": {value: words[0] for value, words in options.items()},
            "x-enum-titles-en": {value: words[1] for value, words in options.items()},
        },
        **more,
    )


NOTE = text("说明", "Note", maxLength=500, **{"x-widget": "textarea"})
OWNED = {"owner": "owner", "line": "line"}


def service(id: str, zh: str, en: str, at: tuple[float, float], handler: str, kind: str = "serviceTask", **more: Any) -> Element:
    attributes = {"clearway:handler": handler, **more.pop("attributes", {})}
    return Element(id=id, kind=kind, zh=zh, en=en, at=at, attributes=attributes, **more)


def file_wait(id: str, zh: str, en: str, at: tuple[float, float], code: str) -> Element:
    correlation = f'"rtgs-sh/" + string(business date) + "/{code}"'
    return Element(
        id=id,
        kind="receiveTask",
        zh=zh,
        en=en,
        at=at,
        attributes={"clearway:message": "files.arrived", "clearway:correlation": correlation},
    )


def timer(
    id: str, zh: str, en: str, at: tuple[float, float], *, node: str = "", lasts: str = "", label: str = "below"
) -> Element:
    if node:
        inner = f'      <bpmn:timerEventDefinition clearway:timeNode="{node}"/>\n'
    else:
        inner = f"      <bpmn:timerEventDefinition><bpmn:timeDuration>{lasts}</bpmn:timeDuration></bpmn:timerEventDefinition>\n"
    return Element(id=id, kind="intermediateCatchEvent", zh=zh, en=en, at=at, inner=inner, label=label)


def end(id: str, zh: str, en: str, at: tuple[float, float]) -> Element:
    return Element(id=id, kind="endEvent", zh=zh, en=en, at=at)
