"""Matroska files that were joined end to end are one film, however many they are."""

import io
from itertools import pairwise
from pathlib import Path

import av
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from passerby.errors import InputError
from passerby.files.matroska import Joined, Segment, pieces_of
from passerby.sources import open_source


def joined(path: Path, *parts: Path) -> Path:
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def rewritten(path: Path, name: str, **options: str) -> Path:
    """The same packets in a container with other options."""
    target = path.with_name(name)
    with av.open(str(path)) as old, av.open(str(target), "w", options=options) as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(video=0):
            if packet.size:
                packet.stream = stream
                new.mux(packet)
    return target


@pytest.mark.parametrize("number", [1, 2, 3, 5])
@pytest.mark.parametrize(("ending", "codec"), [(".mkv", "libx264"), (".webm", "libvpx-vp9")])
@pytest.mark.parametrize("live", ["0", "1"])
def test_every_frame_of_every_piece_is_read(
    read_media, make_video, tmp_path: Path, number: int, ending: str, codec: str, live: str
) -> None:
    """With ``live`` no piece says how long it is, as those of browsers and of crashed recorders."""
    one = rewritten(make_video(f"one{ending}", codec=codec), f"piece{ending}", live=live)
    alone, _, _ = read_media(one)
    path = joined(tmp_path / f"all{ending}", *[one] * number)
    frames, _, error = read_media(path)
    assert error is None
    assert len(frames) == number * len(alone)
    for index, frame in enumerate(frames):
        assert (frame.image == alone[index % len(alone)].image).all()
    times = [frame.time for frame in frames]
    assert all(0.03 < after - before < 0.09 for before, after in pairwise(times))


def test_pieces_of_different_kinds_are_refused(make_video, tmp_path: Path) -> None:
    path = joined(tmp_path / "all.mkv", make_video("a.mkv"), make_video("b.mkv", size=(96, 64)))
    with pytest.raises(InputError, match="holds 2 films of different kinds"):
        open_source(path)


def test_a_last_piece_that_is_cut_off_is_told(read_media, make_video, tmp_path: Path) -> None:
    one = make_video("a.mkv", frames=30, noise=True)
    path = joined(tmp_path / "all.mkv", one, one, one)
    content = path.read_bytes()
    path.write_bytes(content[: -len(content) // 6])
    frames, _, error = read_media(path)
    assert 60 < len(frames) < 90
    assert "it ends in the middle" in str(error)


def test_a_film_inside_another_one_is_no_piece(make_video, tmp_path: Path) -> None:
    """As a recorder may attach one."""
    inner = make_video("inner.mkv").read_bytes()
    void = b"\xec" + (1 << 56 | len(inner)).to_bytes(8) + inner
    outer = make_video("outer.mkv").read_bytes()
    (tmp_path / "a.mkv").write_bytes(outer + void)
    assert len(pieces_of(tmp_path / "a.mkv")) == 1


@given(st.binary(max_size=200))
@example(b"\x80\xec\x01" + 7 * b"\x7e")  # an element that would end far beyond any disk
def test_whatever_follows_the_first_bytes_nothing_is_raised(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("a") / "a.mkv"
    path.write_bytes(b"\x1a\x45\xdf\xa3" + content)
    assert all(0 <= one.start < one.body <= one.end for one in pieces_of(path))


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)), min_size=1, max_size=4), st.data()
)
def test_reads_and_seeks_as_a_file_of_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[int, int]], data: st.DataObject
) -> None:
    content = bytes(range(128))
    place, pieces, kept = 0, [], b""
    for head, body in parts:
        pieces.append(Segment(place, place + head, place + head + body))
        kept += content[place if not kept and len(pieces) == 1 else place + head :][
            : body + (head if len(pieces) == 1 else 0)
        ]
        place += head + body
    path = tmp_path_factory.mktemp("a") / "a"
    path.write_bytes(content)
    file, reference = Joined(path, pieces), io.BytesIO(kept)
    for _ in range(5):
        offset, whence = (
            data.draw(st.integers(0, len(kept) + 3)),
            data.draw(st.sampled_from([0, 2])),
        )
        offset = offset if whence == 0 else -min(offset, len(kept))
        assert file.seek(offset, whence) == reference.seek(offset, whence)
        wanted = data.draw(st.integers(0, 30))
        expected = reference.read(wanted)
        found = b""
        while len(found) < wanted and (part := file.read(wanted - len(found))):
            found += part
        assert found == expected
        assert file.tell() == reference.tell()
    file.close()
