"""Conditions: the same faces for all techniques, originals left alone, large images in memory."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.datasets import ReidDataset
from passerby.detection.files import FileDetections
from passerby.errors import ConfigError
from passerby.reproduce.reid.case import ORIGINAL
from passerby.reproduce.reid.twins import dataset_for
from passerby.reproduce.workspace import Workspace
from passerby.twins.manifest import MANIFEST, read_manifest

pytestmark = pytest.mark.usefixtures("faces_on_top")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_original_images_are_where_they_were(dataset: ReidDataset, workspace: Workspace) -> None:
    images = dataset_for(dataset, ORIGINAL, "quick", workspace)
    assert images.dataset is dataset
    assert (images.settings, images.anonymize, images.faces) == (None, None, None)
    assert list(workspace.root.iterdir()) == []


@pytest.mark.slow
def test_all_techniques_cover_the_same_faces(dataset: ReidDataset, workspace: Workspace) -> None:
    for technique in ("zero", "pixelate"):
        condition = f"dietlmeier-{technique}"
        images = dataset_for(dataset, condition, "quick", workspace)
        assert images.dataset.sha256 == dataset.sha256
        assert images.faces is not None
        _, entries = read_manifest(workspace.twin("market1501", condition) / MANIFEST)
        known = FileDetections(workspace.faces("market1501"))
        for path, entry in entries.items():
            assert entry.faces == len(known.of_file(path, 64, 128))
            assert not entry.covered_in_full


def test_a_folder_may_be_moved(dataset: ReidDataset, tmp_path: Path) -> None:
    first = dataset_for(dataset, "dietlmeier-zero", "quick", Workspace(tmp_path / "here"))
    (tmp_path / "here").rename(tmp_path / "there")
    again = dataset_for(dataset, "dietlmeier-zero", "quick", Workspace(tmp_path / "there"))
    assert again.sha256 == first.sha256


def test_a_twin_of_other_faces_is_refused(dataset: ReidDataset, workspace: Workspace) -> None:
    dataset_for(dataset, "dietlmeier-zero", "quick", workspace)
    file = workspace.faces("market1501")
    file.write_text(file.read_text(encoding="utf-8").replace("24.0", "23.0"), encoding="utf-8")
    with pytest.raises(ConfigError, match="dietlmeier-zero was started with other settings"):
        dataset_for(dataset, "dietlmeier-zero", "quick", workspace)


def test_zero_is_black_where_the_face_is_alone(dataset: ReidDataset, workspace: Workspace) -> None:
    images = dataset_for(dataset, "dietlmeier-zero", "quick", workspace)
    known = FileDetections(workspace.faces("market1501"))
    path = next(s.path for s in dataset.samples if len(known.of_file(s.path, 64, 128)))
    before, after = (cv2.imread(str(one.file(path))) for one in (dataset, images.dataset))
    assert before is not None
    assert after is not None
    assert after[6:20, 26:38].max() < 12
    assert np.abs(before[40:].astype(int) - after[40:]).mean() < 1  # what encoding anew costs


@pytest.mark.slow
def test_hashes_tell_conditions_apart(dataset: ReidDataset, workspace: Workspace) -> None:
    conditions = (ORIGINAL, "van-rooijen-3px", "van-rooijen-black", "dietlmeier-zero")
    hashes = [dataset_for(dataset, one, "quick", workspace).sha256 for one in conditions]
    hashes.append(dataset_for(dataset, "van-rooijen-3px", "paper", workspace).sha256)
    assert len(set(hashes)) == 5


def test_at_paper_scale_nothing_is_written_for_the_top(
    dataset: ReidDataset, workspace: Workspace
) -> None:
    images = dataset_for(dataset, "van-rooijen-black", "paper", workspace)
    assert images.dataset is dataset
    assert images.anonymize is not None
    assert list(workspace.root.iterdir()) == []


def test_an_unknown_condition_is_refused(dataset: ReidDataset, workspace: Workspace) -> None:
    with pytest.raises(ConfigError, match="unknown preset 'mist'"):
        dataset_for(dataset, "mist", "quick", workspace)
