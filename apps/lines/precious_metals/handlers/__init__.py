"""The step handlers of gold and precious metals; importing this package registers them."""

from apps.lines.precious_metals.handlers import booking, clearing

__all__ = ["booking", "clearing"]
