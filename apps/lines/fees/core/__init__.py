"""Exact arithmetic of fees and reserves."""
