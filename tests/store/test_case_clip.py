"""A clip shows the stored pictures in their order, for as long as they lasted, and says when."""

import io
from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import av
import cv2
import numpy as np
import pytest

from passerby.errors import OutputError
from passerby.store import case_clip as module
from passerby.store.case_clip import CLIP_SIZE, ClipPicture, ClipTrack, case_clip
from passerby.store.times import SECOND

BERLIN = ZoneInfo("Europe/Berlin")
NOON = int(datetime(2027, 1, 15, 12, tzinfo=UTC).timestamp()) * SECOND


def jpeg(grey: int, size: tuple[int, int] = (128, 64)) -> bytes:
    return cv2.imencode(".jpg", np.full((*size, 3), grey, np.uint8))[1].tobytes()


def track(camera: str, began: int, greys: dict[int, int]) -> ClipTrack:
    """A track whose picture at each second has a grey."""
    pictures = [
        ClipPicture(f"{camera}-{at}.jpg", NOON + at * SECOND, jpeg(grey))
        for at, grey in greys.items()
    ]
    return ClipTrack(camera, NOON + began * SECOND, NOON + (began + 10) * SECOND, pictures)


def played(content: bytes) -> list[tuple[Fraction, np.ndarray]]:
    """Seconds and pixels of what a player would show."""
    with av.open(io.BytesIO(content)) as container:
        return [
            (frame.pts * frame.time_base, frame.to_ndarray(format="gray"))
            for frame in container.decode(video=0)
        ]


def test_pictures_are_shown_in_order_and_as_long_as_they_lasted() -> None:
    halves = ClipTrack(
        "door",
        NOON + 60 * SECOND,
        NOON + 61 * SECOND,
        [
            ClipPicture("a.jpg", NOON + 60 * SECOND, jpeg(200)),
            ClipPicture("b.jpg", NOON + 60 * SECOND + SECOND // 2, jpeg(250)),
        ],
    )
    clip = case_clip([track("hall", 0, {0: 60, 1: 120, 8: 160}), halves], BERLIN)
    assert clip is not None
    assert [one.picture for one in clip.frames] == [
        *(None, "hall-0.jpg", "hall-1.jpg", "hall-8.jpg"),
        *(None, "a.jpg", "b.jpg"),
    ]
    frames = played(clip.content)
    assert [one.milliseconds for one in clip.frames] == [1000 * at for at, _ in frames]
    # a card of 1.5 s, then 1 s, 1 s at most, 1 s at most; a card, then half a second each
    assert [float(at) for at, _ in frames] == [0, 1.5, 2.5, 3.5, 4.5, 6.0, 6.5]
    assert clip.milliseconds == 7000
    middles = [float(image[200:240, 180:200].mean()) for _, image in frames]
    for place, grey in ((1, 60), (2, 120), (3, 160), (5, 200), (6, 250)):
        assert middles[place] == pytest.approx(grey, abs=6)
    assert frames[0][1].shape == CLIP_SIZE[::-1]


def test_what_is_said_below_changes_with_the_time_and_the_zone() -> None:
    clips = [
        case_clip([track("hall", 0, {0: 60, 1: 60})], ZoneInfo(zone))
        for zone in ("Europe/Berlin", "America/New_York")
    ]
    (_, card, *_), (_, there, *_) = (played(one.content) for one in clips if one)
    berlin = [image for _, image in played(clips[0].content)]
    assert np.abs(berlin[1][448:].astype(int) - berlin[2][448:]).max() > 60  # one second later
    assert np.abs(card[1][448:].astype(int) - there[1][448:]).max() > 60
    assert np.abs(card[1][:448].astype(int) - there[1][:448]).max() < 6


@pytest.mark.parametrize("size", [(1, 1), (2000, 10), (10, 2000), (256, 90)])
def test_pictures_of_any_shape_fit(size: tuple[int, int]) -> None:
    one = ClipPicture("a.jpg", NOON, jpeg(200, size))
    clip = case_clip([ClipTrack("hall", NOON, NOON, [one])], BERLIN)
    assert clip is not None
    assert len(played(clip.content)) == 2


def test_no_picture_makes_no_clip_and_many_are_thinned_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert case_clip([], BERLIN) is None
    assert case_clip([track("hall", 0, {})], BERLIN) is None
    monkeypatch.setattr(module, "_MOST_PICTURES", 4)
    clip = case_clip([track("hall", 0, dict.fromkeys(range(10), 90))], BERLIN)
    assert clip is not None
    assert clip.every == 3
    assert [one.picture for one in clip.frames][1:] == [f"hall-{at}.jpg" for at in (0, 3, 6, 9)]


def test_names_that_letters_cannot_be_drawn_of_do_no_harm() -> None:
    clip = case_clip([track("入口 \u202e🚪" * 20, 0, {0: 60})], BERLIN)
    assert clip is not None
    assert len(played(clip.content)) == 2


def test_the_same_case_gives_the_same_bytes() -> None:
    one, other = (case_clip([track("hall", 0, {0: 60, 1: 120})], BERLIN) for _ in range(2))
    assert one == other


@pytest.mark.parametrize("fault", ["another picture", "cut off"])
def test_a_clip_that_does_not_show_what_was_drawn_is_not_handed_out(
    monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    whole = case_clip([track("hall", 0, {0: 60, 1: 120, 2: 60})], BERLIN)
    assert whole is not None
    wrong = case_clip([track("hall", 0, {0: 60, 1: 240, 2: 60})], BERLIN)
    short = case_clip([track("hall", 0, {0: 60, 1: 120})], BERLIN)
    assert wrong is not None
    assert short is not None
    content = {"another picture": wrong, "cut off": short}[fault].content
    check = module._check

    def read_back(clip: module.CaseClip, small: list[np.ndarray]) -> None:
        check(module.CaseClip(content, clip.frames, clip.milliseconds, clip.every), small)

    monkeypatch.setattr(module, "_check", read_back)
    with pytest.raises(OutputError, match="not read back"):
        case_clip([track("hall", 0, {0: 60, 1: 120, 2: 60})], BERLIN)
