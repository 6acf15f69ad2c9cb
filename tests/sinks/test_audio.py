"""Sound: dropped, kept bit by bit, or muted for the same length."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from passerby.errors import OutputError
from passerby.media import Medium
from passerby.sinks import Encoding, notes_of, open_sink
from passerby.sources import open_source

Copy = Callable[..., Medium]
SECONDS = 2


def make(
    path: Path,
    codec: str,
    layout: str = "stereo",
    rate: int = 48000,
    tracks: int = 1,
    options: dict[str, str] | None = None,
    later: tuple[float, float] = (0, 0),
) -> Path:
    """A video with a tone in it, the sound a little longer than the picture.

    Both start at 0, or ``later`` by so many seconds, the pictures and the sound.
    """

    def mux(packets: Sequence[av.Packet], seconds: float) -> None:
        for packet in packets:
            if packet.pts is not None and seconds:
                ticks = round(seconds / packet.time_base)
                packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
            container.mux(packet)

    negative = {"avoid_negative_ts": "disabled"} if any(later) else {}
    with av.open(str(path), "w", options=negative) as container:
        webm = path.suffix == ".webm"
        video = container.add_stream("libvpx-vp9" if webm else "libx264", rate=25)
        video.width, video.height = 64, 48
        sounds = [container.add_stream(codec, rate=rate, options=options) for _ in range(tracks)]
        for sound in sounds:
            sound.layout = layout
        for index in range(SECONDS * 25):
            picture = np.full((48, 64, 3), index, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            mux(video.encode(frame), later[0])
        mux(video.encode(), later[0])
        channels = sounds[0].codec_context.layout.nb_channels
        time = np.arange(int(rate * (SECONDS + 0.1))) / rate
        tone = np.repeat(np.sin(time * 2764)[None, :] * 12000, channels, axis=0)
        for sound in sounds:
            frame = av.AudioFrame.from_ndarray(tone.astype(np.int16), "s16p", layout)
            frame.rate, frame.time_base = rate, Fraction(1, rate)
            frame.pts = 0 if any(later) else None
            for part in resampled(frame, sound):
                mux(sound.encode(part), later[1])
            mux(sound.encode(None), later[1])
    return path


def resampled(frame: av.AudioFrame, stream: av.AudioStream) -> list[av.AudioFrame]:
    context = stream.codec_context
    return av.AudioResampler(context.format, context.layout, context.sample_rate).resample(frame)


def packets(path: Path, track: int = 0) -> list[tuple[bytes, Fraction]]:
    """Content and time of every packet of a sound track."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[track]
        return [
            (bytes(packet), packet.pts * packet.time_base)
            for packet in container.demux(stream)
            if packet.size
        ]


def first_picture(path: Path) -> Fraction:
    """When the first picture is shown on the file's clock."""
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        return frame.pts * frame.time_base


def sounds(path: Path, track: int = 0) -> list[float]:
    """When each packet of sound begins, in seconds from the first picture on."""
    return [float(time - first_picture(path)) for _, time in packets(path, track)]


def samples(path: Path) -> np.ndarray:
    """The decoded sound, shape (channels, samples)."""
    with av.open(str(path)) as container:
        parts = []
        for frame in container.decode(audio=0):
            array = frame.to_ndarray()
            packed = not frame.format.is_planar
            parts.append(array.reshape(-1, frame.layout.nb_channels).T if packed else array)
        return np.concatenate(parts, axis=1)


