"""Videos of every container against what OpenCV and FFmpeg's demuxer see."""

from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from passerby.errors import InputError
from passerby.sources import open_source

CONTAINERS = {
    "a.mp4": {},
    "a.mov": {},
    "a.mkv": {"time_base": Fraction(1, 1000)},
    "a.webm": {"codec": "libvpx-vp9", "time_base": Fraction(1, 1000)},
    "a.avi": {"codec": "mpeg4", "time_base": Fraction(1, 25)},
    "a.ts": {"time_base": Fraction(1, 90000)},
    "a.mpg": {"codec": "mpeg2video", "time_base": Fraction(1, 25)},
    "a.flv": {"codec": "flv", "time_base": Fraction(1, 25)},
    "a.wmv": {"codec": "wmv2", "time_base": Fraction(1, 25)},
}


def opencv_frames(path: Path) -> list[np.ndarray]:
    capture = cv2.VideoCapture(str(path))
    frames = []
    while (picture := capture.read())[0]:
        frames.append(picture[1])
    return frames


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_gives_the_frames_that_opencv_gives(
    read_media, make_video, name: str
) -> None:
    path = make_video(name, **CONTAINERS[name])
    frames, medium, error = read_media(path)
    expected = opencv_frames(path)
    assert error is None
    assert len(frames) == len(expected) == 8
    for frame, picture in zip(frames, expected, strict=True):
        assert np.abs(frame.image.astype(int) - picture).mean() < 2
    assert (medium.kind, medium.width, medium.height) == ("video", 64, 48)
    assert [frame.index for frame in frames] == list(range(8))
    assert medium.notes == ()


@pytest.mark.parametrize("name", CONTAINERS)
def test_times_are_evenly_spaced(read_media, make_video, name: str) -> None:
    frames, medium, _ = read_media(make_video(name, **CONTAINERS[name]))
    steps = np.diff([frame.time for frame in frames])
    np.testing.assert_allclose(steps, 0.04, atol=0.001)
    assert medium.rate == 25


def test_variable_times_are_kept_to_the_tick(read_media, make_video) -> None:
    times = [0, 100, 612, 613, 5000, 5512, 20000, 20007]
    frames, medium, _ = read_media(make_video("a.mp4", times=times))
    assert [frame.pts for frame in frames] == times
    assert medium.time_base == Fraction(1, 12800)


@pytest.mark.parametrize("start", [6400, 12800 * 36_000])
@pytest.mark.parametrize("ending", ["mp4", "mov", "ts", "mkv"])
def test_times_count_from_the_first_picture_wherever_the_clock_starts(
    read_media, make_video, ending: str, start: int
) -> None:
    times = [start + 512 * i for i in range(8)]
    frames, medium, error = read_media(make_video(f"a.{ending}", times=times))
    assert error is None
    np.testing.assert_allclose([frame.time for frame in frames], np.arange(8) / 25, atol=0.001)
    assert medium.duration is None or medium.duration == Fraction(8, 25)
    if ending in ("mp4", "mov"):
        assert medium.start == Fraction(start, 12800)


def test_pictures_that_an_edit_list_hides_do_not_count(make_video, read_media) -> None:
    """The first picture that is shown is at 0, as players have it."""
    source = make_video("a.mp4", times=[512 * i for i in range(-4, 8)])
    with av.open(str(source)) as container:
        shown = [frame.pts for frame in container.decode(video=0)]
    frames, _, error = read_media(source)
    assert error is None
    assert [frame.pts for frame in frames] == [pts - shown[0] for pts in shown]


