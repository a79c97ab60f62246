"""Where files of products go on a business date, as it is or as drafts would make it, of products that the person may see."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from apps.changes.models import Change
from apps.changes.selectors.lifecycle import today
from apps.changes.states import ChangeState
from apps.files.core.names import shanghai_extension
from apps.files.store import catalogue
from apps.kernel.errors import NotFound
from apps.lines.products.core.book import Facts
from apps.lines.products.core.contents import OutputContent
from apps.lines.products.core.moves import Result
from apps.lines.products.core.outputs import Destination, OutputRow, Plan, plan_of
from apps.lines.products.core.rows import in_force
from apps.lines.products.models import ProductOutput
from apps.lines.products.selectors.books import DRAFTED, PAGE, Held, held_on
from apps.lines.products.selectors.products import facts_on, results_on
from apps.lines.products.states import COLUMNS, PRODUCT_OUTPUT
from apps.people.models import User
from apps.people.selectors import lines_visible_to

SHOWN = ("draft", "refused", "all")
"""Which destinations a plan lists: those of the draft, those that cannot be, every one."""
CLEARING_NUMBER = "00000"
"""What stands for the clearing number in the names of a preview."""


@dataclass(frozen=True)
class OutputPlan:
    """The destinations of a business date; `draft` is the output that is asked for."""

    day: date
    plan: Plan
    files: Sequence[str]
    draft: str = ""

    @property
    def matched(self) -> int:
        """Products that the draft means."""
        return len({one.product for one in self.plan.destinations if one.output.code == self.draft})

    def page(self, show: str, after: str = "", limit: int = PAGE) -> tuple[list[Destination], str]:
        """Destinations in the order of their keys, and behind which key the next page begins (empty: nowhere)."""
        behind = tuple(after.split("|")) if after else ()
        wanted = [one for one in self.plan.destinations if one.key > behind and self._is_shown(one, show)]
        return wanted[:limit], "|".join(wanted[limit - 1].key) if len(wanted) > limit else ""

    def _is_shown(self, one: Destination, show: str) -> bool:
        if show == "refused":
            return bool(one.reason)
        return show == "all" or one.output.code == self.draft


def outputs_held(day: date) -> list[Held]:
    """The outputs in force, by code, each with its last day. One query."""
    return held_on(ProductOutput, day)


def output_for(number: int) -> ProductOutput:
    """The output, or NotFound. One query."""
    found = ProductOutput.objects.select_related("change").filter(pk=number).first()
    if found is None:
        raise NotFound(what=ProductOutput._meta.verbose_name)
    return found


def outputs_in(change: Change) -> list[OutputContent]:
    """Outputs that a change carries and has not brought into force yet. One query."""
    if change.state in (ChangeState.ACTIVE, ChangeState.ROLLED_BACK):
        return []
    items = change.items.filter(kind=PRODUCT_OUTPUT).order_by("subject")
    return [OutputContent.model_validate(item.content) for item in items]


def trust_files(day: date) -> list[str]:
    """What the files of trust products are called on the business date, by the catalogue (fact book 10.3).

    Where the clearing number of the firm stands in a name, there are zeros.
    """
    families = sorted((min(family.trust), family) for family in catalogue().families.values() if family.trust)
    return [_name_on(family.pattern.split(",")[0].strip() or family.code, day) for _number, family in families]


def _name_on(pattern: str, day: date) -> str:
    name = re.sub(r"<[^>]*>", CLEARING_NUMBER, pattern).replace("…", "")
    name = name.replace("yyyymmdd", day.strftime("%Y%m%d")).replace("mmdd", day.strftime("%m%d"))
    return re.sub(r"\.mdd\b", f".{shanghai_extension(day)}", name)


def plan_on(
    person: User, day: date, drafts: Iterable[OutputContent] = (), *, product: str = "", files: Sequence[str] | None = None
) -> OutputPlan:
    """Where files of products go on the day, for those that the person may see. Three queries.

    `drafts` are outputs as if they held from the day on, the first of them is asked for; `product` is the code of the only one to
    look at. Files are those of trust products by the catalogue, unless others are named.
    """
    wanted = list(drafts)
    lines = lines_visible_to(person).order_by()
    known = facts_on(day, lines)
    facts: Sequence[Facts] = [known[code] for code in sorted(known) if not product or code == product]
    results: dict[str, Result] = results_on(day, lines)
    names = trust_files(day) if files is None else files
    plan = plan_of(outputs_with(day, wanted), facts, results, names, day)
    return OutputPlan(day, plan, names, wanted[0].code if wanted else "")


def outputs_with(day: date, drafts: Iterable[OutputContent]) -> list[OutputRow]:
    """The outputs in force on the day, in the order of their codes, as if the drafts held from then on. One query."""
    rows = [row.as_row for row in ProductOutput.objects.filter(valid_from__lte=day).order_by()]
    rows += [output_row(draft, day, number) for number, draft in enumerate(drafts, DRAFTED)]
    return sorted(in_force(rows, day).values(), key=lambda row: row.code)


def output_row(draft: OutputContent, day: date, number: int = DRAFTED) -> OutputRow:
    return OutputRow(
        id=number,
        code=draft.code,
        cells=draft.cells,
        class_pattern=draft.class_pattern,
        files=draft.files,
        split_by=draft.split_by,
        omits_empty=draft.omits_empty,
        path=draft.path,
        valid_from=day,
        valid_to=draft.valid_to,
        is_withdrawn=draft.removed,
    )


def preview_of_outputs(person: User, change: Change) -> OutputPlan:
    """What the outputs of a change on its way would make. Four queries."""
    return plan_on(person, change.from_date or today(), outputs_in(change))


def reason_in_words(one: Destination) -> str:
    """Why a file of a product goes nowhere; empty when it goes somewhere."""
    if not one.reason:
        return ""
    return str(_REASONS[one.reason]().format(what=_NAMES.get(one.what, one.what)))


_NAMES: dict[str, Any] = {column.name: column.label for column in COLUMNS} | {"extended_code": COLUMNS[1].label}
_REASONS: dict[str, Any] = {
    "no_class": lambda: _("the path asks for its class, and it has none"),
    "not_known": lambda: _("the path asks for “{what}”, which is not known of it"),
    "not_usable": lambda: _("“{what}” cannot stand in a path"),
    "same_path": lambda: _("the same place as {what}"),
}
