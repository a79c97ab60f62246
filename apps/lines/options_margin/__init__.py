"""Margin of exchange-traded options and of their combinations (L06)."""
