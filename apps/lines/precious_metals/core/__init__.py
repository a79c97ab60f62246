"""Arithmetic, reading and simulation of gold and precious metals without database and clock."""
