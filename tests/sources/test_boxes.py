"""The outermost boxes of files, made by hand."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.sources.boxes import FileKind, file_kind, films_in


def box(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(data)) + kind + data


def large_box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 1) + kind + struct.pack(">Q", 16 + len(data)) + data


def ftyp(main: bytes, *others: bytes) -> bytes:
    return box(b"ftyp", main + bytes(4) + b"".join(others))


MOOV = box(b"moov", bytes(20))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (ftyp(b"heic", b"mif1", b"heic"), FileKind(b"heic", True, False)),
        (ftyp(b"avif"), FileKind(b"avif", True, False)),
        (ftyp(b"mif1", b"heic") + box(b"meta") + box(b"mdat"), FileKind(b"mif1", True, False)),
        (ftyp(b"heic") + box(b"mdat") + box(b"mpvd"), FileKind(b"heic", True, True)),
        (ftyp(b"hevc", b"msf1") + MOOV, FileKind(b"hevc", True, True)),
        (ftyp(b"isom", b"mp42") + MOOV, FileKind(b"isom", False, True)),
        (ftyp(b"mp42", b"mif1", b"heic") + MOOV, FileKind(b"mp42", False, True)),
        (ftyp(b"1234", b"mif1", b"heic") + box(b"meta"), FileKind(b"1234", True, False)),
        (ftyp(b"heic") + large_box(b"mdat", bytes(99)) + MOOV, FileKind(b"heic", True, True)),
        (ftyp(b"crx ", b"isom"), FileKind(b"crx ", False, False)),
        (box(b"moov"), None),
        (b"", None),
        (b"\x89PNG\r\n\x1a\n", None),
    ],
)
def test_what_a_file_says_of_itself(content: bytes, expected: FileKind | None) -> None:
    assert file_kind(io.BytesIO(content)) == expected


@pytest.mark.parametrize("size", [b"\0\0\0\0", b"\0\0\0\1", b"\0\0\0\7", b"\xff\xff\xff\xff"])
def test_boxes_that_cannot_be_followed_end_the_search(size: bytes) -> None:
    content = ftyp(b"heic") + size + b"mdat" + bytes(40)
    is_cut = size == b"\xff\xff\xff\xff"
    assert file_kind(io.BytesIO(content)) == FileKind(b"heic", True, False, is_cut)


@pytest.mark.parametrize("size", [1 << 44, 1 << 63, (1 << 64) - 1])
def test_a_box_that_would_end_beyond_any_disk_is_cut_off(tmp_path, size: int) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes(ftyp(b"heic") + struct.pack(">I", 1) + b"mdat" + struct.pack(">Q", size))
    with path.open("rb") as file:
        assert file_kind(file) == FileKind(b"heic", True, False, is_cut=True)
        assert films_in(file) == 1


def test_a_box_without_end_is_looked_at(tmp_path) -> None:
    content = ftyp(b"heic") + b"\0\0\0\0moov" + bytes(40)
    assert file_kind(io.BytesIO(content)) == FileKind(b"heic", True, True)


@pytest.mark.parametrize("make", [box, large_box])
def test_a_file_that_is_cut_off_is_told(make) -> None:
    content = ftyp(b"heic") + make(b"mdat", bytes(40))
    for length in range(len(ftyp(b"heic")) + 16, len(content)):
        assert file_kind(io.BytesIO(content[:length])).is_cut
    assert not file_kind(io.BytesIO(content)).is_cut
    assert not file_kind(io.BytesIO(content + b"\0" * 7)).is_cut


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(data: bytes) -> None:
    file_kind(io.BytesIO(data))
    file_kind(io.BytesIO(ftyp(b"heic") + data))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (ftyp(b"isom") + MOOV, 1),
        (ftyp(b"isom") + box(b"mdat"), 1),
        ((ftyp(b"isom") + box(b"mdat", bytes(9)) + MOOV) * 3, 3),
        ((ftyp(b"iso5") + MOOV + box(b"moof") + box(b"mdat")) * 3, 1),
    ],
)
def test_films_are_counted_by_their_index(content: bytes, expected: int) -> None:
    assert films_in(io.BytesIO(content)) == expected
