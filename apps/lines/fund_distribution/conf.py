"""Names and places of this line. Installations change them in the admin site, not here."""

LINE = "fund-distribution"
PROCESS = "L09"
SOURCES = "incoming/fund-distribution/{date}"
OUTGOING = "outgoing/fund-distribution/{date}"
POLL_SECONDS = 2
CALENDAR = "CN-EX"

COUNTER = {"required_codes": ["jjt0xy", "jjt0yh", "jjt0yy", "jjt0sq"], "flags": []}
BANK = {"required_codes": ["jjt0hd"], "flags": []}
REGISTER = {"required_codes": ["ofd04", "kffzmxb", "jjt0ls"], "flags": []}
