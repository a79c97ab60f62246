"""What administrators see of the lines."""

from apps.lines.fees.admin import FeeRateAdmin
from apps.lines.parameters.admin import ParameterBaselineAdmin

__all__ = ["FeeRateAdmin", "ParameterBaselineAdmin"]
