"""How covers are measured: against a program of others, and on cases made by hand."""

import math
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from cover_figures import Tally, covered_pixels, head_pixels
from marked_clips import Mark
from passerby.anonymization.patches import Patch
from passerby.detections import Detections, Kind

SIZE = 160, 120
HEADS = [(20.0, 10.0, 32.5, 27.25), (90.25, 40.0, 104.0, 59.5), (150.0, 100.0, 170.0, 125.0)]


def noise(seed: int) -> np.ndarray:
    """A picture with colours of all kinds, and a dark corner that covers cannot change much."""
    image = np.random.default_rng(seed).integers(0, 256, (*SIZE[::-1], 3), np.uint8)
    image[90:, 120:] //= 16
    return image


def blackened(image: np.ndarray, *boxes: tuple[int, int, int, int]) -> np.ndarray:
    covered = image.copy()
    for left, top, right, bottom in boxes:
        covered[top:bottom, left:right] = 0
    return covered


COVERS = [
    [(18, 8, 35, 30), (92, 40, 104, 60)],
    [(22, 10, 32, 26), (85, 52, 110, 70), (140, 95, 160, 120)],
    [],
]


@pytest.mark.shared
def test_figures_agree_with_an_independent_program(shared: Path, tmp_path: Path) -> None:
    for name in ("clear", "anon"):
        (tmp_path / name).mkdir()
    tally, lines = Tally(), []
    marks = [Mark(number, corners) for number, corners in enumerate(HEADS)]
    marks.append(Mark(9, (60.0, 60.0, 66.0, 65.5)))  # too small to count, but it has pixels
    for number, covers in enumerate(COVERS):
        clear = noise(number)
        anonymized = blackened(clear, *covers)
        cv2.imwrite(str(tmp_path / "clear" / f"{number + 1:06d}.png"), clear)
        cv2.imwrite(str(tmp_path / "anon" / f"{number + 1:06d}.png"), anonymized)
        tally.add(number, clear, anonymized, marks)
        for mark in marks:
            left, top, right, bottom = mark.corners
            sides = f"{left},{top},{right - left},{bottom - top}"
            lines.append(f"{number + 1},{mark.person},{sides},1,101,1\n")
    (tmp_path / "heads.txt").write_text("".join(lines), encoding="utf-8")
    program = [sys.executable, str(shared / "tools" / "heads_cover.py")]
    files = [str(tmp_path / name) for name in ("clear", "anon", "heads.txt")]
    said = subprocess.run([*program, *files], check=True, capture_output=True, text=True)
    figures, words = tally.figures(), said.stdout.split()
    theirs = dict(zip(words[::2], words[1::2], strict=True))
    assert theirs["heads"] == str(figures.heads) == "9"
    assert theirs["covered"] == f"{figures.covered:.4f}"
    assert theirs["half"] == f"{figures.half:.4f}"
    assert theirs["times"] == f"{figures.times:.2f}"
    assert 0 < figures.covered < figures.half < 1


def test_what_was_black_already_is_covered_only_beside_a_change() -> None:
    clear = np.full((20, 40, 3), 200, np.uint8)
    clear[:, 10:] = 0
    covered = clear.copy()
    covered[:, :10] = 0
    assert np.flatnonzero(covered_pixels(clear, covered)[5]).tolist() == list(range(14))
    assert not covered_pixels(clear, clear).any()


def test_a_head_is_an_ellipse_clipped_to_the_picture() -> None:
    area, ellipse = head_pixels((10, 20, 50, 80), 100, 100)
    assert area == (slice(20, 80), slice(10, 50))
    assert ellipse.sum() == pytest.approx(math.pi * 20 * 30, rel=0.01)
    (rows, columns), half = head_pixels((-20, 20, 20, 80), 100, 100)
    assert (rows, columns) == (slice(20, 80), slice(0, 20))
    assert half.sum() == pytest.approx(math.pi * 20 * 30 / 2, rel=0.01)
    assert not head_pixels((200, 20, 220, 40), 100, 100)[1].any()


