"""Names and places of this line. Installations change them in the admin site, not here."""

LINE = "funds-monitoring"
PROCESS = "L11"
SOURCES = "incoming/funds-monitoring/{date}"
OUTGOING = "outgoing/funds-monitoring/{date}"
POLL_SECONDS = 2
CALENDAR = "CN-EX"
LAST_TOP_UP = "FINAL.TOPUP"

SHANGHAI = {"required_codes": ["zjye", "zjbd", "zjhz", "qtsl"], "flags": []}
SHENZHEN = {
    "required_codes": ["sjsye", "sjszj", "sjsqs", "sjsdpc"],
    "optional_codes": ["sjsqs0", "sjsdvpjg"],
    "flags": [],
    "naming": "mmdd",
}
BANKS = {"required_codes": ["zcyh"], "optional_codes": ["zchd", "zccx"], "flags": []}
