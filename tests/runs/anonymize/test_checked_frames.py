"""Which frames of an output are looked at again: no long stretch is left out."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from passerby.errors import InputError
from passerby.media import Medium
from passerby.pipeline.film import LONGEST_INTERVAL, LOOK_FRAMES
from passerby.runs.anonymize.checked_frames import checked_frames
from passerby.sources import open_source
from passerby.types import Frame

MILLISECOND = Fraction(1, 1000)


class Output:
    """A film of grey walls with a bar in each scene, at its own place."""

    def __init__(self, times: Sequence[int | None], scenes: Sequence[int] = (), **medium) -> None:
        fields = {"rate": Fraction(25), "time_base": MILLISECOND, "kind": "video"} | medium
        self.medium = Medium("safe.mkv", width=80, height=60, **fields)
        self._times = times
        self._scenes = scenes or [0] * len(times)

    def __iter__(self) -> Iterator[Frame]:
        for index, (time, scene) in enumerate(zip(self._times, self._scenes, strict=True)):
            image = np.full((60, 80, 3), 40, np.uint8)
            rng = np.random.default_rng(scene)
            image[:] = rng.integers(0, 256, (6, 8, 3), np.uint8).repeat(10, 0).repeat(10, 1)
            yield Frame(image, index=index, pts=time, time_base=MILLISECOND)

    def close(self) -> None:
        pass


def records(count: int) -> list[dict]:
    return [{"frame": index, "boxes": []} for index in range(count)]


def looked_at(output: Output, count: int) -> list[int]:
    chosen = checked_frames(output, records(count), count)
    return [record["frame"] for _, record in chosen]


@pytest.mark.parametrize("rate", [12, 25, 30, 60, 120, 1000, None])
def test_every_third_and_the_last_but_not_those_at_which_a_run_looks(rate: int | None) -> None:
    times = [round(1000 * index / (rate or 25)) for index in range(12)]
    output = Output(times, rate=Fraction(rate) if rate else None)
    assert looked_at(output, 12) == [0, 1, 4, 7, 10, 11]


@pytest.mark.parametrize("times", [[0] * 12, [*range(12, 0, -1)], [None] * 12, [*range(-40, -28)]])
def test_whatever_the_clock_says(times: list[int | None]) -> None:
    assert looked_at(Output(times), 12) == [0, 1, 4, 7, 10, 11]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_frames(count: int) -> None:
    assert looked_at(Output([40 * index for index in range(count)]), count)[-1] == count - 1


def test_both_sides_of_a_cut() -> None:
    times, scenes = [40 * index for index in range(12)], [0] * 6 + [1] * 6
    assert looked_at(Output(times, scenes), 12) == [0, 1, 4, 5, 6, 7, 10, 11]


@pytest.mark.slow
@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=40),
    st.lists(st.booleans(), min_size=41, max_size=41),
    st.sampled_from([1, 25, 1000]),
)
def test_no_long_stretch_and_no_side_of_a_cut_is_left_out(
    steps: list[int], cuts: list[bool], rate: int
) -> None:
    times = [0, *np.cumsum(steps).tolist()]
    scenes = np.cumsum(cuts)[: len(times)].tolist()
    looks = looked_at(Output(times, scenes, rate=Fraction(rate)), len(times))
    assert (looks[0], looks[-1]) == (0, len(times) - 1)
    for before, after in pairwise(looks):
        assert 0 < after - before <= LOOK_FRAMES
        elapsed = (times[after] - times[before]) / 1000
        assert after - before == 1 or elapsed <= LONGEST_INTERVAL + 0.002
        assert after - before == 1 or len(set(scenes[before : after + 1])) == 1


@pytest.mark.parametrize("kind", ["image", "animation"])
def test_all_pages_and_all_frames_of_an_animation(kind: str) -> None:
    output = Output([None] * 9, kind=kind, time_base=None, rate=None, frames=9)
    assert looked_at(output, 9) == list(range(9))
    output = Output(list(range(9)), kind="animation", frames=9)
    assert looked_at(output, 9) == list(range(9))


@pytest.mark.parametrize(("written", "word"), [(5, "fewer"), (3, "more")])
def test_an_output_with_other_frames_than_were_written_is_refused(written: int, word: str) -> None:
    with pytest.raises(InputError, match=rf"safe\.mkv has {word} frames than were written"):
        looked_at(Output([0, 40, 80, 120]), written)


@pytest.mark.parametrize("ending", ["gif", "png"])
def test_equal_frames_that_were_stored_as_one_are_found_by_their_times(
    tmp_path: Path, ending: str
) -> None:
    """Pillow merges them; what was known of the third must not be compared with the second."""
    grey = [30, 30, 90, 90, 90, 160]
    frames = [Image.new("RGB", (40, 30), (level,) * 3) for level in grey]
    path = tmp_path / f"a.{ending}"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=50)
    known = [record | {"time": 0.05 * index} for index, record in enumerate(records(6))]
    with open_source(path) as output:
        assert output.medium.frames == 3
        pairs = list(checked_frames(output, known, 6))
    assert [record["frame"] for _, record in pairs] == list(range(6))
    assert [int(frame.image[0, 0, 0]) for frame, _ in pairs] == pytest.approx(grey, abs=2)


def test_an_animation_that_became_one_picture(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (40, 30), (9, 9, 9))] * 4
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=50)
    known = [record | {"time": 0.05 * index} for index, record in enumerate(records(4))]
    with open_source(tmp_path / "a.gif") as output:
        assert len(list(checked_frames(output, known, 4))) == 4


def test_missing_pages_are_no_merged_frames(tmp_path: Path) -> None:
    pages = [Image.new("RGB", (40, 30), (level,) * 3) for level in (10, 90)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    with open_source(tmp_path / "a.tif") as output, pytest.raises(InputError, match="fewer"):
        list(checked_frames(output, records(3), 3))
