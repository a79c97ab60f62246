"""Figures that monitors may watch. Whoever owns a figure registers it once at start; apps above this one do as well."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Metric:
    """A figure of every line for a business date. `name`, `unit` and `meaning` are in the reader's language.

    `measure` answers by the key of the line, with a few queries however many lines there are; a line that is left out has 0.
    """

    key: str
    name: Any
    unit: Any
    meaning: Any
    measure: Callable[[date], Mapping[int, int]]


_metrics: dict[str, Metric] = {}


def register_metric(metric: Metric) -> None:
    _metrics[metric.key] = metric


def metric_named(key: str) -> Metric | None:
    """None for one that nobody registers any more."""
    return _metrics.get(key)


def metrics() -> list[Metric]:
    """In the order in which they were registered."""
    return list(_metrics.values())
