"""The step handlers of RTGS settlement Shanghai; importing this package registers them."""

from apps.lines.rtgs.handlers import end_of_day, intraday

__all__ = ["end_of_day", "intraday"]
