"""Vorbis headers, built by hand as the specification has them."""

import pytest

from passerby.sinks.vorbis import without_comments

IDENTIFICATION = b"\x01vorbis" + bytes(23)
SETUP = b"\x05vorbis" + bytes(range(256)) * 8


def comments(*entries: bytes) -> bytes:
    counted = [len(entry).to_bytes(4, "little") + entry for entry in (b"a vendor", *entries)]
    vendor, *others = counted
    return b"\x03vorbis" + vendor + len(others).to_bytes(4, "little") + b"".join(others) + b"\x01"


def laced(*packets: bytes) -> bytes:
    lengths = b""
    for packet in packets[:-1]:
        lengths += b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255])
    return bytes([len(packets) - 1]) + lengths + b"".join(packets)


@pytest.mark.parametrize("size", [0, 1, 200, 254, 255, 256, 510, 20_000])
def test_comments_go_and_the_rest_stays(size: int) -> None:
    head = laced(IDENTIFICATION, comments(b"TITLE=" + b"x" * size), SETUP)
    empty = b"\x03vorbis" + bytes(4) + bytes(4) + b"\x01"
    assert without_comments(head) == laced(IDENTIFICATION, empty, SETUP)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x02",
        b"\x02\xff\xff",
        laced(IDENTIFICATION, SETUP),
        laced(IDENTIFICATION, SETUP, comments()),
        b"\x00\x1e" + IDENTIFICATION,
        laced(IDENTIFICATION, comments(), b""),
    ],
)
def test_what_is_laid_out_otherwise_is_refused(head: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        without_comments(head)
