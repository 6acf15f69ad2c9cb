import pytest

from passerby.errors import ConfigError
from passerby.sources.stream_address import SCHEME_OPTIONS, StreamAddress


@pytest.mark.parametrize(
    ("platform", "file", "layer"),
    [("linux", "/dev/video2", "v4l2"), ("darwin", "2:none", "avfoundation")],
)
def test_a_camera_is_opened_through_its_system(platform: str, file: str, layer: str) -> None:
    address = StreamAddress.parse("camera:2", platform)
    assert (address.name, address.file, address.format) == ("camera:2", file, layer)


@pytest.mark.parametrize("spec", ["camera:", "camera:front", "camera:-1", "camera:²", "camera:1 "])
def test_a_camera_has_a_number(spec: str) -> None:
    with pytest.raises(ConfigError, match="give its number"):
        StreamAddress.parse(spec)


@pytest.mark.parametrize("scheme", SCHEME_OPTIONS)
def test_an_address_is_opened_as_it_is_and_shown_without_its_password(scheme: str) -> None:
    spec = f"{scheme}://user:secret@host/path"
    address = StreamAddress.parse(spec)
    assert address.file == spec
    assert address.name == f"{scheme}://host/path"
    assert "secret" not in repr(address)


def test_rtsp_asks_for_whole_pictures_and_no_sound() -> None:
    options = StreamAddress.parse("RTSP://host/path").options
    assert options["rtsp_transport"] == "tcp"
    assert options["allowed_media_types"] == "video"


@pytest.mark.parametrize("spec", ["file:///etc/passwd", "ftp://host/a.mp4", "a.mp4", "", "://"])
def test_anything_else_is_no_live_stream(spec: str) -> None:
    with pytest.raises(ConfigError, match="not a live stream: give camera:0 or one of rtsp://"):
        StreamAddress.parse(spec)


def test_a_password_is_not_shown_even_where_the_address_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        StreamAddress.parse("sftp://user:secret@host/path")
    assert "secret" not in str(caught.value)
