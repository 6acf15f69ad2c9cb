from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from passerby.errors import ConfigError, OutputError, PrivacyError
from passerby.synth.files import FrameFolder, VideoFile, new_folder, write_image
from passerby.synth.picture import Picture
from passerby.types import Frame


def test_a_folder_appears_when_all_is_written(tmp_path):
    target = tmp_path / "deep" / "out"
    with new_folder(target) as folder:
        (folder / "a.txt").write_text("a")
        assert not target.exists()
    assert [path.name for path in target.iterdir()] == ["a.txt"]
    assert list(target.parent.iterdir()) == [target]


def test_an_empty_folder_may_be_filled(tmp_path):
    with new_folder(tmp_path / "out") as folder:
        (tmp_path / "out").mkdir()
        (folder / "a.txt").write_text("a")
    assert (tmp_path / "out" / "a.txt").read_text() == "a"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_nothing_is_left_when_it_breaks_off(tmp_path, error):
    def broken():
        with new_folder(tmp_path / "out") as folder:
            (folder / "a.txt").write_text("a")
            raise error

    with pytest.raises(error):
        broken()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_there_is_left_alone(tmp_path, kind):
    target = tmp_path / "out"
    kept = target / "a.txt" if kind == "folder" else target
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("precious")
    with pytest.raises(OutputError, match="choose another folder"), new_folder(target):
        pytest.fail("nothing may be written")
    assert kept.read_text() == "precious"


def test_a_folder_that_cannot_be_made_is_reported(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(OutputError, match="cannot be made"),
        new_folder(tmp_path / "file" / "out"),
    ):
        pytest.fail("nothing may be written")


def pictures(count, size=(64, 48)):
    width, height = size
    ramp = np.linspace(0, 200, width, dtype=np.uint8)[None, :, None]
    return [np.broadcast_to(ramp + 5 * k, (height, width, 3)).copy() for k in range(count)]


def test_a_video_holds_the_pictures_it_was_given(tmp_path):
    path = tmp_path / "a.mp4"
    with VideoFile(path, (64, 48), 12.5) as video:
        assert [video.write(Picture(image)) for image in pictures(5)] == [path] * 5
    with av.open(path) as container:
        stream = container.streams.video[0]
        assert float(stream.average_rate) == 12.5
        found = [frame.to_ndarray(format="bgr24") for frame in container.decode(stream)]
    assert len(found) == 5
    for image, expected in zip(found, pictures(5), strict=True):
        assert np.abs(image.astype(int) - expected).mean() < 4


def test_a_video_of_odd_size_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="63x48"):
        VideoFile(tmp_path / "a.mp4", (63, 48), 25)
    assert list(tmp_path.iterdir()) == []


def test_frames_are_numbered_from_one(tmp_path):
    with FrameFolder(tmp_path / "img1") as folder:
        paths = [folder.write(Picture(image)) for image in pictures(2)]
    assert paths == [tmp_path / "img1" / name for name in ("000001.jpg", "000002.jpg")]
    assert np.abs(cv2.imread(paths[1]).astype(int) - pictures(2)[1]).mean() < 3


def test_png_keeps_every_pixel(tmp_path):
    image = np.random.default_rng(0).integers(0, 255, (9, 7, 3), dtype=np.uint8)
    write_image(tmp_path / "a.png", Picture(image))
    np.testing.assert_array_equal(cv2.imread(Path(tmp_path / "a.png")), image)


@pytest.mark.parametrize("raw", [np.asarray, Frame, lambda image: [image]])
def test_what_was_not_drawn_here_is_not_written(tmp_path, raw):
    (image,) = pictures(1)
    with VideoFile(tmp_path / "a.mp4", (64, 48), 25) as video:
        video.write(Picture(image))
        with pytest.raises(PrivacyError, match="expected a Picture"):
            video.write(raw(image))
    with FrameFolder(tmp_path / "img1") as folder, pytest.raises(PrivacyError):
        folder.write(raw(image))
    with pytest.raises(PrivacyError):
        write_image(tmp_path / "a.png", raw(image))
    assert list(tmp_path.rglob("*.[jp][pn]g")) == []
