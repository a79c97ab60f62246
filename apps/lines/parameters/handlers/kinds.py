"""The kinds of parameters that ship with the product: how each is read, named and shown."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.calendars.states import DayStatus, NodeBreach, NodeKind
from apps.lines.fees.states import Base
from apps.lines.parameters.conf import Kind, register_kind
from apps.lines.parameters.selectors import of_files, readers

_NO_YES = {"no": _("no"), "yes": _("yes")}


def _fee_page(key: str, day: date) -> str:
    if not key:
        return f"{reverse('fees')}?date={day.isoformat()}"
    market, security_class, *_rest = key.split("/")
    return f"{reverse('fees')}?date={day.isoformat()}&market={market}&security_class={security_class}"


def _calendar_page(key: str, day: date) -> str:
    if not key:
        return _time_page(key, day)
    code, _slash, shown = key.partition("/")
    at = shown or day.isoformat()
    return f"{reverse('calendar')}?calendar={code}&month={at[:7]}&day={at}"


def _time_page(key: str, day: date) -> str:
    return f"{reverse('calendar')}?month={day:%Y-%m}&day={day.isoformat()}"


def _layout_page(key: str, day: date) -> str:
    return reverse("catalogue-family", args=[key]) if key and "/" not in key else reverse("catalogue")


def _process_page(key: str, day: date) -> str:
    return reverse("process", args=[key.split("/")[0]]) if key else reverse("processes")


def _files_page(key: str, day: date) -> str:
    return f"{reverse('files')}?line={key.split('/')[0]}" if key else reverse("files")


def _uplift_page(key: str, day: date) -> str:
    return f"{reverse('uplifts')}?date={day.isoformat()}"


KINDS = (
    Kind(
        readers.FEE,
        _("Fee rates"),
        readers.fees,
        _fee_page,
        {
            "rate": _("Rate in per mille"),
            "base": _("computed from"),
            "minimum": _("minimum (CNY)"),
            "contains": _("contains handling and regulatory fee"),
        },
        {"base": dict(Base.choices), "contains": _NO_YES},
    ),
    Kind(
        readers.CALENDAR_DAYS,
        _("Trading days"),
        readers.calendar_days,
        _calendar_page,
        {"open": _("open"), "status": _("status"), "from": _("published from"), "until": _("published until")},
        {"open": _NO_YES, "status": dict(DayStatus.choices)},
    ),
    Kind(
        readers.TIME_NODE,
        _("Time nodes"),
        readers.time_nodes,
        _time_page,
        {
            "calendar": _("calendar"),
            "time": _("time"),
            "offset": _("business days after T"),
            "night": _("in the night after that day"),
            "node": pgettext_lazy("time node", "Kind"),
            "breach": _("on breach"),
            "warn": _("warn before, minutes"),
        },
        {"night": _NO_YES, "node": dict(NodeKind.choices), "breach": dict(NodeBreach.choices)},
    ),
    Kind(
        readers.LAYOUT,
        _("File layouts"),
        readers.layouts,
        _layout_page,
        {"layouts": _("Layouts"), "columns": _("Columns")},
    ),
    Kind(of_files.CASH_ACCOUNT, _("Cash accounts"), of_files.cash_accounts, _files_page, {"class": _("class")}),
    Kind(of_files.UNIT, _("Trading units"), of_files.units, _files_page, {"used": _("used")}, {"used": _NO_YES}),
    Kind(of_files.UPLIFT, _("Uplifts of options accounts"), of_files.uplifts, _files_page, {"uplift": _("uplift")}),
    Kind(
        readers.BROKER_UPLIFT,
        _("Uplifts of the broker"),
        readers.uplifts,
        _uplift_page,
        {
            "multiple": _("uplift of every amount"),
            "a": _("added to ratio a"),
            "b": _("added to ratio b"),
            "least": _("least of a spread that costs nothing (CNY)"),
        },
    ),
    Kind(readers.VERSION, _("Versions in force"), readers.versions, _process_page, {"version": _("version")}),
    Kind(
        readers.TABLE,
        _("Decision tables"),
        readers.tables,
        _process_page,
        {"value": _("value"), "when": _("when"), "then": _("then")},
    ),
)

for kind in KINDS:
    register_kind(kind)
