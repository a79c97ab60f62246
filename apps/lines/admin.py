"""What administrators see of the lines."""

from apps.lines.fees.admin import FeeRateAdmin
from apps.lines.parameters.admin import ParameterBaselineAdmin
from apps.lines.products.admin import (
    ProductAccountAdmin,
    ProductAdmin,
    ProductClassAdmin,
    ProductOutputAdmin,
    ProductRuleAdmin,
    ProductTableAdmin,
)
from apps.lines.uplifts.admin import MarginUpliftAdmin

__all__ = [
    "FeeRateAdmin",
    "MarginUpliftAdmin",
    "ParameterBaselineAdmin",
    "ProductAccountAdmin",
    "ProductAdmin",
    "ProductClassAdmin",
    "ProductOutputAdmin",
    "ProductRuleAdmin",
    "ProductTableAdmin",
]
