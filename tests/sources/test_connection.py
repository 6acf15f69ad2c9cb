import gc
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from av import VideoFrame

from passerby.sources.connection import DecodedPicture, StreamError, read_connection
from passerby.sources.stream_address import StreamAddress


def followed(url: str) -> tuple[list[DecodedPicture], str]:
    """All pictures of one connection, and the words of its fault."""
    seen: list[DecodedPicture] = []
    with pytest.raises(StreamError) as caught:
        seen.extend(read_connection(StreamAddress.parse(url), 3, 0.5))
    return seen, str(caught.value)


def pictures_of(url: str) -> Iterator[DecodedPicture]:
    return read_connection(StreamAddress.parse(url), 3, 3)


def test_a_connection_has_no_good_end(cameras: Any) -> None:
    seen, fault = followed(cameras.serve(cameras.mjpeg(10, 20, 30)).url)
    assert len(seen) == 3
    assert fault in ("the stream ended", "Input/output error")


def test_silence_is_a_fault(cameras: Any) -> None:
    seen, fault = followed(cameras.serve(cameras.mjpeg(10, 20, stall=True)).url)
    assert len(seen) == 2
    assert fault == "no data came for 0.5 s"


def test_a_stream_without_pictures_is_refused(cameras: Any) -> None:
    kind = cameras.head(fields=b"Content-Type: video/mp2t\r\n")
    _, fault = followed(cameras.serve([kind, cameras.sound(), cameras.STALL]).url)
    assert fault == "there is no video in it"


def test_sound_beside_the_pictures_is_left_out_and_noted(cameras: Any) -> None:
    kind = cameras.head(fields=b"Content-Type: video/mp2t\r\n")
    camera = cameras.serve([kind, cameras.mpeg_ts(10, sound=True), cameras.STALL])
    seen, _ = followed(camera.url)
    assert seen[0].medium.audio_streams == 1
    assert seen[0].medium.notes == ("the sound of a live stream is not read",)


@pytest.mark.slow
@pytest.mark.parametrize(("first", "whole"), [(0, True), (3, False)])
def test_joining_in_the_middle_shows_no_half_picture_as_whole(
    cameras: Any, first: int, whole: bool
) -> None:
    stream = cameras.mpeg_ts(30, skip=first)
    kind = cameras.head(fields=b"Content-Type: video/mp2t\r\n")
    seen, _ = followed(cameras.serve([kind, stream, cameras.STALL]).url)
    usable = [picture for picture in seen if not picture.frame.is_corrupt]
    assert bool(usable) is whole


def test_closing_the_generator_closes_the_connection(cameras: Any) -> None:
    camera = cameras.serve(cameras.mjpeg(*[50] * 500))
    connection = read_connection(StreamAddress.parse(camera.url), 3, 3)
    assert len(list(islice(connection, 2))) == 2
    connection.close()
    camera.close()  # waits for the thread that sends, which ends when nobody listens


def test_pictures_that_nobody_holds_are_gone(cameras: Any) -> None:
    """Raw pictures in a cycle would wait for Python's collector, dozens of them at a time."""
    camera = cameras.serve(cameras.mjpeg(*[50] * 30))
    gc.collect()
    gc.disable()
    try:
        before = sum(type(one) is VideoFrame for one in gc.get_objects())
        assert len([None for _ in islice(pictures_of(camera.url), 25)]) == 25
        left = sum(type(one) is VideoFrame for one in gc.get_objects()) - before
    finally:
        gc.enable()
    assert left <= 1, "the first says how the camera is turned"
