"""The sequence flows of L10; its elements are in `tools/bpmn_l10.py`."""

from collections.abc import Iterable

from tools.draw_bpmn import Arrow


def arrows(files: Iterable[str]) -> list[Arrow]:
    """`files` are the waits that stand beside each other between two gateways."""
    waits = list(files)
    return [
        Arrow(source="begun", target="day_ends"),
        Arrow(source="day_ends", target="open_day"),
        Arrow(source="open_day", target="files"),
        *(Arrow(source="files", target=id) for id in waits),
        *(Arrow(source=id, target="files_here") for id in waits),
        Arrow(source="files_here", target="read_files"),
        Arrow(source="read_files", target="terms"),
        Arrow(source="terms", target="load_trades"),
        Arrow(source="load_trades", target="clear"),
        Arrow(source="clear", target="compare_trades", way="bottom top"),
        Arrow(source="compare_trades", target="compare_balances", way="bottom top"),
        Arrow(source="compare_balances", target="any_break", way="left right"),
        Arrow(source="any_break", target="deal_with_breaks", when="breaks > 0", zh="有", en="yes", way="top bottom"),
        Arrow(source="any_break", target="confirm", zh="无", en="no", way="left right"),
        Arrow(source="deal_with_breaks", target="break_decided", way="left right"),
        Arrow(
            source="break_decided",
            target="read_files",
            when='break_decision = "again"',
            zh="重读",
            en="again",
            way="left bottom+20",
        ),
        Arrow(source="break_decided", target="confirm", way="bottom top"),
        Arrow(source="confirm", target="is_confirmed", way="left right"),
        Arrow(
            source="is_confirmed",
            target="read_files",
            when='confirm_decision = "again"',
            zh="重读",
            en="again",
            way="top bottom",
        ),
        Arrow(source="is_confirmed", target="approve", way="bottom top"),
        Arrow(source="approve", target="agreed"),
        Arrow(source="agreed", target="keep_confirmation", when='approval = "approved"', zh="同意", en="agreed"),
        Arrow(source="agreed", target="confirm", zh="退回", en="sent back", way="top bottom"),
        Arrow(source="keep_confirmation", target="after_confirmation"),
        Arrow(source="after_confirmation", target="compute_need"),
        Arrow(source="after_confirmation", target="send_feed", way="bottom left"),
        Arrow(source="compute_need", target="send_topup"),
        Arrow(source="send_topup", target="all_sent"),
        Arrow(source="send_feed", target="all_sent", way="right bottom"),
        Arrow(source="all_sent", target="report"),
        Arrow(source="report", target="ended"),
    ]