@pytest.mark.parametrize("ending", ["ts", "mpg"])
@pytest.mark.parametrize("frames", [2, 8, 30])
def test_where_the_clock_runs_back_the_film_goes_on(
    make_video, read_media, tmp_path: Path, ending: str, frames: int
) -> None:
    codec = {"mpg": "mpeg2video", "ts": "libx264"}[ending]
    base = {"mpg": Fraction(1, 25), "ts": Fraction(1, 90_000)}[ending]
    part = make_video(f"a.{ending}", codec=codec, time_base=base, frames=frames)
    path = tmp_path / f"three.{ending}"
    path.write_bytes(3 * part.read_bytes())
    read, medium, _ = read_media(path)
    assert len(read) == 3 * frames
    steps = np.diff([frame.time for frame in read])
    np.testing.assert_allclose(steps, 0.04, atol=0.02 if frames == 2 else 0.001)
    if frames > 2:
        assert "2 jumps of the file's clock: later timestamps are shifted" in medium.notes


def test_where_the_clock_jumps_hours_ahead_the_film_goes_on(
    make_video, read_media, tmp_path: Path
) -> None:
    parts = []
    for name, start in (("a", 0), ("b", 90_000 * 36_000), ("c", 90_000 * 7_000)):
        times = [start + 3600 * index for index in range(20)]
        parts.append(make_video(f"{name}.ts", time_base=Fraction(1, 90_000), times=times))
    path = tmp_path / "joined.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    frames, medium, error = read_media(path)
    assert error is None
    np.testing.assert_allclose(np.diff([frame.time for frame in frames]), 0.04, atol=0.001)
    assert any("2 jumps of the file's clock" in note for note in medium.notes)


def test_a_gap_that_somebody_meant_is_kept(make_video, read_media) -> None:
    """As of a camera that records where something moves."""
    times = [0, 512, 1024, 12800 * 600, 12800 * 600 + 512]
    frames, medium, error = read_media(make_video("a.mp4", times=times))
    assert error is None
    assert [frame.pts for frame in frames] == times
    assert not any("jumps" in note for note in medium.notes)


@pytest.mark.parametrize("size", [(854, 480), (97, 61), (2, 2), (16, 1080)])
def test_sizes_are_kept(read_media, make_video, size: tuple[int, int]) -> None:
    frames, medium, _ = read_media(make_video("a.mp4", size=size, frames=2, pixels="yuv444p"))
    assert (medium.width, medium.height) == size
    assert len(frames) == 2


def test_a_turned_video_stands_upright(read_media, make_video) -> None:
    plain = read_media(make_video("plain.mp4", size=(64, 32)))[0][0].image

    def turn(container, stream):
        stream.set_display_rotation(-90)
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)

    path = make_video("turned.mp4", size=(64, 32), prepare=turn)
    frames, medium, _ = read_media(path)
    assert (medium.width, medium.height, medium.rotation) == (32, 64, 90)
    assert medium.sample_aspect == Fraction(3, 4)
    assert np.abs(frames[0].image.astype(int) - np.rot90(plain, -1)).mean() < 2
    assert opencv_frames(path)[0].shape == (64, 32, 3)


def test_a_mirrored_video_is_shown_as_players_show_it(read_media, make_video) -> None:
    plain = read_media(make_video("plain.mp4"))[0][0].image
    path = make_video(
        "mirrored.mp4", prepare=lambda _, stream: stream.set_display_rotation(0, hflip=True)
    )
    frames, medium, _ = read_media(path)
    assert np.abs(frames[0].image.astype(int) - plain[:, ::-1]).mean() < 2
    assert "stored mirrored: the copy is stored as it is shown" in medium.notes


def test_colours_are_told(read_media, make_video) -> None:
    def mark(container, stream):
        context = stream.codec_context
        context.color_range, context.colorspace = 2, 1
        context.color_primaries, context.color_trc = 1, 1

    colour = read_media(make_video("a.mp4", prepare=mark))[1].colour
    assert (colour.range, colour.space, colour.primaries, colour.transfer) == (2, 1, 1, 1)


def test_ten_bits_are_reduced_with_a_note(read_media, make_video) -> None:
    _, medium, _ = read_media(make_video("a.mp4", pixels="yuv420p10le"))
    assert (medium.bit_depth, medium.notes) == (10, ("10 bits reduced to 8",))


