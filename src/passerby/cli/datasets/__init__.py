"""``passerby datasets``: check, count and anonymize data sets for re-identification."""

from cyclopts import App, Parameter

from passerby.cli.datasets.anonymize import anonymize
from passerby.cli.datasets.cards import cards
from passerby.cli.datasets.check import check
from passerby.cli.datasets.split import split
from passerby.cli.datasets.stats import stats
from passerby.cli.defaults import shown

__all__ = ["app"]

app = App(
    name="datasets",
    help="Check, count and anonymize data sets for re-identification.",
    default_parameter=Parameter(negative=(), show_default=shown),
)
app.command(cards, name="list")
for command in (check, stats, anonymize, split):
    app.command(command)
