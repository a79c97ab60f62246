"""Small pieces that every page uses: icons, state chips, navigation, the theme. `{% load desk %}`."""

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template.context import Context
from django.templatetags.static import static
from django.urls import Resolver404, get_urlconf, resolve
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.desk.forms import labelled
from apps.desk.states import look_of
from apps.people.states import Role

if TYPE_CHECKING:
    from apps.desk.selectors import StepView

register = template.Library()

SPRITE = "vendor/lucide/1.62.0/icons.svg"
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True)
class Place:
    """One entry of the navigation."""

    title: Any
    path: str
    icon: str


UNKNOWN_KIND = ("circle", "")
KINDS: dict[str, tuple[str, Any]] = {
    "user_task": ("user", _("Human step")),
    "manual_task": ("hand", _("Manual step")),
    "service_task": ("settings", _("Automatic step")),
    "script_task": ("scroll-text", _("Computation")),
    "send_task": ("send", _("Sending step")),
    "receive_task": ("inbox", _("Waits for a message")),
    "task": ("circle", _("Step")),
    "business_rule_task": ("table", _("Decision table")),
    "catch": ("timer", _("Waits for an event")),
    "throw": ("send", _("Raises an event")),
    "boundary": ("timer", _("Watches a step")),
    "call_activity": ("layers", _("Calls another process")),
    "sub_process": ("layers", _("Part of the process")),
    "event_sub_process": ("layers", _("Part of the process")),
    "transaction": ("layers", _("Transaction")),
    "ad_hoc_sub_process": ("layers", _("Part of the process")),
    "start": ("circle-play", _("Start")),
    "end": ("circle-dot", _("End")),
    "exclusive_gateway": ("git-branch", _("Decision")),
    "parallel_gateway": ("git-compare", _("Split or join")),
    "inclusive_gateway": ("git-compare", _("Split or join")),
    "complex_gateway": ("git-compare", _("Split or join")),
    "event_based_gateway": ("timer", _("Waits for one of several events")),
}
LONGEST_LIST = 20
DEEPEST_VALUE = 3

PLACES = (
    Place(_("Home"), "/", "home"),
    Place(_("Runs"), "/runs/", "activity"),
    Place(_("Inbox"), "/inbox/", "inbox"),
    Place(_("Approvals"), "/approvals/", "shield-check"),
    Place(_("Files"), "/files/", "file-text"),
    Place(_("Breaks"), "/breaks/", "scale"),
    Place(_("Wallboard"), "/wallboard/", "monitor"),
    Place(_("Monitors"), "/monitors/", "bell"),
    Place(_("Processes"), "/processes/", "workflow"),
    Place(_("Changes"), "/changes/", "git-compare"),
    Place(_("Tickets"), "/tickets/", "message-square"),
    Place(_("Calendar"), "/calendar/", "calendar-days"),
    Place(_("Fees"), "/fees/", "wallet"),
    Place(_("Products"), "/products/", "layers"),
    Place(_("Roster"), "/roster/", "users"),
)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A decorative icon; the text beside it says the same."""
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>', extra, static(SPRITE), name)


@register.simple_tag
def state_chip(state: str, label: Any = "") -> SafeString:
    """A state as colour, icon and word. `label` overrides the word."""
    look = look_of(state)
    return format_html(
        '<span class="state state-{}" data-state="{}">{}<span>{}</span></span>',
        look.tone,
        state,
        icon(look.icon),
        label or look.label or state,
    )


@register.simple_tag
def state_letter(state: str, title: Any = "") -> SafeString:
    """A state in the space of one letter; `title` is what a pointer or a screen reader gets."""
    look = look_of(state)
    return format_html(
        '<span class="state-letter state-{}" data-state="{}" title="{}" role="img" aria-label="{}">{}</span>',
        look.tone,
        state,
        title or look.label or state,
        title or look.label or state,
        look.letter,
    )


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[dict[str, Any]]:
    """The places that exist in this installation, the current one marked."""
    request = context.get("request")
    here = request.path if request else ""
    return [
        {"title": place.title, "path": place.path, "icon": place.icon, "current": _is_within(here, place.path)}
        for place in PLACES
        if _exists(place.path, get_urlconf())
    ]


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The theme this browser chose: auto, light or dark."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "auto") if request else "auto"
    return str(chosen) if chosen in THEMES else "auto"


@register.simple_tag(takes_context=True)
def address_with(context: Context, **changes: Any) -> str:
    """The query string of this page with some parameters changed; an empty value removes one."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return "?" + str(query.urlencode())


