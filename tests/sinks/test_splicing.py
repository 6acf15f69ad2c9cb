"""Stretches of a video are encoded anew; all other packets are those of the earlier copy."""

from collections.abc import Collection
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from passerby.errors import OutputError
from passerby.files.hashing import sha256_of
from passerby.files.partial import REPLACING
from passerby.media import Medium
from passerby.sinks import Encoding, open_sink
from passerby.sinks.joining import stored_pictures
from passerby.sinks.splicing import SplicingSink, Stretches
from passerby.types import AnonymizedFrame, Frame, seal

UNIT = Fraction(1, 12800)
FRAMES = 40
MANY = 132
"""More than VP9 stores between two key frames."""
TIMES = [1280 * at + (at * at) % 37 for at in range(MANY)]
"""Pictures of a camera come a little too late or too early."""
MEDIUM = Medium("a", "live", 96, 80, rate=Fraction(10), time_base=UNIT, rotation=90)
FORMATS = [
    *(("mp4", "h264"), ("mov", "h264"), ("mkv", "h264"), ("mkv", "ffv1"), ("webm", "vp9")),
    *(("ts", "h264"), ("avi", "h264"), ("mp4", "vp9")),
]


def frame(index: int, light: int) -> AnonymizedFrame:
    image = np.full((80, 96, 3), 40, np.uint8)
    at = 4 + index % 64
    image[4:40, at : at + 10] = light
    if 13 <= index < 26:  # another scene: encoders begin a group here
        image = 255 - image
    return seal(Frame(image, index=index, pts=TIMES[index], time_base=UNIT), image)


def written(path: Path, encoding: Encoding, light: int, changed: Collection[int] = ()) -> Path:
    sink = open_sink(path, MEDIUM, encoding)
    for index in range(MANY if encoding.codec == "vp9" else FRAMES):
        sink.write(frame(index, 250 if index in changed else light))
    sink.commit()
    return path


def spliced(target: Path, earlier: Path, encoding: Encoding, anew: Stretches) -> SplicingSink:
    times = stored_pictures(earlier).times
    sink = SplicingSink(target, MEDIUM, encoding, earlier, anew, times, REPLACING)
    for first, stop in anew:
        for index in range(first, stop):
            sink.write(frame(index, 250))
    sink.commit()
    return sink


def shown(path: Path) -> list[tuple[float, int, npt.NDArray[np.uint8]]]:
    """When each picture is shown, how it is turned, and its pixels, as FFmpeg decodes them."""
    with av.open(str(path)) as container:
        return [
            (float(one.time), one.rotation, one.to_ndarray(format="gray"))
            for one in container.decode(video=0)
        ]


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(one) for one in container.demux(video=0) if one.size]


def quality(codec: str) -> Encoding:
    return Encoding(codec=codec, quality=None if codec == "ffv1" else 8)


def test_groups_are_found_where_a_decoder_may_begin(tmp_path: Path) -> None:
    copy = written(tmp_path / "a.mp4", quality("h264"), 90)
    found = stored_pictures(copy)
    assert found.groups == ((0, 13), (13, 26), (26, FRAMES))
    assert found.times == pytest.approx([float(time * UNIT) for time in TIMES[:FRAMES]], abs=1e-6)


def test_pictures_that_need_a_later_key_frame_join_its_group_to_the_one_before(
    tmp_path: Path,
) -> None:
    path = tmp_path / "open.mkv"
    options = {"x264-params": "open-gop=1:keyint=8:min-keyint=8:scenecut=0:bframes=3:b-adapt=0"}
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 96, 80, "yuv420p"
        for index in range(FRAMES):
            image = frame(index % 13, 250).image
            output.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        output.mux(stream.encode(None))
    with av.open(str(path)) as container:
        keys = [one.is_keyframe for one in container.demux(video=0) if one.size]
    assert sum(keys) > 1
    assert stored_pictures(path).groups == ((0, FRAMES),)


@pytest.mark.parametrize(("ending", "codec"), FORMATS)
def test_what_is_not_encoded_anew_keeps_its_packets(
    tmp_path: Path, ending: str, codec: str
) -> None:
    encoding = quality(codec)
    earlier = written(tmp_path / f"earlier.{ending}", encoding, 90)
    groups = stored_pictures(earlier).groups
    begin, stop = groups[1]
    whole = written(tmp_path / f"whole.{ending}", encoding, 90, range(begin, stop))
    target = tmp_path / f"spliced.{ending}"
    assert spliced(target, earlier, encoding, [(begin, stop)]).sha256 == sha256_of(target)
    before, made, expected = shown(earlier), shown(target), shown(whole)
    assert [one[:2] for one in made] == [one[:2] for one in before]
    for number, (*_, mine) in enumerate(made):
        if begin <= number < stop:
            assert np.abs(mine.astype(int) - expected[number][2]).mean() <= 3
        else:
            assert (mine == before[number][2]).all()
    old, new = packets(earlier), packets(target)
    assert new[:begin] == old[:begin]
    assert new[stop:] == old[stop:]


def test_stretches_at_both_ends(tmp_path: Path) -> None:
    encoding = quality("ffv1")
    earlier = written(tmp_path / "earlier.mkv", encoding, 90)
    first, *_, last = stored_pictures(earlier).groups
    changed = {*range(*first), *range(*last)}
    whole = written(tmp_path / "whole.mkv", encoding, 90, changed)
    target = tmp_path / "spliced.mkv"
    spliced(target, earlier, encoding, [first, last])
    made, expected = shown(target), shown(whole)
    assert [one[:2] for one in made] == [one[:2] for one in expected]
    assert all(
        (mine == other).all() for (*_, mine), (*_, other) in zip(made, expected, strict=True)
    )


def test_nothing_is_left_when_it_is_given_up_or_a_frame_is_missing(tmp_path: Path) -> None:
    encoding = quality("h264")
    earlier = written(tmp_path / "earlier.mp4", encoding, 90)
    times = stored_pictures(earlier).times
    target = tmp_path / "spliced.mp4"
    sink = SplicingSink(target, MEDIUM, encoding, earlier, [(0, 13)], times)
    sink.write(frame(0, 250))
    sink.abort()
    sink = SplicingSink(target, MEDIUM, encoding, earlier, [(0, 13)], times)
    sink.write(frame(0, 250))
    with pytest.raises(OutputError, match="not all frames came"):
        sink.commit()
    assert [path.name for path in tmp_path.iterdir()] == ["earlier.mp4"]


def test_another_encoder_does_not_fit(tmp_path: Path) -> None:
    earlier = written(tmp_path / "earlier.mkv", quality("h264"), 90)
    with pytest.raises(OutputError, match="is encoded otherwise"):
        spliced(tmp_path / "spliced.mkv", earlier, quality("vp9"), [(0, 13)])
    assert [path.name for path in tmp_path.iterdir()] == ["earlier.mkv"]
