"""Contenders take turns, so that what else the machine does falls on all of them; rates are compared within a turn."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from bench.contenders import Contender


@dataclass
class Row:
    """One contender in one work: steps per second by turn; a turn without it is missing."""

    contender: Contender
    work: str
    size: int
    handler: str = ""  # of the product: another than the usual one
    rates: dict[int, float] = field(default_factory=dict)
    seconds: dict[int, float] = field(default_factory=dict)
    gaps: list[float] = field(default_factory=list)  # milliseconds between starts, ascending
    cpu: list[float] = field(default_factory=list)  # milliseconds of the workers' processors per step
    spent: float = 0.0
    is_cut: bool = False

    def take(self, turn: int, answer: dict[str, Any]) -> None:
        self.rates[turn] = answer["steps"] / answer["seconds"]
        self.seconds[turn] = answer["seconds"]
        self.gaps = sorted(self.gaps + [(after - before) * 1000 for before, after in pairwise(answer["starts"])])
        self.cpu.append(answer["cpu_seconds"] / answer["steps"] * 1000)
        self.is_cut = self.is_cut or answer.get("cut", False)

    def gap(self, share: float) -> float:
        """The gap that this share of all gaps does not exceed, milliseconds."""
        return self.gaps[int(len(self.gaps) * share)] if self.gaps else 0.0

    @property
    def median_cpu(self) -> float:
        return statistics.median(self.cpu)

    def said(self, turns: int) -> str:
        """How it was measured, where that was not as asked."""
        parts = [f"{len(self.rates)} of {turns} turns"] if len(self.rates) < turns else []
        parts += ["cut, it takes longer"] if self.is_cut else []
        return ", ".join(parts)


def take_turns(rows: Sequence[Row], turns: int, budget_seconds: float) -> None:
    """Every row once per turn; who has used up the budget in this work sits out further turns. Broken ones sit out all."""
    for turn in range(turns):
        for row in rows:
            if row.contender.problem or (row.spent > budget_seconds and row.rates):
                continue
            began = time.monotonic()
            answer = row.contender.measure(row.work, row.size, **({"handler": row.handler} if row.handler else {}))
            row.spent += time.monotonic() - began
            if "problem" not in answer:
                row.take(turn, answer)


def side_by_side(ours: dict[int, float], theirs: dict[int, float]) -> list[tuple[float, float]]:
    """Both figures of every turn in which there are both."""
    return [(ours[turn], theirs[turn]) for turn in sorted(ours.keys() & theirs.keys())]
