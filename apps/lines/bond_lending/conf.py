"""Names and places of this line. Installations change them in the admin site, not here."""

LINE = "bond-lending"
PROCESS = "L07"
SOURCES = "incoming/bond-lending/{date}"
OUTGOING = "outgoing/bond-lending/{date}"
POLL_SECONDS = 2
CALENDAR = "CN-EX"

MORNING = {"required_codes": ["zyjdhy", "zyjdzy", "zyjdjg"], "flags": []}
EVENING = {"required_codes": ["jsmx", "zqbd", "wdq", "ywhb", "zjbd", "zjhz"], "flags": ["fsbz_a"]}
