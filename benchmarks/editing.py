"""Corrects planted misses of a clip as a person does in the editor, and by a file of detections.

    python benchmarks/editing.py --seed 211
    python benchmarks/editing.py --seed 211 --no-self-check

A clip of people who do not exist is anonymized, and its boxes are saved. Then people are chosen,
each for some seconds, and whatever covers their heads in that time is taken out of the file of
boxes; from then on the person has another number, so that nothing bridges the gap. The clip is
anonymized again with that file, with a self-check: that is the copy with misses.

A script is the person. In a browser (Debian's Chromium) it opens the page of `passerby edit`, goes
from doubt to doubt, looks at each frame, and covers every head that it sees bare: with the box that
the page offers if that fits, else with one it draws, wrong by a tenth of a head. It watches what
the page then plays, stops where the head is bare, and draws again; else the page goes on by itself.
Where nothing is bare it says
that all is fine; after three of a kind that are fine, of all of that kind, if they are of people
who are covered. Each key, drag and stop is one interaction. Then it lets the page write the copy,
which is compared with the source.

With a file of detections, the person adds rows to it: for each miss that the report names, where
the head is first, where it is last, and wherever the straight line between two rows leaves it bare.
To go to a frame and to draw a box are two interactions; finding the misses is free.

Whether a head is bare is seen in the pixels of the copy, not in what the run says of it.
"""

import argparse
import base64
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from marked_clips import Corners, Mark, read_marks
from passerby.sources import open_source
from stamp import stamp

if TYPE_CHECKING:
    from playwright.sync_api import Page

PASSERBY = str(Path(sys.executable).with_name("passerby"))
CACHE = Path(__file__).resolve().parents[1] / ".cache" / "editing"
CHROMIUM = "/usr/bin/chromium"
PORT = 8791
SECONDS = 60.0
SPELLS = 2.0, 3.0, 4.0
"""Seconds for which somebody is missed."""
APART = 6.0
"""Seconds between two misses of one person."""
VISIBLE, SMALLEST = 0.5, 8.0
"""Heads that count: half to be seen, and so many pixels high."""
DARK = 24
"""A pixel is black up to this level, as codecs do not keep black."""
BARE = 0.5
"""A head is bare if no more of what was not black is black now."""
LONG_BARE = 0.3
"""Seconds for which a head is bare that counts as a miss, if it was not planted."""
LONG_ENOUGH = 0.8
"""Share of a miss in which the head must have been covered before, and be bare after."""
FITS = 0.4
"""Intersection over union of an offered box and a head from which on a person takes it."""
CLUMSY = 0.1
"""How wrong a drawn box is, in sizes of the head."""
ENOUGH = 3
"""Doubts in a row that were fine, after which a person dismisses all that are left of a kind ..."""
COVERED_KINDS = frozenset({"weak", "gap", "still"})
"""... of those kinds that are about people who are covered."""
TRIES = 6
"""Boxes that a person draws for one miss before they give up."""

Picture = npt.NDArray[np.uint8]
"""The brightest channel of each pixel; shape (height, width)."""
Heads = Mapping[int, Sequence[Mark]]


@dataclass(frozen=True, slots=True)
class Miss:
    """Somebody who is left bare, from one frame to another."""

    person: int
    first: int
    last: int

    def __contains__(self, frame: int) -> bool:
        return self.first <= frame <= self.last


# --- What is seen ---------------------------------------------------------------------------


def covered_share(raw: Picture, shown: Picture, corners: Corners) -> float:
    """How much of a head is black now, of what was not black before."""
    height, width = raw.shape
    left, top, right, bottom = (round(one) for one in corners)
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    if right - left < 2 or bottom - top < 2:
        return 1.0
    inside = np.zeros((bottom - top, right - left), np.uint8)
    middle = (right - left - 1) // 2, (bottom - top - 1) // 2
    cv2.ellipse(inside, middle, middle, 0, 0, 360, 1, -1)
    before = raw[top:bottom, left:right][inside > 0]
    after = shown[top:bottom, left:right][inside > 0]
    light = before > 2 * DARK
    return float((after[light] <= DARK).mean()) if light.sum() >= 4 else 1.0


