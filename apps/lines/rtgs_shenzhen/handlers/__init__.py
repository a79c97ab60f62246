"""The step handlers of RTGS settlement Shenzhen; importing this package registers them."""

from apps.lines.rtgs_shenzhen.handlers import closing, evening, funding, intraday

__all__ = ["closing", "evening", "funding", "intraday"]
