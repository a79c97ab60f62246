"""What a file's name says: its code and its business date (fact book 2.2). Case never counts, the longest code wins."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_MONTHS = "123456789abc"
_SHANGHAI = re.compile(r"(?P<stem>.+)\.(?P<month>[1-9a-c])(?P<day>\d\d)", re.IGNORECASE)
_CLEARING_NUMBER = re.compile(r"_?[a-z]*\d*", re.IGNORECASE)
_SHENZHEN = re.compile(r"(?P<stem>.+)(?P<month>\d\d)(?P<day>\d\d)\.\w+", re.IGNORECASE)
_GOLD = re.compile(
    r".*?20\d\d(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01]).*?00(?P<stem>[A-Z]+)\.txt", re.ASCII | re.IGNORECASE
)


@dataclass(frozen=True)
class Name:
    """A recognised name; `rest` is what follows the code (the clearing number in Shanghai)."""

    code: str
    rest: str
    month: int | None
    day: int | None

    def is_of(self, business_date: date) -> bool:
        """Names carry no year; one without a date belongs to the day of its folder."""
        return self.month is None or (self.month, self.day) == (business_date.month, business_date.day)

    @property
    def date_text(self) -> str:
        return f"{self.month:02}-{self.day:02}" if self.month is not None else ""


def read_name(name: str, naming: str, codes: Iterable[str]) -> Name | None:
    """The name by the gateway's rule, or None when it is not a name of one of these codes."""
    if naming == "plain":
        return _with_code(name.rsplit(".", 1)[0], codes, None, None)
    if naming == "sge":
        found = _GOLD.fullmatch(name)
        same = [code for code in codes if found and code.lower() == found["stem"].lower()]
        return Name(same[0], "", int(found["month"]), int(found["day"])) if found and same else None
    found = (_SHANGHAI if naming == "mdd" else _SHENZHEN).fullmatch(name)
    if found is None:
        return None
    month = _MONTHS.index(found["month"].lower()) + 1 if naming == "mdd" else int(found["month"])
    read = _with_code(found["stem"], codes, month, int(found["day"]))
    if naming == "mdd" and read is not None and not _CLEARING_NUMBER.fullmatch(read.rest):
        return None  # jsmx_10js326 is of another code than jsmx
    return read


def gold_stem(name: str) -> str:
    """What the Gold Exchange calls the file, in lower case: `…20251120…00SPOTMATCH.txt` is spotmatch; "" for other names."""
    found = _GOLD.fullmatch(name)
    return found["stem"].lower() if found else ""


def shanghai_extension(business_date: date) -> str:
    """27 October is a27."""
    return f"{_MONTHS[business_date.month - 1]}{business_date.day:02}"


def dated_name(code: str, naming: str, business_date: date) -> str:
    """How a file without clearing number is called on that day, in lower case; JS.OK is called so on every day."""
    if "." in code:
        return code.lower()
    if naming == "mdd":
        return f"{code}.{shanghai_extension(business_date)}".lower()
    if naming == "mmdd":
        return f"{code}{business_date:%m%d}.dbf".lower()
    if naming == "sge":
        return f"{business_date:%Y%m%d}00{code}.txt".lower()
    return code.lower()


def _with_code(stem: str, codes: Iterable[str], month: int | None, day: int | None) -> Name | None:
    low = stem.lower()
    begins = [code for code in codes if low.startswith(code.lower())]
    if not begins:
        return None
    code = max(begins, key=len)
    return Name(code, stem[len(code) :], month, day)
