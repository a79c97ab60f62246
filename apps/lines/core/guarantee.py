"""Who guarantees an obligation, from the market's codes and never from a file's name (fact book 1.2 and 4.1)."""

from apps.lines.states import Guarantee

ANY = "*"

SHANGHAI: tuple[tuple[str, str, str, Guarantee], ...] = (
    # JLLX, JYFS, YWLX: the first line that fits decides
    ("001", ANY, ANY, Guarantee.CCP_NET),
    ("002", "106", ANY, Guarantee.GROSS_RTGS),
    ("003", "106", ANY, Guarantee.GROSS_RTGS),
    ("002", ANY, "351", Guarantee.AGENCY),
    ("003", ANY, "351", Guarantee.AGENCY),
    ("002", ANY, "390", Guarantee.AGENCY),
    ("003", ANY, "390", Guarantee.AGENCY),
    ("002", ANY, ANY, Guarantee.GROSS_BATCH),
    ("003", ANY, ANY, Guarantee.GROSS_BATCH),
)


def guarantee_of(record_type: str, trading_method: str, business_type: str) -> Guarantee:
    """The guarantee of a Shanghai detail row; UNKNOWN for codes outside the table."""
    found = (record_type, trading_method, business_type)
    for *pattern, guarantee in SHANGHAI:
        if all(wanted in (ANY, code) for wanted, code in zip(pattern, found, strict=True)):
            return guarantee
    return Guarantee.UNKNOWN
