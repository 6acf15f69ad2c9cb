"""Ground truth as MOT Challenge text.

A line is frame, id, left, top, width, height, 1, class, visibility (Milan et al. 2016, arXiv
1603.00831). Frames count from 1. Boxes are those of whole persons, in pixels where (0, 0) is the
picture's top left corner.
"""

from collections.abc import Iterator

from passerby.synth.sighting import FloatBox, Shot

__all__ = ["HEAD", "PEDESTRIAN", "heads", "persons", "sequence_info"]

PEDESTRIAN = 1
HEAD = 101
"""The format has no class for heads; this number is ours, here and where such files are read."""


def persons(shot: Shot) -> Iterator[str]:
    """Yield the lines of the people in one frame."""
    for seen in shot.sightings:
        yield _line(shot.index, seen.identity, seen.box, PEDESTRIAN, seen.visibility)


def heads(shot: Shot) -> Iterator[str]:
    """Yield the lines of the heads in one frame; heads wholly out of sight are left out."""
    for seen in shot.sightings:
        if seen.head_visibility > 0:
            yield _line(shot.index, seen.identity, seen.head_box, HEAD, seen.head_visibility)


def _line(index: int, identity: int, box: FloatBox, kind: int, visibility: float) -> str:
    left, top, right, bottom = box
    numbers = f"{left:.2f},{top:.2f},{right - left:.2f},{bottom - top:.2f}"
    return f"{index + 1},{identity},{numbers},1,{kind},{visibility:.3f}\n"


def sequence_info(name: str, frames: int, rate: float, size: tuple[int, int]) -> str:
    """Return the contents of a sequence's ``seqinfo.ini``."""
    width, height = size
    return (
        f"[Sequence]\nname={name}\nimDir=img1\nframeRate={rate:g}\n"
        f"seqLength={frames}\nimWidth={width}\nimHeight={height}\nimExt=.jpg\n"
    )
