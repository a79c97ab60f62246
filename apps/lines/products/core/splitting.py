"""Which rows of a market file belong to which product, by their accounts, and the product's own copy of the file.

Rows are copied as bytes and never encoded anew; nothing is computed (fact book 10.2). Every row goes to one product or to the
rest.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from apps.files.core.dbf.header import Header

ACCOUNT_SIGNS = 10
"""How many signs of an account count: all of Shanghai's ten, the first ten of Shenzhen's twenty (fact book 10.3)."""
END_OF_FILE = b"\x1a"


@dataclass(frozen=True)
class Shares:
    """Places of rows, counted from 0, by product; `rest` are those of no product."""

    by_product: Mapping[str, Sequence[int]]
    rest: Sequence[int]

    @property
    def rows(self) -> int:
        """As many as the source has: what comes in goes out."""
        return sum(len(places) for places in self.by_product.values()) + len(self.rest)


class OwnedTwice(ValueError):
    """One account of two products: their rows cannot be told apart, so nothing is split."""

    def __init__(self, account: str, products: Sequence[str]) -> None:
        super().__init__(f"{account}: {', '.join(products)}")
        self.account, self.products = account, list(products)


def account_key(account: str) -> str:
    """As accounts are compared: without blanks at the end, the first ten signs."""
    return account.rstrip()[:ACCOUNT_SIGNS]


def owners_of(held: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Product by account, of pairs of account and product. Raises OwnedTwice."""
    owners: dict[str, str] = {}
    for account, product in held:
        key = account_key(account)
        if owners.setdefault(key, product) != product:
            raise OwnedTwice(key, sorted({owners[key], product}))
    return owners


def shares_of(accounts: Iterable[str], owners: Mapping[str, str], products: Iterable[str]) -> Shares:
    """One pass over the accounts of a source. Products without a row get an empty share: their file is a header."""
    found: dict[str, list[int]] = {product: [] for product in products}
    rest: list[int] = []
    for place, account in enumerate(accounts):
        product = owners.get(account_key(account), "")
        found.get(product, rest).append(place)
    return Shares(found, rest)


def cut_table(data: bytes, header: Header, places: Sequence[int], day: date) -> bytes:
    """The rows at these places as a DBF table with the header of the source, the backlink of FoxPro included.

    Only the number of records and the date of the last update differ. Places count all records, deleted ones too.
    """
    head = bytearray(data[: header.length])
    head[1:4] = bytes((day.year - 1900 if header.foxpro else day.year % 100, day.month, day.day))
    struct.pack_into("<I", head, 4, len(places))
    width, start = header.record_length, header.length
    return b"".join((bytes(head), *(data[start + width * place : start + width * (place + 1)] for place in places), END_OF_FILE))
