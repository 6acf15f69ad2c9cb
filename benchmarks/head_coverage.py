"""Share of the heads of a clip that its anonymized copy covers.

    python benchmarks/head_coverage.py CLEAR COVERED TRUTH

The same as `passerby evaluate coverage`; what counts as a head, and as covered, is said in
`passerby.evaluate.coverage`.
"""

import argparse
import sys
from pathlib import Path

from clips import Clip
from passerby.errors import InputError, PasserbyError
from passerby.evaluate.coverage import (
    SHORTEST_PERSON,
    Coverage,
    coverage_of,
    heads_in,
    measure_coverage,
)
from passerby.evaluate.ground_truth import read_ground_truth
from passerby.evaluate.pictures import read_pictures
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import Pipeline
from passerby.sources import open_source
from passerby.types import Detector

__all__ = ["coverage_by"]


def coverage_by(detector: Detector, clip: Clip) -> Coverage:
    """Anonymize a clip with one detector alone and compare what comes out with what went in.

    Raises:
        PasserbyError: If the clip or its ground truth cannot be read.
    """
    if clip.truth is None:
        raise InputError(f"{clip.video} has no ground truth: choose another clip")
    heads = heads_in(read_ground_truth(clip.truth))
    with open_source(clip.video) as source, Pipeline(Settings(), detector) as pipeline:
        covered = (result.frame for result in pipeline.run(source))
        known = (frame for frame in covered if frame.index in heads)
        pairs = zip(read_pictures(clip.video, heads), known, strict=True)
        return measure_coverage(
            (heads[number], clear, frame.image) for (number, clear), frame in pairs
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    for name in ("clear", "covered", "truth"):
        parser.add_argument(name, type=Path)
    parser.add_argument(
        "--shortest", type=float, default=SHORTEST_PERSON, help="height of persons who count"
    )
    options = parser.parse_args()
    try:
        found = coverage_of(options.clear, options.covered, options.truth, options.shortest)
    except PasserbyError as error:
        sys.exit(str(error))
    print(
        f"{found.covered} of {found.heads} heads covered, {found.half_covered} at least half; "
        f"{found.changed:.2%} of the pixels changed"
    )


if __name__ == "__main__":
    main()
