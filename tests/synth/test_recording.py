import json

import av
import cv2
import numpy as np
import pytest

from passerby.errors import ConfigError
from passerby.synth.people import World
from passerby.synth.recording import Recording, above, around, calibration, film

SIZE = (160, 90)


@pytest.fixture(scope="module", params=[False, True], ids=["videos", "frames"])
def filmed(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("film")
    seen = []
    recording = Recording(0.24, 25, as_frames=request.param)
    film(World.random(1, 4), around(2, 6, SIZE), recording, folder, lambda: seen.append(1))
    assert len(seen) == 2 * 6
    return folder


def test_every_camera_has_its_files(filmed):
    for camera in ("camera-1", "camera-2"):
        files = {
            path.relative_to(filmed / camera).as_posix() for path in (filmed / camera).rglob("*.*")
        }
        assert files >= {"gt/gt.txt", "gt/heads.txt", "seqinfo.ini", "coco.json"}


def test_pictures_are_where_the_coco_file_says(filmed):
    for camera in ("camera-1", "camera-2"):
        document = json.loads((filmed / camera / "coco.json").read_text())
        paths = [filmed / camera / image["file_name"] for image in document["images"]]
        assert len(paths) == 6
        if paths[0].suffix == ".jpg":
            assert [cv2.imread(path).shape for path in paths] == [(90, 160, 3)] * 6
        else:
            with av.open(paths[0]) as container:
                assert sum(1 for _ in container.decode(video=0)) == 6


def test_text_and_json_say_the_same(filmed):
    rows = np.loadtxt(filmed / "camera-1" / "gt" / "gt.txt", delimiter=",")
    document = json.loads((filmed / "camera-1" / "coco.json").read_text())
    persons = [one for one in document["annotations"] if one["category_id"] == 1]
    assert len(rows) == len(persons) > 6
    np.testing.assert_allclose(rows[:, 2:6], [one["bbox"] for one in persons], atol=0.02)
    assert rows[:, 1].tolist() == [one["track_id"] for one in persons]
    assert (rows[:, 0] >= 1).all()
    assert (rows[:, 0] <= 6).all()


def test_the_calibration_is_what_opencv_needs(filmed):
    stored = json.loads((filmed / "cameras.json").read_text())
    for camera, entry in zip(around(2, 6, SIZE), stored, strict=True):
        assert entry == calibration(camera)
        turn, _ = cv2.Rodrigues(np.array(entry["rotation"]))
        point = np.array([[0.3, -0.2, 1.0]])
        where = np.array(entry["translation"]), np.array(entry["matrix"])
        np.testing.assert_allclose(
            cv2.projectPoints(point, turn, *where, None)[0][0], camera.project(point)[0], atol=1e-6
        )


def test_cameras_around_a_place_all_see_its_middle():
    for camera in [*around(5, 8, SIZE), above(4, SIZE)]:
        assert camera.sees(np.array([[0.0, 0.0, 1.0]])).all()
    assert len({camera.name for camera in around(5, 8, SIZE)}) == 5


def test_no_camera_is_refused():
    with pytest.raises(ConfigError, match="0 cameras"):
        around(0, 8, SIZE)


def test_the_shortest_recording_has_a_frame():
    assert Recording(0.001, 25).frames == 1
    assert Recording(20, 25).frames == 500
