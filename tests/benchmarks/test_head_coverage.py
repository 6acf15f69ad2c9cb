import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from head_coverage import Coverage, coverage_of, measure, read_truth
from passerby.types import Image

PERSON = (20.0, 10.0, 20.0, 50.0)
HEAD = slice(10, 19), slice(24, 36)
"""Of the person: columns 20 + 0.2 * 20 to 20 + 0.8 * 20, rows 10 to 10 + 0.18 * 50."""


def noisy(seed: int = 0) -> Image:
    return np.random.default_rng(seed).integers(60, 200, (80, 60, 3)).astype(np.uint8)


def covered(picture: Image, rows: slice, columns: slice) -> Image:
    copy = picture.copy()
    copy[rows, columns] = 0
    return copy


def of_one(before: Image, after: Image, person: tuple[float, ...] = PERSON) -> Coverage:
    left, top, width, height = person
    return measure([([(left, top, width, height)], before, after)])


def test_a_black_head_is_covered_and_the_share_of_changed_pixels_is_that_of_the_head() -> None:
    before = noisy()
    found = of_one(before, covered(before, *HEAD))
    assert found == Coverage(1, 1, 1, pytest.approx(9 * 12 / (80 * 60)))


def test_an_unchanged_head_is_not_covered() -> None:
    assert of_one(noisy(), noisy()) == Coverage(1, 0, 0, 0.0)


@pytest.mark.parametrize(("rows", "hit", "half"), [(9, 1, 1), (8, 0, 1), (5, 0, 1), (4, 0, 0)])
def test_nine_tenths_count_as_covered_and_half_as_half(rows: int, hit: int, half: int) -> None:
    before = noisy()
    after = covered(before, slice(10, 10 + rows), HEAD[1])
    assert (of_one(before, after).covered, of_one(before, after).half_covered) == (hit, half)


@pytest.mark.parametrize(("levels", "hit"), [(12, 0), (13, 1)])
def test_more_than_twelve_levels_in_one_channel_are_a_change(levels: int, hit: int) -> None:
    before = noisy()
    after = before.copy()
    after[..., 1] += np.uint8(levels)
    assert of_one(before, after).covered == hit


def test_a_blur_covers_a_flat_head_by_taking_its_detail() -> None:
    before = np.random.default_rng(1).integers(96, 104, (80, 60, 3)).astype(np.uint8)
    after = cv2.GaussianBlur(before, (9, 9), 4).astype(np.uint8)
    assert of_one(before, after) == Coverage(1, 1, 0, 0.0)


@pytest.mark.parametrize(
    "person",
    [
        (20, 10, 20, 39),  # too small
        (20, 10, 2, 50),  # too narrow
        (70, 10, 20, 50),  # right of the picture
        (20, 90, 20, 50),  # below it
        (-40, 10, 20, 50),  # left of it
        (20, -60, 20, 50),  # above it
    ],
)
def test_heads_that_cannot_be_judged_are_left_out(person: tuple[float, ...]) -> None:
    assert of_one(noisy(), noisy(1), person).heads == 0


@pytest.mark.parametrize(("shortest", "heads"), [(49, 1), (50, 1), (51, 0)])
def test_persons_below_the_shortest_height_are_left_out(shortest: float, heads: int) -> None:
    assert measure([([PERSON], noisy(), noisy())], shortest).heads == heads


def test_pictures_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match="size"):
        of_one(noisy(), noisy()[:40])


def test_truth_leaves_out_what_is_not_a_visible_pedestrian(tmp_path: Path) -> None:
    path = tmp_path / "gt.txt"
    path.write_text(
        "# a comment\n\n"
        "1,1,10,20,30,40\n"
        "1 2 11 20 30 40 1 1 1\n"
        "2,3,12,20,30,40,1,1,0.5\n"
        "2,4,13,20,30,40,0,1,1\n"  # not to be considered
        "2,5,14,20,30,40,1,3,1\n"  # a vehicle
        "2,6,15,20,30,40,1,1,0.49\n",  # mostly hidden
        encoding="utf-8",
    )
    assert read_truth(path) == {
        1: [(10, 20, 30, 40), (11, 20, 30, 40)],
        2: [(12, 20, 30, 40)],
    }


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, list[Image]], Path]:
    """Write pictures as a lossless video."""

    def make(name: str, images: list[Image]) -> Path:
        with av.open(str(tmp_path / name), "w") as container:
            stream = container.add_stream("ffv1", rate=25)
            stream.height, stream.width = images[0].shape[:2]
            stream.pix_fmt = "bgr0"
            for image in images:
                frame = av.VideoFrame.from_ndarray(image, format="bgr24")
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return tmp_path / name

    return make


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    """One person in the frames 1 and 3."""
    path = tmp_path / "gt.txt"
    path.write_text("1,1,20,10,20,50\n3,1,20,10,20,50\n", encoding="utf-8")
    return path


def test_only_frames_with_truth_are_compared(write: Callable[..., Path], truth: Path) -> None:
    clear = [noisy(0), noisy(1), noisy(2)]
    after = [covered(clear[0], *HEAD), noisy(9), clear[2]]
    share = 9 * 12 / (80 * 60) / 2
    expected = Coverage(2, 1, 1, pytest.approx(share))
    assert coverage_of(write("a.mkv", clear), write("b.mkv", after), truth) == expected


def test_a_copy_without_a_frame_that_counts_is_refused(
    write: Callable[..., Path], truth: Path
) -> None:
    clear = [noisy(0), noisy(1), noisy(2)]
    with pytest.raises(ValueError, match="shorter"):
        coverage_of(write("a.mkv", clear), write("b.mkv", clear[:2]), truth)


@pytest.mark.shared
def test_the_figures_are_those_of_the_tool_that_defines_them(
    shared: Path, write: Callable[..., Path], tmp_path: Path
) -> None:
    rng = np.random.default_rng(7)
    clear = [noisy(seed) for seed in range(6)]
    after = [one.copy() for one in clear]
    corners = rng.uniform((-20, -20), (60, 70), (60, 2)).round(1)
    sizes = rng.uniform((5, 30), (40, 70), (60, 2)).round(1)
    lines = []
    for number, (left, top, width, height) in enumerate(np.hstack([corners, sizes]).tolist()):
        lines.append(f"{number % 6 + 1},{number},{left},{top},{width},{height}")
        x, y, part = max(int(left), 0), max(int(top), 0), (0, 0.6, 1)[number % 3]
        after[number % 6][y : y + 15, x : x + int(part * width)] = 0
    truth = tmp_path / "boxes.txt"
    truth.write_text("\n".join(lines), encoding="utf-8")
    paths = write("clear.mkv", clear), write("after.mkv", after), truth
    tool = [sys.executable, shared / "tools" / "coverage.py", *paths]
    told = subprocess.run(tool, capture_output=True, check=True, text=True).stdout
    heads, hits, _, half, changed = map(float, re.findall(r"\d+(?:\.\d+)?", told))
    found = coverage_of(*paths)
    assert (found.heads, found.covered) == (heads, hits)
    assert 0 < found.covered < found.half_covered < found.heads
    assert found.half_covered / found.heads == pytest.approx(half, abs=5e-5)
    assert found.changed == pytest.approx(changed, abs=5e-5)
