"""The step handlers of pre-clearing; importing this package registers them."""

from apps.lines.preclearing.handlers import closing, forecasting, funding

__all__ = ["closing", "forecasting", "funding"]
