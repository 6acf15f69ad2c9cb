"""``passerby evaluate coverage``: the share of the heads of a clip that its copy covers."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from passerby.cli.console import print_json, say
from passerby.cli.datasets.options import AsJson
from passerby.cli.exit_codes import EXIT_OK
from passerby.evaluate.coverage import SHORTEST_PERSON, coverage_of
from passerby.runtime.counting import counted

__all__ = ["coverage"]


def coverage(
    clear: Path,
    covered: Path,
    truth: Path,
    *,
    shortest: Annotated[float, Parameter(validator=Number(gte=0))] = SHORTEST_PERSON,
    as_json: AsJson = False,
) -> int:
    """Count how many heads of a clip an anonymized copy covers.

    A head is the ellipse in its box. It is covered if 90 % of its pixels differ by more than 12
    levels, or if three quarters of its detail are gone. If the ground truth has no heads, they
    follow from persons: the middle 60 % of the width, the top 18 % of the height, which is more
    than twice a head. People of whom more than half is hidden are left out.

    Example: passerby synth crossing --cameras 1 -o clip

    Example: passerby anonymize clip/camera-1.mp4 -o covered.mp4

    Example: passerby evaluate coverage clip/camera-1.mp4 covered.mp4 clip/camera-1/gt/heads.txt

    Args:
        clear: The original clip: a video, or a folder of pictures.
        covered: Its anonymized copy.
        truth: Ground truth of persons or heads: MOT text, or COCO JSON if it ends with .json.
        shortest: Lowest height in pixels of a person who counts; a head counts from 18 % of it.
        as_json: Print the counts as JSON.
    """
    found = coverage_of(clear, covered, truth, shortest)
    if as_json:
        print_json(asdict(found))
    else:
        share = f" ({found.covered / found.heads:.1%})" if found.heads else ""
        say(
            f"{found.covered:,} of {counted(found.heads, 'head')} covered{share}, "
            f"{found.half_covered:,} at least half; {found.changed:.2%} of the pixels changed"
        )
    return EXIT_OK
