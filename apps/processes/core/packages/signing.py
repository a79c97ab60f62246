"""Ed25519 signatures. The library is only loaded where something is signed or verified: most processes never do."""

import base64
import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Signature:
    """Both texts are base64."""

    public_key: str
    signature: str


def signed(content: bytes, seed: bytes) -> Signature:
    """The signature of an installation, whose key follows from 32 secret bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(seed)
    return Signature(_text(key.public_key().public_bytes_raw()), _text(key.sign(content)))


def is_signed(content: bytes, signature: Signature) -> bool:
    """Whether the key has signed exactly this."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(_bytes(signature.public_key))
        key.verify(_bytes(signature.signature), content)
    except (ValueError, InvalidSignature):
        return False
    return True


def is_public_key(text: str) -> bool:
    try:
        return len(_bytes(text)) == 32 and _text(_bytes(text)) == text
    except ValueError:
        return False


def fingerprint(public_key: str) -> str:
    """What people compare by telephone: groups of four."""
    digest = hashlib.sha256(public_key.encode()).hexdigest()[:32]
    return " ".join(digest[place : place + 4] for place in range(0, 32, 4))


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
