"""``passerby synth``: make people who do not exist, with exact ground truth."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from passerby.cli.bar import Bar
from passerby.cli.console import say
from passerby.cli.exit_codes import EXIT_OK
from passerby.files.partial_folder import write_new
from passerby.synth.corridor import Corridor
from passerby.synth.files import new_folder
from passerby.synth.gallery import Gallery, photograph
from passerby.synth.light import LIGHTS
from passerby.synth.people import World
from passerby.synth.recording import FrameSize, Recording, above, around, film, film_takes
from passerby.synth.squares_folder import SquaresSet, write_squares

__all__ = ["app"]

app = App(
    name="synth",
    help="Make people who do not exist: pictures and videos with exact ground truth.",
    help_format="markdown",
    default_parameter=Parameter(negative=""),
)


_SIZE = re.compile(r"([1-9]\d{0,3})x([1-9]\d{0,3})")


def _is_size(_: type, text: str) -> None:
    if not _SIZE.fullmatch(text):
        raise ValueError("write it as WIDTHxHEIGHT, as in 640x360")


def _number(least: float, text: str, most: float | None = None) -> Parameter:
    """An option that is a number from ``least`` to ``most``, with ``text`` as its help."""
    return Parameter(validator=Number(gte=least, lte=most), help=text)


_Output = Annotated[
    Path,
    Parameter(
        name=["--output", "-o"], help="Folder to make; a folder that is not empty is refused."
    ),
]
Seed = Annotated[int, _number(0, "The same seed makes the same people, places and pictures.")]


@dataclass(frozen=True, kw_only=True)
class _Filming:
    """Options of every command that films."""

    output: _Output
    seconds: Annotated[float, _number(0.01, "Length of each video.", 86_400)] = 20.0
    rate: Annotated[float, _number(1, "Frames per second.", 240)] = 25.0
    size: Annotated[
        str, Parameter(validator=_is_size, help="Width and height of the pictures in pixels.")
    ] = "640x360"
    light: Annotated[
        str | None,
        Parameter(help=f"One of {', '.join(LIGHTS)}; by default the seed decides."),
    ] = None
    frames: Annotated[bool, Parameter(help="Write JPEG files instead of videos.")] = False
    seed: Seed = 0

    @property
    def pixels(self) -> FrameSize:
        """Width and height."""
        width, height = self.size.split("x")
        return int(width), int(height)

    @property
    def recording(self) -> Recording:
        return Recording(self.seconds, self.rate, as_frames=self.frames)


Filming = Annotated[_Filming, Parameter(name="*")]


@dataclass(frozen=True, kw_only=True)
class _LongFilming(_Filming):
    """Longer films, of a rate at which a site's cameras often run."""

    seconds: Annotated[float, _number(0.01, "Length of each video.", 86_400)] = 75.0
    rate: Annotated[float, _number(1, "Frames per second.", 240)] = 10.0


@app.command
def crossing(
    *,
    filming: Filming,
    cameras: Annotated[int, _number(1, "Number of cameras.", 99)] = 3,
    people: Annotated[int, _number(1, "Number of people; more make a denser crowd.")] = 12,
    area: Annotated[float, _number(2, "Side of the square where they walk, in metres.", 60)] = 8.0,
    obstacles: Annotated[int, _number(0, "Number of obstacles that hide people.", 500)] = 5,
) -> int:
    """Film people who cross a place, stand and turn, with several cameras at the same time.

    The cameras stand around the place, alternately raised as in CCTV and at eye level. Each has a
    video, and a folder of ground truth: persons and heads as MOT text, and with masks as COCO
    JSON. People have the same number for all cameras.

    Example: passerby synth crossing --cameras 3 --people 12 --seconds 20 -o crossing
    """
    half = (area / 2, area / 2)
    world = World.random(filming.seed, people, light=filming.light, obstacles=obstacles, half=half)
    total = cameras * filming.recording.frames
    with new_folder(filming.output) as folder, _progress(total) as advance:
        film(world, around(cameras, area, filming.pixels), filming.recording, folder, advance)
    return _told(filming.output)


