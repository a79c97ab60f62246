"""The step handlers of funds settlement monitoring; importing this package registers them."""

from apps.lines.funds_monitoring.handlers import closing, opening, topping

__all__ = ["closing", "opening", "topping"]
