"""Names and places of this line. Installations change them in the admin site, not here."""

LINE = "options-margin"
PROCESS = "L06"
SOURCES = "incoming/options-margin/{date}"
OUTGOING = "outgoing/options-margin/{date}"
POLL_SECONDS = 2
CALENDAR = "CN-EX"

FILES = ("reff03", "clpr03", "zyhycc", "zyzhcc", "zykhzj", "zybdgf", "zyhq", "op_hycc", "op_zhccmx", "op_bzjmx", "op_bzjzh")
EXCHANGE = {"required_codes": ["reff03", "clpr03"], "flags": [], "naming": "mmdd"}
DEPOSITORY = {"required_codes": ["op_hycc", "op_zhccmx", "op_bzjmx", "op_bzjzh"], "flags": ["fsbz_op"]}
COUNTER = {"required_codes": ["zyhycc", "zyzhcc", "zykhzj", "zybdgf", "zyhq"], "flags": []}

FORECAST_EVENINGS = 5
"""How many evenings ahead an account is looked at: from E-5 on the cliff of E-2 shows."""
