"""What is approved, what is live, and what a run shows of both."""

from apps.lines.parameters.selectors.figures import Figures, figures_of, unchecked_of_lines, unsigned_of_lines
from apps.lines.parameters.selectors.sets import approved_on, has_baseline, lines_covered, live_on, signed_differences

__all__ = [
    "Figures",
    "approved_on",
    "figures_of",
    "has_baseline",
    "lines_covered",
    "live_on",
    "signed_differences",
    "unchecked_of_lines",
    "unsigned_of_lines",
]
