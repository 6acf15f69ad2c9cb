"""``passerby models``: list, download, check and export the networks."""

from dataclasses import asdict
from pathlib import Path

from cyclopts import App, Parameter
from rich.progress import BarColumn, DownloadColumn, TimeRemainingColumn

from passerby.cli.bar import Bar
from passerby.cli.console import Column, Table, print_json, print_table, say
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK
from passerby.errors import ModelError
from passerby.models.cards import DETECTING, MODELS, ModelCard, is_path
from passerby.models.download import pull as fetch
from passerby.models.lookup import (
    check_hash,
    download_folder,
    find,
    locate,
    model_sha256,
    preferred,
    remedy,
)
from passerby.models.training_card import training_card

__all__ = ["app"]

app = App(
    name="models",
    help="List, download, check and export the networks.",
    help_format="markdown",
    default_parameter=Parameter(negative=""),
)
# Most commands load no networks, and are faster for it.
app.command(
    "passerby.cli.export:app",
    name="export",
    help="Write a signature network or an obfuscator as an ONNX file, and measure what is lost.",
)


@app.command(name="list")
def show(*, json: bool = False) -> int:
    """List all networks and whether they are installed.

    Args:
        json: Print everything about them as JSON.
    """
    cards = list(MODELS.values())
    if json:
        print_json([{**asdict(card), **_place(card)} for card in cards])
        return EXIT_OK
    name = Column("name", no_wrap=True)
    table = Table(name, "finds", "size", "licence", "trained on", "state")
    for card in cards:
        size = f"{card.size / 1e6:.1f} MB"
        table.add_row(card.name, card.role, size, card.licence, card.training_data, _state(card))
    print_table(table)
    return EXIT_OK


@app.command(name="show")
def show_one(name: str) -> int:
    """Print everything about a network; for a built-in one, also how it was trained.

    For your own ONNX file, print how it is read and which classes it has.

    Args:
        name: Name of the network, or the path of an ONNX file.
    """
    if is_path(name):
        print_json({"file": name, "sha256": model_sha256(Path(name)), **_understood(name)})
        return EXIT_OK
    card = MODELS[name]
    trained = training_card(card)
    print_json({**asdict(card), **_place(card), **({"training": trained} if trained else {})})
    return EXIT_OK


@app.command(name="pull")
def pull_models(*names: str, json: bool = False) -> int:
    """Download networks; without names, those that the defaults need and that are not built in.

    Args:
        names: Names of the networks.
        json: Print their paths as JSON.
    """
    cards = [MODELS[name] for name in names] or _to_fetch()
    places = {card.name: str(_fetched(card)) for card in cards}
    if json:
        print_json(places)
    else:
        for name, path in places.items():
            say(f"{name}: {path}")
    return EXIT_OK


@app.command
def verify(*names: str, json: bool = False) -> int:
    """Check the hashes of networks; without names, of all that are installed or needed.

    The exit code is 1 if one is missing or does not match its card.

    Args:
        names: Names of the networks.
        json: Print the outcome as JSON.
    """
    present = [card for card in MODELS.values() if find(card) is not None]
    cards = [MODELS[name] for name in names] or list(dict.fromkeys([*_needed(), *present]))
    outcome = {card.name: _place(card) for card in cards}
    if json:
        print_json(outcome)
    else:
        for name, place in outcome.items():
            say(f"{name}: {_told(place)}")
    good = all(place["state"] == "ok" for place in outcome.values())
    return EXIT_OK if good else EXIT_FAILED


@app.command
def path(name: str | None = None, *, json: bool = False) -> int:
    """Print the path of a network; without a name, the folder for downloaded networks.

    Args:
        name: Name of the network.
        json: Print it as JSON.
    """
    place = str(download_folder() if name is None else locate(name))
    if json:
        print_json(place)
    else:
        say(place)
    return EXIT_OK


def _understood(path: str) -> dict[str, object]:
    # The runtime takes long to load, and the other commands do without it.
    from passerby.models.detection_network import DetectionNetwork  # noqa: PLC0415

    return DetectionNetwork(path).facts()


def _needed() -> list[ModelCard]:
    return [preferred(role) for role in DETECTING]


def _to_fetch() -> list[ModelCard]:
    return [card for card in _needed() if not card.built_in]


def _place(card: ModelCard) -> dict[str, str]:
    """Where the network is, and whether its hash is right."""
    place = find(card)
    if place is None:
        return {"state": "missing", "remedy": remedy(card)}
    try:
        check_hash(card, place)
    except ModelError as error:
        return {"state": "wrong", "path": str(place), "remedy": str(error)}
    return {"state": "ok", "path": str(place)}


def _state(card: ModelCard) -> str:
    """In a word or two for the table: users should know that a model needs no download."""
    state = _place(card)["state"]
    return "built in" if card.built_in and state == "ok" else state


def _told(place: dict[str, str]) -> str:
    return ", ".join((place["state"], place.get("remedy") or place["path"]))


def _fetched(card: ModelCard) -> Path:
    """Download one network with a progress bar on standard error."""
    with Bar(BarColumn(), DownloadColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task(card.name, total=card.size)
        return fetch(card.name, progress=lambda count: bar.advance(task, count))
