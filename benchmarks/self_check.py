"""How many heads that were left bare on purpose the self-check finds, and what else it counts.

    python benchmarks/self_check.py --seed 0 --copies 2
    python benchmarks/self_check.py --campus last --copies 2

A clip is anonymized. For each copy half of its people are drawn, each for a spell, and whatever
covers their heads in it is left out. The copy is written, and the self-check looks at it.

Precision is the share of its finds that lie on a bare head; recall the share of bare heads that it
finds in the frames at which it looks. Those count of which three quarters are bare and half is to
be seen, from 8 pixels of height on. Intervals (95 %) are bootstrapped, of precision over copies, of
recall over people. The good copy, in which nobody is left out, comes first.

Clips are ``passerby synth crossing`` (``make demo`` films seed 0), whose heads are known, and
stretches of PETS 2009 S2.L1, whose heads were marked by eye in every fifth frame.
"""

import argparse
import random
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from clips import CAMPUS, synthetic
from marked_clips import Corners, Mark, between, read_marks
from passerby.detections import Detections
from passerby.errors import PasserbyError
from passerby.files.partial import Permit
from passerby.geometry import to_pixels
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import FrameResult, Pipeline
from passerby.runs.anonymize.checked_frames import Record, checked_frames
from passerby.runs.anonymize.frame_log import as_detections, as_record
from passerby.runs.anonymize.run_record import checker, checker_finds_heads
from passerby.runs.anonymize.self_check import Finding, SelfCheck, self_check
from passerby.sinks import open_sink
from passerby.sources import open_source
from stamp import stamp

SETTINGS = Settings.of(self_check=True)
CAMPUS_HEADS = CAMPUS.video.with_name("pets09-s2l1.heads.txt")
SHARE_OF_PEOPLE = 0.5
SPELLS = 0.3, 1, 2, 4
"""Seconds for which somebody is left bare."""
BARE, PARTLY_BARE = 0.25, 0.75
"""A head counts if no more of it is covered; a find is right on any head that is partly bare."""
SMALLEST = 8
VISIBLE = 0.5
REACH = 0.5
"""The middle of a find lies in the head, grown by so much of its sides."""
DRAWS = 2000
STRETCHES = {"first": [(0, 65), (274, 320)], "last": [(614, 665)], "all": [(0, 794)]}
"""Frames of the campus in which heads are marked, from 0; and all of them."""


Heads = Mapping[int, Sequence[Mark]]
"""By number of the frame, from 0."""


@dataclass(frozen=True, slots=True)
class Miss:
    """Somebody who is left bare, from one frame to another."""

    person: int
    first: int
    last: int


@dataclass(slots=True)
class Score:
    """What came of a copy: of each planted miss how many heads were to be found, and were."""

    planted: dict[int, tuple[int, int]] = field(default_factory=dict)
    right: int = 0
    wrong: list[Finding] = field(default_factory=list)
    check: SelfCheck = field(default_factory=SelfCheck)


def planted(heads: Heads, rate: float, rng: random.Random) -> list[Miss]:
    """Draw who is left bare, and when."""
    seen: dict[int, list[int]] = {}
    for frame, present in sorted(heads.items()):
        for head in present:
            if head.visible >= VISIBLE:
                seen.setdefault(head.person, []).append(frame)
    return [
        Miss(person, first, first + max(1, round(rng.choice(SPELLS) * rate)) - 1)
        for person, frames in sorted(seen.items())
        if rng.random() < SHARE_OF_PEOPLE
        for first in [rng.choice(frames)]
    ]


def covered_share(known: Detections, corners: Corners, size: tuple[int, int]) -> float:
    """Share of a head that is covered for those who are known."""
    width, height = size
    mask = np.zeros((height, width), np.bool_)
    for patch in SETTINGS.cover.anonymizer().patches(known, width, height):
        mask[patch.area] |= True if patch.mask is None else patch.mask
    pixels = to_pixels(corners, width, height)
    if pixels is None:
        return 1.0
    left, top, right, bottom = pixels
    return float(mask[top:bottom, left:right].mean())


def without(known: Detections, bare: Sequence[Corners], size: tuple[int, int]) -> Detections:
    """Leave out whatever covers the heads that are to be bare."""
    covers = [
        any(covered_share(known[np.array([n])], corners, size) > BARE for corners in bare)
        for n in range(len(known))
    ]
    return known[~np.array(covers, np.bool_)]


def score_copy(
    video: Path,
    known: Sequence[Detections],
    heads: Heads,
    misses: Sequence[Miss],
    stretch: tuple[int, int],
    folder: Path,
) -> Score:
    """Write a copy of a stretch with misses, check it, and compare the finds with the heads."""
    copy, records = folder / "copy.mp4", []
    anonymizer = SETTINGS.cover.anonymizer()
    with closing(open_source(video)) as source:
        size = source.medium.width, source.medium.height
        sink = open_sink(copy, source.medium, SETTINGS.write, Permit(overwrite=True))
        for number, frame in enumerate(source):
            if stretch[0] <= number <= stretch[1]:
                bare = [
                    head.corners
                    for head in heads.get(number, [])
                    for miss in misses
                    if head.person == miss.person and miss.first <= number <= miss.last
                ]
                kept = without(known[number], bare, size)
                result = FrameResult(anonymizer(frame, kept), kept, kept, looked=True)
                sink.write(result.frame)
                records.append(as_record(result) | {"frame": number})
        sink.commit()
    with closing(open_source(copy)) as output:
        check = self_check(
            output,
            records,
            anonymizer,
            checker(SETTINGS),
            frames=len(records),
            finds_heads=checker_finds_heads(SETTINGS),
        )
    with closing(open_source(copy)) as output:
        looked = [record for _, record in checked_frames(output, records, len(records))]
    return compared(check, looked, heads, size)