def counts(head: Mark) -> bool:
    """Whether a head is large enough and not hidden."""
    return head.visible >= VISIBLE and head.corners[3] - head.corners[1] >= SMALLEST


def pictures(video: Path) -> list[Picture]:
    """All frames of a clip."""
    with closing(open_source(video)) as source:
        return [np.asarray(frame.image.max(axis=2), np.uint8) for frame in source]


def bare_frames(
    miss: Miss, heads: Heads, raw: Sequence[Picture], shown: Callable[[int], Picture]
) -> list[int]:
    """The frames of a miss in which the head is bare."""
    return [
        frame
        for frame, head in frames_of(miss, heads)
        if covered_share(raw[frame], shown(frame), head.corners) < BARE
    ]


def frames_of(miss: Miss, heads: Heads) -> list[tuple[int, Mark]]:
    """The frames of a miss in which the head counts."""
    return [
        (frame, head)
        for frame in range(miss.first, miss.last + 1)
        for head in heads.get(frame, ())
        if head.person == miss.person and counts(head)
    ]


def bare_spells(heads: Heads, raw: Sequence[Picture], shown: Sequence[Picture], rate: float) -> int:
    """How often somebody's head is bare for at least `LONG_BARE`, planted or not."""
    spells = 0
    for person in {head.person for here in heads.values() for head in here}:
        seen = frames_of(Miss(person, 0, len(raw) - 1), heads)
        bare = [
            frame
            for frame, head in seen
            if covered_share(raw[frame], shown[frame], head.corners) < BARE
        ]
        runs = np.split(np.array(bare, int), np.flatnonzero(np.diff(bare) > 1) + 1)
        spells += sum(len(one) >= LONG_BARE * rate for one in runs)
    return spells


# --- Misses are planted ---------------------------------------------------------------------


def planted(
    heads: Heads,
    raw: Sequence[Picture],
    copy: Sequence[Picture],
    rate: float,
    count: int,
    seed: int,
) -> list[Miss]:
    """Choose people and times: heads that the good copy covers."""
    rng = random.Random(seed)  # noqa: S311  (it must be repeatable)
    people = sorted({head.person for here in heads.values() for head in here})
    chosen: list[Miss] = []
    for _ in range(4000):
        if len(chosen) == count:
            break
        length = round(rng.choice(SPELLS) * rate)
        first = rng.randrange(0, len(raw) - length)
        miss = Miss(rng.choice(people), first, first + length - 1)
        near = [
            one
            for one in chosen
            if one.person == miss.person
            and miss.first <= one.last + APART * rate
            and one.first <= miss.last + APART * rate
        ]
        seen = frames_of(miss, heads)
        if near or len(seen) < LONG_ENOUGH * length:
            continue
        bare = bare_frames(miss, heads, raw, copy.__getitem__)
        if len(bare) <= (1 - LONG_ENOUGH) * len(seen):
            chosen.append(miss)
    return sorted(chosen, key=lambda one: one.first)


def without(text: str, misses: Sequence[Miss], heads: Heads) -> str:
    """A file of boxes without those that cover the heads of misses, and with new numbers after."""
    lines: list[str] = []
    rows: list[str] = []
    for line in text.splitlines():
        (lines if line.startswith("#") else rows).append(line)
    table = [line.split(",") for line in rows]
    free = 1 + max(int(float(row[1])) for row in table)
    for miss in misses:
        marks = dict(frames_of(miss, heads))
        gone = {
            number
            for number, row in enumerate(table)
            if (frame := int(row[0]) - 1) in marks and _covers(row, marks[frame].corners)
        }
        tracks = {int(float(table[number][1])) for number in gone}
        kept = []
        renamed = {track: free + place for place, track in enumerate(sorted(tracks))}
        free += len(renamed)
        for number, row in enumerate(table):
            frame, track = int(row[0]) - 1, int(float(row[1]))
            if number in gone or (track in tracks and frame in miss):
                continue
            if track in renamed and frame > miss.last:
                row[1] = str(renamed[track])
            kept.append(row)
        table = kept
    return "\n".join([*lines, *(",".join(row) for row in table)]) + "\n"


