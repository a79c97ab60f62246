"""Signatures of webhooks as the Standard Webhooks specification has them (https://www.standardwebhooks.com), both ways.

Signed are id, time and body together; the key is base64 behind `whsec_`. While a secret is replaced there are two signatures.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Sequence

PREFIX, VERSION = "whsec_", "v1"
ID = re.compile(r"[A-Za-z0-9_-]{1,120}")
MOST_SIGNATURES = 10


def secret_of(key: bytes) -> str:
    """How a key is written down."""
    return PREFIX + base64.b64encode(key).decode()


def sign(secret: str, delivery: str, timestamp: int, body: bytes) -> str:
    """The signature of a delivery; `timestamp` is in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.digest(key, b"%s.%d.%s" % (delivery.encode(), timestamp, body), "sha256")
    return f"{VERSION},{base64.b64encode(signed).decode()}"


def headers(secrets: Sequence[str], delivery: str, timestamp: int, body: bytes) -> dict[str, str]:
    """What goes beside a body that is signed with each of these secrets."""
    signatures = " ".join(sign(secret, delivery, timestamp, body) for secret in secrets)
    return {"webhook-id": delivery, "webhook-timestamp": str(timestamp), "webhook-signature": signatures}


def is_signed(
    secrets: Sequence[str], delivery: str, timestamp: str, signatures: str, body: bytes, *, now: float, tolerance: int
) -> bool:
    """Whether one of these secrets signed just this, at a time that differs from `now` by so many seconds at most.

    Every signature is compared with every secret, and each comparison takes as long whatever it finds.
    """
    if not ID.fullmatch(delivery) or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return False
    expected = [sign(secret, delivery, int(timestamp), body) for secret in secrets]
    # A time is one that was written as `sign` writes it: leading zeros are not what was signed.
    fresh = abs(now - int(timestamp)) <= tolerance and timestamp == str(int(timestamp))
    given = signatures.split(" ")[:MOST_SIGNATURES]
    equal = [_equal(one, other) for one in given for other in expected]
    return fresh and any(equal)


def _equal(given: str, expected: str) -> bool:
    """In constant time. Base64 can be written in several ways: what differs in a letter differs."""
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def is_secret(text: str) -> bool:
    """Whether this was written by `secret_of`, of a key that is long enough."""
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return text.startswith(PREFIX) and len(key) >= 24
