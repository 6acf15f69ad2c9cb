"""Edits change the copy where they say, the same way each time, and never uncover anybody else."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from passerby.anonymization.vouched import read_vouched
from passerby.errors import ConfigError, InputError
from passerby.files.hashing import sha256_of
from passerby.pipeline.settings import Settings
from passerby.runs.anonymize.batch import AnonymizationRun
from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.report import entries_of, report_head, write_report
from passerby.runs.edit.edits import EditedSource, EditsFile
from passerby.runs.edit.edits_file import write_edits
from passerby.runs.edit.session import edited_copies
from passerby.runs.review.queue import read_report
from passerby.runs.vouchers import run_vouchers
from passerby.sinks import plan
from passerby.sources import expand, open_source

Film = Callable[..., Path]
Person = tuple[int, int, int, int, int]
MISSED = 150
"""A level that `find_bright` does not find."""
FRAMES = 24


class Silent:
    def start(self, name: str, medium: object) -> None: ...
    def advance(self) -> None: ...
    def finish(self, item: ItemReport) -> None: ...


def one_is_missed(frame: int) -> list[Person]:
    return [(8, 10, 10, 40, 255), (40 + frame, 12, 10, 40, MISSED)]


@pytest.fixture
def source(film: Film, bright_people: None) -> Path:
    return film("walk.mkv", one_is_missed, frames=FRAMES)


def edits_of(source: Path, edits: Sequence[dict[str, Any]]) -> Path:
    path = source.with_suffix(".edits.toml")
    path.unlink(missing_ok=True)
    document = EditsFile.model_validate(
        {"edits": 1, "source": {"sha256": sha256_of(source)}, "edit": list(edits)}
    )
    write_edits(path, document)
    return path


def run(source: Path, edits: Path | None, name: str = "safe.mkv", **options: Any) -> ItemReport:
    target, report = source.parent / name, source.parent / f"{name}.json"
    settings = Settings.of(
        **{
            "edits": None if edits is None else str(edits),
            "codec": "ffv1",
            "overwrite": True,
            "report": str(report),
            **options,
        }
    )
    batch = AnonymizationRun(settings, Silent())
    try:
        batch.process(plan(expand([source]), str(target), overwrite=True))
        assert batch.records.log is not None
        report.unlink(missing_ok=True)
        write_report(report, report_head(settings, {}), entries_of(batch.items, batch.records.log))
    finally:
        batch.close()
    return batch.items[0]


def pixels(path: Path) -> list[npt.NDArray[np.uint8]]:
    with open_source(path) as frames:
        return [frame.image for frame in frames]


def is_black(image: npt.NDArray[np.uint8], x: int, y: int) -> bool:
    return bool((image[y, x] == 0).all())


def head_of_missed(frame: int) -> tuple[int, int]:
    return 45 + frame, 17


DRAWN = {"what": "cover", "frame": 12, "box": [52, 12, 10, 12], "by": "anna"}


def test_one_box_covers_whom_the_detector_missed(source: Path) -> None:
    before = run(source, None, "before.mkv")
    item = run(source, edits_of(source, [DRAWN]))
    assert (before.status, item.status, item.error) == ("done", "done", None)
    bare, covered = pixels(source.parent / "before.mkv"), pixels(source.parent / "safe.mkv")
    for frame in range(FRAMES):
        assert not is_black(bare[frame], *head_of_missed(frame))
        assert is_black(covered[frame], *head_of_missed(frame))
        # All that the run covers by itself is covered as before.
        assert ((bare[frame] != 0) | (covered[frame] == 0)).all()


def test_the_same_input_and_edits_give_the_same_copy(source: Path) -> None:
    edits = edits_of(source, [DRAWN, {"what": "cover_time", "time": "0.2-0.3"}])
    run(source, edits, "a.mp4", codec="h264")
    run(source, edits, "b.mp4", codec="h264")
    assert (source.parent / "a.mp4").read_bytes() == (source.parent / "b.mp4").read_bytes()


def test_no_edits_change_nothing(source: Path) -> None:
    run(source, None, "a.mp4", codec="h264")
    run(source, edits_of(source, []), "b.mp4", codec="h264")
    assert (source.parent / "a.mp4").read_bytes() == (source.parent / "b.mp4").read_bytes()


def test_the_report_says_who_changed_what(source: Path) -> None:
    item = run(source, edits_of(source, [DRAWN]))
    report = json.loads((source.parent / "safe.mkv.json").read_text())
    (edit,) = report["items"][0]["edits"]
    assert (edit["what"], edit["by"], edit["frame"]) == ("cover", "anna", 12)
    assert (edit["first_changed"], edit["last_changed"], edit["frames_changed"]) == (0, 23, 24)
    assert edit["problem"] is None
    assert item.vouched


def test_a_false_cover_is_taken_away_and_the_copy_counts_as_weak(source: Path) -> None:
    edits = edits_of(source, [{"what": "remove", "track": 1, "first": 5, "last": 9}])
    item = run(source, edits)
    shown = [is_black(one, 13, 15) for one in pixels(source.parent / "safe.mkv")]
    assert shown == [not 5 <= frame <= 9 for frame in range(FRAMES)]
    assert item.plan is not None
    assert item.plan.outcomes[0].frames == 5
    report = source.parent / "safe.mkv.json"
    vouchers = run_vouchers(report, read_report(report))
    (frame, *_) = read_vouched(source.parent / "safe.mkv", vouchers, open_source, {0})
    assert "an edit leaves" in (frame.protection.weakness or "")


def test_a_removal_at_a_place_takes_the_only_cover_there(source: Path) -> None:
    place = {"what": "remove", "place": [0, 0, 30, 64], "first": 0, "last": 23}
    run(source, edits_of(source, [place]))
    assert not any(is_black(one, 13, 15) for one in pixels(source.parent / "safe.mkv"))


def test_a_removal_is_refused_where_somebody_else_is(film: Film, bright_people: None) -> None:
    source = film("two.mkv", lambda _: [(8, 10, 10, 40, 255), (30, 10, 10, 40, 255)], frames=9)
    place = {"what": "remove", "place": [0, 0, 60, 64], "first": 0, "last": 8}
    item = run(source, edits_of(source, [place]))
    assert all(is_black(one, 13, 15) for one in pixels(source.parent / "safe.mkv"))
    assert item.plan is not None
    assert item.plan.outcomes[0].frames == 0


def test_one_is_left_visible_and_one_covered_whole(film: Film, bright_people: None) -> None:
    source = film("two.mkv", lambda _: [(8, 10, 10, 40, 255), (60, 10, 10, 40, 255)], frames=9)
    edits = [
        {"what": "treat", "track": 1, "visible": True},
        {"what": "treat", "track": 2, "regions": ["people"]},
    ]
    run(source, edits_of(source, edits))
    for image in pixels(source.parent / "safe.mkv"):
        people = {(is_black(image, x, 15), is_black(image, x, 45)) for x in (13, 65)}
        assert people == {(False, False), (True, True)}


def test_a_time_is_covered_whole(source: Path) -> None:
    run(source, edits_of(source, [{"what": "cover_time", "time": "0.2-0.4"}]))
    black = [not one.any() for one in pixels(source.parent / "safe.mkv")]
    assert black == [5 <= frame <= 10 for frame in range(FRAMES)]


def test_a_box_and_a_zone_move_between_key_frames(source: Path) -> None:
    corners = [[60, 40], [80, 40], [80, 60], [60, 60]]
    edits = [
        {
            "what": "move",
            "keys": [{"frame": 4, "box": [20, 50, 8, 8]}, {"frame": 14, "box": [40, 50, 8, 8]}],
        },
        {"what": "move", "keys": [{"frame": 2, "corners": corners}]},
    ]
    run(source, edits_of(source, edits))
    shown = pixels(source.parent / "safe.mkv")
    for frame, image in enumerate(shown):
        now = 24 + 2 * (frame - 4)
        if 4 <= frame <= 14:
            assert is_black(image, now, 54)
            assert not is_black(image, now - 7, 54)
        else:
            assert not any(is_black(image, x, 54) for x in (24, 44))
        assert is_black(image, 70, 55) == (frame == 2)


def test_a_track_is_lengthened_over_what_comes_after(film: Film, bright_people: None) -> None:
    def fades(frame: int) -> list[Person]:
        return [(10 + 2 * frame, 10, 10, 40, 255 if frame < 12 else MISSED)]

    source = film("fades.mkv", fades, frames=36)
    run(source, None, "before.mkv")
    item = run(source, edits_of(source, [{"what": "lengthen", "track": 1, "last": 35}]))
    assert item.error is None
    bare, covered = pixels(source.parent / "before.mkv"), pixels(source.parent / "safe.mkv")
    assert not is_black(bare[35], 85, 15)
    assert all(is_black(image, 15 + 2 * frame, 15) for frame, image in enumerate(covered))


def test_tracks_are_split_and_joined(source: Path) -> None:
    split = {"what": "split", "track": 1, "frame": 10, "number": 7}
    item = run(source, edits_of(source, [split]))
    assert {number for number, _ in item.tally.tracks} == {1, 7}
    joined = {"what": "join", "tracks": [7, 1]}
    item = run(source, edits_of(source, [split, joined]))
    assert {number for number, _ in item.tally.tracks} == {7}


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ({"what": "remove", "track": 99}, "no track has the number 99"),
        ({"what": "split", "track": 1, "frame": 3, "number": 1}, "the number 1 is taken"),
        ({"what": "cover", "frame": 999, "box": [1, 1, 5, 5]}, "there is no frame 999"),
    ],
)
def test_an_edit_that_cannot_be_applied_is_told(
    source: Path, edit: dict[str, Any], told: str
) -> None:
    item = run(source, edits_of(source, [edit]))
    assert item.status == "done"
    assert not item.vouched
    assert told in " ".join(item.notes)


def test_edits_of_another_source_are_refused(film: Film, source: Path) -> None:
    edits = edits_of(source, [DRAWN])
    other = film("other.mkv", lambda _: [(8, 10, 10, 40, 255)], frames=9)
    item = run(other, edits, "other_safe.mkv")
    assert item.status == "failed"
    assert "holds edits of another file" in (item.error or "")
    assert not (other.parent / "other_safe.mkv").exists()


def test_a_corrected_copy_is_not_corrected_again_without_its_edits(source: Path) -> None:
    run(source, edits_of(source, [DRAWN]))
    with pytest.raises(
        InputError, match="was corrected already: open the report of the run before"
    ):
        edited_copies(source.parent / "safe.mkv.json")


def test_edits_and_if_nobody_exclude_each_other() -> None:
    with pytest.raises(ConfigError, match="leave if_nobody out"):
        Settings.of(edits="a.toml", if_nobody="top")


def test_the_self_check_knows_what_was_drawn_and_what_was_left(source: Path) -> None:
    item = run(source, edits_of(source, [DRAWN]), self_check=True)
    assert item.self_check is not None
    assert item.self_check.uncovered == []
    removed = {"what": "remove", "track": 1}
    item = run(source, edits_of(source, [removed]), self_check=True)
    assert item.self_check is not None
    assert item.self_check.left_by_choice > 0
    assert item.self_check.uncovered == []


def test_a_picture_is_corrected_too(source: Path, tmp_path: Path, bright_people: None) -> None:
    still = tmp_path / "still.png"
    Image.fromarray(pixels(source)[0]).save(still)
    assert EditedSource(sha256=sha256_of(still)).frames is None
    run(still, edits_of(still, [{"what": "cover", "frame": 0, "box": [40, 12, 10, 12]}]), "s.png")
    (image,) = pixels(tmp_path / "s.png")
    assert is_black(image, *head_of_missed(0))


def test_one_track_is_treated_by_an_option(film: Film, bright_people: None) -> None:
    source = film("two.mkv", lambda _: [(8, 10, 10, 40, 255), (60, 10, 10, 40, 255)], frames=9)
    item = run(source, None, treat=["1:visible", "2:people"])
    for image in pixels(source.parent / "safe.mkv"):
        people = {(is_black(image, x, 15), is_black(image, x, 45)) for x in (13, 65)}
        assert people == {(False, False), (True, True)}
    assert item.plan is not None
    assert item.plan.weakness is not None
    absent = run(source, None, treat=["9:people"])
    assert not absent.vouched
    assert "no track has the number 9" in " ".join(absent.notes)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("people", "write 3:visible"),
        ("x:people", "write 3:visible"),
        ("3:", "write 3:visible"),
        ("3:heads:blackout:15px:more", "write 3:visible"),
        ("3:hats", "hats"),
        ("3:heads:paint", "paint"),
        ("3:heads:pixelate:much", "much"),
        ("3:visible:pixelate", "either visible"),
    ],
)
def test_treatments_that_say_nothing_are_refused(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        AnonymizationRun(Settings.of(treat=[text]), Silent())
