"""Funds settlement monitoring (L11): what every reserve account has to pay, what was sent to it, what came, what is short."""
