"""What Pillow's decoders leave to others, with files written by tifffile and by hand."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageOps

from passerby.errors import InputError
from passerby.heif import register_heif
from passerby.sources.images import ImageSource
from passerby.sources.loading import loaded, turn_of
from passerby.sources.picture_files import open_picture

PICTURE = np.random.default_rng(1).integers(0, 256, (3, 5, 3)).astype(np.uint8)

XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>"""


def read(path: Path) -> np.ndarray:
    with ImageSource(path) as source:
        (frame,) = source
        assert frame.image.shape == (source.medium.height, source.medium.width, 3)
        return frame.image[:, :, ::-1]


def exif(orientation: int) -> bytes:
    fields = Image.Exif()
    fields[0x0112] = orientation
    return fields.tobytes()


@pytest.mark.parametrize("orientation", [*range(10), 255, 65535])
@pytest.mark.parametrize("ending", ["png", "tif", "webp"])
def test_orientation_is_applied_once_as_pillow_does(
    tmp_path: Path, orientation: int, ending: str
) -> None:
    """Pillow turns a TIFF when it loads it, and leaves the others to us."""
    path = tmp_path / f"turned.{ending}"
    Image.fromarray(PICTURE).save(path, exif=exif(orientation), lossless=True)
    with Image.open(path) as source:
        np.testing.assert_array_equal(read(path), np.asarray(ImageOps.exif_transpose(source)))


@pytest.mark.slow
@pytest.mark.parametrize("orientation", [*range(10), 65535])
@pytest.mark.parametrize("ending", ["heic", "avif"])
def test_heic_and_avif_are_turned_once(tmp_path: Path, orientation: int, ending: str) -> None:
    register_heif()
    blocks = np.zeros((24, 40, 3), np.uint8)
    blocks[:12, :20] = (240, 30, 30)
    path = tmp_path / f"turned.{ending}"
    Image.fromarray(blocks).save(path, exif=exif(orientation), quality=95)
    turned = Image.fromarray(blocks)
    turned.getexif()[0x0112] = orientation
    expected = np.asarray(ImageOps.exif_transpose(turned)).astype(int)
    found = read(path)
    assert found.shape == expected.shape
    assert np.abs(found - expected)[::3, ::3].mean() < 12  # colours bleed at the edges


@pytest.mark.parametrize("ending", ["jpg", "webp", "tif", "avif"])
def test_an_orientation_in_xmp_counts_for_nothing(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    Image.new("RGB", (40, 20)).save(path, xmp=XMP)
    assert read(path).shape == (20, 40, 3)


@pytest.mark.parametrize("value", ["6", b"6", (6, 6), 6.0, None])
def test_an_orientation_of_the_wrong_type_means_upright(value: Any) -> None:
    memory = io.BytesIO()
    Image.fromarray(PICTURE).save(memory, "PNG")
    with open_picture(Path("a.png"), memory) as source:
        source.getexif()[0x0112] = value
        assert turn_of(source) is None
        np.testing.assert_array_equal(np.asarray(loaded(source)), PICTURE)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("layout", [{}, {"tile": (16, 16)}, {"rowsperstrip": 3}])
def test_a_negative_is_shown_as_viewers_show_it(tmp_path: Path, dtype: str, layout: dict) -> None:
    """Photometric interpretation 0: white is zero (TIFF 6.0, page 37)."""
    top = np.iinfo(dtype).max
    values = np.random.default_rng(0).integers(0, top + 1, (20, 30)).astype(dtype)
    path = tmp_path / "negative.tif"
    tifffile.imwrite(path, values, photometric="miniswhite", **layout)
    expected = ((top - values) >> (8 if dtype == "uint16" else 0)).astype(np.uint8)
    np.testing.assert_array_equal(read(path)[:, :, 0], expected)


def test_a_negative_of_one_bit_is_inverted(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 2, (9, 17)).astype(bool)
    tifffile.imwrite(tmp_path / "fax.tif", values, photometric="miniswhite")
    np.testing.assert_array_equal(read(tmp_path / "fax.tif")[:, :, 0], np.where(values, 0, 255))


@pytest.mark.parametrize(
    ("planes", "dtype"), [("contig", "uint8"), ("separate", "uint8"), ("contig", "uint16")]
)
def test_strips_and_planes_are_put_together(tmp_path: Path, planes: str, dtype: str) -> None:
    values = np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(dtype)
    values = values if dtype == "uint8" else values << 8
    stored = values if planes == "contig" else np.moveaxis(values, 2, 0)
    path = tmp_path / "planes.tif"
    tifffile.imwrite(path, stored, photometric="rgb", planarconfig=planes, rowsperstrip=7)
    np.testing.assert_array_equal(read(path), values >> (8 if dtype == "uint16" else 0))


def test_deep_planes_are_refused(tmp_path: Path) -> None:
    """Pillow would show the upper and lower halves of each number side by side."""
    path = tmp_path / "planes.tif"
    values = np.zeros((3, 40, 50), np.uint16)
    tifffile.imwrite(path, values, photometric="rgb", planarconfig="separate")
    with pytest.raises(InputError, match="separate planes"):
        ImageSource(path)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(rows: list[bytes], width: int, depth: int, colour: int, clear: bytes) -> bytes:
    """A PNG with a colour that is transparent (PNG specification, 11.3.2.1)."""
    header = struct.pack(">IIBBBBB", width, len(rows), depth, colour, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    chunks = ((b"IHDR", header), (b"tRNS", clear), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (png([b"\x1b"], 4, 2, 0, b"\0\2"), [255, 255, 0, 255]),
        (png([b"\x01\x2f"], 4, 4, 0, b"\0\x02"), [255, 255, 0, 255]),
        (png([b"\xa0"], 4, 1, 0, b"\0\1"), [0, 255, 0, 255]),
        (png([b"\xa0"], 4, 1, 0, b"\0\0"), [255, 0, 255, 0]),
        (png([bytes([9, 8, 7, 6])], 4, 8, 0, b"\0\7"), [255, 255, 0, 255]),
        (png([struct.pack(">4H", 9, 4000, 4001, 0)], 4, 16, 0, b"\x0f\xa0"), [255, 0, 255, 255]),
        (png([bytes([1, 2, 3, 4, 5, 6])], 2, 8, 2, b"\0\4\0\5\0\6"), [255, 0]),
        (
            png([struct.pack(">6H", 4000, 1, 2, 40000, 3, 4)], 2, 16, 2, b"\x9c\x40\0\3\0\4"),
            [255, 0],
        ),
    ],
)
def test_a_colour_that_is_transparent_is_found_at_any_depth(
    tmp_path: Path, content: bytes, expected: list[int]
) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with ImageSource(tmp_path / "a.png") as source:
        (frame,) = source
    assert frame.alpha is not None
    assert frame.alpha[0].tolist() == expected
