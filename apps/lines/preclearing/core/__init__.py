"""Arithmetic, reading and simulation of pre-clearing without database and clock."""
