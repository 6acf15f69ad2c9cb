"""A site of people who do not exist: filmed, run, and measured."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from passerby.files.partial_folder import write_new
from passerby.files.secret import write_secret
from passerby.site.accuracy import ShownLink, SiteAccuracy, shown_links, site_accuracy
from passerby.site.run import run_site
from passerby.site.settings import read_site
from passerby.site.site_store import open_site_store
from passerby.site.supervisor import CameraState
from passerby.store.reading import StoredTrack, stored_tracks
from passerby.store.site_key import SiteKey
from passerby.synth.corridor import Corridor
from passerby.synth.recording import Recording, film_takes

__all__ = ["DemoResult", "corridor_site", "film_site", "run_demo"]

PEOPLE, SECONDS, RATE = 20, 75.0, 10.0
"""Of the films."""

_SITE = """# A corridor of people who do not exist.
{returns}

[store]
address = "site.sqlite"
site_key = "site.key"
{cameras}
{neighbours}"""

_CAMERA = """
[[cameras]]
name = "{name}"
source = "{name}.mp4"
"""


@dataclass(frozen=True)
class DemoResult:
    """What came of it.

    Attributes:
        accuracy: Compared with the truth.
        links: Between the tracks of a person.
        tracks: By number.
        shows: Whom each track shows in truth.
    """

    accuracy: SiteAccuracy
    links: list[ShownLink]
    tracks: dict[int, StoredTrack]
    shows: dict[int, int | None]


def film_site(folder: Path, seed: int, cameras: int, advance: Callable[[], None]) -> Path:
    """Film a corridor, and write the site file of its cameras and a key.

    Args:
        folder: An empty one.
        seed: Of the people and places.
        cameras: How many.
        advance: Called after each frame.

    Returns:
        The site file.
    """
    corridor = Corridor.random(seed, cameras, PEOPLE)
    recording = Recording(SECONDS, RATE)
    film_takes(corridor.takes(recording), recording, folder, advance)
    text = corridor_site([one.name for one in corridor.cameras], corridor.graph())
    file = folder / "site.toml"
    write_new(file, text)
    write_secret(folder / "site.key", SiteKey.new().text + "\n")
    return file


def corridor_site(cameras: Sequence[str], graph: str) -> str:
    """Return the site file of a corridor: its films and its key lie beside it.

    Args:
        cameras: Their names.
        graph: Who are neighbours, as `passerby synth corridor` writes it.
    """
    head, _, neighbours = graph.partition("[[neighbours]]")
    returns = next(line for line in head.splitlines() if line.startswith("return_seconds"))
    return _SITE.format(
        returns=returns,
        cameras="".join(_CAMERA.format(name=name) for name in cameras),
        neighbours=f"[[neighbours]]{neighbours}" if neighbours else "",
    )


def run_demo(
    file: Path, note: Callable[[str], None], advance: Callable[[Mapping[str, CameraState]], None]
) -> DemoResult:
    """Run the site of a corridor, and measure it; writes ``accuracy.json`` beside the site file.

    Args:
        file: The site file that `film_site` wrote.
        note: Told what an operator should know.
        advance: Told how far it is.

    Raises:
        OutputError: If something cannot be written.
    """
    site, folder = read_site(file), file.parent
    tracks = folder / "tracks"
    tracks.mkdir()
    run_site(site, note, advance, tracks=tracks)
    names = [one.name for one in site.cameras]
    with open_site_store(site) as store:
        accuracy, shows = site_accuracy(store, names, tracks, folder)
        links = shown_links(store)
        known = {one.number: one for one in stored_tracks(store, limit=1_000_000)}
    write_new(folder / "accuracy.json", json.dumps(accuracy.as_dict(), indent=2) + "\n")
    return DemoResult(accuracy, links, known, shows)
