"""The page of the documentation that holds the cards of the networks that come with passerby.

``python -m passerby.cli.network_cards`` prints it; ``make golden`` writes it to its place, and a
test compares it with what is there.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from passerby.models.cards import MODELS, ModelCard
from passerby.models.training_card import training_card

__all__ = ["network_cards"]

_INTRODUCTION = """\
# Cards of our networks

What the networks that come with passerby are for, what they learned from, how well they do and what
they do not do. Networks of others are in [names to choose from](choices.md#models). This page is
written by `make golden` from the cards that lie beside the weights; `passerby models show NAME`
prints one with all its figures.
"""

_USES = {
    "passerby-people": "Finds people and their heads, so that these can be covered. It is not made "
    "to decide anything about anybody, and it [misses people](limits.md#who-is-missed).",
    "passerby-signature": "Describes pictures of people with clear or covered heads, so that "
    "somebody can be found again on a neighbouring camera. It is not made to say who somebody "
    "is, and signatures [tell more than nothing](attacking.md).",
    "passerby-obfuscator": "Turns whole frames into silhouettes in which people can be found and "
    "counted. It hides no outlines, places or movements.",
}
"""What each is for, and what it is not for."""


def network_cards() -> str:
    """Return the page as Markdown: one heading a network."""
    ours = [(card, training_card(card)) for card in MODELS.values()]
    sections = [_section(card, record) for card, record in ours if record is not None]
    return "\n".join([_INTRODUCTION, *sections])


def _section(card: ModelCard, record: Mapping[str, Any]) -> str:
    parts = [
        f"## {card.name}\n\n{_USES[card.name]}\n",
        _table(("", ""), _facts(card, record)),
        "### What it learned from\n\nAll of it may train what is given away.\n",
        _table(("data", "source", "licence"), _sources(record)),
        "### How it was trained\n",
        f"```text\n{_broken(record['command'])}\n```\n",
        "### How well it does\n",
        _table(("", "figure"), _figures(record["figures"])),
    ]
    return "\n".join(parts)


def _facts(card: ModelCard, record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "file", f"`{card.file}`, {card.size:,} bytes"
    yield "sha256", f"`{card.sha256}`"
    yield "licence", card.licence
    yield "input", card.input
    yield "made", f"{record['date']}, commit {record['commit']}, seed {record['seed']}"
    yield "machine", str(record["machine"])
    if "does_not_hide" in record:
        yield "does not hide", str(record["does_not_hide"])


def _sources(record: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    synthetic = record.get("synthetic_worlds") or record.get("synthetic")
    if isinstance(synthetic, int):
        yield "people who do not exist", f"`passerby synth`, {synthetic} places", "Apache-2.0"
    elif synthetic:
        people, images = synthetic["people"], synthetic["images"]
        told = f"`passerby synth`, {people} people in {images:,} pictures"
        yield "people who do not exist", told, "Apache-2.0"
    for one in (*record.get("collections", ()), *record.get("clips", ())):
        yield one["name"], one["source"], one["licence"]
    for one in record.get("teachers", ()):
        learned = one.get("training_data", "not known")
        yield (
            f"{one['name']}, a teacher (it learned from: {learned})",
            one["source"],
            one["licence"],
        )
    if "backbone" in record:
        one = record["backbone"]
        yield f"{one['name']}, the first weights", one["source"], one["licence"]
    for name in record.get("models_that_labelled", ()):
        yield f"{name}, which found people in it", "[models](models.md)", MODELS[name].licence


def _figures(figures: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """All single figures, by their path; intervals and curves are in the card."""
    for name, value in figures.items():
        path = f"{above}, {name}" if above else str(name)
        if isinstance(value, Mapping):
            yield from _figures(value, path)
        elif isinstance(value, str):
            yield path, f"`{value}`" if name == "command" else value
        elif not isinstance(value, list):
            yield path, f"{value:,.4g}" if isinstance(value, float) else f"{value:,}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |\n" for row in lines)


def _broken(command: str) -> str:
    """One command a line."""
    return command.replace(" && ", "\n")


if __name__ == "__main__":
    sys.stdout.write(network_cards())
