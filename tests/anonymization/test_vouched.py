"""Only the very file that a record vouches for becomes anonymized frames again."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from passerby.anonymization.vouched import Voucher, read_vouched
from passerby.errors import InputError, PrivacyError
from passerby.protection import Protection
from passerby.sources import open_source
from passerby.types import AnonymizedFrame, Frame, Source, require_anonymized

Film = Callable[..., Path]

HEADS = Protection(regions=("heads",), operator="blackout", search="looked for")
RECORD = Path("out") / "report.json"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def output(film: Film) -> Path:
    """A video whose frames differ."""
    return film("out.mkv", lambda frame: [(frame, 4, 8, 20, 255)], frames=12)


def vouchers(sha256: str, **changes: bool) -> dict[str, Voucher]:
    """One for the file and one for another."""
    voucher = Voucher(HEADS, covered_in_full=False, record=RECORD)
    return {sha256: replace(voucher, **changes), "0" * 64: voucher}


def reading(path: Path, wanted: set[int] | None) -> list[AnonymizedFrame]:
    return list(read_vouched(path, vouchers(sha256(path)), open_source, wanted))


def test_frames_carry_what_the_voucher_says(output: Path) -> None:
    (frame,) = reading(output, {3})
    assert frame.protection is HEADS
    assert not frame.covered_in_full
    whole = vouchers(sha256(output), covered_in_full=True)
    (frame,) = read_vouched(output, whole, open_source, {3})
    assert frame.covered_in_full


def test_all_frames_come_if_none_are_named(output: Path) -> None:
    assert [frame.index for frame in reading(output, None)] == list(range(12))


def test_without_any_voucher_nothing_is_read(output: Path) -> None:
    with pytest.raises(PrivacyError, match="is not vouched for by any record"):
        list(read_vouched(output, {}, open_source))


def test_the_wanted_frames_come_back_as_they_are(output: Path) -> None:
    with open_source(output) as source:
        raw = {frame.index: frame.image for frame in source}
    frames = reading(output, {0, 7, 11})
    assert [require_anonymized(frame).index for frame in frames] == [0, 7, 11]
    assert frames[1].time == pytest.approx(7 / 25)
    for frame in frames:
        np.testing.assert_array_equal(frame.image, raw[frame.index])
        assert not frame.image.flags.writeable


def test_frames_that_the_file_does_not_have_do_not_come(output: Path) -> None:
    assert [frame.index for frame in reading(output, {11, 12, 500})] == [11]
    assert reading(output, set()) == []


def test_no_more_is_read_than_is_wanted(output: Path) -> None:
    read = []

    def watched(path: Path) -> Source:
        source = open_source(path)

        class Watched:
            def __iter__(self) -> Iterator[Frame]:
                for frame in source:
                    read.append(frame.index)
                    yield frame

            def close(self) -> None:
                source.close()

        return Watched()

    list(read_vouched(output, vouchers(sha256(output)), watched, {3}))
    assert read == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes() + b"\0"),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:]),
        lambda path: path.write_bytes(b""),
    ],
)
def test_another_file_is_refused_before_it_is_opened(
    output: Path, damage: Callable[[Path], object]
) -> None:
    vouched = sha256(output)
    damage(output)

    def never(_path: Path) -> Source:
        raise AssertionError("it was opened")

    with pytest.raises(PrivacyError, match=r"is not vouched for by out/report\.json"):
        list(read_vouched(output, vouchers(vouched), never, {0}))


@pytest.mark.parametrize("wrong", ["", "1" * 64, "SHA"])
def test_another_hash_is_refused(output: Path, wrong: str) -> None:
    with pytest.raises(PrivacyError):
        list(read_vouched(output, vouchers(wrong), open_source, {0}))


def test_a_file_that_is_replaced_between_hash_and_opening_is_refused(
    output: Path, film: Film
) -> None:
    raw = film("raw.mkv", lambda frame: [(0, 0, 96, 64, 200)], frames=12)

    def slow(path: Path) -> Source:
        shutil.move(raw, path)
        return open_source(path)

    with pytest.raises(PrivacyError):
        list(read_vouched(output, vouchers(sha256(output)), slow, {0}))


def test_a_file_that_changes_while_it_is_read_gives_no_more_frames(output: Path) -> None:
    frames = read_vouched(output, vouchers(sha256(output)), open_source)
    next(frames)
    os.utime(output, ns=(1, 1))
    with pytest.raises(PrivacyError):
        next(frames)


@pytest.mark.parametrize("name", ["gone.mkv", "."])
def test_what_is_no_file_is_one_clear_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        list(read_vouched(tmp_path / name, vouchers("0" * 64), open_source, {0}))
