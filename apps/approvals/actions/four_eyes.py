"""The four-eyes rule. Every app asks here; there is no second place that knows it."""

from typing import Protocol

from apps.approvals.errors import SamePerson


class Person(Protocol):
    pk: int


def require_other_person(*, maker: Person | None, checker: Person) -> None:
    """Refuses with SamePerson when the checker is the maker; a decision without a known maker is refused as well."""
    if maker is None or maker.pk == checker.pk:
        raise SamePerson(person=str(checker))
