"""Faces are looked for once, and every picture is listed."""

import json
from pathlib import Path

import pytest

from passerby.datasets import ReidDataset
from passerby.detection.files import FileDetections
from passerby.detections import Kind
from passerby.errors import InputError
from passerby.reproduce.reid import faces
from passerby.reproduce.reid.faces import faces_found, find_faces

pytestmark = pytest.mark.usefixtures("faces_on_top")


@pytest.mark.slow
def test_every_picture_is_listed_with_its_faces(dataset: ReidDataset, tmp_path: Path) -> None:
    file, told = tmp_path / "faces.json", []
    find_faces(dataset, file, progress=lambda *progress: told.append(progress))
    assert told[-1] == (64, 64)
    known = FileDetections(file)
    finder, found = faces._detector(), {}
    for sample in dataset.samples:
        detections = known.of_file(sample.path, 64, 128)
        image = faces.raw_frame(dataset.file(sample.path)).image
        expected = finder(image)
        assert detections.failure is None
        assert detections.boxes.tolist() == expected.boxes.tolist()
        assert set(detections.kinds.tolist()) <= {Kind.FACE}
        found.setdefault(sample.subset, []).append(len(expected) > 0)
    shares = faces_found(dataset, file)["with_faces"]
    assert set(shares) == {"train", "query", "gallery"}
    for subset, each in found.items():
        expected_share = pytest.approx(sum(each) / len(each), abs=1e-4)
        assert shares[subset] == {"images": len(each), "share": expected_share}


def test_they_are_found_once(dataset: ReidDataset, tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "faces.json"
    find_faces(dataset, file)
    before = file.read_bytes()
    monkeypatch.setattr(faces, "_detector", lambda: pytest.fail("looked again"))
    find_faces(dataset, file)
    assert file.read_bytes() == before
    info = json.loads(before)["info"]
    assert (info["detector"], info["models"]) == ("yunet-n", {"finder": "5f"})


def test_faces_by_another_detector_are_refused(
    dataset: ReidDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "faces.json"
    find_faces(dataset, file)
    monkeypatch.setattr(faces, "model_hashes", lambda _kinds, _settings: {"finder": "a0"})
    with pytest.raises(InputError, match="or by another detector"):
        find_faces(dataset, file)


def test_faces_of_another_data_set_are_refused(dataset: ReidDataset, tmp_path: Path) -> None:
    file = tmp_path / "faces.json"
    file.write_text('{"info": {"index_sha256": "another"}}', encoding="utf-8")
    with pytest.raises(InputError, match="is of another data set"):
        find_faces(dataset, file)


@pytest.mark.parametrize("text", ["", "[]", "{}"])
def test_a_damaged_file_is_refused(dataset: ReidDataset, tmp_path: Path, text: str) -> None:
    file = tmp_path / "faces.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read as faces: remove it"):
        find_faces(dataset, file)


@pytest.mark.shared
def test_the_network_finds_a_face(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a crop of somebody whose face can be seen, in its upper third."""
    monkeypatch.undo()
    monkeypatch.setenv("PASSERBY_MODELS", str(shared / "models"))
    detector = faces.detectors_for(frozenset({Kind.FACE}), faces.FINDING)
    root = shared / "data" / "reid" / "market1501-500" / "query"
    pictures = [faces.raw_frame(path).image for path in sorted(root.glob("*.jpg"))[:30]]
    tops = [found.boxes[:, 1] for found in map(detector, pictures) if len(found)]
    assert 5 <= len(tops) <= 28
    assert sum(top.min() < 43 for top in tops) >= 0.8 * len(tops)
