"""The three ways in which a video may be kept, and what does not fit them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.detections import Detections
from passerby.errors import ConfigError, InputError, PasserbyError
from passerby.runs.track import video as module
from passerby.runs.track.run import Followed
from passerby.runs.track.settings import TrackSettings, VideoCover
from passerby.runs.track.video import TrackedVideo
from passerby.sources import open_source
from passerby.types import Source

Film = Callable[..., Path]
EVERY = TrackSettings(every=1)


def bright(image: np.ndarray) -> Detections:
    """The one white box, if there is any."""
    rows, columns = np.nonzero((image > 240).all(axis=2))
    if not len(rows):
        return Detections.none()
    return Detections.of([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]])


@pytest.fixture(autouse=True)
def searched(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """Nothing but `bright` finds people; the pictures that it is asked about."""
    asked: list[np.ndarray] = []

    def detector(image: np.ndarray) -> Detections:
        asked.append(image)
        return bright(image)

    monkeypatch.setattr(module, "detectors_for", lambda kinds, settings: detector)
    return asked


def walker(frame: int) -> list[tuple[int, int, int, int, int]]:
    return [(2 + frame, 10, 12, 40, 255)]


def tracks(video: TrackedVideo) -> Followed:
    return video.follow(lambda: None)


def span(found: Followed) -> list[tuple[int, int]]:
    return [(one.first_frame, one.last_frame) for one in found.people]


def frames_of(clip: Path, folder: Path) -> Path:
    """The frames of a video as pictures in a folder."""
    folder.mkdir()
    with open_source(clip) as source:
        for frame in source:
            path = folder / f"{frame.index + 1:06d}.png"
            Image.fromarray(np.ascontiguousarray(frame.image[:, :, ::-1])).save(path)
    return folder


def test_a_video_and_a_folder_of_its_frames_give_the_same_tracks(
    film: Film, tmp_path: Path
) -> None:
    clip = film("walk.mkv", walker)
    folder = frames_of(clip, tmp_path / "img1")
    one, other = TrackedVideo(clip, EVERY), TrackedVideo(folder, EVERY, rate=25)
    assert (one.frames, other.frames) == (30, 30)
    found, again = tracks(one), tracks(other)
    assert span(found) == span(again) == [(1, 30)]
    for frame in range(30):
        np.testing.assert_array_equal(found.by_frame[frame].boxes, again.by_frame[frame].boxes)


def test_boxes_alone_need_no_picture(tmp_path: Path) -> None:
    lines = [f"{frame + 1},-1,{2 + frame},10,12,40,0.9\n" for frame in range(30)]
    (tmp_path / "boxes.txt").write_text("".join(lines), encoding="utf-8")
    assert span(tracks(TrackedVideo(tmp_path / "boxes.txt", EVERY, rate=25))) == [(1, 30)]
    (tmp_path / "seqinfo.ini").write_text("[Sequence]\nframeRate=25\n", encoding="utf-8")
    assert tracks(TrackedVideo(tmp_path / "boxes.txt", EVERY)).seconds == pytest.approx(1.2)


def test_boxes_of_a_video_are_taken_instead_of_searching(
    film: Film, tmp_path: Path, searched: list[np.ndarray]
) -> None:
    clip = film("walk.mkv", walker)
    lines = [f"{frame + 1},-1,{2 + frame},10,12,40,0.9\n" for frame in range(15, 30)]
    (tmp_path / "boxes.txt").write_text("".join(lines), encoding="utf-8")
    find = TrackSettings(detections=str(tmp_path / "boxes.txt"))
    video = TrackedVideo(clip, find, cover=VideoCover(regions=("people",)))
    found = tracks(video)
    assert span(found) == [(16, 30)]
    video.write_video(tmp_path / "numbered.mkv", found.by_frame, lambda: None)
    assert not searched
    with open_source(tmp_path / "numbered.mkv") as source:
        frames = [frame.image for frame in source]
    assert frames[20][22:46, 25:31].max() < 60
    assert frames[0][22:46, 4:10].min() > 200  # the file says that nobody is there


def test_for_tracks_and_covers_each_picture_is_searched_once(
    film: Film, tmp_path: Path, searched: list[np.ndarray]
) -> None:
    video = TrackedVideo(film("walk.mkv", walker), EVERY, cover=VideoCover(regions=("people",)))
    found = tracks(video)
    assert len(searched) == 30
    video.write_video(tmp_path / "numbered.mkv", found.by_frame, lambda: None)
    assert len(searched) == 30
    with open_source(tmp_path / "numbered.mkv") as source:
        frames = [frame.image for frame in source]
    assert len(frames) == 30
    for index, image in enumerate(frames):
        assert image[22:46, 5 + index : 11 + index].max() < 60


def test_a_folder_of_frames_becomes_a_video_too(film: Film, tmp_path: Path) -> None:
    folder = frames_of(film("walk.mkv", walker), tmp_path / "img1")
    video = TrackedVideo(folder, EVERY, rate=10, cover=VideoCover())
    video.write_video(tmp_path / "numbered.mp4", tracks(video).by_frame, lambda: None)
    with open_source(tmp_path / "numbered.mp4") as source:
        assert source.medium.rate == 10
        assert sum(1 for _ in source) == 30


def test_weak_covers_are_told(film: Film) -> None:
    clip = film("walk.mkv", walker)
    assert not TrackedVideo(clip, EVERY).notes
    weak = VideoCover(operator="noise")
    assert TrackedVideo(clip, EVERY, cover=weak).notes != ()


def test_sound_that_is_left_out_is_told(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = film("walk.mkv", walker)
    opened = module.open_source

    def with_sound(path: Path) -> Source:
        source = opened(path)
        source._medium = replace(source.medium, audio_streams=1, notes=("it is old",))
        return source

    monkeypatch.setattr(module, "open_source", with_sound)
    assert TrackedVideo(clip, EVERY).notes == ("it is old",)
    assert TrackedVideo(clip, EVERY, cover=VideoCover(regions=("people",))).notes == (
        "it is old",
        "sound left out, because voices identify people",
    )


def boxes(folder: Path) -> Path:
    (folder / "boxes.txt").write_text("1,-1,2,10,12,40,0.9\n", encoding="utf-8")
    return folder / "boxes.txt"


def picture(folder: Path) -> Path:
    Image.new("RGB", (12, 8)).save(folder / "a.png")
    return folder / "a.png"


@pytest.mark.parametrize(
    ("make", "options", "error", "told"),
    [
        (lambda folder: folder / "gone.mp4", {}, InputError, "gone.mp4 does not exist"),
        (lambda folder: folder / "gone.txt", {}, InputError, "gone.txt does not exist"),
        (picture, {}, InputError, "is a picture, in which nobody can be followed"),
        (boxes, {}, ConfigError, "does not say how fast it is: add --rate"),
        (lambda folder: folder, {}, ConfigError, "does not say how fast it is: add --rate"),
        (lambda folder: folder, {"rate": 5.0}, InputError, "has no pictures in it"),
        (boxes, {"rate": 5.0, "cover": VideoCover()}, ConfigError, "holds boxes and no pictures"),
        (
            boxes,
            {"rate": 5.0, "find": TrackSettings(detections="more.txt")},
            ConfigError,
            "holds boxes already",
        ),
    ],
)
def test_what_cannot_be_tracked_is_refused_before_the_work(
    tmp_path: Path,
    make: Callable[[Path], Path],
    options: dict[str, object],
    error: type[PasserbyError],
    told: str,
) -> None:
    with pytest.raises(error, match=told):
        TrackedVideo(make(tmp_path), options.pop("find", EVERY), **options)


def test_a_video_has_times_of_its_own(film: Film) -> None:
    with pytest.raises(ConfigError, match="has times of its own: leave --rate out"):
        TrackedVideo(film("walk.mkv", walker), EVERY, rate=5)


def test_boxes_of_another_video_are_refused(film: Film, tmp_path: Path) -> None:
    clip = film("walk.mkv", walker)
    text = f"# source sha256={'0' * 64} frames=30 size=96x64\n1,-1,2,10,12,40,0.9\n"
    (tmp_path / "boxes.txt").write_text(text, encoding="utf-8")
    find = TrackSettings(detections=str(tmp_path / "boxes.txt"))
    with pytest.raises(InputError, match=r"boxes\.txt holds boxes of another file than walk\.mkv"):
        tracks(TrackedVideo(clip, find))


def test_signatures_tell_people_apart_where_that_is_asked_for(
    film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = module.open_describer
    monkeypatch.setattr(module, "open_describer", lambda model: opened.append(model) or real(model))
    clip = film("walk.mkv", walker)
    assert span(tracks(TrackedVideo(clip, EVERY))) == [(1, 30)]
    assert opened == []
    by_signature = EVERY.model_copy(update={"appearance": "signatures"})
    assert span(tracks(TrackedVideo(clip, by_signature))) == [(1, 30)]
    assert opened == ["passerby-signature"]


def test_boxes_show_nobody(tmp_path: Path) -> None:
    (tmp_path / "boxes.txt").write_text("1,-1,2,10,12,40,0.9\n", encoding="utf-8")
    find = TrackSettings(appearance="signatures")
    with pytest.raises(ConfigError, match="nobody can be told apart by signatures; leave --app"):
        TrackedVideo(tmp_path / "boxes.txt", find, rate=25)
