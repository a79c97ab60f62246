"""Names and places of this line. Installations change them in the admin site, not here."""

LINE = "preclearing-sh"
PROCESS = "L03"
SOURCES = "incoming/preclearing-sh/{date}"
OUTGOING = "outgoing/preclearing-sh/{date}"
POLL_SECONDS = 2
CALENDAR = "CN-EX"

OWN, INTEREST, FIRST, FIRST_SUMMARY = "gh", "zqjsxx", "jsmx01_", "zjhz01_"
BALANCES, PENDING, QUERY = "zjye", "yqdf", "yqcx"
FINAL, FINAL_SUMMARY, QUANTITIES = "jsmx", "zjhz", "qtsl"

CLOSE = {"required_codes": [OWN, INTEREST, BALANCES, PENDING], "flags": []}
PRE = {"required_codes": [FIRST, FIRST_SUMMARY], "flags": ["fsbz_arjq"]}
INQUIRY = {"required_codes": [QUERY], "flags": []}
EVENING = {"required_codes": [FINAL, FINAL_SUMMARY, QUANTITIES], "flags": ["fsbz_a"]}
