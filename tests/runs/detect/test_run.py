"""Many inputs looked at: what is noted of each, and what is kept when one fails."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from passerby.detections import Detections, Kind
from passerby.errors import DetectionError
from passerby.media import Medium
from passerby.runs.detect.results_file import ResultsFile
from passerby.runs.detect.run import DetectionRun, LookedAt
from passerby.sources import expand
from passerby.types import Detector, Image

Film = Callable[..., Path]


class Told:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def start(self, name: str, medium: Medium) -> None:
        self.events.append(f"start {Path(name).name} {medium.kind}")

    def advance(self) -> None:
        self.events.append("frame")

    def finish(self, item: LookedAt) -> None:
        self.events.append(f"finish {Path(item.source).name}")


def both(_image: Image) -> Detections:
    return Detections.of([[0, 0, 8, 20], [2, 0, 6, 4]], [0.9, 0.8], [Kind.PERSON, Kind.HEAD])


def nobody(_frame: int) -> list[tuple[int, int, int, int, int]]:
    return []


def run(folder: Path, detector: Detector, every: int = 1) -> tuple[DetectionRun, Told, list[dict]]:
    told, target = Told(), folder / "boxes.json"
    with ResultsFile(target) as file:
        done = DetectionRun(detector, file, told, every)
        done.process(expand([folder]))
        file.commit()
    return done, told, json.loads(target.read_text(encoding="utf-8"))


def test_progress_is_told_of_every_frame_also_of_those_nobody_looks_at(
    film: Film, tmp_path: Path
) -> None:
    film("a.mkv", nobody, frames=5)
    done, told, _ = run(tmp_path, both, every=2)
    assert told.events == ["start a.mkv video", *["frame"] * 5, "finish a.mkv"]
    (item,) = done.items
    assert (item.looks, item.boxes) == (3, Counter({Kind.PERSON: 3, Kind.HEAD: 3}))
    assert item.error is None
    assert item.seconds > 0
    assert item.medium is not None


def test_of_an_input_that_fails_half_way_nothing_is_kept(film: Film, tmp_path: Path) -> None:
    for name in ("a.mkv", "b.mkv", "c.mkv"):
        film(name, nobody, frames=3)
    looks = 0

    def failing_once(image: Image) -> Detections:
        nonlocal looks
        looks += 1
        if looks == 5:
            raise DetectionError("dark")
        return both(image)

    done, _, written = run(tmp_path, failing_once)
    assert [item.error for item in done.items] == [None, "dark", None]
    assert done.items[1].complaint == f"{tmp_path / 'b.mkv'}: dark"
    assert [one["file_name"] for one in written] == ["a.mkv"] * 6 + ["c.mkv"] * 6
    assert [one["image_id"] for one in written] == [n // 2 for n in range(12)]


@pytest.mark.parametrize("error", [ZeroDivisionError("a bug"), MemoryError(), RecursionError()])
def test_what_is_not_ours_fails_its_input_too(error: Exception, film: Film, tmp_path: Path) -> None:
    film("a.mkv", nobody, frames=1)
    film("b.mkv", nobody, frames=1)
    images = iter([error, None])

    def bug(_image: Image) -> Detections:
        raised = next(images)
        if raised is not None:
            raise raised
        return Detections.none()

    done, *_ = run(tmp_path, bug)
    assert [item.error is None for item in done.items] == [False, True]
    assert "\n" not in (done.items[0].error or "")


def test_a_complaint_names_its_input_once() -> None:
    assert LookedAt("a.mp4").complaint is None
    assert LookedAt("a.mp4", error="a.mp4 is empty").complaint == "a.mp4 is empty"
    assert LookedAt("a.mp4", error="dark").complaint == "a.mp4: dark"


def test_the_detector_sees_the_pixels_as_they_are(film: Film, tmp_path: Path) -> None:
    film("a.mkv", lambda _: [(20, 10, 10, 40, 255)], frames=1)
    seen: list[np.ndarray] = []

    def keep(image: Image) -> Detections:
        seen.append(image)
        return Detections.none()

    run(tmp_path, keep)
    assert (seen[0][10:50, 20:30] == 255).all()


def test_every_page_is_looked_at_whatever_is_asked_of_videos(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    pages = [Pillow.new("RGB", (40, 30), (level,) * 3) for level in (10, 90, 200)]
    pages[0].save(folder / "a.tif", save_all=True, append_images=pages[1:])
    batch, _, _ = run(folder, both, every=3)
    assert [item.looks for item in batch.items] == [3]
