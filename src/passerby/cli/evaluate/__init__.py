"""``passerby evaluate``: what copies cover, who is found again and who is followed, in figures."""

from cyclopts import App, Parameter

from passerby.cli.defaults import default_text
from passerby.cli.evaluate.coverage import coverage
from passerby.cli.evaluate.matrix import matrix
from passerby.cli.evaluate.reid import evaluate_reid
from passerby.cli.evaluate.tracking import tracking

__all__ = ["app"]

app = App(
    name="evaluate",
    help="Measure the coverage of a copy, re-identification and tracking.",
    help_format="markdown",
    default_parameter=Parameter(negative=(), show_default=default_text),
)
app.command(coverage)
app.command(evaluate_reid, name="reid")
app.command(matrix)
app.command(tracking)