@pytest.mark.slow
def test_sound_is_dropped_by_default(tmp_path: Path, copy_media: Copy) -> None:
    medium = copy_media(make(tmp_path / "in.mp4", "aac"), tmp_path / "out.mp4")
    assert medium.audio_streams == 1
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert [stream.type for stream in container.streams] == ["video"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "codec", "target"),
    [
        ("in.mp4", "aac", "out.mp4"),
        ("in.mp4", "aac", "out.mov"),
        ("in.mp4", "aac", "out.mkv"),
        ("in.mkv", "libmp3lame", "out.mkv"),
        ("in.webm", "libopus", "out.webm"),
        ("in.avi", "libmp3lame", "out.avi"),
        ("in.avi", "pcm_s16le", "out.mkv"),
        ("in.ts", "mp2", "out.ts"),
        ("in.ts", "mp2", "out.mp4"),
    ],
)
def test_kept_sound_is_the_same_bit_by_bit(
    tmp_path: Path, copy_media: Copy, source: str, codec: str, target: str
) -> None:
    path = make(tmp_path / source, codec)
    copy_media(path, tmp_path / target, audio="keep")
    before, after = packets(path), packets(tmp_path / target)
    assert b"".join(data for data, _ in after) == b"".join(data for data, _ in before)
    if "avi" not in source + target:  # which does not say when its pictures are shown
        np.testing.assert_allclose(sounds(tmp_path / target), sounds(path), atol=0.0011)


@pytest.mark.slow
@pytest.mark.parametrize("target", ["out.mov", "out.mkv"])
@pytest.mark.parametrize("later", [(0, 0.2), (0.2, 0.4), (0.4, 0.2), (36_000.2, 36_000)])
def test_sound_stays_with_its_pictures_wherever_the_clock_starts(
    tmp_path: Path, copy_media: Copy, target: str, later: tuple[float, float]
) -> None:
    """Sound that begins before the first picture is kept whole."""
    path = make(tmp_path / "in.mkv", "pcm_s16le", later=later)
    copy_media(path, tmp_path / target, audio="keep")
    before, after = sounds(path), sounds(tmp_path / target)
    assert before[0] == pytest.approx(later[1] - later[0], abs=0.0011)
    assert after[0] == pytest.approx(before[0], abs=0.0021)
    np.testing.assert_array_equal(samples(tmp_path / target), samples(path))
    with av.open(str(tmp_path / target)) as container:
        assert container.duration < 3 * 10**6


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["ts", "mpg"])
@pytest.mark.parametrize("target", ["out.mp4", "out.mkv", "out.ts"])
@pytest.mark.parametrize("audio", ["keep", "mute"])
def test_where_the_clock_jumps_sound_goes_on_with_its_pictures(
    tmp_path: Path, copy_media: Copy, ending: str, target: str, audio: str
) -> None:
    part = make(tmp_path / f"in.{ending}", "mp2").read_bytes()
    path = tmp_path / f"three.{ending}"
    path.write_bytes(3 * part)
    copy_media(path, tmp_path / target, audio=audio)
    heard = sounds(tmp_path / target)
    assert all(0 < step < 0.2 for step in np.diff(heard))
    assert heard[-1] == pytest.approx(3 * (SECONDS + 0.1), abs=0.3)
    if audio == "keep":
        assert packets(tmp_path / target)[0][0] == packets(path)[0][0]
        assert len(heard) == len(packets(path))


def test_aac_from_a_transport_stream_sounds_the_same_in_mp4(
    tmp_path: Path, copy_media: Copy
) -> None:
    """The packets lose the header that only the stream needs."""
    path = make(tmp_path / "in.ts", "aac")
    copy_media(path, tmp_path / "out.mp4", audio="keep")
    np.testing.assert_array_equal(samples(tmp_path / "out.mp4"), samples(path))


def test_all_tracks_are_kept(tmp_path: Path, copy_media: Copy) -> None:
    path = make(tmp_path / "in.mkv", "aac", tracks=2)
    copy_media(path, tmp_path / "out.mkv", audio="keep")
    assert [packets(tmp_path / "out.mkv", one) for one in (0, 1)] == [
        packets(path, one) for one in (0, 1)
    ]


