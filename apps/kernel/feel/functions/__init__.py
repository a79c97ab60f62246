"""The built-in functions of FEEL, by subject; each registers itself."""

from apps.kernel.feel.functions import contexts, conversions, lists, numbers, ranges, statistics, strings, temporal
from apps.kernel.feel.functions.registry import BUILT_INS

__all__ = ["BUILT_INS", "contexts", "conversions", "lists", "numbers", "ranges", "statistics", "strings", "temporal"]
