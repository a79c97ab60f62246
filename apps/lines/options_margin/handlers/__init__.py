"""The step handlers of options margin; importing this package registers them."""

from apps.lines.options_margin.handlers import comparing, declaring, evening

__all__ = ["comparing", "declaring", "evening"]
