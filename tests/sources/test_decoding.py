"""Videos that are cut off or damaged: all there is comes out, and then the fault."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest

from passerby.errors import InputError
from passerby.sources import open_source

CONTAINERS = {
    "a.mp4": {},
    "a.mkv": {"time_base": Fraction(1, 1000)},
    "a.webm": {"codec": "libvpx-vp9", "time_base": Fraction(1, 1000)},
    "a.avi": {"codec": "mpeg4", "time_base": Fraction(1, 25)},
    "a.ts": {"time_base": Fraction(1, 90000)},
    "a.mpg": {"codec": "mpeg2video", "time_base": Fraction(1, 25)},
    "a.flv": {"codec": "flv", "time_base": Fraction(1, 25)},
}


def cut(path: Path, share: float) -> Path:
    """An odd length ends inside a packet of a transport stream, never between two of them."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share) | 1])
    return path


def make_long(make_video: Callable[..., Path], name: str) -> Path:
    """Noise makes every frame as large as the next, so that a cut hits many of them."""
    return make_video(name, frames=60, size=(96, 64), noise=True, **CONTAINERS[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.avi", "a.mkv", "a.ts", "a.mpg", "a.webm", "a.flv"])
@pytest.mark.parametrize("share", [0.5, 0.8])
def test_a_cut_off_video_gives_what_there_is_and_then_says_so(
    read_media, make_video, name: str, share: float
) -> None:
    frames, _, error = read_media(cut(make_long(make_video, name), share))
    assert 10 < len(frames) < 60
    assert error is not None
    assert f"{len(frames)} frames were read" in str(error)
    assert "\n" not in str(error)


def test_a_cut_off_mp4_without_its_index_is_refused(make_video) -> None:
    with pytest.raises(InputError, match="neither a picture nor a video"):
        open_source(cut(make_long(make_video, "a.mp4"), 0.5))


def test_a_cut_off_mp4_with_its_index_gives_what_there_is(read_media, make_video) -> None:
    source = make_long(make_video, "a.mp4")
    path = source.with_name("fast.mp4")
    with (
        av.open(str(source)) as old,
        av.open(str(path), "w", options={"movflags": "faststart"}) as new,
    ):
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)
    assert read_media(path)[2] is None
    frames, _, error = read_media(cut(path, 0.7))
    assert 10 < len(frames) < 60
    assert f"{len(frames)} frames were read" in str(error)
    assert "of 2.40 seconds" in str(error)


def test_damage_inside_is_not_lost(read_media, make_video) -> None:
    path = make_long(make_video, "a.avi")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(0x5A ^ byte for byte in data[middle : middle + 400])
    path.write_bytes(data)
    frames, medium, error = read_media(path)
    assert len(frames) > 50
    assert error is not None or any("damaged" in note for note in medium.notes)
