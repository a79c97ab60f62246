"""The line that owns the demonstration's products."""

from datetime import date

LINE = "trust-products"
FIRST_DAY = date(2023, 6, 1)
"""From which business date the simulated products are known: that of the shipped rules."""
