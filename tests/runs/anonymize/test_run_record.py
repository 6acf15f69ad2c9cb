"""What is kept of frames: saved detections cover, given back, exactly what was covered."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from passerby.cli.app import main
from passerby.detection.settings import DetectionSettings
from passerby.detections import Kind
from passerby.errors import ConfigError
from passerby.pipeline.settings import Settings
from passerby.runs.anonymize import run_record
from passerby.sources import open_source

Film = Callable[..., Path]
Person = tuple[int, int, int, int, int]


def crowd(frame: int) -> list[Person]:
    """Two who walk and now and then hide, one who is there for a moment."""
    people = []
    if frame % 13 > 3:
        people.append((2 + frame, 10 + frame // 10, 10, 40, 254))
    if frame % 20 > 2:
        people.append((84 - frame // 2, 18, 9, 36, 248))
    if 30 <= frame < 36:
        people.append((64, 2, 7, 12, 245))
    return people


def pixels(path: Path) -> np.ndarray:
    with open_source(path) as source:
        return np.stack([frame.image for frame in source])


def agreement(raw: np.ndarray, *copies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pixels of each frame that both copies cover, and that either does."""
    first, second = ((raw != copy).any(axis=-1) for copy in copies)
    return (first & second).sum(axis=(1, 2)), np.maximum((first | second).sum(axis=(1, 2)), 1)


def run(*words: object) -> None:
    assert main(["anonymize", *map(str, words), "--quiet"]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".txt", ".json", ".csv"])
@pytest.mark.parametrize("options", [[], ["--every", "5"], ["--regions", "people"]])
def test_given_back_they_cover_nearly_the_same_pixels(
    film: Film, bright_people: None, tmp_path: Path, ending: str, options: list[str]
) -> None:
    source = film("a.mkv", crowd, frames=60)
    boxes = tmp_path / f"boxes{ending}"
    lossless = ["--codec", "ffv1", *options]
    run(source, "-o", tmp_path / "b.mkv", "--save-detections", boxes, *lossless)
    run(source, "-o", tmp_path / "c.mkv", "--detections", boxes, *lossless)
    raw, first, second = (pixels(tmp_path / name) for name in ("a.mkv", "b.mkv", "c.mkv"))
    shared, either = agreement(raw, first, second)
    assert shared.sum() / either.sum() > 0.95


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.png", "7.png", "000007.png"])
@pytest.mark.parametrize("whole_folder", [False, True])
def test_those_of_a_picture_come_back_by_its_name(
    bright_people: None, tmp_path: Path, name: str, whole_folder: bool
) -> None:
    source = tmp_path / "in" / name
    source.parent.mkdir()
    image = np.full((64, 96, 3), 90, np.uint8)
    image[10:50, 20:30] = 255
    Image.fromarray(image).save(source)
    given, boxes = source.parent if whole_folder else source, tmp_path / "boxes.json"
    run(given, "-o", f"{tmp_path}/b/", "--save-detections", boxes)
    run(source, "-o", tmp_path / "c.png", "--detections", boxes)
    (first,), (second,) = pixels(tmp_path / "b" / name), pixels(tmp_path / "c.png")
    assert not first[12, 25].any()
    assert (first[60] == image[60]).all()
    np.testing.assert_array_equal(first, second)


def beginning(source: Path, target: Path, packets: int) -> None:
    """Copy the first packets of a video's pictures as they are."""
    with av.open(str(source)) as read, av.open(str(target), "w") as write:
        stream = write.add_stream_from_template(read.streams.video[0])
        for packet in islice(read.demux(video=0), packets):
            packet.stream = stream
            write.mux(packet)


@pytest.mark.slow
@pytest.mark.shared
def test_those_of_a_real_clip_come_back(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSERBY_MODELS", str(shared / "models"))
    source = tmp_path / "a.mkv"
    beginning(shared / "data" / "video" / "caviar-stop-front.mp4", source, 60)
    boxes = tmp_path / "boxes.txt"
    run(source, "-o", tmp_path / "b.mkv", "--codec", "ffv1", "--save-detections", boxes)
    run(source, "-o", tmp_path / "c.mkv", "--codec", "ffv1", "--detections", boxes)
    raw, first, second = (pixels(tmp_path / name) for name in ("a.mkv", "b.mkv", "c.mkv"))
    assert (raw != first).any()
    shared, either = agreement(raw, first, second)
    assert shared.sum() / either.sum() > 0.95


# --- What the self-check looks for -----------------------------------------------------------

PEOPLE = {Kind.PERSON, Kind.HEAD, Kind.FACE}


@pytest.mark.parametrize(
    ("options", "kinds"),
    [
        ({}, PEOPLE),
        ({"regions": "faces"}, PEOPLE - {Kind.HEAD}),
        ({"classes": "plate"}, PEOPLE | {Kind.OBJECT}),
        ({"classes": "plate", "regions": "faces"}, (PEOPLE | {Kind.OBJECT}) - {Kind.HEAD}),
        ({"classes": "plate", "regions": "objects"}, {Kind.OBJECT}),
    ],
    ids=str,
)
def test_the_self_check_looks_for_what_is_covered(
    options: dict[str, str], kinds: set[Kind], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def detectors_for(kinds: frozenset[Kind], settings: DetectionSettings) -> None:
        asked.append((kinds, settings.classes))

    monkeypatch.setattr(run_record, "detectors_for", detectors_for)
    settings = Settings.of(self_check=True, **options)
    run_record.Records(settings).close()
    assert asked == [(kinds, settings.cover.classes)]


def test_the_self_check_cannot_look_for_things_of_a_file() -> None:
    settings = Settings.of(self_check=True, regions="objects", detections="boxes.json")
    with pytest.raises(ConfigError, match="cannot look for objects whose boxes come from a file"):
        run_record.Records(settings)
