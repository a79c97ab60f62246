"""Names and places of this line. Installations change them in the admin site, not here."""

LINE = "preferred-sh"
PROCESS = "L08"
SOURCES = "incoming/preferred-sh/{date}"
OUTGOING = "outgoing/preferred-sh/{date}"
POLL_SECONDS = 2
CALENDAR = "CN-EX"

MARKET = {"required_codes": ["tzxx", "zqye", "ywhb", "zqbd", "jsmx"], "flags": []}
COUNTER = {"required_codes": ["yghs"], "flags": []}
