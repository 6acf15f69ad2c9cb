"""Many inputs: each gets its output or its reason, and a bad one stops nobody."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from passerby.errors import ConfigError, ModelError, OutputError
from passerby.files.partial import Permit
from passerby.media import Medium
from passerby.pipeline.settings import Settings
from passerby.runs.anonymize import batch as module
from passerby.runs.anonymize import run_record
from passerby.runs.anonymize.batch import AnonymizationRun
from passerby.runs.anonymize.item_report import ItemReport
from passerby.sinks import plan
from passerby.sinks.targets import reserved
from passerby.sources import expand
from passerby.types import AnonymizedFrame

Film = Callable[..., Path]
Make = Callable[..., Path]
TOP = {"regions": "top"}


class Heard:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.frames: list[int | None] = []
        self.advanced = 0
        self.finished: list[ItemReport] = []

    def start(self, name: str, medium: Medium) -> None:
        self.names.append(name)
        self.frames.append(medium.frames)

    def advance(self) -> None:
        self.advanced += 1

    def finish(self, item: ItemReport) -> None:
        assert item.seconds > 0
        self.finished.append(item)


def run(
    sources: Sequence[Path], output: Path, heard: Heard | None = None, **options: object
) -> list[ItemReport]:
    settings = Settings.of(**options)
    batch = AnonymizationRun(settings, heard or Heard())
    try:
        batch.process(plan(expand(sources), str(output)))
    finally:
        batch.close()
    return batch.items


def standing(_frame: int) -> list[tuple[int, int, int, int, int]]:
    return [(20, 10, 10, 40, 255)]


def picture(path: Path, size: tuple[int, int] = (32, 24)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (200, 90, 40)).save(path)
    return path


def test_everybody_gets_an_output_and_progress_is_told(
    film: Film, bright_people: None, tmp_path: Path
) -> None:
    film("in/walk.mkv", standing, frames=9)
    picture(tmp_path / "in" / "deep" / "a.png")
    heard = Heard()
    items = run([tmp_path / "in"], tmp_path / "out", heard)
    assert [item.status for item in items] == ["done", "done"]
    assert (tmp_path / "out" / "walk.mkv").is_file()
    assert (tmp_path / "out" / "deep" / "a.png").is_file()
    assert heard.finished == items
    assert heard.names == [item.source for item in items]
    assert heard.advanced == 10


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_bad_one_does_not_stop_the_rest(tmp_path: Path, place: int) -> None:
    paths = [picture(tmp_path / "in" / f"{number}.jpg") for number in range(3)]
    paths[place].write_bytes(paths[place].read_bytes()[:150])
    heard = Heard()
    items = run([tmp_path / "in"], tmp_path / "out", heard, **TOP)
    assert [item.status == "failed" for item in items] == [n == place for n in range(3)]
    assert str(paths[place]) in (items[place].complaint or "")
    assert items[place].tally.frames == 0
    written = sorted(path.name for path in (tmp_path / "out").rglob("*"))
    assert written == [f"{number}.jpg" for number in range(3) if number != place]
    assert len(heard.finished) == 3


def test_a_video_that_breaks_off_leaves_nothing_and_says_how_to_keep_it(
    make_video: Make, tmp_path: Path
) -> None:
    source = cut(make_video("a.mkv", frames=60, noise=True))
    (item,) = run([source], tmp_path / "out.mkv", **TOP)
    assert item.status == "failed"
    assert "--salvage keeps the " in (item.error or "")
    assert sorted(tmp_path.iterdir()) == [source]


def test_salvage_keeps_what_there_was_and_it_still_counts_as_failed(
    make_video: Make, tmp_path: Path
) -> None:
    source = cut(make_video("a.mkv", frames=60, noise=True))
    (item,) = run([source], tmp_path / "out.mkv", salvage=True, **TOP)
    assert item.status == "partial"
    assert 0 < item.tally.frames < 60
    assert not item.vouched
    assert sorted(tmp_path.iterdir()) == [source, tmp_path / "out.mkv"]


def cut(path: Path) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def test_what_fails_after_the_output_is_written_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OutputError("the disk is full")

    monkeypatch.setattr(run_record, "save_detections", full)
    source = picture(tmp_path / "a.png")
    (item,) = run([source], tmp_path / "b.png", save_detections=str(tmp_path / "d.json"), **TOP)
    assert (item.status, item.error) == ("partial", "the disk is full")
    assert not item.vouched
    assert (tmp_path / "b.png").is_file()


def test_a_sink_that_fails_leaves_nothing(
    film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = film("a.mkv", standing, frames=9)
    writing = module.open_sink

    def breaking(*arguments: object) -> object:
        sink = writing(*arguments)
        write = sink.write

        def once(frame: AnonymizedFrame) -> None:
            if frame.index == 5:
                raise OutputError("the disk is full")
            write(frame)

        monkeypatch.setattr(sink, "write", once)
        return sink

    monkeypatch.setattr(module, "open_sink", breaking)
    (item,) = run([source], tmp_path / "b.mkv", **TOP)
    assert (item.status, item.error) == ("failed", "the disk is full")
    assert sorted(tmp_path.iterdir()) == [source]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ZeroDivisionError("of rtsp://me:s3cret@host/a"), "ZeroDivisionError: of rtsp://host/a ("),
        (MemoryError(), "there is not enough memory"),
        (RecursionError("deep"), "RecursionError: deep ("),
        (ValueError("31 is not a valid Type"), "ValueError: 31 is not a valid Type ("),
    ],
)
def test_an_error_nobody_foresaw_is_its_inputs_failure_and_leaves_nothing(
    error: Exception, told: str, film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = [film(f"{name}.mkv", standing, frames=9) for name in "abc"]
    heard, advance = Heard(), Heard.advance

    def failing() -> None:
        advance(heard)
        if len(heard.finished) == 1:
            raise error

    monkeypatch.setattr(heard, "advance", failing)
    items = run(sources, tmp_path / "out", heard, **TOP)
    assert [item.status for item in items] == ["done", "failed", "done"]
    assert (items[1].error or "").startswith(told)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.mkv", "c.mkv"]


def test_missing_models_are_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise ModelError("no model is here")

    monkeypatch.setattr(run_record, "detectors_for", missing)
    with pytest.raises(ModelError):
        AnonymizationRun(Settings.of(self_check=True, **TOP), Heard())


def test_sound_that_is_left_out_is_told(make_video: Make, tmp_path: Path) -> None:
    def add_sound(container: object, _stream: object) -> None:
        container.add_stream("pcm_s16le", rate=8000, layout="mono")  # type: ignore[attr-defined]

    source = make_video("a.mkv", prepare=add_sound)
    (item,) = run([source], tmp_path / "b.mkv", **TOP)
    assert any(note.startswith("sound left out") for note in item.notes)


def test_text_cannot_name_a_picture(tmp_path: Path) -> None:
    source = picture(tmp_path / "a.png")
    target = str(tmp_path / "d.txt")
    (item,) = run([source], tmp_path / "b.png", save_detections=target, **TOP)
    assert item.status == "failed"
    assert "end it with .json" in (item.error or "")
    assert sorted(tmp_path.iterdir()) == [source]


def test_settings_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ConfigError):
        AnonymizationRun(Settings.of(regions="feet"), Heard())


# --- What is named is what was read, and nothing else is replaced ----------------------------


class Meddling(Heard):
    """Does something once, after the first frame."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self._act = act

    def advance(self) -> None:
        if self.advanced == 0:
            self._act()
        super().advance()


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def exchange(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.replace(path)


@pytest.mark.parametrize("salvage", [False, True])
@pytest.mark.parametrize("act", [grow, exchange, Path.unlink])
def test_an_input_that_does_not_stay_as_it_is_fails_and_leaves_nothing(
    film: Film, bright_people: None, tmp_path: Path, act: Callable[[Path], object], salvage: bool
) -> None:
    source = film("in/walk.mkv", standing, frames=9)
    meddling = Meddling(lambda: act(source))
    out = tmp_path / "out" / "walk.mkv"
    (item,) = run([source], out, meddling, salvage=salvage, report="r.json")
    assert item.status == "failed"
    assert "walk.mkv was changed or replaced while it was read" in (item.error or "")
    assert (item.source_sha256, item.target_sha256) == (None, None)
    assert list((tmp_path / "out").iterdir()) == []


def test_the_hash_is_of_what_was_written_whatever_lies_there_later(
    film: Film, bright_people: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = film("in/walk.mkv", standing, frames=3)
    written: list[bytes] = []

    def swap(*_: object) -> None:
        written.append((tmp_path / "out.mkv").read_bytes())
        (tmp_path / "out.mkv").write_bytes(b"raw")

    monkeypatch.setattr(module.Records, "look_back", swap)
    (item,) = run([source], tmp_path / "out.mkv", report="r.json")
    assert item.target_sha256 == hashlib.sha256(written[0]).hexdigest()
    assert item.source_sha256 == hashlib.sha256(source.read_bytes()).hexdigest()


def test_without_overwrite_nothing_that_came_meanwhile_is_replaced(
    film: Film, bright_people: None, tmp_path: Path
) -> None:
    source = film("in/walk.mkv", standing, frames=9)
    out = tmp_path / "out.mkv"
    (item,) = run([source], out, Meddling(lambda: out.write_bytes(b"theirs")))
    assert item.status == "failed"
    assert "exists: add --overwrite or name another output" in (item.error or "")
    assert out.read_bytes() == b"theirs"
    assert sorted(tmp_path.iterdir()) == [tmp_path / "in", out]


def test_a_link_put_into_the_output_folder_meanwhile_fails_what_lies_behind(
    bright_people: None, tmp_path: Path
) -> None:
    originals = [picture(tmp_path / "in" / name) for name in ("a.png", "sub/b.png", "z.png")]
    before = [path.read_bytes() for path in originals]
    inputs, output = expand([tmp_path / "in"]), str(tmp_path / "out")
    link = tmp_path / "out" / "sub"
    with reserved(inputs, output) as folder:
        permit = Permit(overwrite=True, below=folder)
        settings = Settings.of(overwrite=True, **TOP)
        batch = AnonymizationRun(settings, Meddling(lambda: link.symlink_to("../in/sub")), permit)
        batch.process(plan(inputs, output, overwrite=True))
        batch.close()
    assert [item.status for item in batch.items] == ["done", "done", "failed"]
    assert "is a link, which may lead out" in (batch.items[2].error or "")
    assert [path.read_bytes() for path in originals] == before


def test_a_name_that_two_inputs_share_covers_both_in_full(tmp_path: Path) -> None:
    for name in ("a/x.png", "b/x.png", "b/y.png"):
        picture(tmp_path / "in" / name)
    box = {"category_id": 1, "bbox": [1, 1, 2, 2]}
    entries = [{"image_id": n, "file_name": n, **box} for n in ("x.png", "y.png")]
    (tmp_path / "boxes.json").write_text(json.dumps(entries), encoding="utf-8")
    settings = {"detections": str(tmp_path / "boxes.json"), "regions": ("people",)}
    items = run([tmp_path / "in"], tmp_path / "out", **settings)
    assert [item.tally.covered_in_full for item in items] == [1, 1, 0]
    assert [item.vouched for item in items] == [False, False, True]
    assert not np.asarray(Image.open(tmp_path / "out" / "a" / "x.png")).any()


def test_boxes_of_a_longer_video_fail_their_input(film: Film, tmp_path: Path) -> None:
    sources = [film("a.mkv", standing, frames=3)]
    (tmp_path / "gt.txt").write_text("1,1,20,10,9,9\n4,1,20,10,9,9\n", encoding="utf-8")
    (item,) = run(sources, tmp_path / "b.mkv", detections=str(tmp_path / "gt.txt"))
    assert item.status == "failed"
    assert "has boxes in frame 4 (counted from 1), but a.mkv has 3 frames" in (item.error or "")
    assert not (tmp_path / "b.mkv").exists()


@pytest.mark.parametrize("option", ["cover_time", "leave_time"])
def test_a_time_that_meets_no_frame_is_told_and_not_vouched_for(
    film: Film, tmp_path: Path, option: str
) -> None:
    source = film("in/a.mkv", lambda _: [], frames=25)
    (missed,) = run([source], tmp_path / "b.mkv", **TOP, **{option: ["5-6"]})
    assert not missed.vouched
    assert any("no frame lies in 5-6" in note for note in missed.notes)
    (met,) = run([source], tmp_path / "c.mkv", **TOP, **{option: ["0.5-6"]})
    assert met.vouched
    assert met.notes == ()


def test_a_time_to_leave_is_missed_in_a_picture_and_in_pages(tmp_path: Path) -> None:
    """They have no times: nothing was left, and whoever asked for it is told."""
    pages = [Image.new("RGB", (40, 30), (level,) * 3) for level in (10, 90)]
    pages[0].save(tmp_path / "a.png")
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    for name in ("a.png", "a.tif"):
        (item,) = run([tmp_path / name], tmp_path / f"out_{name}", **TOP, leave_time=["5-6"])
        assert item.unmet == ("5-6 (--leave-time)",)
        assert not item.vouched


@pytest.mark.parametrize(("last", "vouched"), [(1, False), (10, False), (29, False), (30, True)])
def test_the_end_that_a_file_of_boxes_does_not_list_is_not_vouched_for(
    film: Film, tmp_path: Path, last: int, vouched: bool
) -> None:
    """It may be the file of a shorter film."""
    source = film("in/a.mkv", lambda _: [(20, 10, 10, 40, 255)], frames=30)
    boxes = tmp_path / "boxes.txt"
    boxes.write_text("".join(f"{number},1,20,10,10,40,1\n" for number in range(1, last + 1)))
    (item,) = run([source], tmp_path / "b.mkv", detections=str(boxes))
    assert not item.vouched  # the file does not say of which film it is
    item.unnamed = False
    assert (item.vouched, item.unlisted) == (vouched, 30 - last)
    told = [note for note in item.notes if f"says nothing about the last {30 - last} frame" in note]
    assert len(told) == (not vouched)


@pytest.mark.parametrize("said", [True, False])
def test_boxes_for_nobody_knows_which_size_are_told(film: Film, tmp_path: Path, said: bool) -> None:
    """They may be for a smaller copy, such as detectors are fed with."""
    source = film("in/a.mkv", lambda _: [(20, 10, 10, 40, 255)], frames=3)
    with av.open(str(source)) as container:
        width, height = container.streams.video[0].width, container.streams.video[0].height
    boxes = tmp_path / "boxes.txt"
    boxes.write_text("".join(f"{number},1,10,5,5,10,1\n" for number in range(1, 4)))
    if said:
        (tmp_path / "seqinfo.ini").write_text(f"imWidth={width}\nimHeight={height}\n")
    (item,) = run([source], tmp_path / "b.mkv", detections=str(boxes))
    assert any("does not say how large" in note for note in item.notes) is not said


def test_a_file_that_lists_all_frames_covers_those_that_it_does_not_list(
    film: Film, tmp_path: Path
) -> None:
    source = film("in/a.mkv", lambda _: [], frames=5)
    images = [{"id": number, "frame_id": number, "file_name": "a"} for number in range(3)]
    content = {"images": images, "annotations": [], "categories": [{"id": 1, "name": "person"}]}
    (tmp_path / "boxes.json").write_text(json.dumps(content))
    (item,) = run([source], tmp_path / "b.mkv", detections=str(tmp_path / "boxes.json"))
    assert not item.vouched
    assert item.tally.covered_in_full >= 2
    assert item.unlisted == 0
