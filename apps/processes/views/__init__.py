"""Pages about processes and their versions, the one on which they are drawn, and the one that compares two of them."""

from apps.processes.views.comparing import compare, drawn_model
from apps.processes.views.keeping import keeping
from apps.processes.views.packages import export, package, packages
from apps.processes.views.pages import draw, model, new_process, process, processes, version
from apps.processes.views.tables import version_table, version_table_file
from apps.processes.views.testing import new_test, stored_test
from apps.processes.views.variants import rebase, rebased_model

__all__ = [
    "compare",
    "draw",
    "drawn_model",
    "export",
    "keeping",
    "model",
    "new_process",
    "new_test",
    "package",
    "packages",
    "process",
    "processes",
    "rebase",
    "rebased_model",
    "stored_test",
    "version",
    "version_table",
    "version_table_file",
]
