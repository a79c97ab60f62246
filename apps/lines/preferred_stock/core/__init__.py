"""Arithmetic, reading and simulation of preferred stock events without database and clock."""
