"""Corrections of an anonymized copy by hand: what they are, the file of them, and what they do."""
