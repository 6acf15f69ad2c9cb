from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from passerby.attack.faces import FACE_HEIGHTS, FaceRecogniser, face_bands, open_faces
from passerby.detections import Detections
from passerby.errors import ConfigError, DetectionError, InputError, ModelError

SHARED = Path(__file__).resolve().parents[3] / "shared"


def nobody(_height):
    return lambda image: Detections.none()


def pictures(people=6, each=2, height=60):
    """A white square, the face, on grey of the person."""
    images, faces, ids = [], [], []
    for person in range(people):
        for number in range(each):
            image = np.full((2 * height, 90 + number, 3), 10 * person, np.uint8)
            image[20 : 20 + height, 30:70] = 255
            images.append(image)
            faces.append(np.array([[30, 20, 70, 20 + height]], np.float32))
            ids.append(person)
    return images, faces, ids


def test_faces_are_shrunk_to_each_height_and_put_in_the_middle():
    bands = face_bands(*pictures(), nobody)
    assert [one.height for one in bands] == list(FACE_HEIGHTS)
    for band in bands:
        side = round(2.5 * band.height)
        assert band.crops.images.shape == (12, side, side, 3)
        _, top, _, bottom = band.faces[0]
        assert bottom - top == pytest.approx(band.height, abs=1)
        assert (top + bottom) / 2 == pytest.approx(side / 2, abs=1)
        white = (band.crops.images[0] > 200).all(axis=2)
        rows = np.flatnonzero(white.any(axis=1))
        assert (rows[0], rows[-1] + 1) == pytest.approx((top, bottom), abs=1.1)
        heads = band.crops.heads[0]
        assert heads[1] < top
        assert heads[3] > bottom
        inner = band.inner(band.crops.images)
        assert inner.shape[1] == pytest.approx(1.2 * band.height, abs=1)
        assert len(np.unique(band.crops.cameras)) == 12


def test_faces_are_not_enlarged():
    assert [one.height for one in face_bands(*pictures(height=30), nobody)] == [12, 24]


def test_too_few_people_are_refused_and_pictures_without_a_face_left_out():
    images, faces, ids = pictures()
    with pytest.raises(InputError, match="fewer than 6 people"):
        face_bands(images[:-2], faces[:-2], ids[:-2], nobody)
    faces[0] = np.zeros((0, 4), np.float32)
    with pytest.raises(InputError, match="fewer than 6 people"):
        face_bands(images, faces, ids, nobody)


def written(path: Path, shape=("n", 3, 4, 4)) -> Path:
    """A network with two outputs: the mean of all, and the pixels."""
    taken = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    given = [helper.make_tensor_value_info(one, TensorProto.FLOAT, None) for one in ("m", "f")]
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["m"], axes=[1, 2, 3], keepdims=1),
        helper.make_node("Flatten", ["x"], ["f"]),
    ]
    graph = helper.make_graph(nodes, "g", [taken], given)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, path)
    return path


def test_the_longest_output_counts_and_has_length_one(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (3, 4, 4, 3)).astype(np.uint8)
    rows = FaceRecogniser(written(tmp_path / "a.onnx"), "rgb-127.5")(images)
    fed = (images[..., ::-1].astype(float) - 127.5) / 127.5
    wanted = fed.transpose(0, 3, 1, 2).reshape(3, -1)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    np.testing.assert_allclose(rows, wanted, atol=1e-5)


def test_signatures_that_are_no_numbers_are_refused(tmp_path, monkeypatch):
    recogniser = FaceRecogniser(written(tmp_path / "a.onnx"))
    monkeypatch.setattr(recogniser, "_network", lambda fed: [fed * np.nan])
    with pytest.raises(DetectionError, match="NaN"):
        recogniser(np.zeros((1, 4, 4, 3), np.uint8))


def test_networks_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="unknown input format 'hsv'"):
        FaceRecogniser(written(tmp_path / "a.onnx"), "hsv")
    with pytest.raises(ModelError, match="names no size"):
        FaceRecogniser(written(tmp_path / "b.onnx", ("n", 3, "h", "w")))


def test_folders_that_say_nothing_are_refused(tmp_path):
    recogniser = written(tmp_path / "a.onnx")
    detector = SHARED / "models/yunet_n.onnx"
    if not detector.is_file():
        pytest.skip("the folder shared beside the repository is missing")
    with pytest.raises(InputError, match="is no folder"):
        open_faces(tmp_path / "gone", str(detector), recogniser, "rgb-127.5")
    cv2.imwrite(str(tmp_path / "one.png"), np.zeros((20, 20, 3), np.uint8))
    with pytest.raises(InputError, match="lies in no folder"):
        open_faces(tmp_path, str(detector), recogniser, "rgb-127.5")
    (tmp_path / "one.png").unlink()
    with pytest.raises(InputError, match="fewer than 6 people"):
        open_faces(tmp_path, str(detector), recogniser, "rgb-127.5")
