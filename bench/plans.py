"""The works as processes of the product. Needs Django to be set up; what every contender knows of them is in `works`."""

from bench.works import CHAIN, DIAMONDS, WIDE
from tests.factories.engine import PlanText, chain

TIMER_DAYS = 30


def model(work: str, size: int, handler: str) -> PlanText:
    """The process that does a work of this size with this handler."""
    if work == CHAIN:
        text = chain(size, handler=handler)
    elif work == WIDE:
        text = wide(size, handler)
    else:
        text = diamond(handler)
    text.key = f"{work}-{handler.rpartition('.')[2]}" + ("" if work == DIAMONDS else f"-{size}")
    return text


def wide(width: int, handler: str) -> PlanText:
    """`width` parallel steps, a join, one step after it."""
    text = PlanText().fork("split").fork("join").service("after", handler).flow("start", "split")
    for number in range(width):
        text.service(f"s{number}", handler).flow("split", f"s{number}", "join")
    return text.flow("join", "after", "end")


def diamond(handler: str) -> PlanText:
    """Ten steps, 1-3-1-3-1-1."""
    text = PlanText()
    for name in ("a", "b1", "b2", "b3", "c", "d1", "d2", "d3", "e", "f"):
        text.service(name, handler)
    for name in ("split1", "join1", "split2", "join2"):
        text.fork(name)
    text.flow("start", "a", "split1").flow("join1", "c", "split2").flow("join2", "e", "f", "end")
    for number in (1, 2, 3):
        text.flow("split1", f"b{number}", "join1").flow("split2", f"d{number}", "join2")
    return text


def waiting(width: int) -> PlanText:
    """`width` timers that wait side by side, far longer than any measurement takes."""
    text = PlanText(f"TIMERS-{width}").fork("split").fork("join").flow("start", "split")
    for number in range(width):
        text.timer(f"t{number}", duration=f'duration("P{TIMER_DAYS}D")').flow("split", f"t{number}", "join")
    return text.flow("join", "end")
