"""Each picture gets its copy, and nothing raw or half-written is left of those that fail."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.detections import Detections, Kind
from passerby.files.output_folder import OutputFolder
from passerby.pipeline import stages
from passerby.pipeline.settings import Settings
from passerby.twins import copy as picture_copies
from passerby.twins.copy import Failure, copy_pictures
from passerby.twins.manifest import ManifestEntry

PATH = "query/0007_c1s1_000001_00.jpg"
TOP = Settings.of(regions="top")


@pytest.fixture(autouse=True)
def fresh() -> None:
    picture_copies._pipeline.cache_clear()


def test_a_copy_is_covered_and_its_entry_tells_both_hashes(market: Path, tmp_path: Path) -> None:
    (entry,) = copy_pictures(market, OutputFolder.made(tmp_path / "twin"), TOP, [PATH])
    copy = cv2.imread(str(tmp_path / "twin" / PATH))
    assert copy is not None
    assert copy.shape == (32, 16, 3)
    assert copy[:8].max() < 20  # black, as far as JPEG keeps it beside noise
    assert copy[8:].std() > 40
    hashes = [
        hashlib.sha256((folder / PATH).read_bytes()).hexdigest()
        for folder in (market, tmp_path / "twin")
    ]
    assert entry == ManifestEntry(PATH, *hashes, faces=None, covered_in_full=False)


def test_faces_are_counted_where_they_are_looked_for(
    market: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Detections.of([[2, 2, 8, 8], [9, 2, 14, 8], [0, 0, 16, 32]], kinds=[2, 2, 0])
    assert found.kinds[0] == Kind.FACE
    monkeypatch.setattr(stages, "detectors_for", lambda kinds, settings: lambda image: found)
    (entry,) = copy_pictures(
        market, OutputFolder.made(tmp_path), Settings.of(preset="dietlmeier-zero"), [PATH]
    )
    assert isinstance(entry, ManifestEntry)
    assert entry.faces == 2


@pytest.mark.parametrize(("regions", "faces"), [("heads", None), ("faces", 0)])
def test_boxes_of_a_file_count_as_faces_only_where_faces_alone_are_asked_for(
    market: Path, tmp_path: Path, regions: str, faces: int | None
) -> None:
    boxes = tmp_path / "boxes.json"
    boxes.write_text(
        '{"images": [{"id": 1, "file_name": "0007_c1s1_000001_00.jpg"}], "annotations": [],'
        ' "categories": [{"id": 1, "name": "face"}]}',
        encoding="utf-8",
    )
    settings = Settings.of(regions=regions, detections=str(boxes))
    (entry,) = copy_pictures(market, OutputFolder.made(tmp_path / "twin"), settings, [PATH])
    assert isinstance(entry, ManifestEntry)
    assert entry.faces == faces


def test_a_detector_that_fails_covers_the_whole_picture(
    market: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(image: np.ndarray) -> Detections:
        raise RuntimeError("no memory")

    monkeypatch.setattr(stages, "detectors_for", lambda kinds, settings: fail)
    (entry,) = copy_pictures(
        market, OutputFolder.made(tmp_path / "twin"), Settings.of(regions="faces"), [PATH]
    )
    assert isinstance(entry, ManifestEntry)
    assert entry.covered_in_full
    copy = cv2.imread(str(tmp_path / "twin" / PATH))
    assert copy is not None
    assert not copy.any()


def test_what_cannot_be_read_is_a_failure_and_leaves_nothing(market: Path, tmp_path: Path) -> None:
    (market / PATH).write_bytes((market / PATH).read_bytes()[:400])
    other = "bounding_box_train/0002_c1s1_000451_03.jpg"
    folder = OutputFolder.made(tmp_path / "t")
    failure, gone, entry = copy_pictures(market, folder, TOP, [PATH, "query/x.jpg", other])
    assert isinstance(failure, Failure)
    assert "is damaged" in failure.reason
    assert gone == Failure(
        "query/x.jpg", f"{market / 'query/x.jpg'} does not exist: check the path"
    )
    assert isinstance(entry, ManifestEntry)
    files = [path.relative_to(tmp_path / "t").as_posix() for path in (tmp_path / "t").rglob("*.*")]
    assert files == [other]
