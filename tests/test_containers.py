"""Nothing but the file itself is opened, and no picture or playlist is taken for a video."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from passerby.containers import open_container, starts_as_jpeg
from passerby.errors import InputError

PLAYLIST = (
    b"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nother.ts\n#EXT-X-ENDLIST\n"
)


def test_a_video_is_opened(make_video: Callable[..., Path]) -> None:
    with open_container(make_video("a.mp4")) as container:
        assert container.streams.video[0].codec_context.name == "h264"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text " * 100,
        PLAYLIST,
        b"ffconcat version 1.0\nfile other.mp4\n",
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    ],
)
def test_what_leads_to_other_files_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    with pytest.raises(InputError, match="neither a picture nor a video") as caught:
        open_container(tmp_path / "a.mp4")
    assert "\n" not in str(caught.value)


def test_a_video_that_is_a_playlist_too_is_refused(
    make_video: Callable[..., Path], tmp_path: Path
) -> None:
    make_video("other.ts")
    path = tmp_path / "both.m3u8"
    path.write_bytes(PLAYLIST.ljust(376, b"\n") + make_video("silent.ts").read_bytes())
    with av.open(str(path)) as container:
        assert container.format.name == "hls"  # FFmpeg follows it
    with pytest.raises(InputError):
        open_container(path)


def test_jpeg_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    for content, expected in ((b"\xff\xd8\xff\xe0", True), (b"\xff\xd8", False), (b"", False)):
        (tmp_path / "a").write_bytes(content)
        assert starts_as_jpeg(tmp_path / "a") == expected
