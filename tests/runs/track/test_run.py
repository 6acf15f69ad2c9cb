"""People followed through videos made by hand."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from passerby.detection.files import FileDetections
from passerby.detections import Detections
from passerby.errors import DetectionError, InputError, OutputError
from passerby.pipeline.settings import Settings
from passerby.pipeline.stages import Pipeline
from passerby.runs.track.run import (
    Followed,
    check_video,
    follow,
    follow_boxes,
    interval_of,
    looking_up,
    searching,
    write_numbered,
)
from passerby.sources import open_source
from passerby.track_colours import track_colour

Film = Callable[..., Path]
ADVANCE = lambda: None  # noqa: E731


def bright(image: np.ndarray) -> Detections:
    """People are white; each fills its columns."""
    columns = np.flatnonzero((image == 255).all(axis=2).any(axis=0))
    groups = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    boxes = []
    for group in (one for one in groups if len(one)):
        rows = np.flatnonzero((image[:, group[0]] == 255).all(axis=1))
        boxes.append([group[0], rows[0], group[-1] + 1, rows[-1] + 1])
    return Detections.of(np.reshape(boxes, (-1, 4)), scores=np.full(len(boxes), 0.9))


def walkers(frame: int) -> list[tuple[int, int, int, int, int]]:
    """One walks right by a pixel a frame; another stands there from frame 10 on."""
    return [(2 + frame, 10, 12, 40, 255), *([(76, 14, 10, 36, 255)] if frame >= 10 else [])]


def followed(path: Path, every: int = 1) -> Followed:
    with open_source(path) as source:
        return follow(source, searching(bright, every), every / 25, ADVANCE)


@pytest.mark.parametrize("every", [1, 2, 3])
def test_everybody_has_one_track_and_boxes_between_looks_are_filled_in(
    film: Film, every: int
) -> None:
    found = followed(film("walk.mkv", walkers), every)
    assert (found.frames, found.looks) == (30, -(-30 // every))
    assert found.seconds == pytest.approx(1.2)
    assert [one.person for one in found.people] == [1, 2]
    last = (29 // every) * every
    first = -(-10 // every) * every
    assert [(one.first_frame, one.last_frame) for one in found.people] == [
        (1, last + 1),
        (first + 1, last + 1),
    ]
    assert sorted(found.by_frame) == list(range(last + 1))
    for frame, people in found.by_frame.items():
        assert people.tracks.tolist() == ([1] if frame < first else [1, 2])
        np.testing.assert_allclose(people.boxes[0], [2 + frame, 10, 14 + frame, 50], atol=0.01)
    assert found.most_at_once == 2


def test_progress_is_told_of_every_frame(film: Film) -> None:
    steps: list[None] = []
    with open_source(film("walk.mkv", walkers)) as source:
        follow(source, searching(bright, 3), 0.12, lambda: steps.append(None))
    assert len(steps) == 30


def test_nobody_is_no_track(film: Film) -> None:
    found = followed(film("empty.mkv", lambda frame: []))
    assert (found.people, dict(found.by_frame), found.most_at_once) == ([], {}, 0)


def test_a_detector_that_cannot_tell_ends_it(film: Film) -> None:
    def broken(image: object) -> Detections:
        raise DetectionError("the network failed")

    with (
        open_source(film("walk.mkv", walkers)) as source,
        pytest.raises(DetectionError, match="network failed"),
    ):
        follow(source, searching(broken, 1), 0.04, ADVANCE)


# --- Boxes that are known ----------------------------------------------------------------------


def boxes_of_walkers(every: int) -> dict[int, Detections]:
    return {
        frame: Detections.of(
            [[left, top, left + across, top + down] for left, top, across, down, _ in here]
        )
        for frame in range(0, 30, every)
        for here in [walkers(frame)]
    }


@pytest.mark.parametrize("every", [1, 5])
def test_boxes_alone_give_the_same_tracks(every: int) -> None:
    found = follow_boxes(boxes_of_walkers(every), 25)
    assert [(one.first_frame, one.sightings) for one in found.people] == [
        (1, len(range(0, 30, every))),
        (11, len(range(10, 30, every))),
    ]
    np.testing.assert_allclose(found.by_frame[13].boxes[0], [15, 10, 27, 50], atol=0.01)
    assert found.seconds == pytest.approx((30 - 30 % 5 - (every - 1)) / 25)


def test_no_boxes_are_no_video() -> None:
    found = follow_boxes({}, 25)
    assert (found.people, found.frames, found.seconds) == ([], 0, 0)


def test_looks_that_found_nobody_do_not_change_the_interval() -> None:
    assert interval_of([0, 5, 10, 15, 40, 45], 25) == 0.2
    assert interval_of([3], 25) == interval_of([], 25) == 0.04


def test_boxes_of_a_file_are_looked_up(film: Film, tmp_path: Path) -> None:
    lines = [
        f"{frame + 1},-1,{left},{top},{across},{down},0.9\n"
        for frame in range(0, 30, 2)
        for left, top, across, down, _ in walkers(frame)
    ]
    (tmp_path / "boxes.txt").write_text("".join(lines), encoding="utf-8")
    file = FileDetections(tmp_path / "boxes.txt")
    with open_source(film("walk.mkv", walkers)) as source:
        look = looking_up(file, range(0, 30, 2), "walk.mkv", source.medium)
        found = follow(source, look, 0.08, ADVANCE)
    assert found.looks == 15
    assert [one.first_frame for one in found.people] == [1, 11]


def test_a_file_about_another_size_is_refused(film: Film, tmp_path: Path) -> None:
    (tmp_path / "boxes.txt").write_text("1,-1,400,300,20,50,0.9\n", encoding="utf-8")
    file = FileDetections(tmp_path / "boxes.txt")
    with open_source(film("walk.mkv", walkers)) as source:
        look = looking_up(file, [0], "walk.mkv", source.medium)
        with pytest.raises(InputError, match="a box lies outside of 96x64 pixels"):
            follow(source, look, 0.04, ADVANCE)


# --- The video with the numbers ------------------------------------------------------------------


def test_numbers_are_drawn_over_covered_people(film: Film, tmp_path: Path) -> None:
    clip = film("walk.mkv", walkers)
    people, target = followed(clip).by_frame, tmp_path / "numbered.mkv"
    settings, steps = Settings.of(regions="people", every=1), []
    with open_source(clip) as source, Pipeline(settings, bright) as pipeline:
        write_numbered(source, target, people, pipeline, lambda: steps.append(1))
    assert len(steps) == 30
    with open_source(target) as source:
        frames = [frame.image.astype(int) for frame in source]
    assert len(frames) == 30
    for index, image in enumerate(frames):
        inside = image[22:46, 5 + index : 11 + index]  # below the number
        assert inside.max() < 60  # nothing of the white person is left
        line = image[25:45, 2 + index].mean(axis=0)
        assert np.abs(line - track_colour(1)).max() < 90  # a thin line, in a lossy video
    assert frames[5][25:45, 76].max() < 60 < frames[25][25:45, 76].max()  # not yet, and there


def test_of_a_copy_that_fails_nothing_is_left(film: Film, tmp_path: Path) -> None:
    clip = film("walk.mkv", walkers)

    def broken() -> None:
        raise InputError("the source broke off")

    with (
        open_source(clip) as source,
        Pipeline(Settings.of(regions="top")) as pipeline,
        pytest.raises(InputError, match="broke off"),
    ):
        write_numbered(source, tmp_path / "numbered.mp4", {}, pipeline, broken)
    assert [one.name for one in tmp_path.iterdir()] == ["walk.mkv"]


def test_a_video_is_named_so() -> None:
    check_video(Path("a.MP4"))
    with pytest.raises(OutputError, match=r"a\.png will hold a video: end its name"):
        check_video(Path("a.png"))
