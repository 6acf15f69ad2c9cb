"""Signatures: what makes them, reads them and writes them."""
