"""What administrators see of the lines."""

from apps.lines.fees.admin import FeeRateAdmin

__all__ = ["FeeRateAdmin"]
