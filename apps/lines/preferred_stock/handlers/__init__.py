"""The step handlers of preferred stock redemption and put-back; importing this package registers them."""

from apps.lines.preferred_stock.handlers import announcing, closing, declaring, settling

__all__ = ["announcing", "closing", "declaring", "settling"]