@app.command
def corridor(
    *,
    filming: Annotated[_LongFilming, Parameter(name="*")],
    cameras: Annotated[int, _number(1, "Number of cameras along the corridor.", 99)] = 3,
    people: Annotated[int, _number(1, "Number of people who walk through it.", 999)] = 20,
    alike: Annotated[
        float, _number(0, "Share of the people who wear what somebody else wears too.", 1)
    ] = 0.25,
) -> int:
    """Film people who walk from camera to camera, through stretches that no camera sees.

    Each camera has a place of its own, with its own light. Most people walk past several cameras;
    some turn back, some stop for a while, and some are seen by one camera alone. Each camera has a
    video and a folder of ground truth, as those of a crossing. People have the same number for all
    cameras. `graph.toml` says which cameras are neighbours, and which travel times are plausible.

    Example: passerby synth corridor --cameras 3 --people 20 --seconds 75 -o corridor
    """
    way = Corridor.random(
        filming.seed, cameras, people, filming.pixels, alike=alike, light=filming.light
    )
    total = cameras * filming.recording.frames
    with new_folder(filming.output) as folder, _progress(total) as advance:
        film_takes(way.takes(filming.recording), filming.recording, folder, advance)
        write_new(folder / "graph.toml", way.graph())
    return _told(filming.output)


@app.command
def top_down(
    *,
    filming: Filming,
    people: Annotated[int, _number(1, "Number of people; more make a denser crowd.")] = 5,
    height: Annotated[float, _number(2.5, "Height of the camera in metres.", 30)] = 4.0,
) -> int:
    """Film people from straight above, like a camera over a door.

    Example: passerby synth top-down --people 5 --seconds 10 -o above
    """
    half = (0.65 * height, 0.5 * height)
    world = World.random(filming.seed, people, light=filming.light, obstacles=0, half=half)
    total = filming.recording.frames
    with new_folder(filming.output) as folder, _progress(total) as advance:
        film(world, [above(height, filming.pixels)], filming.recording, folder, advance)
    return _told(filming.output)


@app.command(name="reid")
def film_gallery(
    *,
    output: _Output,
    people: Annotated[int, _number(2, "Number of people.", 9999)] = 50,
    cameras: Annotated[int, _number(1, "Number of cameras that see each of them.", 9)] = 3,
    images: Annotated[int, _number(2, "Images of each person by each camera.")] = 4,
    tested: Annotated[
        int | None, _number(1, "Number of people for testing; by default half.")
    ] = None,
    places: Annotated[
        int, _number(1, "Number of places with cameras; the people are divided among them.")
    ] = 1,
    seed: Seed = 0,
) -> int:
    """Photograph people for re-identification, in the layout of Market-1501.

    Every camera has its own place, light and image defects. The first people are for training, the
    others for testing: the first image of each by each camera is a query.

    Example: passerby synth reid --people 100 --cameras 4 -o people

    Example: passerby synth reid --people 2000 --tested 200 --places 100 -o to-train-on
    """
    gallery = Gallery(people, cameras, images, seed, tested, places)
    with new_folder(output) as folder, _progress(people * cameras) as advance:
        photograph(gallery, folder, advance)
    return _told(output)


@app.command
def squares(
    *,
    output: _Output,
    identities: Annotated[
        int, _number(1, "Number of square colours, with five images of each.")
    ] = 144,
    reid_identities: Annotated[int, _number(1, "Number of plain image colours.")] = 20,
    reid_images: Annotated[int, _number(1, "Number of plain images of each colour.")] = 6,
    pairs: Annotated[
        int, _number(2, "Number of pairs of plain images; half have one colour.")
    ] = 360,
    seed: Seed = 0,
) -> int:
    """Draw coloured squares instead of people: a data set whose identities are colours.

        It follows Johansson and Lundberg: images of 160x160 with a square of 20x20 and a heat map
    each, five per identity; and images of one colour in labelled pairs. The defaults are the sizes
    of their validation set.

    Example: passerby synth squares -o squares
    """
    chosen = SquaresSet(identities, reid_identities, reid_images, pairs, seed)
    with new_folder(output) as folder, _progress(5 * identities) as advance:
        write_squares(chosen, folder, advance)
    return _told(output)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """Draw a bar on standard error; yields what moves it on by one."""
    with Bar() as bar:
        task = bar.add_task("drawing", total=total)
        yield lambda: bar.advance(task)


def _told(output: Path) -> int:
    say(str(output))
    return EXIT_OK
