"""What a check of a process model has to say, in the words that all checks of models share."""

from apps.kernel.problems import Problem, Severity, is_refused

__all__ = ["Problem", "Severity", "is_refused"]
