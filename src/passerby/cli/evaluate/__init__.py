"""``passerby evaluate``: how useful signatures are, with figures that can be compared."""

from cyclopts import App, Parameter

from passerby.cli.defaults import shown
from passerby.cli.evaluate.matrix import matrix
from passerby.cli.evaluate.reid import reid

__all__ = ["app"]

app = App(
    name="evaluate",
    help="Measure how well people are found again by their signatures.",
    default_parameter=Parameter(negative=(), show_default=shown),
)
app.command(reid)
app.command(matrix)