def test_high_dynamic_range_is_noted(read_media, make_video) -> None:
    def mark(container, stream):
        stream.codec_context.color_trc = 16

    assert any(
        "dynamic range" in note for note in read_media(make_video("a.mp4", prepare=mark))[1].notes
    )


def test_interlaced_video_is_noted(read_media, make_video) -> None:
    def interlace(container, stream):
        stream.options = {"x264-params": "tff=1"}

    notes = read_media(make_video("a.mp4", prepare=interlace))[1].notes
    assert any(note.startswith("interlaced") for note in notes)


def test_frames_are_converted_when_they_are_asked_for(
    make_video, monkeypatch: pytest.MonkeyPatch
) -> None:
    converted = []
    original = "passerby.sources.colours.BgrConverter.__call__"

    def count(self: object, frame: av.VideoFrame) -> np.ndarray:
        converted.append(frame)
        return np.zeros((48, 64, 3), np.uint8)

    monkeypatch.setattr(original, count)
    with closing(open_source(make_video("a.mp4"))) as source:
        frames = list(source)
        assert converted == []
        assert frames[3].image.shape == (48, 64, 3)
        assert len(converted) == 1


def test_sound_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "song.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48000)
        sound = av.AudioFrame.from_ndarray(np.zeros((2, 4096), np.float32), "fltp", "stereo")
        sound.rate = 48000
        container.mux(stream.encode(sound))
        container.mux(stream.encode())
    with pytest.raises(InputError, match="has no video stream"):
        open_source(path)


@pytest.mark.parametrize("ending", ["mp4", "avi", "mkv", "ts", "jpg", "txt", "gif"])
def test_text_is_refused_whatever_its_name(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"text.{ending}"
    path.write_text("This is no video.\n" * 200)
    with pytest.raises(InputError, match=r"text\..* is neither a picture nor a video") as caught:
        open_source(path)
    assert "\n" not in str(caught.value)


def test_a_playlist_cannot_reach_beyond_files(tmp_path: Path) -> None:
    path = tmp_path / "list.m3u8"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://localhost:9/a.ts\n")
    with pytest.raises(InputError):
        open_source(path)


def test_a_name_that_looks_like_an_address_is_a_file(
    read_media, make_video, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_video("a.mp4")
    monkeypatch.chdir(path.parent)
    path.rename(path.with_name("http:a.mp4"))
    assert len(read_media(Path("http:a.mp4"))[0]) == 8


def test_a_video_without_times_gets_them_from_its_rate(
    read_media, make_video, tmp_path: Path
) -> None:
    source = make_video("a.mp4", time_base=Fraction(1, 25))
    path = tmp_path / "raw.m1v"
    with av.open(str(path), "w", format="mpeg1video") as container:
        stream = container.add_stream("mpeg1video", rate=25)
        stream.width, stream.height = 64, 48
        for frame in read_media(source)[0]:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame.image, format="bgr24")))
        container.mux(stream.encode())
    frames, medium, error = read_media(path)
    assert error is None
    assert len(frames) == 8
    np.testing.assert_allclose(np.diff([frame.time for frame in frames]), 0.04)
    assert (medium.frames, medium.duration) == (None, None)


def test_a_picture_that_pillow_does_not_know_is_no_video(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jp2")
    with pytest.raises(InputError, match="neither a picture nor a video"):
        open_source(tmp_path / "a.jp2")


def test_closing_twice_does_no_harm(make_video) -> None:
    source = open_source(make_video("a.mp4"))
    source.close()
    source.close()


@pytest.mark.shared
def test_the_shared_videos_are_read_whole(read_media, shared: Path) -> None:
    frames, medium, error = read_media(shared / "data/video/lab-camera2.mp4")
    assert (len(frames), medium.width, medium.height, medium.audio_streams) == (98, 854, 480, 1)
    assert error is None
