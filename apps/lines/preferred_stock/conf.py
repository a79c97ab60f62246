"""Names and places of this line in each market. Installations change them in the admin site, not here."""

from apps.lines.preferred_stock.core.markets import BEIJING, SHANGHAI, SHENZHEN, Market

LINE = SHANGHAI.line
PROCESS = "L08"
POLL_SECONDS = 2
CALENDAR = "CN-EX"

PROCESSES = {SHANGHAI.line: PROCESS, SHENZHEN.line: "L08SZ", BEIJING.line: "L08BJ"}
MARKETS = {one.line: one for one in (SHANGHAI, SHENZHEN, BEIJING)}
CHOICES = "yghs"


def sources_of(line: str) -> str:
    """The folder of the files of a day."""
    return f"incoming/{line}/{{date}}"


def outgoing_of(line: str) -> str:
    """The folder of what is sent on a day."""
    return f"outgoing/{line}/{{date}}"


def files_of(market: Market) -> dict[str, object]:
    """What of the depository is expected on a day."""
    return {"required_codes": market.files, "flags": [], "naming": market.naming}


def counter_of(market: Market) -> dict[str, object]:
    """What of the counter is expected on a day."""
    return {"required_codes": [CHOICES], "flags": [], "naming": market.naming}
