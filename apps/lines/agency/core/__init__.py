"""Arithmetic, reading and simulation of agency collection and payment without database and clock."""
