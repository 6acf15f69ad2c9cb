"""A stretch of a video is, frame by frame, what a copy of the whole has there."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from passerby.errors import ConfigError
from passerby.files.hashing import sha256_of
from passerby.pipeline.settings import Settings
from passerby.runs.anonymize.batch import AnonymizationRun
from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.live import check_cut
from passerby.runs.anonymize.report import entries_of, report_head, write_report
from passerby.runs.review.sheet import review_sheet, track_sheet
from passerby.sinks import plan
from passerby.sources import expand, open_source

Film = Callable[..., Path]
Person = tuple[int, int, int, int, int]
FRAMES, RATE, SAMPLES = 60, 25, 8000
UNSEEN = 150
"""A level that `find_bright` does not find."""


class Silent:
    def start(self, name: str, medium: object) -> None: ...
    def advance(self) -> None: ...
    def finish(self, item: ItemReport) -> None: ...


def run(source: Path, name: str, **options: Any) -> ItemReport:
    target, report = source.parent / name, source.parent / f"{name}.json"
    settings = Settings.of(**{"codec": "ffv1", "report": str(report), **options})
    batch = AnonymizationRun(settings, Silent())
    try:
        batch.process(plan(expand([source]), str(target)))
        assert batch.records.log is not None
        write_report(report, report_head(settings, {}), entries_of(batch.items, batch.records.log))
    finally:
        batch.close()
    return batch.items[0]


def pixels(path: Path) -> list[npt.NDArray[np.uint8]]:
    with open_source(path) as frames:
        return [frame.image for frame in frames]


def flickering(frame: int) -> list[Person]:
    """One who is lost for a second around frame 25, and one who comes at frame 38."""
    lost = 18 <= frame <= 33
    people = [(8 + frame, 10, 10, 40, UNSEEN if lost else 255)]
    return people + ([(70, 10, 10, 40, 255)] if frame >= 38 else [])


@pytest.fixture
def source(film: Film, bright_people: None) -> Path:
    return film("walk.mkv", flickering, frames=FRAMES)


@pytest.mark.parametrize(
    ("begin", "end", "first", "last"),
    [
        ("0.8", "1.2", 20, 29),  # in a gap that is bridged from both sides
        ("1", "1.52", 25, 37),  # ends just before somebody is seen first
        ("1.48", None, 37, 59),
        (None, "0:00.6", 0, 14),
        ("0:00:01.001", "0:02", 26, 49),  # between two frames
        ("2.36", "3", 59, 59),
    ],
)
def test_it_is_what_the_whole_copy_has_there(
    source: Path, begin: str | None, end: str | None, first: int, last: int
) -> None:
    run(source, "whole.mkv")
    item = run(source, "part.mkv", **{"from": begin, "to": end})
    assert (item.status, item.first_frame) == ("done", first)
    whole, part = pixels(source.parent / "whole.mkv"), pixels(source.parent / "part.mkv")
    assert len(part) == last - first + 1
    for number, image in enumerate(part):
        np.testing.assert_array_equal(image, whole[first + number])
    hidden = 8 + first + 5
    assert first < 18 or first > 33 or not part[0][14, hidden].any()


def test_times_count_from_its_first_frame(source: Path) -> None:
    run(source, "part.mp4", codec="h264", **{"from": "1", "to": "2"})
    with av.open(str(source.parent / "part.mp4")) as container:
        times = [frame.time for frame in container.decode(video=0)]
        assert times == pytest.approx([number / RATE for number in range(25)])
        assert container.duration == pytest.approx(1_000_000)


def test_the_report_numbers_frames_as_the_source_does(source: Path) -> None:
    item = run(source, "part.mkv", self_check=True, **{"from": "1", "to": "1.4"})
    assert item.self_check is not None
    assert item.self_check.in_all == 10
    report = source.parent / "part.mkv.json"
    written = json.loads(report.read_text())
    (one,) = written["items"]
    assert written["settings"]["run"]["from"] == "1"
    assert (one["first_frame"], one["frames_written"]) == (25, 10)
    assert [record["frame"] for record in one["frames"]] == list(range(25, 35))
    for sheet in (review_sheet, track_sheet):
        outcome = sheet(report, source.parent / f"{sheet.__name__}.png")
        assert outcome.problems == []
        assert len(outcome.shown) == outcome.different


def test_times_to_cover_are_those_of_the_source(source: Path) -> None:
    run(source, "part.mkv", cover_time=["1.2-1.3"], **{"from": "1", "to": "1.4"})
    black = [not image.any() for image in pixels(source.parent / "part.mkv")]
    assert black == [1.2 <= (25 + number) / RATE <= 1.3 for number in range(10)]


def test_edits_name_frames_of_the_source(source: Path) -> None:
    item = run(source, "part.mkv", treat=["1:visible"], **{"from": "0.2", "to": "0.4"})
    assert item.plan is not None
    assert (item.plan.outcomes[0].first, item.plan.outcomes[0].last) == (5, 9)
    for number, image in enumerate(pixels(source.parent / "part.mkv")):
        assert image[15, 8 + 5 + number + 5].all()


@pytest.mark.parametrize(
    ("begin", "end", "told"),
    [
        ("2", "1", "from and to: a time range must start at 0 or later and end after its start"),
        ("soon", None, "cannot read the time 'soon'"),
        (None, "1:75", "59 is the largest"),
        (None, "0", "end after its start"),
    ],
)
def test_impossible_stretches_are_refused(begin: str | None, end: str | None, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        Settings.of(**{"from": begin, "to": end})


def test_one_beyond_the_end_is_an_error(source: Path) -> None:
    item = run(source, "part.mkv", **{"from": "0:02.4"})
    assert item.status == "failed"
    assert "has no picture from 0:02.40 on" in (item.error or "")
    assert not (source.parent / "part.mkv").exists()


def test_a_later_end_is_told(make_video: Callable[..., Path], bright_people: None) -> None:
    source = make_video("short.mp4", frames=10)
    item = run(source, "part.mkv", **{"from": "0.2", "to": "2:00"})
    assert item.tally.frames == 5
    assert "the video ends at 0.40 s, before the end of the stretch (--to)" in item.notes


def test_pictures_and_streams_have_no_stretch(tmp_path: Path, bright_people: None) -> None:
    still = tmp_path / "still.png"
    Image.new("RGB", (32, 24), (200, 90, 40)).save(still)
    item = run(still, "part.png", **{"from": "1"})
    assert "is an image: --from and --to cut videos" in (item.error or "")
    settings = Settings.of(**{"from": "1"}).run
    for names, output in ((["rtsp://host/a"], "a.mp4"), ([str(still)], "udp://127.0.0.1:5000")):
        with pytest.raises(ConfigError, match="--from and --to cut files"):
            check_cut(settings, expand(names), output)


def test_a_file_of_detections_must_hold_the_whole() -> None:
    with pytest.raises(ConfigError, match="has to hold all of a video"):
        Settings.of(to="3", save_detections="a.txt")


# --- Sound ----------------------------------------------------------------------------------


def sounding(path: Path, codec: str, seconds: float = 3.0) -> Path:
    """A video whose sound says when it is: a tone that grows louder, below half of the most."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=RATE)
        video.width, video.height = 64, 48
        sound = container.add_stream(codec, rate=SAMPLES)
        sound.layout = "mono"
        for index in range(round(seconds * RATE)):
            picture = np.full((48, 64, 3), index, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(video.encode())
        frame = av.AudioFrame.from_ndarray(tone(seconds)[None], "s16", "mono")
        frame.rate, frame.time_base, frame.pts = SAMPLES, Fraction(1, SAMPLES), 0
        context = sound.codec_context
        resampler = av.AudioResampler(context.format, context.layout, context.sample_rate)
        for part in resampler.resample(frame):
            container.mux(sound.encode(part))
        container.mux(sound.encode(None))
    return path


def tone(seconds: float) -> npt.NDArray[np.int16]:
    time = np.arange(round(seconds * SAMPLES)) / SAMPLES
    return (np.sin(time * 2 * np.pi * 440) * (3000 + 4000 * time)).astype(np.int16)


def heard(path: Path) -> npt.NDArray[np.float64]:
    """The decoded sound from the first picture on, -1 to 1."""
    with av.open(str(path)) as container:
        video = next(container.decode(video=0))
        start = float(video.pts * video.time_base)
    with av.open(str(path)) as container:
        parts, begin = [], None
        resampler = av.AudioResampler("flt", "mono", SAMPLES)
        for frame in container.decode(audio=0):
            begin = float(frame.pts * frame.time_base) if begin is None else begin
            parts += [one.to_ndarray()[0] for one in resampler.resample(frame)]
        parts += [one.to_ndarray()[0] for one in resampler.resample(None)]
    late = round(((begin or 0.0) - start) * SAMPLES)
    all_of_it = np.concatenate(parts)
    return np.concatenate([np.zeros(max(late, 0)), all_of_it[max(-late, 0) :]])


def error(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
    """Root mean square of the difference of what both have."""
    length = min(len(one), len(other))
    return float(np.sqrt(((one[:length] - other[:length]) ** 2).mean()))


@pytest.mark.parametrize(("codec", "name"), [("pcm_s16le", "a.mkv"), ("aac", "a.mp4")])
def test_sound_is_cut_along(tmp_path: Path, bright_people: None, codec: str, name: str) -> None:
    source = sounding(tmp_path / f"in_{name}", codec)
    copied = {"audio": "keep", "codec": "h264"}
    item = run(source, name, **copied, **{"from": "1", "to": "2"})
    assert item.error is None
    expected, found = heard(source)[SAMPLES : 2 * SAMPLES], heard(tmp_path / name)
    edge = SAMPLES // 5  # one packet at each end may be missing, and its neighbour be damaged
    assert len(found) == pytest.approx(SAMPLES, abs=edge)
    assert error(expected[edge:-edge], found[edge : SAMPLES - edge]) < 1e-3
    # A shift of one hundredth of a second would be noticed.
    assert error(expected[edge + 80 : -edge], found[edge : SAMPLES - edge]) > 0.02


@pytest.mark.parametrize(
    ("codec", "name", "edge", "loss"),
    [("pcm_s16le", "a.mkv", 1, 0.0), ("pcm_u8", "a.mov", 1, 0.0), ("aac", "a.mp4", 1100, 0.02)],
)
@pytest.mark.parametrize("stretch", [{}, {"from": "0.4", "to": "2.4"}], ids=["all", "stretch"])
def test_a_muted_span_is_silent_and_the_rest_as_it_was(
    tmp_path: Path,
    bright_people: None,
    codec: str,
    name: str,
    edge: int,
    loss: float,
    stretch: dict[str, str],
) -> None:
    source = sounding(tmp_path / f"in_{name}", codec)
    spans = ["1-1.5", "0:02-0:02.2"]
    options = {"audio": "keep", "codec": "h264", "mute_span": spans, **stretch}
    item = run(source, name, **options)
    assert item.error is None
    assert any("with silence in the muted spans" in note for note in item.notes)
    begin = round(float(stretch.get("from", 0)) * SAMPLES)
    before, after = heard(source)[begin:], heard(tmp_path / name)
    silent = np.zeros(len(before), np.bool_)
    for start, end in ((1.0, 1.5), (2.0, 2.2)):
        silent[round(start * SAMPLES) - begin : round(end * SAMPLES) - begin + 1] = True
    wide = np.convolve(silent, np.ones(2 * edge + 1), "same") > 0
    narrow = np.convolve(~silent, np.ones(2 * edge + 1), "same") < 0.5
    length = min(len(before), len(after), round(2 * SAMPLES) if stretch else len(before))
    used = np.zeros(len(before), np.bool_)
    used[edge if stretch else 0 : length - (edge if stretch else 0)] = True
    assert np.abs(after[:length][silent[:length] & narrow[:length]]).max(initial=0) <= loss / 20
    kept = used[:length] & ~wide[:length]
    assert kept.sum() > SAMPLES / 4
    assert error(before[:length][kept], after[:length][kept]) <= loss
    assert np.abs(before[:length][silent[:length]]).max() > 0.1


def test_an_edit_mutes_too(tmp_path: Path, bright_people: None) -> None:
    source = sounding(tmp_path / "in.mkv", "pcm_s16le")
    edits = tmp_path / "a.toml"
    head = f'edits = 1\n[source]\nsha256 = "{sha256_of(source)}"\n'
    edits.write_text(f'{head}[[edit]]\nwhat = "mute"\ntime = "0:01-2"\n')
    run(source, "kept.mkv", audio="keep", codec="h264", edits=str(edits))
    sound = heard(tmp_path / "kept.mkv")
    assert not sound[SAMPLES : 2 * SAMPLES].any()
    assert sound[: SAMPLES - 1].any()
    item = run(source, "dropped.mkv", codec="h264", edits=str(edits))
    assert item.error is None


def test_a_span_without_a_picture_is_told(tmp_path: Path, bright_people: None) -> None:
    source = sounding(tmp_path / "in.mkv", "pcm_s16le")
    item = run(source, "a.mkv", audio="keep", codec="h264", mute_span=["9-10"])
    assert not item.vouched
    assert any("9-10 (--mute-span)" in note for note in item.notes)


def test_only_a_sound_that_is_kept_is_muted_in_places() -> None:
    with pytest.raises(ConfigError, match="add audio keep"):
        Settings.of(mute_span=["1-2"])
    with pytest.raises(ConfigError, match="end after its start"):
        Settings.of(audio="keep", mute_span=["2-1"])