def _covers(row: Sequence[str], corners: Corners) -> bool:
    """Whether the upper part of a box lies over the middle of a head."""
    left, top, width, height = map(float, row[2:6])
    x, y = (corners[0] + corners[2]) / 2, (corners[1] + corners[3]) / 2
    reach = min(height, 2 * (corners[3] - corners[1]))
    return left - 0.35 * width <= x <= left + 1.35 * width and top - reach / 3 <= y <= top + reach


# --- The person -----------------------------------------------------------------------------


@dataclass(slots=True)
class Work:
    """What a person did.

    Attributes:
        interactions: Keys, drags and looks along.
        corrections: How many boxes were drawn or taken.
        seconds: From the first doubt to the last correction, on this machine.
        found: Misses at which a doubt led to a correction.
        doubts: How many of each kind were looked at.
        of_miss: Of the interactions, those at the head of a planted miss, with its boxes.
    """

    interactions: int = 0
    corrections: int = 0
    seconds: float = 0.0
    found: frozenset[Miss] = frozenset()
    doubts: dict[str, int] = field(default_factory=dict)
    of_miss: dict[Miss, int] = field(default_factory=dict)


class Person:
    """Corrects what they see in the page."""

    def __init__(self, page: "Page", heads: Heads, raw: Sequence[Picture], seed: int) -> None:
        self._page, self._heads, self._raw = page, heads, raw
        self._rng = random.Random(seed)  # noqa: S311  (it must be repeatable)
        self.work = Work()
        self._found: set[Miss] = set()
        self._kind = ""

    def correct(self, misses: Sequence[Miss]) -> Work:
        """Go through all doubts: cover who is bare, and leave the rest as it is."""
        began, fine = time.monotonic(), 0
        before: int | None = None
        self._wait()
        while (doubt := self._doubt()) is not None and doubt["number"] != before:
            before, frame = doubt["number"], self._frame()
            bare = self._bare(frame)
            if bare:
                self._cover(bare, frame, misses, before)
            fine = 0 if bare or doubt["kind"] != self._kind else fine + 1
            self._kind = doubt["kind"]
            self.work.doubts[self._kind] = self.work.doubts.get(self._kind, 0) + 1
            if bare:
                if self._doubt() == doubt:
                    self._key("n")
            else:
                skip = fine >= ENOUGH and self._kind in COVERED_KINDS
                self._key("Shift+X" if skip else "x")
            self._wait()
        self.work.seconds = time.monotonic() - began
        self.work.found = frozenset(self._found)
        return self.work

    def _cover(self, heads: Sequence[Mark], frame: int, misses: Sequence[Miss], doubt: int) -> None:
        """Cover the heads that are bare in a frame, and watch what the page plays of them."""
        people = {head.person for head in heads}
        for _ in range(TRIES):
            for left, head in reversed(list(enumerate(heads))):
                mine = [miss for miss in misses if miss.person == head.person and frame in miss]
                self._found.update(mine)
                began = self.work.interactions
                if not self._fits(head):
                    self._draw(head)
                self._key("Shift+Enter" if left else "Enter")
                self.work.corrections += 1
                self._wait()
                self._note(mine, self.work.interactions - began)
            seen = self._bare_where_played(people)
            if seen is None:
                return
            frame, heads = seen
            self._back_to(doubt, frame)
            self._note([one for one in misses if one.person == heads[0].person and frame in one], 1)

    def _note(self, misses: Sequence[Miss], interactions: int) -> None:
        for miss in misses:
            self.work.of_miss[miss] = self.work.of_miss.get(miss, 0) + interactions

    def _back_to(self, doubt: int, frame: int) -> None:
        """Stop in a frame that was played."""
        self.work.interactions += 1
        self._page.evaluate(f"goTo({doubt}); setBox(null); zoomTo(null); show({frame})")

    def _doubt(self) -> dict[str, Any] | None:
        """The doubt that is shown, unless none is left."""
        shown: dict[str, Any] | None = self._page.evaluate(
            "doubt < 0 || settled.has(doubt) ? null"
            " : { number: doubt, kind: facts.queue[doubt].kind }"
        )
        return shown

    def _wait(self) -> None:
        """Until the page has done what it was told, and has played what it plays."""
        while self._told().startswith("Following"):
            time.sleep(0.05)
        while self._page.evaluate("isPlaying() || refining > 0"):
            time.sleep(0.05)

    def _key(self, key: str) -> None:
        self._page.keyboard.press(key)
        self.work.interactions += 1

    def _told(self) -> str:
        return str(self._page.locator("#told").inner_text())

    def _frame(self) -> int:
        return int(self._page.evaluate("at"))

    def shown(self, frame: int) -> Picture:
        """What the page shows of a frame."""
        content = self._page.evaluate(
            """async (frame) => {
                const answer = await fetch(mine(`frame/${frame}?v=${version}`));
                if (!answer.ok) return (await answer.json()).detail;
                const bytes = new Uint8Array(await answer.arrayBuffer());
                let text = "";
                for (const one of bytes) text += String.fromCharCode(one);
                return btoa(text);
            }""",
            frame,
        )
        if " " in content:
            raise RuntimeError(f"the editor shows no frame {frame}: {content}")
        encoded = np.frombuffer(base64.b64decode(content), np.uint8)
        image = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
        return np.asarray(image.max(axis=2), np.uint8)

    def _bare(self, frame: int) -> list[Mark]:
        """The bare heads in the part of a frame that the page shows."""
        shown, (left, top, right, bottom) = self.shown(frame), self._part()
        return [
            head
            for head in self._heads.get(frame, ())
            if counts(head)
            and left < head.corners[0] < head.corners[2] < right
            and top < head.corners[1] < head.corners[3] < bottom
            and covered_share(self._raw[frame], shown, head.corners) < BARE
        ]

    def _part(self) -> Corners:
        """The part of the frame that the page shows, in pixels of the frame."""
        stage, (left, top, scale) = self._page.locator("#stage").bounding_box(), self._view()
        if stage is None:
            raise RuntimeError("the page shows no picture")
        x, y = stage["x"] - left, stage["y"] - top
        return x / scale, y / scale, (x + stage["width"]) / scale, (y + stage["height"]) / scale

    def _view(self) -> tuple[float, float, float]:
        """Where the upper left corner of the frame is in the page, and how large its pixels."""
        area = self._page.locator("#view").bounding_box()
        if area is None:
            raise RuntimeError("the page shows no picture")
        return area["x"], area["y"], area["width"] / self._raw[0].shape[1]

    def _bare_where_played(self, people: Collection[int]) -> tuple[int, list[Mark]] | None:
        """The first frame that the page has just played in which heads of these are bare."""
        first, last = self._page.evaluate("played")
        for number in range(first, last + 1):
            mine = [one for one in self._heads.get(number, ()) if one.person in people]
            shown = self.shown(number) if any(map(counts, mine)) else None
            bare = [
                one
                for one in mine
                if shown is not None
                and counts(one)
                and covered_share(self._raw[number], shown, one.corners) < BARE
            ]
            if bare:
                return number, bare
        return None

    def _fits(self, head: Mark) -> bool:
        """Whether the box that the page offers is that of the head."""
        box = self._page.evaluate("box")
        if box is None:
            return False
        left, top, width, height = box
        one, other = np.array([left, top, left + width, top + height]), np.array(head.corners)
        inner = np.maximum(
            0, np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
        ).prod()
        union = (one[2:] - one[:2]).prod() + (other[2:] - other[:2]).prod() - inner
        return bool(inner / union >= FITS)

    def _draw(self, head: Mark) -> None:
        corners = np.array(head.corners)
        size = corners[2:] - corners[:2]
        wrong = [self._rng.uniform(-CLUMSY, CLUMSY) for _ in range(4)]
        corners = corners + np.array(wrong) * np.concatenate([size, size])
        x, y, scale = self._view()
        left, top, right, bottom = corners * scale
        mouse = self._page.mouse
        mouse.move(x + left, y + top)
        mouse.down()
        mouse.move(x + right, y + bottom, steps=3)
        mouse.up()
        self.work.interactions += 1


