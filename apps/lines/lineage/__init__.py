"""Lineage: from a row of a market file to what the lines made of it and sent, and back from what was sent to its files."""
