"""Names and places of this line. Installations change them in the admin site, not here."""

LINE = "rtgs-sh"
COMMON = "common"
SOURCES = "incoming/rtgs-sh/{date}"

MORNING = {"required_codes": ["jsmx_10", "zjye", "zqye", "zycj"], "flags": ["fsbz_arjq"]}
RESULTS = {"required_codes": [], "optional_codes": ["rtgsjg"], "flags": [], "may_be_late": True}
EVENING = {"required_codes": ["jsmx", "zqbd", "zjbd", "zjhz"], "flags": ["fsbz_a"], "manifest": "fsbz_fi"}
OUTGOING = "outgoing/rtgs-sh/{date}"
POLL_SECONDS = 2
