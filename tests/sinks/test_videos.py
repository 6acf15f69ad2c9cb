"""Copies of videos, read back by OpenCV and by FFmpeg's demuxer, against their sources."""

import gc
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from passerby.detections import Detections
from passerby.errors import OutputError, PrivacyError
from passerby.media import Medium
from passerby.sinks import Encoding, open_sink
from passerby.sinks.formats import VIDEO_FORMATS
from passerby.sinks.videos import VideoSink
from passerby.track_colours import track_colour
from passerby.types import AnonymizedFrame, Frame, seal

Make = Callable[..., Path]
Copy = Callable[..., Medium]
Disk = Callable[[int], AbstractContextManager[None]]

ENDINGS = ("mp4", "m4v", "mov", "mkv", "webm", "avi", "ts", "mts", "m2ts")
EXACT = ("mp4", "m4v", "mov")
"""Containers that hold any time; the others' unit is a millisecond, 1/90000 or a frame."""

MEDIUM = Medium("a", "live", 64, 48, rate=Fraction(25), time_base=Fraction(1, 25))
PIXELS = np.random.default_rng(0).integers(0, 256, (48, 64, 3)).astype(np.uint8)


def frame(index: int, pixels: np.ndarray = PIXELS) -> AnonymizedFrame:
    return seal(Frame(pixels, index=index, pts=index, time_base=Fraction(1, 25)), pixels)


