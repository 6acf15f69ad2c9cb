"""``passerby datasets``: check, count and anonymize data sets for re-identification."""

from cyclopts import App, Parameter

from passerby.cli.datasets.anonymize import anonymize_dataset
from passerby.cli.datasets.cards import cards
from passerby.cli.datasets.check import check
from passerby.cli.datasets.split import split
from passerby.cli.datasets.stats import stats
from passerby.cli.defaults import default_text

__all__ = ["app"]

app = App(
    name="datasets",
    help="Check, count and anonymize data sets for re-identification.",
    help_format="markdown",
    default_parameter=Parameter(negative=(), show_default=default_text),
)
app.command(cards, name="list")
app.command(check)
app.command(stats)
app.command(anonymize_dataset, name="anonymize")
app.command(split)
