"""Names and places of this line. Installations change them in the admin site, not here."""

LINE = "agency-sh"
PROCESS = "L02"
SOURCES = "incoming/agency-sh/{date}"
OUTGOING = "outgoing/agency-sh/{date}"
POLL_SECONDS = 2
CALENDAR = "CN-EX"

MARKET = {
    "required_codes": ["kffzmxa", "kffzmxb", "cil_kj", "zjhz", "zjye", "jsmx", "zjbd"],
    "optional_codes": ["kf1", "abcsj"],
    "flags": [],
}
COUNTER = {"required_codes": ["dszl", "dsqr"], "flags": []}
