"""``passerby models``: see, fetch and check the networks."""

from cyclopts import App

__all__ = ["app"]

app = App(name="models", help="See, fetch and check the networks that find people.")
