"""Arithmetic, reading and simulation of fund distribution T+0 without database and clock."""
