"""``passerby link``: who went from one camera to the next."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import App, Group, Parameter
from cyclopts.validators import Number

from passerby.cli.bar import Bar
from passerby.cli.console import Table, print_json, print_table, say
from passerby.cli.defaults import default_text
from passerby.cli.exit_codes import EXIT_OK
from passerby.errors import ConfigError, OutputError
from passerby.files.partial_folder import PartialFolder
from passerby.matching.camera_graph import CameraGraph
from passerby.matching.link_model import LinkModel
from passerby.runs.link.accuracy import SceneAccuracy, accuracy_of, read_truths, truth_beside
from passerby.runs.link.camera import film_detector, follow_film, frames_in
from passerby.runs.link.files import write_scene
from passerby.runs.link.scene import LinkedScene, check_cameras
from passerby.runs.link.settings import LinkSettings
from passerby.runtime.counting import counted
from passerby.signatures.opening import default_model, open_describer

__all__ = ["app", "link_command"]

_EPILOGUE = """People are followed before each camera, and covered. A network describes covered
snippets of them, one a second, by numbers. Tracks of neighbouring cameras are compared if the time
between them is plausible. Each link has a probability, and so has "nobody": that this person was
before no camera. The folder gets tracks.csv, links.csv, links.png with those who are likely to be
one person beside each other as 8x8 cells, CAMERA.txt with one number for each person before all
cameras (MOT text), and accuracy.json where it is known who is who. It gets no other picture and no
signature.

Examples:

  passerby link door.mp4 hall.mp4 --travel 4 25 -o linked

  passerby synth corridor --seed 1 -o corridor

  passerby link corridor/camera-1.mp4 corridor/camera-2.mp4 corridor/camera-3.mp4 --graph
  corridor/graph.toml -o linked

Exit codes: 0 done; 1 an input or an output failed; 2 wrong use; 130 or 143 interrupted."""

app = App(
    name="link",
    help="Link people across neighbouring cameras, with probabilities.",
    help_epilogue=_EPILOGUE,
    default_parameter=Parameter(negative=(), show_default=default_text),
)

_FINDING = Group("Finding, hiding and describing people", sort_key=1)

_TRAVEL = 1.0, 60.0
"""Seconds from one camera to the next, if nothing says how many."""

_MOST_SHOWN = 30
"""Links in the table; links.csv lists all."""


@app.default
def link_command(  # noqa: PLR0913  (one option each)
    *films: Path,
    graph: Path | None = None,
    travel: tuple[float, float] | None = None,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    model: str | None = None,
    same: Annotated[float | None, Parameter(validator=Number(gt=0, lte=1))] = None,
    truth: Path | None = None,
    quiet: bool = False,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
    find: Annotated[LinkSettings | None, Parameter(name="*", group=_FINDING)] = None,
) -> int:
    """Link people across films of neighbouring cameras that were taken at the same time.

    Args:
        films: One for each camera; without its ending, the name of a film is that of its camera.
        graph: TOML file that says which cameras are neighbours, and how many seconds it takes from
            one to the other.
        travel: Instead of a graph: each film is a neighbour of the next, and it takes so many
            seconds to go from one view to the other, at least and at most. The least is below 0
            where views overlap. By default 1 and 60.
        output: Folder to make; a folder that is not empty is refused.
        model: Network that describes people; by default the one that comes with passerby.
        same: Least probability of a link that is shown as "same"; by default as the card of the
            link model says.
        truth: Folder with CAMERA/gt/gt.txt for each camera (MOT text), to measure links; by default
            it is looked for beside the films.
        quiet: Print nothing.
        as_json: Print only the accuracy as JSON, on the output stream.
        find: How people are found, hidden and described.
    """
    find = find or LinkSettings()
    cameras, described = _checked(films, output), model or default_model()
    assert output is not None  # noqa: S101  (checked)
    site = _graph(cameras, graph, travel)
    check_cameras(cameras, site)
    links, settings = LinkModel.named(described), find.pipeline()
    folder = truth or truth_beside(films)
    truths = None if folder is None else read_truths(folder, cameras)
    describer, detector = open_describer(described), film_detector(settings)
    with PartialFolder(output) as made:
        with _bar([frames_in(path) for path in films]) as advance:
            followed = tuple(
                follow_film(path, settings, describer, detector, advance, raw=find.raw)
                for path in films
            )
        scene = LinkedScene(followed, site, links, same or links.same)
        accuracy = None if truths is None else accuracy_of(scene, truths)
        write_scene(made, scene, accuracy)
    if as_json:
        print_json({} if accuracy is None else accuracy.as_dict())
    elif not quiet:
        _print(output, scene, accuracy)
    return EXIT_OK


def _graph(
    cameras: list[str], graph: Path | None, travel: tuple[float, float] | None
) -> CameraGraph:
    """Who are neighbours: as a file says, or in the order of the films."""
    if graph is None:
        return CameraGraph.in_order(cameras, travel or _TRAVEL)
    if travel is not None:
        raise ConfigError("a graph says how long it takes from camera to camera: leave out travel")
    return CameraGraph.read(graph)


def _checked(films: tuple[Path, ...], output: Path | None) -> list[str]:
    """The names of the cameras; finds out before the work what is missing."""
    if not films:
        raise ConfigError("no film to link: name one for each camera")
    if output is None:
        raise ConfigError("no folder to make: name one, such as -o linked")
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise OutputError(f"{output} is not empty: choose another folder or remove it first")
    return [path.stem for path in films]


@contextmanager
def _bar(frames: list[int | None]) -> Iterator[Callable[[], None]]:
    """Draw how far it is; yields what moves it on by a frame."""
    known = [one for one in frames if one is not None]
    with Bar() as bar:
        task = bar.add_task("following", total=sum(known) if len(known) == len(frames) else None)
        yield lambda: bar.advance(task)


def _print(output: Path, scene: LinkedScene, accuracy: SceneAccuracy | None) -> None:
    people = len(set(scene.identities.values()))
    shown = [one for one in scene.links if one.probability >= scene.same]
    tracks, cameras = counted(len(scene.tracks), "track"), counted(len(scene.films), "camera")
    say(
        f"{output}: {tracks} before {cameras}, {counted(len(shown), 'link')} of {scene.same:g} or "
        f"more, {counted(people, 'person')}"
    )
    if shown:
        table = Table("link")
        for name in ("from", "left at", "to", "came at", "probability"):
            table.add_column(name, justify="right")
        track_of = {one.number: one for one in scene.tracks}
        for link in shown[:_MOST_SHOWN]:
            first, second = track_of[link.earlier], track_of[link.later]
            times = f"{first.ended:.1f} s", f"{second.began:.1f} s"
            pair = f"{link.earlier}-{link.later}"
            where = first.camera, times[0], second.camera, times[1]
            table.add_row(pair, *where, f"{link.probability:.3f}")
        print_table(table)
    if accuracy is not None:
        for name in ("multi_camera_idf1", "link_precision", "link_recall", "single_camera_idf1"):
            value = accuracy.as_dict()[name]
            say(f"{name.replace('_', ' ')}: {'undefined' if value is None else f'{value:.3f}'}")
