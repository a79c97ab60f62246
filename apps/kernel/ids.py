"""Keys that stay the same however often something is tried."""

import hashlib


def stable_key(*parts: object) -> str:
    """The same key for the same parts, 64 hexadecimal characters: what external effects carry to be told apart.

    Parts are joined with a separator that no part can hide (length prefixes), so ("ab", "c") differs from ("a", "bc").
    """
    texts = [str(part).encode() for part in parts]
    return hashlib.sha256(b"".join([len(text).to_bytes(8, "big") + text for text in texts])).hexdigest()
