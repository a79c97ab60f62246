"""Arithmetic, reading and simulation of bond lending without database and clock."""
