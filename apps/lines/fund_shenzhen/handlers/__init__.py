"""The step handlers of fund settlement Shenzhen; importing this package registers them."""

from apps.lines.fund_shenzhen.handlers import closing, evening, funding, morning

__all__ = ["closing", "evening", "funding", "morning"]
