"""The sequence flows of L02; its elements are in `tools/bpmn_l02.py`."""

from collections.abc import Iterable

from tools.draw_bpmn import Arrow

BOTTOM_OF = {"a": 5.8, "b": 10.3}
"""Row below the elements of a batch, for flows that go back."""


def arrows(morning: Iterable[str], evening: Iterable[str]) -> list[Arrow]:
    """`morning` and `evening` are the waits that stand beside each other between two gateways."""
    first, last = list(morning), list(evening)
    return [
        Arrow(source="begun", target="day_opens"),
        Arrow(source="day_opens", target="open_day"),
        Arrow(source="open_day", target="morning"),
        *(Arrow(source="morning", target=id) for id in first),
        *(Arrow(source=id, target="morning_here") for id in first),
        Arrow(source="morning_here", target="terms"),
        Arrow(source="terms", target="read_a"),
        *_batch("a"),
        Arrow(source="send_a", target="await_second", way="right col:13.7 row:6 top"),
        Arrow(source="await_second", target="read_b"),
        *_batch("b"),
        Arrow(source="send_b", target="evening", way="right top"),
        *(Arrow(source="evening", target=id, way="left right") for id in last),
        *(Arrow(source=id, target="evening_here", way="left right") for id in last),
        Arrow(source="evening_here", target="reconcile", way="left right"),
        Arrow(source="reconcile", target="compare_counter", way="left right"),
        Arrow(source="compare_counter", target="any_open", way="left right"),
        Arrow(
            source="any_open",
            target="unpaid",
            when="breaks + counter_breaks + postponed + odd > 0",
            zh="有",
            en="yes",
            way="bottom top",
        ),
        Arrow(source="any_open", target="post", zh="无", en="no", way="left right"),
        Arrow(source="unpaid", target="unpaid_decided"),
        Arrow(
            source="unpaid_decided",
            target="reconcile",
            when='unpaid_decision = "again"',
            zh="重读",
            en="again",
            way="right bottom",
        ),
        Arrow(source="unpaid_decided", target="settle", way="bottom top"),
        Arrow(source="settle", target="settled", way="left right"),
        Arrow(source="settled", target="unpaid", when="undecided > 0", zh="否", en="no", way="top bottom"),
        Arrow(source="settled", target="post", zh="是", en="yes", way="left bottom"),
        Arrow(source="post", target="report", way="left right"),
        Arrow(source="report", target="ended", way="left right"),
    ]


def _batch(letter: str) -> list[Arrow]:
    """The flows between the elements of one batch."""

    def arrow(source: str, target: str, **more: str) -> Arrow:
        return Arrow(source=f"{source}_{letter}", target=f"{target}_{letter}", **more)

    return [
        arrow("read", "any_finding"),
        arrow("any_finding", "findings", when="findings > 0", zh="有", en="yes", way="bottom top"),
        arrow("any_finding", "need", zh="无", en="no"),
        arrow("findings", "found"),
        arrow("found", "need", zh="继续", en="go on", way="top bottom"),
        arrow(
            "found",
            "read",
            when='findings_decision = "again"',
            zh="重读",
            en="again",
            way=f"bottom row:{BOTTOM_OF[letter] - 1.6} bottom",
        ),
        arrow("need", "any_need"),
        arrow("any_need", "fund", when="short > 0", zh="需", en="yes", way="bottom top"),
        arrow("any_need", "send", zh="否", en="no"),
        arrow("fund", "take"),
        arrow("take", "taken"),
        arrow("taken", "approve", when="refused = 0 and needs_checker > 0", zh="需", en="yes", way="bottom top"),
        arrow("taken", "send", zh="否", en="no", way="right bottom-20"),
        arrow(
            "taken",
            "fund",
            when="refused > 0",
            zh="填写有误",
            en="refused",
            way=f"top row:{BOTTOM_OF[letter] - 3.1} top+20",
        ),
        arrow("approve", "agreed"),
        arrow("agreed", "send", when='funding_approval = "approved"', zh="同意", en="agreed", way="top bottom"),
        arrow("agreed", "fund", zh="退回", en="sent back", way=f"bottom row:{BOTTOM_OF[letter]} bottom"),
    ]
