"""The sheet shows anonymized people alone, a row each."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from passerby.datasets import ReidDataset, Sample
from passerby.errors import OutputError, PrivacyError
from passerby.files.output_folder import OutputFolder
from passerby.pipeline.settings import Settings
from passerby.runs.datasets.people_sheet import CROP_SIZE, draw_people
from passerby.sinks.contact_sheet import _GAP, _LINE_HEIGHT
from passerby.twins.copy import copy_pictures
from passerby.twins.fingerprint import fingerprint
from passerby.twins.manifest import MANIFEST, write_manifest

WIDTH, HEIGHT = CROP_SIZE[0] + _GAP, CROP_SIZE[1] + 2 * _LINE_HEIGHT + _GAP
BLACK = Settings.of(regions="frame")


@pytest.fixture
def dataset(tmp_path: Path) -> ReidDataset:
    """Five people, the last two with one image each, and somebody whom nobody knows."""
    root = tmp_path / "people"
    root.mkdir()
    images = [(person, camera) for person in (1, 2, 3) for camera in (1, 2)] + [(4, 1), (5, 1)]
    samples = [Sample(f"{p}_{c}.png", p, c, "gallery") for p, c in images]
    samples.append(Sample("0_1.png", 0, 1, "gallery", distractor=True))
    for sample in samples:
        colour = np.full((40, 20, 3), 40 * sample.identity + 5, np.uint8)
        cv2.imwrite(str(root / sample.path), colour)
    return ReidDataset("folder", root, tuple(samples))


def page(sheet: Path) -> np.ndarray:
    with Image.open(sheet) as image:
        return np.asarray(image.convert("RGB"))


def middle(image: np.ndarray, row: int, column: int) -> list[int]:
    """The colour in the middle of a tile."""
    top, left = _GAP + row * HEIGHT + CROP_SIZE[1] // 2, _GAP + column * WIDTH + CROP_SIZE[0] // 2
    pixel: list[int] = image[top, left].tolist()
    return pixel


def test_everything_is_anonymized_before_it_is_drawn(dataset: ReidDataset, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    assert draw_people(dataset, sheet, BLACK, people=3, columns=2) == 6
    image = page(sheet)
    assert image.shape[1] == 2 * WIDTH + _GAP
    for row in range(3):
        for column in range(2):
            assert middle(image, row, column) == [0, 0, 0]


def test_people_who_fill_a_row_come_first(dataset: ReidDataset, tmp_path: Path) -> None:
    plain = Settings.of(regions="top", leave_zone=("0,0 1,0 1,1 0,1",))
    assert draw_people(dataset, tmp_path / "s.png", plain, people=4, columns=2) == 7
    image = page(tmp_path / "s.png")
    assert [middle(image, row, 0)[0] for row in range(4)] == [45, 85, 125, 165]
    assert [middle(image, row, 1)[0] for row in range(3)] == [45, 85, 125]


def twin_of(dataset: ReidDataset, folder: Path, settings: Settings) -> ReidDataset:
    entries = copy_pictures(
        dataset.root, OutputFolder.made(folder), settings, [one.path for one in dataset.samples]
    )
    write_manifest(folder / MANIFEST, {"manifest": 1, **fingerprint(settings)}, entries)  # type: ignore[arg-type]
    return ReidDataset("folder", folder, dataset.samples)


def test_a_twin_that_hides_people_is_shown_as_it_is(dataset: ReidDataset, tmp_path: Path) -> None:
    twin = twin_of(dataset, tmp_path / "twin", Settings.of(regions="top"))
    assert draw_people(twin, tmp_path / "s.png", BLACK, people=3, columns=2) == 6
    assert [middle(page(tmp_path / "s.png"), row, 0)[0] for row in range(3)] == [45, 85, 125]


def test_a_twin_that_hides_nobody_is_anonymized_again(dataset: ReidDataset, tmp_path: Path) -> None:
    weak = Settings.of(preset="de-coninck-quantize")
    twin = twin_of(dataset, tmp_path / "twin", weak)
    draw_people(twin, tmp_path / "s.png", BLACK, people=3, columns=2)
    assert middle(page(tmp_path / "s.png"), 0, 0) == [0, 0, 0]


def test_an_original_in_a_twin_is_not_shown(dataset: ReidDataset, tmp_path: Path) -> None:
    twin = twin_of(dataset, tmp_path / "twin", Settings.of(regions="top"))
    shutil.copy(dataset.file("1_1.png"), tmp_path / "twin" / "1_1.png")
    with pytest.raises(PrivacyError, match=r"is not vouched for by .*manifest\.jsonl"):
        draw_people(twin, tmp_path / "s.png", BLACK)
    assert list(tmp_path.glob("*s.png*")) == []


def test_what_cannot_be_read_is_told_and_left_out(dataset: ReidDataset, tmp_path: Path) -> None:
    told: list[str] = []
    before = draw_people(dataset, tmp_path / "all.png", BLACK)
    dataset.file("1_1.png").write_bytes(b"")
    assert draw_people(dataset, tmp_path / "s.png", BLACK, complain=told.append) == before - 1
    (line,) = told
    assert "1_1.png is empty" in line


def test_where_nothing_can_be_read_there_is_no_sheet(dataset: ReidDataset, tmp_path: Path) -> None:
    for file in dataset.root.glob("*.png"):
        file.write_bytes(b"")
    with pytest.raises(OutputError, match="there is no frame to write"):
        draw_people(dataset, tmp_path / "s.png", BLACK)
    assert not (tmp_path / "s.png").exists()
