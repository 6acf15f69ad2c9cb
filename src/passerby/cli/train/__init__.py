"""``passerby train``: train the networks."""

from cyclopts import App, Parameter

from passerby.cli.defaults import default_text
from passerby.cli.train.detector import detector
from passerby.cli.train.obfuscator import obfuscator
from passerby.cli.train.reid import reid

__all__ = ["app"]

app = App(
    name="train",
    help="Train the networks; needs `pip install passerby[train]`.",
    help_format="markdown",
    default_parameter=Parameter(negative="", show_default=default_text),
)
for command in (detector, reid, obfuscator):
    app.command(command)