@register.simple_tag
def strip_mark(view: "StepView") -> SafeString:
    """One letter of a run's strip, named for pointers and screen readers."""
    look = look_of(view.step.state)
    return state_letter(view.step.state, f"{view.name}: {look.label or view.step.state}")


@register.simple_tag
def kind_icon(kind: str) -> SafeString:
    return icon(KINDS.get(kind, UNKNOWN_KIND)[0], "dim")


@register.simple_tag
def kind_name(kind: str) -> Any:
    return KINDS.get(kind, UNKNOWN_KIND)[1] or kind


@register.simple_tag
def answer_in_words(form: dict[str, Any] | None, answer: dict[str, Any]) -> dict[str, Any]:
    """What somebody filled in, with the titles and words of its form."""
    return labelled(form or {}, answer)


@register.simple_tag
def role_name(role: str) -> Any:
    return dict(Role.choices).get(role, role)


@register.filter
def widget_kind(field: BoundField) -> str:
    """How a field is laid out: a group of choices, one check box, or a line."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "group"
    return "check" if isinstance(widget, CheckboxInput) else "line"


@register.filter
def is_number(value: Any) -> bool:
    """Numbers and decimals written as text, as run variables hold them."""
    return not isinstance(value, bool) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", str(value)) is not None


@register.simple_tag
def show_value(value: Any, depth: int = 0, are_keys: bool = False) -> SafeString | str:
    """A JSON value for people: thousands separated unless its integers are keys, yes and no in words, long lists cut."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, dict):
        if depth >= DEEPEST_VALUE:
            return "{…}"
        lines = ((name, show_value(inner, depth + 1, are_keys)) for name, inner in value.items())
        return format_html("<ul class='plain'>{}</ul>", format_html_join("", "<li><span class='dim'>{}</span> {}</li>", lines))
    if isinstance(value, list):
        shown = [show_value(inner, depth + 1, are_keys) for inner in value[:LONGEST_LIST]]
        more = f" … (+{len(value) - LONGEST_LIST})" if len(value) > LONGEST_LIST else ""
        return format_html("{}{}", format_html_join(", ", "{}", ((each,) for each in shown)), more)
    is_number = (isinstance(value, int) and not are_keys) or _is_decimal_text(value)
    return _grouped(str(value)) if is_number else str(value)


@register.filter
def grouped(value: Any) -> str:
    """An amount or a count for people: thousands separated, as many decimals as it has; anything else as it is."""
    text = str(value)
    return _grouped(text) if is_number(text) else text


@register.filter
def duration(seconds: float | None) -> str:
    """0.4 s, 12 s, 3 min 05 s, 2 h 07 min."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _is_decimal_text(value: Any) -> bool:
    """Amounts are text with decimals; account numbers and codes are digits only and stay as they are."""
    return isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,20}\.[0-9]{1,8}", value) is not None


def _grouped(number: str) -> str:
    sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
    whole, dot, rest = digits.partition(".")
    return f"{sign}{int(whole):,}{dot}{rest}"


def _is_within(here: str, path: str) -> bool:
    return here == path if path == "/" else here.startswith(path)


@cache
def _exists(path: str, addresses: str | None) -> bool:
    """Kept: to look for fifteen places among hundreds of addresses took a fifth of the time of a page."""
    try:
        resolve(path, addresses)
    except Resolver404:
        return False
    return True
