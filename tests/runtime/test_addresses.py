import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.runtime.addresses import public_address, scheme_of


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://10.0.0.2/main", "rtsp://10.0.0.2/main"),
        ("rtsp://admin:secret@10.0.0.2:554/main", "rtsp://10.0.0.2:554/main"),
        ("rtsp://admin@10.0.0.2/main", "rtsp://10.0.0.2/main"),
        ("rtsp://admin:sec/ret@10.0.0.2/main", "rtsp://10.0.0.2/main"),
        ("rtsp://admin:sec@ret@10.0.0.2/main", "rtsp://10.0.0.2/main"),
        ("rtsp://admin:sec?ret@10.0.0.2/main", "rtsp://..."),
        ("rtsp://admin:sec#ret@10.0.0.2/main", "rtsp://..."),
        ("rtsp://10.0.0.2/user=admin_password=secret_channel=1.sdp", "rtsp://10.0.0.2/..."),
        ("http://10.0.0.2/video.mjpg?user=admin&pwd=secret", "http://10.0.0.2/video.mjpg?..."),
        ("rtmp://host/app/secret", "rtmp://host/app/..."),
        ("rtmps://host:443/app/secret/more", "rtmps://host:443/app/.../..."),
        ("udp://239.0.0.1:5000", "udp://239.0.0.1:5000"),
        ("udp://@239.0.0.1:5000", "udp://239.0.0.1:5000"),
        ("http://[::1]:8080/live.m3u8", "http://[::1]:8080/live.m3u8"),
        ("camera:0", "camera:0"),
        ("folder/street@noon=12?.mp4", "folder/street@noon=12?.mp4"),
        ("", ""),
    ],
)
def test_shows_what_is_public(address: str, shown: str) -> None:
    assert public_address(address) == shown


# Characters that no scheme, host or path of the addresses below has.
secrets = st.text(st.sampled_from("XYZ0123!$&*()@:/?#[] %ÄΩ"), min_size=1).map(lambda s: f"Q{s}Q")


@given(user=secrets, password=secrets)
def test_never_shows_user_or_password(user: str, password: str) -> None:
    shown = public_address(f"rtsp://{user}:{password}@camera.example.org/main")
    assert not set(shown) & set("QXYZ0123!$&*()ÄΩ")


@given(secrets)
def test_never_shows_a_query(secret: str) -> None:
    shown = public_address(f"http://camera.example.org/video?token={secret}")
    assert not set(shown) & set("QXYZ0123!$&*()ÄΩ")


@given(st.text())
def test_takes_any_text_and_what_it_shows_is_public(text: str) -> None:
    once = public_address(text)
    assert public_address(once) == once


@pytest.mark.parametrize(
    ("address", "scheme"),
    [("RTSP://a", "rtsp"), ("a.mp4", ""), ("camera:0", ""), ("://", ""), ("", "")],
)
def test_scheme(address: str, scheme: str) -> None:
    assert scheme_of(address) == scheme
