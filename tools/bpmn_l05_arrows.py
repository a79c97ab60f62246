"""The arrows of L05."""

from tools.draw_bpmn import Arrow


def arrows(counter: list[str], register: list[str], evening: list[str]) -> list[Arrow]:
    """Of the whole day; the three lists are the waits that run beside each other."""
    return [*_morning(counter, register), *_funding(), *_evening(evening)]


def _beside(ids: list[str], fork: str, join: str) -> list[Arrow]:
    return [*(Arrow(source=fork, target=id) for id in ids), *(Arrow(source=id, target=join) for id in ids)]


def _morning(counter: list[str], register: list[str]) -> list[Arrow]:
    return [
        Arrow(source="begun", target="day_opens"),
        Arrow(source="day_opens", target="terms"),
        Arrow(source="terms", target="carry"),
        Arrow(source="carry", target="counter"),
        *_beside(counter, "counter", "counter_here"),
        Arrow(source="counter_here", target="any_register"),
        Arrow(source="any_register", target="register", when="register", zh="是", en="yes"),
        Arrow(source="any_register", target="any_exchange", zh="否", en="no", way="top row:-0.7 top"),
        *_beside(register, "register", "register_here"),
        Arrow(source="register_here", target="any_exchange"),
        Arrow(source="any_exchange", target="await_orders", when="exchange", zh="是", en="yes", way="right left"),
        Arrow(source="any_exchange", target="read", zh="否", en="no"),
        Arrow(source="await_orders", target="read", way="right top"),
        Arrow(source="read", target="check"),
        Arrow(source="check", target="any_flaw"),
        Arrow(source="any_flaw", target="confirm_flaws", when="found > 0", zh="有", en="yes", way="top bottom"),
        Arrow(source="any_flaw", target="compute", zh="无", en="no", way="bottom top"),
        Arrow(source="confirm_flaws", target="confirmed"),
        Arrow(source="confirmed", target="read", when='on_doubt = "again"', zh="重读", en="again", way="top row:-0.7 top"),
        Arrow(source="confirmed", target="compute", zh="继续", en="go on", way="bottom right"),
    ]


def _funding() -> list[Arrow]:
    return [
        Arrow(source="compute", target="expect", way="left right"),
        Arrow(source="expect", target="need", way="left right"),
        Arrow(source="need", target="any_need", way="left right"),
        Arrow(source="any_need", target="fund", when="lacks", zh="需", en="yes", way="left right"),
        Arrow(source="any_need", target="funded", zh="否", en="no", way="bottom row:5.4 right"),
        Arrow(source="fund", target="take", way="left right"),
        Arrow(source="take", target="taken", way="left right"),
        Arrow(source="taken", target="fund", when="refused_transfers > 0", zh="有误", en="refused", way="top row:2.9 top"),
        Arrow(source="taken", target="approve", way="left right"),
        Arrow(source="approve", target="agreed", way="left right"),
        Arrow(source="agreed", target="send", when='transfer_approval = "approved"', zh="同意", en="agreed", way="left right"),
        Arrow(source="agreed", target="fund", zh="退回", en="sent back", way="bottom row:4.4 bottom"),
        Arrow(source="send", target="funded", way="left top"),
        Arrow(source="funded", target="evening", way="bottom top"),
    ]


def _evening(evening: list[str]) -> list[Arrow]:
    return [
        *_beside(evening, "evening", "evening_here"),
        Arrow(source="evening_here", target="check_evening"),
        Arrow(source="check_evening", target="any_stop"),
        Arrow(source="any_stop", target="stopped_evening", when="stopped > 0", zh="有", en="yes", way="bottom top"),
        Arrow(source="stopped_evening", target="check_evening", zh="重读", en="again", way="left bottom"),
        Arrow(source="any_stop", target="reconcile", zh="无", en="no"),
        Arrow(source="reconcile", target="await_journal"),
        Arrow(source="await_journal", target="compare_counter"),
        Arrow(source="compare_counter", target="any_break"),
        Arrow(source="any_break", target="explain", when="breaks + counter_breaks > 0", zh="有", en="yes", way="bottom top"),
        Arrow(source="any_break", target="list_unsettled", zh="无", en="no"),
        Arrow(source="explain", target="explained", way="bottom top"),
        Arrow(
            source="explained",
            target="check_evening",
            when='break_decision = "again"',
            zh="重读",
            en="again",
            way="left bottom-30",
        ),
        Arrow(source="explained", target="list_unsettled", zh="继续", en="go on", way="right bottom"),
        Arrow(source="list_unsettled", target="any_unsettled"),
        Arrow(source="any_unsettled", target="decide", when="unsettled > 0", zh="有", en="yes", way="bottom top"),
        Arrow(source="any_unsettled", target="post", zh="无", en="no"),
        Arrow(source="decide", target="keep_decisions"),
        Arrow(source="keep_decisions", target="decided"),
        Arrow(
            source="decided",
            target="decide",
            when="refused_decisions > 0",
            zh="未齐或有误",
            en="refused",
            way="bottom row:10.5 bottom",
        ),
        Arrow(source="decided", target="post", zh="是", en="yes", way="top bottom"),
        Arrow(source="post", target="report"),
        Arrow(source="report", target="ended"),
    ]