@contextmanager
def editor(report: Path) -> Iterator[Any]:
    """The page of the editor in a browser."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only here it is needed)

    program = subprocess.Popen(
        [PASSERBY, "edit", str(report), "--port", str(PORT)], stdout=subprocess.PIPE, text=True
    )
    try:
        lines = program.stdout or ()
        link = next(line for line in lines if "http://" in line).strip()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(3_000_000)
            for _ in range(100):
                try:
                    page.goto(link)
                    break
                except Exception:  # noqa: BLE001  (not served yet)
                    time.sleep(0.2)
            page.locator("#told", has_text="doubt").wait_for()
            yield page
            browser.close()
    finally:
        program.terminate()
        program.wait()


def frames_left(
    misses: Sequence[Miss], heads: Heads, raw: Sequence[Picture], shown: Sequence[Picture]
) -> int:
    """In how many frames of misses the head is bare."""
    return sum(len(bare_frames(one, heads, raw, shown.__getitem__)) for one in misses)


# --- The other way: rows in a file ----------------------------------------------------------


def rows_of(miss: Miss, heads: Heads) -> list[tuple[int, Corners]]:
    """The rows that a person adds for a miss: as few as follow the head on straight lines."""
    places = [(frame, np.array(head.corners)) for frame, head in frames_of(miss, heads)]
    chosen = [0, len(places) - 1] if len(places) > 1 else [0]
    while True:
        worst, where = 0.0, -1
        for start, end in pairwise(chosen):
            for middle in range(start + 1, end):
                share = (places[middle][0] - places[start][0]) / (places[end][0] - places[start][0])
                between = places[start][1] + share * (places[end][1] - places[start][1])
                height = places[middle][1][3] - places[middle][1][1]
                off = float(np.abs(between - places[middle][1]).max() / height)
                if off > worst:
                    worst, where = off, middle
        if worst <= 0.35:
            break
        chosen = sorted([*chosen, where])
    return [(places[one][0], tuple(places[one][1].tolist())) for one in chosen]


def with_rows(text: str, misses: Sequence[Miss], heads: Heads) -> tuple[str, int]:
    """A file of boxes with rows for misses, and the interactions that they take."""
    lines, interactions = text.splitlines(), 0
    free = 1 + max(int(float(one.split(",")[1])) for one in lines if not one.startswith("#"))
    for number, miss in enumerate(misses):
        for frame, (left, top, right, bottom) in rows_of(miss, heads):
            box = f"{left:.1f},{top:.1f},{right - left:.1f},{bottom - top:.1f}"
            lines.append(HEAD_ROW.format(frame=frame + 1, track=free + number, box=box))
            interactions += 2
    return "\n".join(lines) + "\n", interactions


HEAD_ROW = "{frame},{track},{box},1,101,1"


# --- All of it ------------------------------------------------------------------------------


def run(*words: str) -> float:
    """Run passerby; returns how long it took, in seconds."""
    began = time.monotonic()
    subprocess.run([PASSERBY, *words], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def filmed(seed: int, rate: float) -> Path:
    """A folder with the clip; it is drawn once."""
    folder = CACHE / f"crossing-{seed}-{rate:g}"
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        chosen = ["--cameras", "1", "--people", "10", "--seconds", f"{SECONDS:g}"]
        run(
            "synth",
            "crossing",
            *chosen,
            "--rate",
            f"{rate:g}",
            "--seed",
            str(seed),
            "-o",
            str(folder),
        )
    return folder


def queue_finds(report: Path, misses: Sequence[Miss], heads: Heads) -> tuple[set[Miss], int]:
    """The misses that a frame in doubt shows with a box on the head; and how many are in doubt."""
    queue = json.loads(report.read_text())["items"][0]["review"]
    found = set()
    for miss in misses:
        marks = dict(frames_of(miss, heads))
        for one in queue:
            head = marks.get(one["frame"])
            if head is not None and any(_on_head(box, head.corners) for box in one["boxes"]):
                found.add(miss)
    return found, len(queue)


def _on_head(box: Sequence[float], corners: Corners) -> bool:
    x, y = box[0] + box[2] / 2, box[1] + min(box[3], box[2]) / 2
    width, height = corners[2] - corners[0], corners[3] - corners[1]
    return (
        corners[0] - width / 2 <= x <= corners[2] + width / 2
        and corners[1] - height / 2 <= y <= corners[3] + height / 2
    )


def measured(words: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Plant, correct both ways, and compare."""
    clip = filmed(words.seed, words.rate)
    video, heads = clip / "camera-1.mp4", read_marks(clip / "camera-1" / "gt" / "heads.txt")
    raw = pictures(video)
    good, boxes = clip / "good.mp4", clip / "boxes.txt"
    fast = ["--encoder-preset", "ultrafast", "--quiet"]
    if not good.exists():
        run("anonymize", str(video), "-o", str(good), "--save-detections", str(boxes), *fast)
    misses = planted(heads, raw, pictures(good), words.rate, words.misses, words.seed)
    missing, copy, report = folder / "missing.txt", folder / "copy.mp4", folder / "copy.json"
    missing.write_text(without(boxes.read_text(), misses, heads))
    check = [] if words.no_self_check else ["--self-check"]
    given = ["--detections", str(missing), *check, *fast]
    run("anonymize", str(video), "-o", str(copy), "--report", str(report), *given)
    shown = pictures(copy)
    bare = {one: len(bare_frames(one, heads, raw, shown.__getitem__)) for one in misses}
    real = [one for one in misses if bare[one] >= LONG_ENOUGH * len(frames_of(one, heads))]
    found, doubts = queue_finds(report, real, heads)
    with editor(report) as page:
        person = Person(page, heads, raw, words.seed)
        work = person.correct(real)
        began = time.monotonic()
        if words.no_writing:
            edited = [person.shown(number) for number in range(len(raw))]
        else:
            page.get_by_role("button", name="Write the corrected copy").click()
            page.locator("#told", has_text=re.compile("written|could not")).wait_for()
            edited = pictures(folder / "copy_edited.mp4")
        rendering = time.monotonic() - began
    figures = {
        "seed": words.seed,
        "rate": words.rate,
        "planted": len(misses),
        "bare": len(real),
        "bare_frames": sum(bare[one] for one in real),
        "bare_frames_left": frames_left(real, heads, raw, edited),
        "spells_bare": bare_spells(heads, raw, shown, words.rate),
        "spells_bare_left": bare_spells(heads, raw, edited, words.rate),
        "in_doubt": doubts,
        "found_by_queue": len(found),
        "corrected_by_person": len(work.found),
        "doubts_looked_at": work.doubts,
        "boxes_drawn_or_taken": work.corrections,
        "interactions": work.interactions,
        "interactions_a_miss": round(work.interactions / max(1, len(work.found)), 2),
        "interactions_at_each_miss": sorted(work.of_miss.values()),
        "seconds_of_work": round(work.seconds, 1),
    }
    if words.no_writing:
        return figures
    typed, rows = folder / "typed.txt", sorted(found, key=lambda one: one.first)
    text, interactions = with_rows(missing.read_text(), rows, heads)
    typed.write_text(text)
    by_file = folder / "by_file.mp4"
    again = run(
        "anonymize", str(video), "-o", str(by_file), "--detections", str(typed), *check, *fast
    )
    return {
        **figures,
        "seconds_of_writing": round(rendering, 1),
        "file_interactions": interactions,
        "file_interactions_a_miss": round(interactions / max(1, len(found)), 2),
        "file_seconds_of_writing": round(again, 1),
        "file_bare_frames_left": frames_left(real, heads, raw, pictures(by_file)),
    }


def main() -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=211)
    parser.add_argument("--rate", type=float, default=10, help="pictures a second")
    parser.add_argument("--misses", type=int, default=10)
    parser.add_argument("--no-self-check", action="store_true")
    parser.add_argument(
        "--no-writing", action="store_true", help="look at what the page shows, and write no copy"
    )
    words = parser.parse_args()
    with TemporaryDirectory() as folder:
        figures = measured(words, Path(folder))
    print(json.dumps({**stamp(), **figures}, indent=1))


if __name__ == "__main__":
    main()
