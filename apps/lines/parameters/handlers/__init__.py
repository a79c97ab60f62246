"""Automatic steps of the parameter check (R13). Importing this registers them, and the kinds of parameters."""

from apps.lines.parameters.handlers import checking, kinds, signing

__all__ = ["checking", "kinds", "signing"]