def compared(
    check: SelfCheck, looked: Sequence[Record], heads: Heads, size: tuple[int, int]
) -> Score:
    """Count which finds lie on bare heads, and which bare heads have a find."""
    score = Score(check=check)
    for record in looked:
        known = as_detections(record)
        shares = [
            (head, covered_share(known, head.corners, size))
            for head in heads.get(record["frame"], [])
        ]
        finds = [one for one in check.uncovered if one.frame == record["frame"]]
        for one in finds:
            right = any(share < PARTLY_BARE and lies_on(one, head) for head, share in shares)
            score.right += right
            score.wrong += [] if right else [one]
        for head, share in shares:
            tall = head.corners[3] - head.corners[1] >= SMALLEST
            if share <= BARE and head.visible >= VISIBLE and tall:
                there, hit = score.planted.get(head.person, (0, 0))
                found = any(lies_on(one, head) for one in finds)
                score.planted[head.person] = there + 1, hit + found
    return score


def lies_on(find: Finding, head: Mark) -> bool:
    """Whether the middle of a find's head lies on a head."""
    x, y, width, height = find.box
    down = 0.08 if find.kind == "person" else 0.5
    middle = np.array([x + width / 2, y + down * height])
    low, high = np.array(head.corners[:2]), np.array(head.corners[2:])
    reach = REACH * (high - low)
    return bool(((low - reach <= middle) & (middle <= high + reach)).all())


def interval(counts: Sequence[tuple[int, int]]) -> str:
    """A ratio of sums, and its 95 % interval over what is counted."""
    pairs = np.array(counts, np.float64).reshape(-1, 2)
    of, hits = pairs.sum(axis=0)
    if not of:
        return "-"
    drawn = pairs[np.random.default_rng(0).integers(0, len(pairs), (DRAWS, len(pairs)))].sum(axis=1)
    low, high = np.percentile(drawn[:, 1] / np.maximum(drawn[:, 0], 1), [2.5, 97.5])
    return f"{hits / of:.3f} ({low:.3f}-{high:.3f}), {hits:.0f} of {of:.0f}"


def report(name: str, scores: Sequence[Score]) -> None:
    """Print what came of copies."""
    checks = [score.check for score in scores]
    misses = [counts for score in scores for counts in score.planted.values()]
    found = sum(hit > 0 for _, hit in misses)
    finds = [(score.right + len(score.wrong), score.right) for score in scores]
    print(
        f"{name}: frames looked at {sum(check.frames for check in checks)}, "
        f"finds {sum(check.found for check in checks)}, "
        f"explained {sum(check.explained for check in checks)}, "
        f"doubtful {sum(len(check.doubtful) for check in checks)}, "
        f"uncovered {sum(len(check.uncovered) for check in checks)}\n"
        f"  precision {interval(finds)}\n"
        f"  recall of heads {interval(misses)}\n"
        f"  people found at least once: {found} of {len(misses)}"
    )
    for score in scores:
        for one in score.wrong:
            print(f"  wrong: frame {one.frame} {one.kind} {one.score:.2f} at {one.box}")


def clip(options: argparse.Namespace, folder: Path) -> tuple[Path, Heads, list[tuple[int, int]]]:
    """The video, its heads, and the frames of it that are copied."""
    if options.campus:
        return CAMPUS.video, between(read_marks(CAMPUS_HEADS)), STRETCHES[options.campus]
    made = synthetic(folder / "film", options.seed, options.seconds)
    assert made.truth is not None  # noqa: S101  (synthetic clips have one)
    return made.video, between(read_marks(made.truth.with_name("heads.txt"))), [(0, sys.maxsize)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--seed", type=int, default=0, help="of the people who do not exist")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--campus", choices=tuple(STRETCHES), help="PETS in their place")
    parser.add_argument("--copies", type=int, default=2)
    options = parser.parse_args()
    try:
        conditions = stamp()
        print(*(f"{key}: {conditions[key]}" for key in ("command", "commit", "machine")), sep="\n")
        with TemporaryDirectory() as name:
            measure(options, Path(name))
    except PasserbyError as error:
        sys.exit(str(error))


def measure(options: argparse.Namespace, folder: Path) -> None:
    """Check the good copy, and copies with misses."""
    video, heads, stretches = clip(options, folder)
    with closing(open_source(video)) as source, Pipeline(SETTINGS) as pipeline:
        rate = float(source.medium.rate or 25)
        known = [result.detections for result in pipeline.run(source)]
    good = [score_copy(video, known, heads, [], stretch, folder) for stretch in stretches]
    report("good copy", good)
    scores = []
    for number in range(options.copies):
        for stretch in stretches:
            first, last = stretch
            here = {frame: some for frame, some in heads.items() if first <= frame <= last}
            rng = random.Random(f"{options.seed} {number} {first}")  # noqa: S311  (no secret)
            misses = planted(here, rate, rng)
            scores.append(score_copy(video, known, heads, misses, stretch, folder))
    if scores:
        report("copies with planted misses", scores)


if __name__ == "__main__":
    main()