def test_sound_and_picture_are_interleaved(tmp_path: Path, copy_media: Copy) -> None:
    """A player that reads on must not find a second of one without the other."""
    copy_media(make(tmp_path / "in.mp4", "aac"), tmp_path / "out.mp4", audio="keep")
    with av.open(str(tmp_path / "out.mp4")) as container:
        places = sorted(
            (packet.pos, packet.stream.type, float(packet.dts * packet.time_base))
            for packet in container.demux()
            if packet.size
        )
    latest = {"audio": 0.0, "video": 0.0}
    for _, kind, time in places:
        latest[kind] = time
        assert abs(latest["audio"] - latest["video"]) < 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "target", ["out.mp4", "out.mov", "out.mkv", "out.webm", "out.avi", "out.ts"]
)
@pytest.mark.parametrize(("layout", "rate"), [("stereo", 48000), ("mono", 44100)])
def test_muted_sound_is_silence_of_the_same_length_and_layout(
    tmp_path: Path, copy_media: Copy, target: str, layout: str, rate: int
) -> None:
    path = make(tmp_path / "in.mkv", "aac", layout, rate)
    copy_media(path, tmp_path / target, audio="mute")
    before, after = samples(path), samples(tmp_path / target)
    assert np.abs(before).max() > 0.1
    assert not after.any()
    assert after.shape[0] == before.shape[0]
    with av.open(str(tmp_path / target)) as container:
        stream = container.streams.audio[0]
        length = after.shape[1] / stream.rate
        assert target == "out.webm" or stream.rate == rate
    assert length == pytest.approx(before.shape[1] / rate, abs=0.06)


def test_sound_that_does_not_fit_is_refused_before_a_frame_is_written(
    tmp_path: Path, copy_media: Copy
) -> None:
    path = make(tmp_path / "in.mkv", "libmp3lame")
    with pytest.raises(OutputError, match=r"\.webm cannot hold this sound") as caught:
        copy_media(path, tmp_path / "out.webm", audio="keep")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == [path]


CAMERAS = [
    ("in.mkv", "pcm_s16le"),
    ("in.avi", "pcm_alaw"),
    ("in.avi", "pcm_mulaw"),
    ("in.avi", "adpcm_ima_wav"),
    ("in.avi", "adpcm_ms"),
    ("in.mov", "pcm_alaw"),
    ("in.avi", "pcm_u8"),
]
"""Sound of telephones and cameras; AVI does not say where its channels are heard."""


@pytest.mark.slow
@pytest.mark.parametrize(("source", "codec"), CAMERAS)
@pytest.mark.parametrize("target", ["out.mp4", "out.mkv", "out.mov", "out.ts", "out.avi"])
def test_sound_of_cameras_can_be_muted(
    tmp_path: Path, copy_media: Copy, source: str, codec: str, target: str
) -> None:
    path = make(tmp_path / source, codec, "mono", 8000)
    copy_media(path, tmp_path / target, audio="mute")
    before, after = samples(path), samples(tmp_path / target)
    assert not after.any()
    assert after.shape[0] == before.shape[0] == 1
    with av.open(str(tmp_path / target)) as container:
        length = after.shape[1] / container.streams.audio[0].rate
    assert length == pytest.approx(before.shape[1] / 8000, abs=0.26)


@pytest.mark.slow
@pytest.mark.parametrize(("source", "codec"), CAMERAS)
@pytest.mark.parametrize("target", ["out.mkv", "out.mov", "out.avi"])
def test_sound_of_cameras_is_kept_sample_for_sample(
    tmp_path: Path, copy_media: Copy, source: str, codec: str, target: str
) -> None:
    path = make(tmp_path / source, codec, "stereo", 8000)
    copy_media(path, tmp_path / target, audio="keep")
    np.testing.assert_array_equal(samples(tmp_path / target), samples(path))
    start, end = (packets(one)[0][1] for one in (path, tmp_path / target))
    assert float(end) == pytest.approx(float(start), abs=0.0011)


def test_sound_that_is_stored_anew_is_told(tmp_path: Path) -> None:
    path = make(tmp_path / "in.avi", "pcm_alaw", "mono", 8000)
    with open_source(path) as source:
        for ending, expected in (("mkv", ["sound of pcm_alaw is stored as PCM"]), ("avi", [])):
            sink = open_sink(tmp_path / f"out.{ending}", source.medium, Encoding(audio="keep"))
            assert [note.split(",")[0] for note in notes_of(sink)] == expected
            sink.abort()


