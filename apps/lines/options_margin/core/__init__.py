"""Arithmetic of options margin: no database, no clock, no floats. Amounts are whole fen (1/100 CNY)."""
