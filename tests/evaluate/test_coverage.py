import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from passerby.errors import InputError
from passerby.evaluate.coverage import Coverage, coverage_of, heads_in, measure_coverage
from passerby.evaluate.ground_truth import GroundTruth
from passerby.types import Image

HEAD = (24.0, 10.0, 36.0, 19.0)
PIXELS = slice(10, 19), slice(24, 36)


def noisy(seed: int = 0) -> Image:
    return np.random.default_rng(seed).integers(60, 200, (80, 60, 3)).astype(np.uint8)


def covered(picture: Image, rows: slice, columns: slice) -> Image:
    copy = picture.copy()
    copy[rows, columns] = 0
    return copy


def of_one(before: Image, after: Image, head: tuple[float, ...] = HEAD) -> Coverage:
    left, top, right, bottom = head
    return measure_coverage([([(left, top, right, bottom)], before, after)])


def test_a_black_head_is_covered_and_the_share_of_changed_pixels_is_that_of_the_head() -> None:
    before = noisy()
    found = of_one(before, covered(before, *PIXELS))
    assert found == Coverage(1, 1, 1, pytest.approx(9 * 12 / (80 * 60)))


def test_an_unchanged_head_is_not_covered() -> None:
    assert of_one(noisy(), noisy()) == Coverage(1, 0, 0, 0.0)


@pytest.mark.parametrize(("rows", "hit", "half"), [(9, 1, 1), (8, 0, 1), (5, 0, 1), (4, 0, 0)])
def test_nine_tenths_count_as_covered_and_half_as_half(rows: int, hit: int, half: int) -> None:
    before = noisy()
    after = covered(before, slice(10, 10 + rows), PIXELS[1])
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
    "head",
    [
        (24, 10, 26, 30),  # too narrow
        (24, 10, 36, 12),  # too low
        (70, 10, 80, 20),  # right of the picture
        (20, 90, 30, 99),  # below it
        (-20, 10, -8, 20),  # left of it
        (20, -20, 30, -8),  # above it
    ],
)
def test_heads_that_cannot_be_judged_are_left_out(head: tuple[float, ...]) -> None:
    assert of_one(noisy(), noisy(1), head).heads == 0


def test_a_head_is_rounded_outwards_to_pixels() -> None:
    before = noisy()
    found = of_one(before, covered(before, *PIXELS), (24.9, 10.9, 35.1, 18.1))
    assert found == Coverage(1, 1, 1, pytest.approx(9 * 12 / (80 * 60)))


def test_the_tops_of_persons_stand_for_heads_that_are_not_known() -> None:
    # 20 + 0.2 * 20 to 20 + 0.8 * 20, and 10 to 10 + 0.18 * 50
    (head,) = heads_in(GroundTruth({4: [(20, 10, 20, 50)]}, {}))[4]
    assert head == pytest.approx(HEAD)


def test_heads_that_are_known_are_taken_as_they_are() -> None:
    truth = GroundTruth({1: [(20, 10, 20, 50)]}, {0: [(24, 10, 12, 9)]})
    assert heads_in(truth) == {0: [HEAD]}


@pytest.mark.parametrize(("shortest", "heads"), [(49, 1), (50, 1), (51, 0)])
def test_persons_below_the_shortest_height_are_left_out(shortest: float, heads: int) -> None:
    persons = GroundTruth({0: [(20, 10, 20, 50)]}, {})
    assert len(heads_in(persons, shortest)[0]) == heads
    known = GroundTruth({}, {0: [(24, 10, 12, 0.18 * 50)]})
    assert len(heads_in(known, shortest)[0]) == heads


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
    after = [covered(clear[0], *PIXELS), noisy(9), clear[2]]
    share = 9 * 12 / (80 * 60) / 2
    expected = Coverage(2, 1, 1, pytest.approx(share))
    assert coverage_of(write("a.mkv", clear), write("b.mkv", after), truth) == expected


def test_a_copy_without_a_frame_that_counts_is_refused(
    write: Callable[..., Path], truth: Path
) -> None:
    clear = [noisy(0), noisy(1), noisy(2)]
    with pytest.raises(InputError, match=r"b\.mkv is shorter than .*a\.mkv"):
        coverage_of(write("a.mkv", clear), write("b.mkv", clear[:2]), truth)


def test_pictures_of_another_size_are_refused(write: Callable[..., Path], truth: Path) -> None:
    clear = [noisy(seed) for seed in range(3)]
    cut = [one[:40] for one in clear]
    with pytest.raises(InputError, match=r"size of .*a\.mkv"):
        coverage_of(write("a.mkv", clear), write("b.mkv", cut), truth)


def test_a_clip_without_a_frame_that_counts_is_refused(
    write: Callable[..., Path], truth: Path
) -> None:
    clip = write("a.mkv", [noisy(0), noisy(1)])
    with pytest.raises(InputError, match="ends before frame 2, which has ground truth"):
        coverage_of(clip, clip, truth)


def test_a_truth_about_nobody_is_refused(write: Callable[..., Path], tmp_path: Path) -> None:
    clip = write("a.mkv", [noisy(0)])
    (tmp_path / "gt.txt").write_text("1,1,20,10,20,50,1,1,0.1", encoding="utf-8")
    with pytest.raises(InputError, match="no visible persons or heads"):
        coverage_of(clip, clip, tmp_path / "gt.txt")


def test_folders_of_pictures_are_compared_in_the_order_of_their_names(
    tmp_path: Path, truth: Path
) -> None:
    clear = [noisy(0), noisy(1), noisy(2)]
    after = [covered(clear[0], *PIXELS), noisy(9), clear[2]]
    for name, images in (("a", clear), ("b", after)):
        (tmp_path / name).mkdir()
        for number, image in enumerate(images):
            cv2.imwrite(str(tmp_path / name / f"{number:06d}.png"), image)
    found = coverage_of(tmp_path / "a", tmp_path / "b", truth)
    assert (found.heads, found.covered) == (2, 1)


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


def test_a_head_that_is_known_is_the_ellipse_in_its_box() -> None:
    """Its corners may be seen; the program that defines the measure says the same."""
    before = np.full((60, 60, 3), 200, np.uint8)
    after = before.copy()
    y, x = np.mgrid[:60, :60] + 0.5
    after[((x - 30) / 10) ** 2 + ((y - 30) / 15) ** 2 <= 1] = 0
    head = (20.0, 15.0, 40.0, 45.0)
    assert measure_coverage([([head], before, after)], elliptic=True).covered == 1
    assert measure_coverage([([head], before, after)]).covered == 0
    after[26:34] = before[26:34]  # a third of it shows again
    found = measure_coverage([([head], before, after)], elliptic=True)
    assert (found.covered, found.half_covered) == (0, 1)


def test_of_a_head_at_the_edge_only_what_is_in_the_picture_counts() -> None:
    before = np.full((40, 40, 3), 200, np.uint8)
    after = before.copy()
    after[10:30, 30:] = 0
    found = measure_coverage([([(32.0, 12.0, 48.0, 28.0)], before, after)], elliptic=True)
    assert (found.heads, found.covered) == (1, 1)
