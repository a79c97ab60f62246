"""Names and places of this line. Installations change them in the admin site, not here."""

LINE = "fund-sz"
PROCESS = "L05"
SOURCES = "incoming/fund-sz/{date}"
OUTGOING = "outgoing/fund-sz/{date}"
POLL_SECONDS = 2
CALENDAR = "CN-EX"

COUNTER = {"required_codes": ["jjszkh", "jjszcs", "szrtzj"], "optional_codes": ["jjszsq"], "flags": [], "naming": "mmdd"}
REGISTER = {"required_codes": [], "optional_codes": ["lofjs"], "flags": [], "naming": "mmdd"}
AGENT = {"required_codes": [], "optional_codes": ["ofd04", "kffzmxa"], "flags": []}
EVENING = {"required_codes": ["sjsmx0", "sjsmx2", "sjsjg", "sjsqs", "sjszj"], "flags": ["js.ok"], "naming": "mmdd"}
POSTED = {"required_codes": ["jjszrz"], "flags": [], "naming": "mmdd"}
