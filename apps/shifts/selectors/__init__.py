"""What can be read about the roster and hand-overs. Every list is filtered by the lines that a person sees whole."""

from apps.shifts.selectors.handing import (
    Due,
    handover_for,
    handovers_for,
    may_give,
    may_take,
    next_shift,
    overdue_by_line,
    page_of,
    to_hand_over,
    to_take,
)
from apps.shifts.selectors.reading import parts_of, red_keys, words_of
from apps.shifts.selectors.report import report_of
from apps.shifts.selectors.roster import (
    Cell,
    MyDuty,
    OnDuty,
    Row,
    Week,
    cell_of,
    coverage_for,
    coverages_for,
    duties_of,
    on_duty_now,
    steps_of_line,
    week_for,
)

__all__ = [
    "Cell",
    "Due",
    "MyDuty",
    "OnDuty",
    "Row",
    "Week",
    "cell_of",
    "coverage_for",
    "coverages_for",
    "duties_of",
    "handover_for",
    "handovers_for",
    "may_give",
    "may_take",
    "next_shift",
    "on_duty_now",
    "overdue_by_line",
    "page_of",
    "parts_of",
    "red_keys",
    "report_of",
    "steps_of_line",
    "to_hand_over",
    "to_take",
    "week_for",
    "words_of",
]