@pytest.mark.parametrize("target", ["out.mp4", "out.ts"])
def test_telephone_sound_is_refused_where_no_player_expects_it(
    tmp_path: Path, copy_media: Copy, target: str
) -> None:
    path = make(tmp_path / "in.avi", "pcm_alaw", "mono", 8000)
    with pytest.raises(OutputError, match=r"cannot hold this sound .*pcm_alaw"):
        copy_media(path, tmp_path / target, audio="keep")


@pytest.mark.parametrize(
    ("source", "codec", "target"),
    [("in.mkv", "libopus", "out.mov"), ("in.ts", "aac", "out.avi")],
)
def test_sound_that_the_head_of_a_container_refuses_is_named(
    tmp_path: Path, copy_media: Copy, source: str, codec: str, target: str
) -> None:
    """FFmpeg lists these codecs for these containers, and says no when the head is written."""
    path = make(tmp_path / source, codec, "stereo", 48000)
    with pytest.raises(OutputError, match=r"cannot hold this sound \((opus|libopus|aac)\)"):
        copy_media(path, tmp_path / target, audio="keep")
    assert not (tmp_path / target).exists()


def trimmed(path: Path, target: Path, start: int) -> Path:
    """Copy from ``start`` in seconds on, as programs do that cut without encoding anew.

    What a decoder needs before is stored too, and an edit list hides it.
    """
    with av.open(str(path)) as source, av.open(str(target), "w") as container:
        streams = {one.index: container.add_stream_from_template(one) for one in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.pts -= round(start / packet.time_base)
                packet.dts -= round(start / packet.time_base)
                packet.stream = streams[packet.stream_index]
                container.mux(packet)
    return target


def test_sound_that_an_edit_list_hides_is_not_kept(tmp_path: Path, copy_media: Copy) -> None:
    path = trimmed(make(tmp_path / "in.mp4", "aac"), tmp_path / "cut.mp4", start=1)
    with av.open(str(path)) as container:
        hidden = {bytes(one) for one in container.demux(audio=0) if one.size and one.is_discard}
    assert len(hidden) > 40
    copy_media(path, tmp_path / "out.mp4", audio="keep")
    kept = [data for data, _ in packets(tmp_path / "out.mp4")]
    assert not hidden & set(kept)
    assert len(kept) == len(packets(path)) - len(hidden)


def test_comments_in_the_head_of_vorbis_are_not_kept(tmp_path: Path, copy_media: Copy) -> None:
    comment = b"\x0c\x00\x00\x00TITLE=a name"
    plain = make(tmp_path / "plain.mkv", "vorbis", options={"strict": "experimental"})
    with av.open(str(plain)) as source, av.open(str(tmp_path / "in.mkv"), "w") as container:
        video = container.add_stream("ffv1", rate=25)
        sound = container.add_stream_from_template(source.streams.audio[0])
        head = sound.codec_context.extradata
        before, after = head.split(b"\x00\x00\x00\x00\x01\x05vorbis")
        longer = before[:2] + bytes([before[2] + len(comment)]) + before[3:]
        head = longer + b"\x01\x00\x00\x00" + comment + b"\x01\x05vorbis" + after
        sound.codec_context.extradata = head
        container.mux(video.encode(av.VideoFrame(640, 480, "yuv420p")))
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = sound
                container.mux(packet)
        container.mux(video.encode())
    assert b"a name" in (tmp_path / "in.mkv").read_bytes()
    copy_media(tmp_path / "in.mkv", tmp_path / "out.mkv", audio="keep")
    assert b"a name" not in (tmp_path / "out.mkv").read_bytes()
    np.testing.assert_array_equal(samples(tmp_path / "out.mkv"), samples(plain))


@pytest.mark.parametrize("audio", ["keep", "mute"])
def test_a_video_without_sound_stays_so(
    make_video: Callable[..., Path], copy_media: Copy, tmp_path: Path, audio: str
) -> None:
    copy_media(make_video("in.mp4"), tmp_path / "out.mp4", audio=audio)
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert len(container.streams) == 1
