"""Names and places of this line. Installations change them in the admin site, not here."""

LINE = "rtgs-sz"
PROCESS = "L04"
SOURCES = "incoming/rtgs-sz/{date}"
OUTGOING = "outgoing/rtgs-sz/{date}"
POLL_SECONDS = 2
CALENDAR = "CN-EX"
WINDOW_CLOSES = "SZ.RTGS.CLOSE"

MORNING = {"required_codes": ["szrtzl", "szrtzj", "sjsdz", "zycj"], "flags": [], "naming": "mmdd"}
RESULTS = {"required_codes": [], "optional_codes": ["szrtjg"], "flags": [], "naming": "mmdd", "may_be_late": True}
EVENING = {"required_codes": ["sjsmx0", "sjsjg", "sjsqs", "sjszj", "sjsye"], "flags": ["js.ok"], "naming": "mmdd"}
