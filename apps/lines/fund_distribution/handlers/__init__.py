"""The step handlers of fund distribution T+0; importing this package registers them."""

from apps.lines.fund_distribution.handlers import advancing, closing, confirming, limits

__all__ = ["advancing", "closing", "confirming", "limits"]
