"""The sequence flows of L03; its elements are in `tools/bpmn_l03.py`."""

from collections.abc import Iterable

from tools.draw_bpmn import Arrow

WRONG = "outside + fee_breaks + summary_breaks + locked > 0"


def arrows(close: Iterable[str], evening: Iterable[str]) -> list[Arrow]:
    """`close` and `evening` are the waits that stand beside each other between two gateways."""
    return [*_forecast(list(close)), *_fund(), *_final(list(evening))]


def _forecast(close: list[str]) -> list[Arrow]:
    return [
        Arrow(source="begun", target="market_close"),
        Arrow(source="market_close", target="open_day"),
        Arrow(source="open_day", target="close"),
        *(Arrow(source="close", target=id) for id in close),
        *(Arrow(source=id, target="close_here") for id in close),
        Arrow(source="close", target="await_interest"),
        Arrow(source="await_interest", target="interest_over"),
        Arrow(source="await_interest_given_up", target="interest_over", way="right bottom"),
        Arrow(source="interest_over", target="close_here", way="top bottom"),
        Arrow(source="close_here", target="terms"),
        Arrow(source="terms", target="own"),
        Arrow(source="own", target="await_first"),
        Arrow(source="await_first", target="await_first_summary"),
        Arrow(source="await_first_given_up", target="use_own", way="bottom row:3.7 left"),
        Arrow(source="await_first_summary_given_up", target="use_own", way="bottom top"),
        Arrow(source="await_first_summary", target="check_first"),
        Arrow(source="check_first", target="usable"),
        Arrow(source="usable", target="findings", when="first_findings + first_breaks > 0", zh="否", en="no", way="bottom top"),
        Arrow(source="usable", target="compare_own", zh="是", en="yes"),
        Arrow(source="findings", target="found", way="left right"),
        Arrow(source="found", target="check_first", when='findings_decision = "again"', zh="重读", en="again", way="top bottom"),
        Arrow(source="found", target="use_own", zh="自算", en="own", way="bottom row:3.5 right-12"),
        Arrow(source="compare_own", target="agrees"),
        Arrow(source="agrees", target="differs", when="own_breaks > 0", zh="否", en="no", way="bottom top"),
        Arrow(source="agrees", target="use_first", zh="是", en="yes"),
        Arrow(source="differs", target="differs_decided"),
        Arrow(
            source="differs_decided",
            target="compare_own",
            when='differs_decision = "again"',
            zh="重读",
            en="again",
            way="right col:15 row:0.1 top",
        ),
        Arrow(
            source="differs_decided",
            target="use_own",
            when='differs_decision = "own"',
            zh="自算",
            en="own",
            way="bottom row:3.8 right+12",
        ),
        Arrow(source="differs_decided", target="use_first", zh="第一批", en="first batch", way="top bottom"),
        Arrow(source="use_own", target="compute", way="bottom row:4.3 top-20"),
        Arrow(source="use_first", target="compute", way="right col:15.2 right"),
    ]


def _fund() -> list[Arrow]:
    return [
        Arrow(source="compute", target="any_need", way="left right"),
        Arrow(source="any_need", target="fund", when="short_accounts > 0", zh="需", en="yes", way="bottom top"),
        Arrow(source="any_need", target="send", zh="否", en="no", way="left right"),
        Arrow(source="fund", target="take", way="left right"),
        Arrow(source="take", target="taken", way="left right"),
        Arrow(source="taken", target="fund", when="refused > 0", zh="填写有误", en="refused", way="bottom row:7.2 bottom"),
        Arrow(source="taken", target="approve", zh="无误", en="taken", way="left right"),
        Arrow(source="approve", target="agreed", way="left right"),
        Arrow(source="agreed", target="send", when='approval = "approved"', zh="同意", en="agreed", way="top bottom"),
        Arrow(source="agreed", target="fund", zh="退回", en="sent back", way="bottom row:7.5 bottom+20"),
        Arrow(source="send", target="await_query", way="left right"),
        Arrow(source="await_query", target="check_funds", way="left right"),
        Arrow(source="check_funds", target="any_short", way="left right"),
        Arrow(source="any_short", target="short_task", when="short > 0", zh="是", en="yes", way="bottom top"),
        Arrow(source="any_short", target="checked", zh="否", en="no", way="left right"),
        Arrow(source="short_task", target="short_decided"),
        Arrow(
            source="short_decided", target="check_funds", when='short_decision = "again"', zh="重读", en="again", way="top bottom"
        ),
        Arrow(source="short_decided", target="checked", zh="继续", en="go on", way="bottom row:7.2 bottom"),
        Arrow(source="checked", target="evening", way="left right"),
    ]


def _final(evening: list[str]) -> list[Arrow]:
    return [
        *(Arrow(source="evening", target=id, way="left right") for id in evening),
        *(Arrow(source=id, target="evening_here", way="left right") for id in evening),
        Arrow(source="evening_here", target="final", way="bottom top"),
        Arrow(source="final", target="any_variance"),
        Arrow(source="any_variance", target="variance", when=WRONG, zh="需", en="yes", way="bottom top"),
        Arrow(source="any_variance", target="report", zh="否", en="no"),
        Arrow(source="variance", target="variance_decided"),
        Arrow(
            source="variance_decided",
            target="final",
            when='variance_decision = "again"',
            zh="重读",
            en="again",
            way="bottom row:10.2 bottom",
        ),
        Arrow(source="variance_decided", target="keep", zh="接受", en="accept"),
        Arrow(source="keep", target="report", way="top bottom"),
        Arrow(source="report", target="ended"),
    ]
