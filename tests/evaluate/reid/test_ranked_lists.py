"""What was found is shown, and no image as it was."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from passerby.datasets import ReidDataset, Sample
from passerby.errors import ConfigError, InputError
from passerby.evaluate.reid.protocol import Protocol
from passerby.evaluate.reid.ranked_lists import draw_ranked_lists, nearest_images
from passerby.matching.reranking import Reranking
from passerby.pipeline.description import raw_frame
from passerby.signatures.signatures import Signatures
from passerby.sinks.ranked_lists import COLOURS
from passerby.sinks.tiles import _GAP, FRAME, TILE_SIZE

SKY, COAT = (10, 10, 250), (10, 250, 10)


@pytest.fixture
def dataset(tmp_path: Path) -> ReidDataset:
    samples = (
        Sample("q.png", identity=1, camera=1, subset="query"),
        Sample("right.png", identity=1, camera=2, subset="gallery"),
        Sample("wrong.png", identity=2, camera=2, subset="gallery"),
    )
    for sample in samples:
        picture = Image.new("RGB", TILE_SIZE, COAT)
        picture.paste(SKY, (0, 0, TILE_SIZE[0], TILE_SIZE[1] // 4))
        picture.save(tmp_path / sample.path)
    return ReidDataset("folder", tmp_path, samples)


def shown(target: Path, column: int) -> npt.NDArray[np.uint8]:
    """What a picture shows of an image of its first row."""
    left, top = _GAP + column * (TILE_SIZE[0] + 2 * FRAME + _GAP) + FRAME, _GAP + FRAME
    with Image.open(target) as picture:
        return np.asarray(picture.convert("RGB"))[
            top : top + TILE_SIZE[1], left : left + TILE_SIZE[0]
        ]


def test_frames_tell_right_from_wrong_and_clothes_keep_their_colours(
    dataset: ReidDataset, tmp_path: Path
) -> None:
    target = tmp_path / "lists.png"
    draw_ranked_lists(target, dataset, raw_frame, np.array([0]), [np.array([1, 0])])
    with Image.open(target) as picture:
        page = np.asarray(picture.convert("RGB")).astype(int)
    step = TILE_SIZE[0] + 2 * FRAME + _GAP
    for column, role in enumerate(("query", "other", "match")):
        assert tuple(page[_GAP + 1, _GAP + column * step + 1]) == COLOURS[role]  # type: ignore[index]
        image = shown(target, column)
        assert (image[: TILE_SIZE[1] // 4] == SKY).all()
        assert (image[TILE_SIZE[1] // 4 :] == COAT).all()


def test_of_a_face_wherever_it_is_eight_by_eight_cells_are_shown(
    dataset: ReidDataset, tmp_path: Path
) -> None:
    """Any face is less than noise, of which every pixel is something to know it by."""
    target = tmp_path / "lists.png"
    noise = np.random.default_rng(0).integers(0, 256, (TILE_SIZE[1], TILE_SIZE[0], 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "q.png")
    draw_ranked_lists(target, dataset, raw_frame, np.array([0]), [np.array([0])])
    cells = shown(target, 0).reshape(8, TILE_SIZE[1] // 8, 8, TILE_SIZE[0] // 8, 3)
    assert (cells == cells[:, :1, :, :1]).all()
    means = noise.reshape(8, TILE_SIZE[1] // 8, 8, TILE_SIZE[0] // 8, 3).mean(axis=(1, 3))
    assert np.abs(cells[:, 0, :, 0] - means).max() <= 1


def test_nothing_is_left_when_an_image_cannot_be_read(dataset: ReidDataset, tmp_path: Path) -> None:
    (tmp_path / "wrong.png").unlink()
    before = set(tmp_path.iterdir())
    with pytest.raises(InputError, match=r"wrong\.png is missing"):
        draw_ranked_lists(
            tmp_path / "lists.png", dataset, raw_frame, np.array([0]), [np.array([0, 1])]
        )
    assert set(tmp_path.iterdir()) == before
    with pytest.raises(ConfigError, match=r"lists.jpg: ranked lists are a PNG"):
        draw_ranked_lists(
            tmp_path / "lists.jpg", dataset, raw_frame, np.array([0]), [np.array([0])]
        )


@pytest.mark.parametrize("protocol", [Protocol(), Protocol(reranking=Reranking(k1=5, k2=2))])
def test_the_nearest_come_first_and_what_is_left_out_not_at_all(
    people: Callable[..., tuple[Signatures, Signatures]], protocol: Protocol
) -> None:
    query, gallery = people(6, 30)
    found = nearest_images(query, gallery, protocol, np.array([2, 4]), 30)
    assert len(found) == 2
    for number, images in zip((2, 4), found, strict=True):
        own = (gallery.ids == query.ids[number]) & (gallery.cameras == query.cameras[number])
        assert sorted(images.tolist()) == np.flatnonzero(~own).tolist()
    if protocol.reranking is None:
        unit = [
            side.features[:] / np.linalg.norm(side.features[:], axis=1, keepdims=True)
            for side in (query, gallery)
        ]  # type: ignore[index,arg-type]
        for number, images in zip((2, 4), found, strict=True):
            cosines = unit[1][images] @ unit[0][number]
            assert (np.diff(cosines) <= 1e-6).all()
