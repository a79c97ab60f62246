"""Corrections: rows of a file that came again are reversed and posted anew, by two people; nothing is overwritten."""
