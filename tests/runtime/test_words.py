"""Keys are told from words, by the letter."""

import random
import string
import uuid

import pytest

from passerby.runtime.words import is_random

WORDS = [
    *["Streaming", "Channels", "101", "tracks", "ISAPI", "httpPreview", "h264Preview_01_main"],
    *["h265Preview_01_sub", "Preview_01_main", "axis-media", "media.amp", "axis-cgi", "mjpg"],
    *["video.cgi", "video.mjpg", "realmonitor", "live", "ch00_0", "live1.sdp", "ch0_0.h264"],
    *["onvif1", "onvif-media", "videoMain", "videoSub", "video1", "VideoInput", "h264"],
    *["MediaInput", "profile1", "media.smp", "ONVIF", "stream1", "av0_0", "unicast", "c1"],
    *["LiveMedia", "Media1", "defaultPrimary", "rtsp_tunnel", "nphMpeg4", "g726-640x480"],
    *["MPEG-4", "h264_stream", "video.sav", "cgi-bin", "snapshot.jpg", "ipcam_h264.sdp", "PSIA"],
    *["StreamingSetting", "AVStream1_1", "HighResolutionVideo"],
    *["HighResolutionVideoStreamEncoder", "mpeg4cif", "GetData.cgi", "main", "av_stream"],
    *["MainStream", "VideoStreamEncoder", "live_mpeg4.sdp", "ucast", "mpeg4", "rtpvideo1.sdp"],
    *["channel", "ch001.sdp", "videostream.cgi", "livestream", "hls", "stream.m3u8"],
    *["index.m3u8", "playlist.m3u8", "camera-front-door-2", "FrontDoor_1080p", "Garage2020"],
    *["192.168.1.20", "1920x1080", "2024-05-01T10-30-00", "20240501T103000", "backyard"],
    *["parkinglot", "Eingang_Nord", "Hof2", "cam_12", "camera3_main", "substream", "LiveChannel"],
    *["rtsph2641080p", "MediaProfile_Channel1_MainStream", "VideoEncoderToken_1"],
    *["ONVIFProfile1", "Haupteingang", "Treppenhaus", "Schlachthofstrasse", "bibliotheque"],
    *["estacionamiento", "conciergedesk", "surveillance", "homeassistant", "mediamtx", "go2rtc"],
    *["timelapse", "frontdoor", "camera_front_door_1080p_h264_main"],
    *["camera-1-floor-2-room-3-hd", "ch101", "cam1main", "stream2", "profile_101", "hd720p"],
    *["11", "MAIN", "nvr1", "cctv1", "lobby", "1stfloor", "clip.mp4", "ISAPI/Streaming", "track3"],
]

ALPHABETS = {
    "all": string.ascii_letters + string.digits,
    "hexadecimal": "0123456789abcdef",
    "small": string.ascii_lowercase + string.digits,
    "great": string.ascii_uppercase + string.digits,
    "of addresses": string.ascii_letters + string.digits + "-_",
    "letters": string.ascii_letters,
}


@pytest.mark.parametrize("word", WORDS)
def test_words_of_cameras_are_no_keys(word: str) -> None:
    assert not is_random(word)


@pytest.mark.parametrize(
    "key",
    [
        "4sYxHVTwwSNAisWc",
        "9f86d081884c7d65",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N",
        "AKIAIOSFODNN7EXAMPLEQ7",
        "x7k2m9q4w1z8",
        *("s3cret", "k3y", "Zq7xK2", "abc123", "test1234", "p4ss", "a1b2c3", "9fQz7", "qXzWk"),
    ],
)
def test_keys_are_keys(key: str) -> None:
    assert is_random(key)


@pytest.mark.slow
@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize(("length", "share"), [(12, 0.85), (16, 0.95), (24, 0.99), (32, 0.997)])
def test_nearly_all_random_keys_are_found(alphabet: str, length: int, share: float) -> None:
    rnd = random.Random(7)
    keys = ["".join(rnd.choices(ALPHABETS[alphabet], k=length)) for _ in range(2000)]
    assert sum(map(is_random, keys)) >= share * len(keys)


@pytest.mark.parametrize(("length", "share"), [(4, 0.2), (5, 0.6), (6, 0.6), (7, 0.75)])
def test_most_short_keys_of_letters_and_digits_are_found(length: int, share: float) -> None:
    rnd = random.Random(7)
    keys = ["".join(rnd.choices(ALPHABETS["all"], k=length)) for _ in range(2000)]
    assert sum(map(is_random, keys)) >= share * len(keys)


def test_numbers_of_devices_are_found() -> None:
    rnd = random.Random(7)
    keys = [str(uuid.UUID(int=rnd.getrandbits(128), version=4)) for _ in range(500)]
    assert sum(map(is_random, keys)) >= 0.99 * len(keys)
