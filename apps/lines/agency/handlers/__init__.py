"""The step handlers of agency collection and payment; importing this package registers them."""

from apps.lines.agency.handlers import announcing, closing, evening, funding

__all__ = ["announcing", "closing", "evening", "funding"]
