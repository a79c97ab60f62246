"""The robots of the three vendors as they answer: a signature that is wrong or old is refused with their own codes."""

import hmac
import json
from collections.abc import Mapping
from typing import Any

from apps.notices.core.robots import signature

OLDEST_SECONDS = 3600


def answer(channel: str, query: Mapping[str, str], body: bytes, secret: str, seconds: float) -> tuple[dict[str, Any], str]:
    """What the robot says, and the text that it would show; empty when it refuses. `seconds` since 1970."""
    try:
        said = json.loads(body)
        text = str(said["content"]["text"] if channel == "feishu" else said["text"]["content"])
    except (ValueError, KeyError, TypeError):
        return _answer(channel, 9499, "Bad Request"), ""
    if secret and channel != "wecom":
        given = said if channel == "feishu" else query
        timestamp, sign = str(given.get("timestamp", "")), str(given.get("sign", ""))
        unit = 1 if channel == "feishu" else 1000
        fresh = timestamp.isdigit() and abs(seconds - int(timestamp) / unit) < OLDEST_SECONDS
        if not fresh or not hmac.compare_digest(sign, signature(channel, secret, timestamp)):
            return _answer(channel, 19021 if channel == "feishu" else 310000, "sign not match"), ""
    return _answer(channel, 0, "ok"), text


def _answer(channel: str, code: int, words: str) -> dict[str, Any]:
    return {"code": code, "msg": words} if channel == "feishu" else {"errcode": code, "errmsg": words}
