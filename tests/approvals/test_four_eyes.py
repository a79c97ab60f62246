"""The rule that the one who made something never decides it."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.approvals.actions import require_other_person
from apps.approvals.errors import SamePerson


@dataclass
class Somebody:
    pk: int
    name: str = "王敏"

    def __str__(self) -> str:
        return self.name


@given(st.integers(), st.integers())
def test_two_people_pass_and_one_does_not_whatever_object_stands_for_them(maker, checker):
    if maker == checker:
        with pytest.raises(SamePerson):
            require_other_person(maker=Somebody(maker), checker=Somebody(checker, "another object"))
    else:
        require_other_person(maker=Somebody(maker), checker=Somebody(checker))


def test_without_a_known_maker_nobody_decides():
    with pytest.raises(SamePerson):
        require_other_person(maker=None, checker=Somebody(1))


def test_the_refusal_names_the_person():
    with pytest.raises(SamePerson) as refusal:
        require_other_person(maker=Somebody(1), checker=Somebody(1))

    assert "王敏" in str(refusal.value)
    assert (refusal.value.code, refusal.value.http_status) == ("same_person", 403)
