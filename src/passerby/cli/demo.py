"""``passerby demo``: the whole system, on people who do not exist."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from passerby.cli.bar import Bar
from passerby.cli.console import Table, complain, print_table, say
from passerby.cli.exit_codes import EXIT_OK
from passerby.errors import OutputError
from passerby.extras import needing

with needing("site", "a site"):
    from passerby.site.demo import RATE, SECONDS, DemoResult, film_site, run_demo
    from passerby.site.supervisor import CameraState

__all__ = ["app"]

app = App(
    name="demo",
    help="Try the system on people who do not exist, and measure it.",
    help_format="markdown",
    default_parameter=Parameter(negative=""),
)


@app.command
def site(
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])] = Path("site-demo"),
    cameras: Annotated[int, Parameter(validator=Number(gte=2, lte=9))] = 3,
    seed: Annotated[int, Parameter(validator=Number(gte=0))] = 0,
) -> int:
    """Film a corridor, run a site on it, and say how right it is about who is who.

    The folder holds the films, the site file, the store with anonymized snippets and signatures,
    and `accuracy.json`: `multi_camera_idf1`, `link_precision` and `single_camera_idf1`.

    Example: passerby demo site -o corridor

    Args:
        output: The folder to make.
        cameras: How many cameras the corridor has.
        seed: The same seed makes the same people and places.
    """
    if output.exists() and any(output.iterdir()):
        raise OutputError(f"{output} is not empty: name another folder")
    output.mkdir(parents=True, exist_ok=True)
    with Bar() as bar:
        task = bar.add_task("filming", total=cameras * round(SECONDS * RATE))
        file = film_site(output, seed, cameras, lambda: bar.advance(task))
        bar.update(task, visible=False)
        running = bar.add_task("running", total=cameras * round(SECONDS * RATE))

        def advance(states: Mapping[str, CameraState]) -> None:
            bar.update(running, completed=sum(one.frames for one in states.values()))

        result = run_demo(file, complain, advance)
    _print(result, output)
    return EXIT_OK


def _print(result: DemoResult, output: Path) -> None:
    tracks = result.tracks
    first = min((one.began for one in tracks.values()), default=0)
    table = Table("from", "left", "to", "came", "probability", "in truth")
    for link in result.links:
        earlier, later = tracks[link.earlier], tracks[link.later]
        one, other = result.shows[link.earlier], result.shows[link.later]
        right = one is not None and one == other
        table.add_row(
            earlier.camera,
            f"{(earlier.ended - first) / 1e6:.0f} s",
            later.camera,
            f"{(later.began - first) / 1e6:.0f} s",
            f"{link.probability:.0%}",
            "the same person" if right else "somebody else",
        )
    print_table(table)
    found = result.accuracy
    precision = "none shown" if found.link_precision is None else f"{found.link_precision:.0%}"
    say(
        f"{output}: {len(tracks)} tracks; IDF1 {found.multi_camera_idf1:.1%} over all cameras, "
        f"{found.single_camera_idf1:.1%} each on its own; links that are right: {precision}"
    )
