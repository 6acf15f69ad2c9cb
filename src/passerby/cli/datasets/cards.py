"""``passerby datasets list``: the data sets that can be read."""

from passerby.cli.console import Table, print_json, print_table
from passerby.cli.datasets.options import AsJson
from passerby.cli.exit_codes import EXIT_OK
from passerby.datasets import DATASETS, DatasetCard

__all__ = ["cards"]


def cards(*, as_json: AsJson = False) -> int:
    """List the data sets that can be read, and their terms.

    Args:
        as_json: Print everything that is known about them as JSON.
    """
    if as_json:
        print_json({name: _fields(card) for name, card in DATASETS.items()})
        return EXIT_OK
    table = Table("name", "data set", "splits", "terms")
    for name, card in DATASETS.items():
        splits = "" if card.splits is None else str(card.splits)
        table.add_row(name, card.title, splits, card.terms)
    print_table(table)
    return EXIT_OK


def _fields(card: DatasetCard) -> dict[str, object]:
    return {
        "title": card.title,
        "parts": list(card.parts),
        "splits": card.splits,
        "cameras": card.cameras,
        "published": {
            subset: {"images": count.images, "people": count.identities}
            for subset, count in card.published.items()
        },
        "source": card.source,
        "terms": card.terms,
        "caution": card.caution,
    }
