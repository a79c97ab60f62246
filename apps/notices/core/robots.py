"""How the robots of the chat vendors want to be spoken to, and what their answers mean.

Feishu: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (the key is time and secret, of no text).
DingTalk: https://open.dingtalk.com/document/robots/customize-robot-security-settings (time and secret, signed with the secret).
WeCom: https://developer.work.weixin.qq.com/document/path/91770 (no signature; the key in the address is the secret).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

MOST_BYTES = {"feishu": 15_000, "dingtalk": 15_000, "wecom": 2_048}
"""Of the text of one message; WeCom refuses more."""


def signature(channel: str, secret: str, timestamp: str) -> str:
    """What Feishu (seconds) and DingTalk (milliseconds) expect beside a timestamp."""
    text = f"{timestamp}\n{secret}".encode()
    key, said = (text, b"") if channel == "feishu" else (secret.encode(), text)
    return base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()


def message(channel: str, address: str, secret: str, text: str, seconds: float) -> tuple[str, bytes]:
    """The address and the body of the request that says a text; `seconds` since 1970. Without a secret nothing is signed."""
    words = cut(text, MOST_BYTES[channel])
    if channel == "feishu":
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": words}}
        if secret:
            timestamp = str(int(seconds))
            body |= {"timestamp": timestamp, "sign": signature(channel, secret, timestamp)}
        return address, _json(body)
    if channel == "dingtalk" and secret:
        timestamp = str(int(seconds * 1000))
        signed = urlencode({"timestamp": timestamp, "sign": signature(channel, secret, timestamp)})
        address = f"{address}{'&' if '?' in address else '?'}{signed}"
    return address, _json({"msgtype": "text", "text": {"content": words}})


def refusal(status: int, body: bytes) -> str:
    """Why a robot did not take a message, empty when it did: the vendors answer 200 and say in the body what is wrong."""
    if status != 200:
        return f"HTTP {status}"
    try:
        answer = json.loads(body)
        code = answer.get("code", answer.get("errcode", answer.get("StatusCode")))
        words = answer.get("msg", answer.get("errmsg", ""))
    except (ValueError, AttributeError):
        return "no answer of a robot"
    return "" if code == 0 else f"{code} {words}"[:200]


def joined(texts: Sequence[str]) -> str:
    """Several messages as one, an empty line between them."""
    return "\n\n".join(texts)


def fitting(channel: str, texts: Sequence[str]) -> int:
    """How many of the first texts go in one message without being cut; one, however long it is."""
    most = MOST_BYTES.get(channel)
    if most is None:
        return len(texts)
    together = accumulate(texts, lambda before, text: joined((before, text)))
    return min(len(texts), max(1, sum(len(text.encode()) <= most for text in together)))


def cut(text: str, most: int) -> str:
    """The text, or as much of its beginning as fits into so many bytes, with an ellipsis."""
    said = text.encode()
    return text if len(said) <= most else said[: most - 3].decode(errors="ignore") + "…"


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
