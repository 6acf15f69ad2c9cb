"""An edited copy keeps what no edit changes, and is like one that is written as a whole."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from passerby.files.hashing import sha256_of
from passerby.pipeline.settings import Settings
from passerby.runs.anonymize.batch import AnonymizationRun
from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.report import entries_of, report_head, write_report
from passerby.runs.edit.earlier_copy import EarlierCopy
from passerby.runs.edit.edits import EditedSource, EditsFile
from passerby.runs.edit.edits_file import write_edits
from passerby.sinks import plan
from passerby.sources import expand, open_source

Film = Callable[..., Path]
MISSED = 150
"""A level that `find_bright` does not find."""
FRAMES = 36
GROUP = 12
"""Frames between two key frames of FFV1."""
DRAWN = {"what": "cover", "frame": 30, "box": [45, 12, 10, 12], "first": 28, "last": 33}


class Silent:
    def start(self, name: str, medium: object) -> None: ...
    def advance(self) -> None: ...
    def finish(self, item: ItemReport) -> None: ...


@pytest.fixture
def source(film: Film, bright_people: None) -> Path:
    people = [(8, 10, 10, 40, 255), (45, 12, 10, 40, MISSED)]
    return film("walk.mkv", lambda frame: people, frames=FRAMES)


def run(
    source: Path,
    name: str,
    edits: Sequence[dict[str, Any]] | None = None,
    earlier: EarlierCopy | None = None,
    **options: Any,
) -> ItemReport:
    """Anonymize it to a file of this name, with a report beside it."""
    path = None
    if edits is not None:
        path = source.with_suffix(".edits.toml")
        path.unlink(missing_ok=True)
        about = EditedSource(sha256=sha256_of(source))
        write_edits(path, EditsFile.model_validate({"edits": 1, "source": about, "edit": edits}))
    report = source.parent / f"{name}.json"
    given = {"edits": None if path is None else str(path), "report": str(report), **options}
    settings = Settings.of(codec=given.pop("codec", "ffv1"), **given)
    batch = AnonymizationRun(settings, Silent(), earlier=earlier)
    try:
        batch.process(plan(expand([source]), str(source.parent / name), overwrite=True))
        assert batch.records.log is not None
        write_report(report, report_head(settings, {}), entries_of(batch.items, batch.records.log))
    finally:
        batch.close()
    return batch.items[0]


def earlier_of(source: Path, name: str) -> EarlierCopy:
    return EarlierCopy.read(source.parent / f"{name}.json")


def pixels(path: Path) -> npt.NDArray[np.uint8]:
    with open_source(path) as frames:
        return np.array([frame.image for frame in frames])


def covered(path: Path) -> list[int]:
    """The frames in which the head that was missed is black."""
    return [number for number, image in enumerate(pixels(path)) if not image[18, 50].any()]


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(one) for one in container.demux(video=0) if one.size]


def anew(item: ItemReport) -> int:
    """How many frames were encoded anew, as the report says."""
    note = item.notes[-1]
    assert "encoded anew" in note
    return FRAMES if note.startswith("all frames were") else int(note.split()[0])


EDITS: list[tuple[list[dict[str, Any]], set[int]]] = [
    ([DRAWN], {2}),
    ([{"what": "cover", "frame": 0, "box": [45, 12, 10, 12], "last": 12}], {0, 1}),
    ([{"what": "remove", "place": [0, 0, 30, 64], "first": 0, "last": 9}], {0}),
    ([{"what": "treat", "track": 1, "regions": ["people"]}], {0, 1, 2}),
    ([{"what": "cover_time", "time": "0.52-0.6"}], {1}),
    ([{"what": "move", "keys": [{"frame": 3, "box": [60, 50, 8, 8]}]}, DRAWN], {0, 2}),
    (
        [
            {"what": "split", "track": 1, "frame": 20, "number": 7},
            {"what": "dismiss", "frame": 3, "doubt": "weak"},
        ],
        set(),
    ),
]


@pytest.mark.parametrize(("edits", "groups"), EDITS)
def test_the_copy_is_that_of_a_whole_run(
    source: Path, edits: list[dict[str, Any]], groups: set[int]
) -> None:
    folder = source.parent
    run(source, "safe.mkv")
    whole = run(source, "whole.mkv", edits)
    item = run(source, "edited.mkv", edits, earlier_of(source, "safe.mkv"))
    assert (item.status, item.error) == ("done", None)
    assert item.target_sha256 == sha256_of(folder / "edited.mkv")
    assert anew(item) == GROUP * len(groups)
    assert (pixels(folder / "edited.mkv") == pixels(folder / "whole.mkv")).all()
    old, new = packets(folder / "safe.mkv"), packets(folder / "edited.mkv")
    stays = [number for number in range(FRAMES) if number // GROUP not in groups]
    assert [new[number] for number in stays] == [old[number] for number in stays]
    mine, theirs = (
        json.loads((folder / f"{name}.mkv.json").read_text())["items"][0]
        for name in ("edited", "whole")
    )
    # What the earlier run saw and did not cover is in no report.
    for name in ("frames", "tracks", "edits", "edits_weakness", "review", "frames_written"):
        assert mine[name] == theirs[name], name
    assert item.vouched == whole.vouched


def test_edits_of_sound_change_no_picture(source: Path) -> None:
    muted = [{"what": "mute", "time": "0-1"}]
    run(source, "safe.mkv")
    item = run(source, "edited.mkv", muted, earlier_of(source, "safe.mkv"))
    assert anew(item) == 0
    assert packets(source.parent / "edited.mkv") == packets(source.parent / "safe.mkv")


def altered(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda one: altered(one.path) or one, "is not the copy that its report names"),
        (lambda one: one.path.unlink() or one, "is gone"),
        (lambda one: replace(one, same_versions=False), "other versions"),
        (lambda one: replace(one, status="partial"), "not of the whole source"),
        (lambda one: replace(one, knowledge=one.knowledge[:-1]), "has other frames"),
        (lambda one: replace(one, knowledge=one.knowledge[1:]), "does not list all frames"),
        (lambda one: replace(one, source_sha256="0" * 64), "of another source"),
        (
            lambda one: replace(one, settings=Settings.of(codec="ffv1", operator="pixelate")),
            "other settings are asked for (cover)",
        ),
        (
            lambda one: replace(one, path=one.path.with_suffix(".mp4")),
            "only videos of one format",
        ),
    ],
)
def test_all_is_written_anew_if_the_earlier_copy_is_not_what_it_was(
    source: Path, spoil: Callable[[EarlierCopy], EarlierCopy], why: str
) -> None:
    run(source, "safe.mkv")
    earlier = spoil(earlier_of(source, "safe.mkv"))
    item = run(source, "edited.mkv", [DRAWN], earlier)
    assert item.status == "done"
    assert anew(item) == FRAMES
    assert why in item.notes[-1]
    assert covered(source.parent / "edited.mkv") == [28, 29, 30, 31, 32, 33]


def test_a_copy_of_one_group_is_written_anew(source: Path) -> None:
    run(source, "safe.mp4", codec="h264")
    item = run(source, "edited.mp4", [DRAWN], earlier_of(source, "safe.mp4"), codec="h264")
    assert anew(item) == FRAMES
    assert "in every group" in item.notes[-1]


def test_another_encoder_than_that_of_the_copy_writes_all_anew(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(source, "safe.mkv")
    earlier = earlier_of(source, "safe.mkv")
    # The report does not say which libraries encoded it; the stream does.
    other = replace(earlier, settings=Settings.of(codec="vp9"))
    item = run(source, "edited.mkv", [DRAWN], other, codec="vp9")
    assert item.status == "done"
    assert "is encoded otherwise" in item.notes[-1]
    assert not [one for one in source.parent.iterdir() if one.name.startswith(".edited")]


def test_the_self_check_of_what_stays_is_that_of_the_earlier_copy(source: Path) -> None:
    run(source, "safe.mkv", self_check=True)
    found = {"frame": 5, "time": 0.2, "kind": "head", "score": 0.9, "box": [60, 10, 8, 8]}
    path = source.parent / "safe.mkv.json"
    report = json.loads(path.read_text())
    report["items"][0]["self_check"]["uncovered"] = [found, {**found, "frame": 30}]
    path.write_text(json.dumps(report))
    item = run(source, "edited.mkv", [DRAWN], earlier_of(source, "safe.mkv"), self_check=True)
    check = item.self_check
    assert check is not None
    assert (check.kept, check.in_all) == (FRAMES - GROUP, FRAMES)
    assert 0 < check.frames <= GROUP
    assert [one.frame for one in check.uncovered] == [5]
    assert not item.vouched


def test_all_is_searched_if_the_earlier_copy_was_not(source: Path) -> None:
    run(source, "safe.mkv")
    item = run(source, "edited.mkv", [DRAWN], earlier_of(source, "safe.mkv"), self_check=True)
    assert item.self_check is not None
    assert item.self_check.kept == 0
    assert item.self_check.frames > GROUP
