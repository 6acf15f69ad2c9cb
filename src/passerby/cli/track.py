"""``passerby track``: who is where in a video, and for how long."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import App, Group, Parameter
from cyclopts.validators import Number

from passerby.cli.bar import Bar
from passerby.cli.console import Table, complain, print_json, print_table, say
from passerby.cli.defaults import default_text
from passerby.cli.endings import check_ending
from passerby.cli.exit_codes import EXIT_OK
from passerby.errors import ConfigError, OutputError
from passerby.files.partial import Permit
from passerby.files.permit import identities
from passerby.runs.track.mot_tracks import write_tracks
from passerby.runs.track.people import write_people
from passerby.runs.track.run import Followed, check_video
from passerby.runs.track.settings import TrackSettings, VideoCover
from passerby.runs.track.video import TrackedVideo
from passerby.runtime.counting import counted
from passerby.sinks.path_conflicts import check_apart

__all__ = ["app", "track_command"]

_EPILOGUE = """People are found in every second frame, and their boxes are linked over the whole
video. Each person has one number, from the first sighting to the last, and a box in all frames
between, but for gaps of more than 2 seconds. A number says where somebody was, not who they are:
after a long absence, people get a new one. No picture is written but the frames of --video, in
which people are covered.

Each line of the output is a box: frame (from 1), person, left, top, width, height, score, -1, -1,
-1, as `passerby evaluate tracking` and other tools of MOTChallenge read it.

Examples:

  passerby track street.mp4 -o tracks.txt

  passerby track street.mp4 -o tracks.txt --video numbered.mp4 --people people.csv

  passerby track MOT17-02/img1 -o MOT17-02.txt

  passerby track boxes.json -o tracks.txt --rate 25

Exit codes: 0 done; 1 the input or an output failed; 2 wrong use; 130 or 143 interrupted."""

app = App(
    name="track",
    help="Follow people through a video, and write their tracks to a file.",
    help_epilogue=_EPILOGUE,
    default_parameter=Parameter(negative=(), show_default=default_text),
)

_FINDING = Group("Finding people", sort_key=1)
_VIDEO = Group("The video with the numbers", sort_key=2)

MOST_SHOWN = 30
"""People in the table; --people lists all."""


@app.default
def track_command(  # noqa: PLR0913  (one option each)
    source: Path,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    video: Path | None = None,
    people: Path | None = None,
    rate: Annotated[float | None, Parameter(validator=Number(gt=0, lte=1000))] = None,
    overwrite: bool = False,
    quiet: bool = False,
    as_json: Annotated[bool, Parameter(name="--json")] = False,
    find: Annotated[TrackSettings | None, Parameter(name="*", group=_FINDING)] = None,
    cover: Annotated[VideoCover | None, Parameter(name="*", group=_VIDEO)] = None,
) -> int:
    """Follow people through a video and say when each was in view.

    Args:
        source: A video, a folder with a picture for each frame, or the boxes that `passerby detect`
            or another detector saved (MOT text, COCO JSON).
        output: The MOT text to write.
        video: Write an anonymized copy of the video too, with the box and number of each person
            drawn over it.
        people: Write a CSV file too, with a line for each person: frames and seconds of the first
            and the last sighting, and seconds in view.
        rate: Frames per second of a folder or of saved boxes; by default as a seqinfo.ini beside
            them says.
        overwrite: Replace files that exist.
        quiet: Print nothing.
        as_json: Print only a summary as JSON, on the output stream.
        find: How people are found.
        cover: What is covered in the video, and how.
    """
    if output is None:
        raise ConfigError("no file to write: name one, such as -o tracks.txt")
    find = find or TrackSettings()
    written, read = [output, video, people], [source, find.detections, find.model]
    _check_written(output, video, people, overwrite=overwrite)
    check_apart(written, read)
    if cover is not None and video is None:
        raise ConfigError("what is covered matters in a video alone: name one with --video")
    permit = Permit(overwrite, spared=identities(Path(name) for name in read if name is not None))
    clip = TrackedVideo(source, find, rate, None if video is None else cover or VideoCover())
    with _bar("following", clip.frames) as advance:
        followed = clip.follow(advance)
    write_tracks(output, followed.by_frame, permit.beside(output))
    if people is not None:
        write_people(people, followed.people, permit.beside(people))
    if video is not None:
        with _bar("covering", followed.frames) as advance:
            clip.write_video(video, followed.by_frame, advance, permit.beside(video))
    if as_json:
        print_json(_summary(followed))
    elif not quiet:
        for note in clip.notes:
            complain(note)
        _print(output, followed)
    return EXIT_OK


def _check_written(
    output: Path, video: Path | None, people: Path | None, *, overwrite: bool
) -> None:
    """Find out before the work whether all files can be written."""
    check_ending(output, "MOT text", ".txt")
    check_ending(people, "CSV", ".csv")
    if video is not None:
        check_video(video)
    for path in (one for one in (output, video, people) if one is not None):
        if path.exists() and not overwrite:
            raise OutputError(f"{path} exists: add --overwrite or name another file")
        if not path.parent.is_dir():
            raise OutputError(f"{path}: there is no folder {path.parent}: make it first")


@contextmanager
def _bar(what: str, frames: int | None) -> Iterator[Callable[[], None]]:
    """Draw how far it is; yields what moves it on by a frame."""
    with Bar() as bar:
        task = bar.add_task(what, total=frames)
        yield lambda: bar.advance(task)


def _summary(followed: Followed) -> dict[str, object]:
    return {
        "frames": followed.frames,
        "searched": followed.looks,
        "seconds": round(followed.seconds, 3),
        "most_at_once": followed.most_at_once,
        "people": [one.as_dict() for one in followed.people],
    }


def _print(output: Path, followed: Followed) -> None:
    people = followed.people
    found = counted(len(people), "person") if people else "nobody"
    many = f", at most {followed.most_at_once} at once" if len(people) > 1 else ""
    length = f"{counted(followed.frames, 'frame')} ({followed.seconds:.1f} s)"
    say(f"{output}: {found} in {length}{many}")
    if not people:
        return
    table = Table("person")
    for name in ("first seen", "last seen", "in view", "frames"):
        table.add_column(name, justify="right")
    for one in people[:MOST_SHOWN]:
        times = (f"{time:.1f} s" for time in (one.first_seen, one.last_seen, one.in_view))
        table.add_row(f"{one.person}", *times, f"{one.first_frame}-{one.last_frame}")
    print_table(table)
    if len(people) > MOST_SHOWN:
        say(f"and {counted(len(people) - MOST_SHOWN, 'more person')}: --people lists all")