def stored(path: Path) -> dict[str, Any]:
    """What FFmpeg's demuxer and decoder say of a file, the picture as it is stored."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        return {
            "size": (frames[0].width, frames[0].height),
            "frames": len(frames),
            "times": [round(float(one.time), 3) for one in frames],
            "rate": stream.average_rate,
            "turn": frames[0].rotation,
            "aspect": stream.sample_aspect_ratio or 1,
            "colour": (stream.color_range, stream.colorspace),
            "primaries": (stream.color_primaries, stream.color_trc),
        }


def shown(path: Path) -> list[np.ndarray]:
    """The frames as OpenCV shows them, turned upright."""
    capture = cv2.VideoCapture(str(path))
    frames = []
    while (picture := capture.read())[0]:
        frames.append(picture[1])
    return frames


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_picture_and_its_count_are_kept(
    make_video: Make, copy_media: Copy, tmp_path: Path, ending: str
) -> None:
    source = make_video("in.mp4", size=(96, 64), frames=12)
    copy_media(source, tmp_path / f"out.{ending}")
    pairs = list(zip(shown(source), shown(tmp_path / f"out.{ending}"), strict=True))
    assert len(pairs) == 12
    for before, after in pairs:
        assert np.abs(before.astype(int) - after).mean() < 4
        assert abs(before.mean() - after.mean()) < 0.7


@pytest.mark.parametrize("ending", [suffix.removeprefix(".") for suffix in VIDEO_FORMATS])
def test_the_same_frames_give_the_same_bytes(
    make_video: Make, copy_media: Copy, tmp_path: Path, ending: str
) -> None:
    source = make_video("in.mkv", size=(96, 64), frames=12)
    for name in ("one", "other"):
        copy_media(source, tmp_path / f"{name}.{ending}")
    one, other = (tmp_path / f"{name}.{ending}" for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("size", [(854, 480), (97, 61), (16, 1080), (2, 2), (1, 1)])
def test_every_size_is_kept(
    make_video: Make, copy_media: Copy, tmp_path: Path, ending: str, size: tuple[int, int]
) -> None:
    source = make_video(
        "in.mkv", size=size, frames=8, codec="ffv1", pixels="bgr0", time_base=Fraction(1, 25)
    )
    copy_media(source, tmp_path / f"out.{ending}", encoder_preset="ultrafast")
    assert stored(tmp_path / f"out.{ending}")["size"] == size


@pytest.mark.parametrize("ending", ENDINGS)
def test_rate_and_spacing_are_kept(
    make_video: Make, copy_media: Copy, tmp_path: Path, ending: str
) -> None:
    copy_media(make_video("in.mp4", frames=12), tmp_path / f"out.{ending}")
    result = stored(tmp_path / f"out.{ending}")
    assert result["rate"] == 25
    np.testing.assert_allclose(np.diff(result["times"]), 0.04, atol=0.001)


@pytest.mark.parametrize("ending", EXACT)
@pytest.mark.parametrize("start", [0, 6400])
def test_variable_times_are_kept_to_the_tick(
    make_video: Make, copy_media: Copy, tmp_path: Path, ending: str, start: int
) -> None:
    times = [start + time for time in (0, 100, 612, 613, 5000, 5512, 20000, 20007)]
    source = make_video("in.mp4", times=times)
    copy_media(source, tmp_path / f"out.{ending}")
    with av.open(str(tmp_path / f"out.{ending}")) as container:
        assert container.streams.video[0].time_base == Fraction(1, 12800)
        shown = [one.pts for one in container.decode(video=0)]
    assert shown == [time - start for time in times]  # a copy starts with its first picture


@pytest.mark.parametrize("ending", ["mkv", "webm", "ts"])
def test_variable_times_are_kept_to_a_millisecond(
    make_video: Make, copy_media: Copy, tmp_path: Path, ending: str
) -> None:
    source = make_video("in.mp4", times=[0, 100, 612, 5000, 5512, 20000])
    copy_media(source, tmp_path / f"out.{ending}")
    before, after = stored(source)["times"], stored(tmp_path / f"out.{ending}")["times"]
    np.testing.assert_allclose(np.diff(after), np.diff(before), atol=0.0021)


def test_a_transport_stream_keeps_its_clock(
    make_video: Make, copy_media: Copy, tmp_path: Path
) -> None:
    source = make_video("in.ts", time_base=Fraction(1, 90000))
    copy_media(source, tmp_path / "out.ts")
    assert stored(tmp_path / "out.ts")["times"] == stored(source)["times"]


def test_a_variable_rate_is_refused_by_avi(
    make_video: Make, copy_media: Copy, tmp_path: Path
) -> None:
    source = make_video("in.mp4", times=[0, 100, 612, 613, 5000])
    with pytest.raises(OutputError, match="variable frame rate"):
        copy_media(source, tmp_path / "out.avi")
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("turn", [90, 180, -90])
def test_what_is_shown_upright_stays_so(
    make_video: Make, copy_media: Copy, tmp_path: Path, ending: str, turn: int
) -> None:
    source = make_video(
        "in.mp4", size=(64, 32), prepare=lambda _, stream: stream.set_display_rotation(turn)
    )
    copy_media(source, tmp_path / f"out.{ending}")
    before, after = shown(source)[0], shown(tmp_path / f"out.{ending}")[0]
    if ending not in ("webm", "mkv"):  # OpenCV does not turn Matroska
        assert np.abs(before.astype(int) - after).mean() < 4
    result = stored(tmp_path / f"out.{ending}")
    if ending in (*EXACT, "mkv", "webm"):
        assert result["size"] == (64, 32)
        assert result["turn"] % 360 == turn % 360


@pytest.mark.parametrize("ending", [one for one in ENDINGS if one != "webm"])
def test_pixels_that_are_not_square_are_kept(
    make_video: Make, copy_media: Copy, tmp_path: Path, ending: str
) -> None:
    def widen(_: object, stream: Any) -> None:
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)

    copy_media(make_video("in.mp4", prepare=widen), tmp_path / f"out.{ending}")
    assert stored(tmp_path / f"out.{ending}")["aspect"] == Fraction(4, 3)


def test_webm_refuses_pixels_that_are_not_square(
    make_video: Make, copy_media: Copy, tmp_path: Path
) -> None:
    def widen(_: object, stream: Any) -> None:
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)

    source = make_video("in.mp4", prepare=widen)
    with pytest.raises(OutputError, match="cannot hold pixels that are 4/3 as wide"):
        copy_media(source, tmp_path / "out.webm")
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("colour", [(2, 1, 1, 1), (1, 6, 6, 6), (1, 9, 9, 14), (2, 5, 5, 6)])
def test_what_the_numbers_mean_is_kept(
    make_video: Make, copy_media: Copy, tmp_path: Path, ending: str, colour: tuple[int, ...]
) -> None:
    def mark(_: object, stream: Any) -> None:
        context = stream.codec_context
        context.color_range, context.colorspace = colour[:2]
        context.color_primaries, context.color_trc = colour[2:]

    source = make_video("in.mp4", prepare=mark)
    copy_media(source, tmp_path / f"out.{ending}", quality=10)
    result = stored(tmp_path / f"out.{ending}")
    assert result["colour"] == colour[:2]
    assert result["primaries"] == colour[2:]


@pytest.mark.parametrize("ending", ["mkv", "avi"])
def test_ffv1_keeps_every_pixel(tmp_path: Path, ending: str) -> None:
    sink = VideoSink(tmp_path / f"out.{ending}", MEDIUM, Encoding(codec="ffv1"))
    pictures = [np.roll(PIXELS, index, axis=1) for index in range(4)]
    for index, picture in enumerate(pictures):
        sink.write(frame(index, picture))
    sink.commit()
    np.testing.assert_array_equal(shown(tmp_path / f"out.{ending}"), pictures)


@pytest.mark.parametrize("size", [(64, 48), (48, 64)])
def test_pictures_that_x265_spoils_memory_with_are_refused(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    medium = replace(MEDIUM, width=size[0], height=size[1])
    with pytest.raises(OutputError, match=f"cannot hold {size[0]}x{size[1]} .* use codec h264"):
        VideoSink(tmp_path / "out.mp4", medium, Encoding(codec="h265"))
    assert not list(tmp_path.iterdir())
    VideoSink(tmp_path / "out.mp4", medium, Encoding(codec="h264")).abort()


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv"])
def test_h265_plays_where_apple_looks_for_it(tmp_path: Path, ending: str) -> None:
    medium = replace(MEDIUM, width=64, height=64)
    sink = VideoSink(tmp_path / f"out.{ending}", medium, Encoding(codec="h265"))
    sink.write(frame(0, np.vstack([PIXELS, PIXELS[:16]])))
    sink.commit()
    with av.open(str(tmp_path / f"out.{ending}")) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "hevc"
        assert ending == "mkv" or stream.codec_context.codec_tag == "hvc1"


@pytest.mark.parametrize("metadata", ["drop", "keep"])
def test_metadata_is_dropped_or_kept(
    make_video: Make, copy_media: Copy, tmp_path: Path, metadata: str
) -> None:
    def describe(container: Any, _: object) -> None:
        container.metadata.update(
            {"title": "SECRET-TITLE", "comment": "SECRET-COMMENT", "location": "+52.1+005.1/"}
        )

    source = make_video("in.mp4", prepare=describe)
    assert b"SECRET-TITLE" in source.read_bytes()
    copy_media(source, tmp_path / "out.mp4", metadata=metadata)
    with av.open(str(tmp_path / "out.mp4")) as container:
        found = set(container.metadata) & {"title", "comment", "location"}
    assert found == ({"title", "comment", "location"} if metadata == "keep" else set())
    data = (tmp_path / "out.mp4").read_bytes()
    for secret in (b"SECRET-TITLE", b"SECRET-COMMENT"):
        assert (secret in data) == (metadata == "keep")


def test_raw_frames_are_refused(tmp_path: Path) -> None:
    sink = VideoSink(tmp_path / "out.mp4", MEDIUM, Encoding())
    with pytest.raises(PrivacyError):
        sink.write(Frame(PIXELS))
    sink.abort()
    assert list(tmp_path.iterdir()) == []


def test_nothing_has_the_final_name_before_commit(tmp_path: Path) -> None:
    sink = VideoSink(tmp_path / "out.mp4", MEDIUM, Encoding())
    for index in range(5):
        sink.write(frame(index))
    (partial,) = tmp_path.iterdir()
    assert partial.name.startswith(".out.mp4.partial-")
    sink.commit()
    sink.abort()
    assert list(tmp_path.iterdir()) == [tmp_path / "out.mp4"]
    assert len(shown(tmp_path / "out.mp4")) == 5


@pytest.mark.slow
def test_abort_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").write_bytes(b"old")
    sink = VideoSink(tmp_path / "out.mp4", MEDIUM, Encoding())
    sink.write(frame(0))
    sink.abort()
    sink.abort()
    del sink
    gc.collect()
    assert list(tmp_path.iterdir()) == [tmp_path / "out.mp4"]
    assert (tmp_path / "out.mp4").read_bytes() == b"old"


def test_without_a_frame_there_is_no_file(tmp_path: Path) -> None:
    sink = VideoSink(tmp_path / "out.mp4", MEDIUM, Encoding())
    with pytest.raises(OutputError, match="no frame"):
        sink.commit()
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_while_writing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = VideoSink(tmp_path / "out.mp4", MEDIUM, Encoding())

    def interrupt(image: np.ndarray) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sink, "_convert", interrupt)
    with pytest.raises(KeyboardInterrupt):
        sink.write(frame(0))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("size", [100, 20_000])
def test_a_full_disk_is_told_and_leaves_nothing(
    tmp_path: Path, disk_of: Disk, ending: str, size: int
) -> None:
    """At once, and after a while; noise at best quality takes 9 kB a frame."""
    pictures = [np.roll(PIXELS, index * 7, axis=1) for index in range(20)]
    with disk_of(size), pytest.raises(OutputError) as caught:  # noqa: PT012 - any call may notice
        sink = open_sink(tmp_path / f"out.{ending}", MEDIUM, Encoding(quality=1))
        for index, picture in enumerate(pictures):
            sink.write(frame(index, picture))
        sink.commit()
    assert "disk is full" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_what_an_encoder_cannot_do_is_one_line(tmp_path: Path) -> None:
    huge = Medium("a", "live", 20_000, 20_000, rate=Fraction(25), time_base=Fraction(1, 25))
    with pytest.raises(OutputError, match=r"out\.mp4 cannot be written") as caught:
        open_sink(tmp_path / "out.mp4", huge)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_boxes_and_numbers_are_drawn_over_the_frames_that_have_them(tmp_path: Path) -> None:
    wall = np.full((48, 64, 3), 60, np.uint8)
    sink = VideoSink(tmp_path / "out.mkv", MEDIUM, Encoding(codec="ffv1"))
    sink.write(frame(0, wall))
    sink.write(frame(1, wall), Detections.of([[20, 20, 40, 44]], tracks=[5]))
    sink.commit()
    plain, drawn = (one.astype(int) for one in shown(tmp_path / "out.mkv"))
    assert np.abs(plain - 60).max() <= 2
    assert np.abs(drawn[30, 20] - track_colour(5)).max() <= 3
    assert np.abs(drawn[24:42, 24:38] - 60).max() <= 2
