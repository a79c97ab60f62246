"""The step handlers of bond lending; importing this package registers them."""

from apps.lines.bond_lending.handlers import closing, evening, morning

__all__ = ["closing", "evening", "morning"]
