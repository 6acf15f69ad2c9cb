import io
from contextlib import redirect_stdout

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays
from pycocotools import mask as reference
from pycocotools.coco import COCO

from passerby.synth.camera import raised
from passerby.synth.coco import CATEGORIES, CocoFile, run_lengths
from passerby.synth.people import World

# A fault of pycocotools with NumPy 2 that does no harm here.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@given(arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=12)))
def test_run_lengths_are_read_back_by_pycocotools(mask):
    height, width = mask.shape
    packed = reference.frPyObjects(
        {"size": [height, width], "counts": run_lengths(mask)}, height, width
    )
    np.testing.assert_array_equal(reference.decode(packed), mask)


@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    world = World.random(2, 5)
    camera = raised(np.zeros(2), 1.0, 6.0, name="camera-1", size=(320, 180))
    shots = list(world.shots(camera, world.moments(3), rate=25))
    coco = CocoFile()
    for shot in shots:
        coco.add(shot, f"img1/{shot.index + 1:06d}.jpg")
    path = tmp_path_factory.mktemp("coco") / "coco.json"
    coco.write(path)
    with redirect_stdout(io.StringIO()):
        return shots, COCO(path)


def test_pycocotools_reads_every_picture_box_and_mask(filmed):
    shots, coco = filmed
    assert [image["frame_id"] for image in coco.loadImgs(coco.getImgIds())] == [0, 1, 2]
    for shot, image_id in zip(shots, coco.getImgIds(), strict=True):
        ids = coco.getAnnIds(imgIds=image_id, catIds=[CATEGORIES["person"]])
        for seen, annotation in zip(shot.sightings, coco.loadAnns(ids), strict=True):
            left, top, right, bottom = seen.box
            expected = (left, top, right - left, bottom - top)
            np.testing.assert_allclose(annotation["bbox"], expected, atol=0.02)
            np.testing.assert_array_equal(coco.annToMask(annotation), seen.mask(320, 180))
            assert annotation["area"] == seen.shape.sum()
            assert annotation["track_id"] == seen.identity


def test_heads_are_a_category_of_their_own(filmed):
    shots, coco = filmed
    heads = coco.loadAnns(coco.getAnnIds(catIds=[CATEGORIES["head"]]))
    expected = sum(seen.head_visibility > 0 for shot in shots for seen in shot.sightings)
    assert len(heads) == expected > 5
