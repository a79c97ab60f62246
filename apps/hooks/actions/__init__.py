"""What is done with webhooks: kept by their people, delivered by couriers, taken from senders."""

from apps.hooks.actions.delivering import Claimed, claim_next, settle
from apps.hooks.actions.incoming import Signed, make_incoming, move_incoming, read_signed, take
from apps.hooks.actions.outgoing import make_outgoing, move_outgoing, replay, resend
from apps.hooks.actions.stopping import stop_incoming, stop_outgoing

__all__ = [
    "Claimed",
    "Signed",
    "claim_next",
    "make_incoming",
    "make_outgoing",
    "move_incoming",
    "move_outgoing",
    "read_signed",
    "replay",
    "resend",
    "settle",
    "stop_incoming",
    "stop_outgoing",
    "take",
]
