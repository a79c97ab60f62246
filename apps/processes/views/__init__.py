"""Pages about processes and their versions, and the one on which they are drawn."""

from apps.processes.views.pages import draw, model, new_process, process, processes, version

__all__ = ["draw", "model", "new_process", "process", "processes", "version"]
