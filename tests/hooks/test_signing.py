"""Signatures: only what was signed, as it was signed, now."""

import base64
import hashlib
import hmac
import random

from apps.hooks.core.signing import ID, headers, is_secret, is_signed, secret_of, sign

SECRET, OTHER = secret_of(b"k" * 32), secret_of(b"o" * 32)
NOW = 1_772_400_000
BODY = '{"do":"message","name":"到账","key":"k"}'.encode()


def believed(delivery, timestamp, signature, body, *, secrets=(SECRET,), now=NOW):
    return is_signed(secrets, delivery, timestamp, signature, body, now=now, tolerance=300)


def test_a_signature_is_what_the_specification_says():
    signed = hmac.new(b"k" * 32, b"msg_1." + str(NOW).encode() + b"." + BODY, hashlib.sha256).digest()

    assert sign(SECRET, "msg_1", NOW, BODY) == "v1," + base64.b64encode(signed).decode()


def test_while_a_secret_is_replaced_either_is_believed():
    sent = headers([OTHER, SECRET], "msg_1", NOW, BODY)
    delivery, timestamp, signatures = sent.values()

    found = [
        believed(delivery, timestamp, signatures, BODY, secrets=(secret,)) for secret in (SECRET, OTHER, secret_of(b"x" * 32))
    ]

    assert found == [True, True, False]


def test_a_time_that_is_too_old_or_too_far_ahead_is_not_believed():
    given = ("msg_1", str(NOW), sign(SECRET, "msg_1", NOW, BODY), BODY)

    assert [believed(*given, now=NOW + late) for late in (-301, -300, 300, 301)] == [False, True, True, False]


def test_nothing_that_was_changed_anywhere_is_believed_in_5000_tries():
    chance = random.Random(17)
    right = ["msg_1", str(NOW), sign(SECRET, "msg_1", NOW, BODY), BODY.decode("latin-1")]
    believed_wrongly = []

    for _ in range(5000):
        changed = list(right)
        for _again in range(chance.randint(1, 3)):
            part = chance.randrange(4)
            changed[part] = mutated(changed[part], chance)
        delivery, timestamp, signature, body = changed
        if changed != right and believed(delivery, timestamp, signature, body.encode("latin-1")):
            believed_wrongly.append(changed)

    assert believed_wrongly == []
    assert believed(right[0], right[1], right[2], BODY)


def mutated(text: str, chance: random.Random) -> str:
    """The text with something left out, put in, changed, doubled or nothing left of it; never a second good signature."""
    place = chance.randrange(len(text) + 1)
    letter = chr(chance.choice([chance.randrange(33, 127), chance.randrange(256), 0x2C]))
    return chance.choice(
        [text[:place] + letter + text[place:], text[:place] + letter + text[place + 1 :], text[:place] + text[place + 1 :], ""]
    )


def test_ids_are_short_words_without_dots_so_that_no_part_can_pose_as_another():
    assert ID.fullmatch("msg_17-x")
    assert not any(ID.fullmatch(bad) for bad in ("", "a.b", "a b", "a\n", "é", "x" * 121))


def test_only_long_enough_keys_are_secrets():
    assert [is_secret(text) for text in (SECRET, "whsec_c2hvcnQ=", "whsec_!", "c" * 44, "")] == [True, False, False, False, False]
