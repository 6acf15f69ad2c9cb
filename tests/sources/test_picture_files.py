"""Files of the HEIF family above all: read whole, or refused in one line, never by their tiles."""

import io
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from PIL.ImageCms import ImageCmsProfile, createProfile

from passerby.errors import InputError
from passerby.heif import register_heif
from passerby.sources import open_source
from passerby.sources.images import ImageSource
from passerby.sources.picture_files import is_image


def ramp(width: int, height: int) -> Image.Image:
    """Every corner has a colour of its own, so that a tile is no picture."""
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 0] = np.linspace(0, 255, width)[None]
    image[..., 1] = np.linspace(0, 255, height)[:, None]
    return Image.fromarray(image)


FAST = {"preset": "ultrafast"}


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("a.heic", (300, 200)),
        ("a.HEIC", (256, 256)),
        ("a.jpg", (129, 131)),
        ("a.mp4", (64, 400)),
        ("a.avif", (256, 128)),
    ],
)
def test_tiles_of_a_phone_are_put_together(
    tmp_path: Path, name: str, size: tuple[int, int]
) -> None:
    register_heif()
    path = tmp_path / name
    ramp(*size).save(path, "HEIF", quality=90, tile_size=128, enc_params=FAST)
    assert is_image(path)
    with open_source(path) as source:
        (frame,) = source
        assert (source.medium.kind, source.medium.notes) == ("image", ())
        assert (source.medium.width, source.medium.height) == size
    assert np.abs(frame.image[:, :, ::-1].astype(int) - np.asarray(ramp(*size))).max() < 30


@pytest.mark.parametrize("ending", ["heic", "avif"])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_modes_come_back(tmp_path: Path, ending: str, mode: str) -> None:
    register_heif()
    source_image = ramp(96, 64).convert(mode)
    if mode == "RGBA":
        source_image.putalpha(Image.linear_gradient("L").resize((96, 64)))
    path = tmp_path / f"a.{ending}"
    source_image.save(path, quality=95)
    with open_source(path) as source:
        (frame,) = source
        assert source.medium.grey == (mode == "L")
    expected = np.asarray(source_image.convert("RGBA")).astype(int)
    assert np.abs(frame.image[:, :, ::-1] - expected[:, :, :3]).mean() < 4
    if mode == "RGBA":
        assert np.abs(frame.alpha - expected[:, :, 3]).mean() < 3
    else:
        assert frame.alpha is None


def test_ten_bits_are_reduced_with_a_note(tmp_path: Path) -> None:
    values = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (48, 1))
    file = pillow_heif.from_bytes("I;16", (64, 48), values.tobytes())
    file.save(tmp_path / "a.heic", quality=-1)
    with open_source(tmp_path / "a.heic") as source:
        (frame,) = source
        assert source.medium.notes == (f"{source.medium.bit_depth} bits reduced to 8",)
        assert source.medium.bit_depth > 8
    assert np.abs(frame.image[:, :, 0].astype(int) - (values >> 8)).max() <= 2


def test_the_profile_of_a_phone_is_undone(tmp_path: Path) -> None:
    register_heif()
    profile = ImageCmsProfile(createProfile("sRGB")).tobytes()
    ramp(64, 64).save(tmp_path / "a.heic", quality=95, icc_profile=profile)
    with open_source(tmp_path / "a.heic") as source:
        (frame,) = source
    assert np.abs(frame.image[:, :, ::-1].astype(int) - np.asarray(ramp(64, 64))).max() < 30


def test_avif_under_a_common_brand_is_read(tmp_path: Path) -> None:
    """``mif1`` says nothing of the codec."""
    register_heif()
    for file_format in ("AVIF", "HEIF"):
        memory = io.BytesIO()
        ramp(64, 64).save(memory, file_format)
        content = bytearray(memory.getvalue())
        content[8:12] = b"mif1"
        (tmp_path / "a.jpg").write_bytes(content)
        with open_source(tmp_path / "a.jpg") as source:
            assert len(list(source)) == 1


@pytest.mark.parametrize("brand", [b"hevc", b"msf1", b"heic", b"avis"])
def test_a_sequence_is_refused_in_one_line(make_video, tmp_path: Path, brand: bytes) -> None:
    """Each of its frames would be found by FFmpeg, but perhaps as one of several streams."""
    content = bytearray(make_video("a.mp4", codec="libx265").read_bytes())
    content[8:12] = brand
    path = tmp_path / "a.heics"
    path.write_bytes(content)
    for reader in (open_source, ImageSource):
        with pytest.raises(InputError, match=r"without a picture that can be read") as caught:
            reader(path)
        assert "\n" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["heic", "avif"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_damaged_file_is_no_video(tmp_path: Path, ending: str, share: float) -> None:
    register_heif()
    path = tmp_path / f"a.{ending}"
    ramp(200, 200).save(path, quality=80, tile_size=64, enc_params=FAST)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(InputError) as caught, open_source(path) as source:
        list(source)
    assert "\n" not in str(caught.value)
