"""``passerby evaluate``: what copies cover and leave, and who is found again, in figures."""

from cyclopts import App, Parameter

from passerby.cli.defaults import default_text
from passerby.cli.evaluate.coverage import coverage
from passerby.cli.evaluate.matrix import matrix
from passerby.cli.evaluate.obfuscation import obfuscation
from passerby.cli.evaluate.reid import evaluate_reid
from passerby.cli.evaluate.tracking import tracking

__all__ = ["app"]

app = App(
    name="evaluate",
    help="Measure what a copy covers and leaves, re-identification and tracking.",
    help_format="markdown",
    default_parameter=Parameter(negative=(), show_default=default_text),
)
app.command(coverage)
app.command(evaluate_reid, name="reid")
app.command(matrix)
app.command(obfuscation)
app.command(tracking)