def test_hidden_heads_are_not_asked_for_but_have_pixels() -> None:
    clear = np.full((60, 60, 3), 200, np.uint8)
    seen, hidden = (5.0, 5.0, 25.0, 25.0), (30.0, 5.0, 50.0, 25.0)
    covered = blackened(clear, (5, 5, 25, 25), (30, 5, 50, 25))
    tally = Tally()
    tally.add(0, clear, covered, [Mark(1, seen), Mark(2, hidden, visible=0.4)])
    figures = tally.figures()
    assert (figures.heads, figures.covered) == (1, 1)
    assert figures.times == pytest.approx(4 / math.pi, rel=0.02)


def test_the_rest_of_the_body_is_seen_where_nothing_changed() -> None:
    clear = np.full((100, 60, 3), 200, np.uint8)
    body = np.zeros((100, 60), np.bool_)
    body[0:90, 20:40] = True
    covered = blackened(clear, (20, 0, 40, 30))
    tally = Tally()
    tally.add(0, clear, covered, [Mark(1, (20, 0, 40, 20))], body)
    rest = 90 * 20 - head_pixels((20, 0, 40, 20), 100, 60)[1].sum()
    assert tally.figures().body == pytest.approx(60 * 20 / rest)


def walk(tally: Tally, tracks: list[int], grown: list[float]) -> None:
    """Somebody walks to the right, 2 pixels a frame; the cover is higher by ``grown``."""
    for frame, (track, more) in enumerate(zip(tracks, grown, strict=True)):
        left = 20 + 2 * frame
        head = Mark(1, (left, 20, left + 16, 40))
        person = Mark(1, (left - 10, 20, left + 26, 120))
        cover = (left - 2, 18 - int(more), left + 18, 42)
        known = Detections.of(
            [person.corners, head.corners],
            kinds=[Kind.PERSON, Kind.HEAD],
            tracks=[track, 100],
        )
        tally.follow(known, [Patch(cover, track=track)], [head], [person], (200, 200))


def test_a_cover_that_moves_with_its_head_does_not_move() -> None:
    tally = Tally()
    walk(tally, [7] * 5, [0] * 5)
    assert tally.figures().moved == (0, 0)
    assert tally.figures().numbers == (2, 1)


def test_a_cover_that_pumps_moves() -> None:
    tally = Tally()
    walk(tally, [7] * 5, [0, 10, 0, 10, 0])
    # One side of four moves by half a head height in each of four steps.
    assert tally.figures().moved[0] == pytest.approx(0.5 / 4)
    assert tally.figures().moved[1] == pytest.approx(0.5)


def test_each_number_on_a_person_counts_once() -> None:
    tally = Tally()
    walk(tally, [7, 8, 7, 9, 9], [0] * 5)
    assert tally.figures().numbers == (4, 3)


def test_nobody_asks_which_track_lies_on_the_hidden() -> None:
    tally = Tally()
    corners = (10.0, 10.0, 40.0, 90.0)
    known = Detections.of([corners], tracks=[5])
    tally.follow(known, [], [], [Mark(1, corners, 0.4)], (100, 100))
    assert math.isnan(tally.figures().numbers[0])
    tally.follow(known, [], [], [Mark(1, corners, 0.6)], (100, 100))
    assert tally.figures().numbers == (1, 1)


def test_sides_at_the_rim_cannot_move() -> None:
    tally = Tally()
    for frame in range(3):
        head = Mark(1, (10, 2.0 - 2 * frame, 30, 22.0 - 2 * frame))
        known = Detections.of([head.corners], kinds=Kind.HEAD, tracks=[1])
        patch = Patch((8, 0, 32, 24 - 2 * frame), track=1)
        tally.follow(known, [patch], [head], [], (100, 100))
    assert tally.figures().moved == (0, 0)


def test_nothing_known_is_no_figure() -> None:
    tally = Tally()
    tally.add(0, noise(0), noise(0), [])
    figures = tally.figures()
    assert (figures.heads, figures.interval) == (0, None)
    unknown = (figures.covered, figures.times, figures.body, *figures.numbers, *figures.moved)
    assert all(math.isnan(one) for one in unknown)
