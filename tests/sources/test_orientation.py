"""Display matrices, against pictures turned by hand."""

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from passerby.sources import open_source
from passerby.sources.orientation import Orientation, orientation_of

STORED = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)


@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (Orientation(), STORED),
        (Orientation(90), STORED[::-1].transpose(1, 0, 2)),
        (Orientation(180), STORED[::-1, ::-1]),
        (Orientation(270), STORED.transpose(1, 0, 2)[::-1]),
        (Orientation(0, mirrored=True), STORED[:, ::-1]),
        (Orientation(90, mirrored=True), STORED[::-1, ::-1].transpose(1, 0, 2)),
    ],
)
def test_apply_turns_clockwise(orientation: Orientation, upright: np.ndarray) -> None:
    np.testing.assert_array_equal(orientation.apply(STORED), upright)


@pytest.mark.parametrize(
    ("counterclockwise", "mirrored", "expected"),
    [
        (0, False, Orientation()),
        (-90, False, Orientation(90)),
        (90, False, Orientation(270)),
        (180, False, Orientation(180)),
        (0, True, Orientation(0, mirrored=True)),
        (-30, False, Orientation()),
        (-100, False, Orientation(90)),
    ],
)
def test_the_matrix_of_a_file_is_read(make_video, counterclockwise, mirrored, expected) -> None:
    def turn(container, stream):
        stream.set_display_rotation(counterclockwise, hflip=mirrored)

    path = make_video("turned.mp4", frames=1, time_base=Fraction(1, 25), prepare=turn)
    with av.open(str(path)) as container:
        assert orientation_of(next(container.decode(video=0))) == expected


def motion_jpeg(path: Path, orientation: int) -> Path:
    """A video whose frames say how to turn them, as those of some cameras do."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    blocks = np.zeros((32, 48, 3), np.uint8)
    blocks[:16, :24] = 255
    memory = io.BytesIO()
    Image.fromarray(blocks).save(memory, "JPEG", exif=exif, quality=95, subsampling=0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 48, 32, "yuv444p"
        stream.codec_context.color_range = 2
        for index in range(4):
            packet = av.Packet(memory.getvalue())
            packet.stream, packet.pts, packet.dts = stream, index, index
            packet.time_base, packet.is_keyframe = Fraction(1, 25), True
            container.mux(packet)
    return path


@pytest.mark.parametrize("ending", ["avi", "mkv", "mov", "mp4"])
@pytest.mark.parametrize(
    ("orientation", "bright"), [(1, (0, 0)), (3, (1, 1)), (6, (0, 1)), (8, (1, 0)), (9, (0, 0))]
)
def test_side_data_that_nobody_knows_is_no_reason_to_fail(
    tmp_path: Path, ending: str, orientation: int, bright: tuple[int, int]
) -> None:
    """The picture's EXIF comes with each frame; which quarter is bright says how it was turned."""
    path = motion_jpeg(tmp_path / f"a.{ending}", orientation)
    with av.open(str(path)) as container, pytest.raises(ValueError, match="is not a valid Type"):
        next(container.decode(video=0)).side_data.get("DISPLAYMATRIX")
    with open_source(path) as source:
        frames = list(source)
        height, width = source.medium.height, source.medium.width
    assert len(frames) == 4
    assert (width, height) == ((48, 32) if orientation in (1, 3, 9) else (32, 48))
    row, column = bright
    quarter = frames[0].image[row * height // 2 :, column * width // 2 :]
    assert quarter[4, 4].min() > 200
    assert frames[0].image.mean() < 90
