"""Names and places of this line. Installations change them in the admin site, not here."""

LINE = "precious-metals"
PROCESS = "L10"
SOURCES = "incoming/precious-metals/{date}"
OUTGOING = "outgoing/precious-metals/{date}"
POLL_SECONDS = 2
CALENDAR = "CN-EX"

TRADED = ["SPOTMATCH", "DEFERMATCH"]
EXCHANGE = {
    "required_codes": [*TRADED, "DEFERDELIVERYAPPMATCH", "CLIENTMISFEEDETAIL", "MEMBERSEATCAPICATL", "CLIENTSTORAGE"],
    "flags": [],
    "naming": "sge",
}
OWN = {"required_codes": ["gjscc", "gjsqc", "gjscr", "gjscj", "gjsjg"], "flags": []}
FILES = [*EXCHANGE["required_codes"], *OWN["required_codes"]]
