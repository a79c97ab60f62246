"""Pages about processes and their versions, the one on which they are drawn, and the one that compares two of them."""

from apps.processes.views.comparing import compare, drawn_model
from apps.processes.views.pages import draw, model, new_process, process, processes, version
from apps.processes.views.testing import new_test, stored_test

__all__ = [
    "compare",
    "draw",
    "drawn_model",
    "model",
    "new_process",
    "new_test",
    "process",
    "processes",
    "stored_test",
    "version",
]
