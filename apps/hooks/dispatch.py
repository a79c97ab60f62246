"""Brings one delivery to its receiver. No database here, and no address or secret in any problem that it tells of."""

import http.client
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from apps.hooks.conf import conf
from apps.hooks.core.courses import CLAIM
from apps.hooks.core.signing import headers
from apps.hooks.models import OutgoingHook
from apps.kernel import clock
from apps.notices.dispatch import post
from apps.notices.errors import UnusableAddress

LONGEST_PROBLEM = 300


@dataclass(frozen=True)
class Parcel:
    """A delivery made ready: signed when it is sent."""

    address: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    delivery: str
    body: bytes
    until: datetime

    @classmethod
    def of(cls, hook: OutgoingHook, delivery: str, said: str | Mapping[str, Any]) -> "Parcel":
        """To the receiver of a claimed webhook."""
        text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        until = hook.claimed_until or clock.now() + CLAIM
        return cls(hook.address, tuple(hook.secrets), delivery, text.encode(), until)


FAULTS: dict[type[OSError], str] = {
    socket.gaierror: "host_unknown",
    TimeoutError: "no_answer",
    ConnectionRefusedError: "nobody_listens",
}
"""The commonest ones have names, which pages tell in words; of others it is told what the system says."""


def send(parcel: Parcel) -> str:
    """Why it was not taken, empty when it was: any status from 200 to 299 says so.

    With too little left of the claim nothing is sent any more: somebody else may soon do so.
    """
    now = clock.now()
    if now + timedelta(seconds=conf.TIMEOUT_SECONDS) > parcel.until:
        return "claim over"
    signed = headers(parcel.secrets, parcel.delivery, int(now.timestamp()), parcel.body)
    beside = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Clearway", **signed}
    private, seconds = conf.PRIVATE_ADDRESSES, conf.TIMEOUT_SECONDS
    try:
        status, _nothing = post(parcel.address, parcel.body, beside, private=private, seconds=seconds, most_bytes=0)
    except UnusableAddress as refused:
        return str(refused)[:LONGEST_PROBLEM]
    except tuple(FAULTS) as fault:
        return next(told for kind, told in FAULTS.items() if isinstance(fault, kind))
    except (OSError, http.client.HTTPException) as fault:
        return str(getattr(fault, "strerror", "") or type(fault).__name__)[:LONGEST_PROBLEM]
    except ValueError:
        return "unusable address"
    return "" if 200 <= status < 300 else f"HTTP {status}"
