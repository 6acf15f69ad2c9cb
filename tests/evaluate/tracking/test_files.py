"""Files as MOTChallenge lays them out, good ones and bad ones."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from passerby.errors import InputError
from passerby.evaluate.tracking import TrackingResult, TruthRole, combined, evaluate_tracking
from passerby.evaluate.tracking.files import (
    read_tracks,
    read_truth,
    sequence_frames,
    sequences,
)

INFO = "[Sequence]\nname=clip\nframeRate=10\nseqLength={}\n"
LINE = "1,1,10,20,30,40,1,1,1\n"


def file(folder: Path, text: str, name: str = "file.txt") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# --- Reading -------------------------------------------------------------------------------


def test_tracks_are_read(tmp_path: Path) -> None:
    lines = (
        "# a comment\n\n"
        "1,1,10,20,30,40\n"
        "1 2 11 20 30 40 0.9\n"
        "2,1,12.5,20,30,40,0,1,1\n"  # a score of 0 says nothing here
        "2,2,13,20,30,40,1,-1,-1,-1\n"
        "2,3,13,20,30,40,1,101,1\n"  # a head
    )
    tracks = read_tracks(file(tmp_path, lines))
    assert tracks.frames.tolist() == [1, 1, 2, 2]
    assert tracks.ids.tolist() == [1, 2, 1, 2]
    assert tracks.boxes[2].tolist() == [12.5, 20, 42.5, 60]


def test_what_a_line_of_the_truth_is_good_for(tmp_path: Path) -> None:
    expected = {
        "1,1,1,1,9,9": TruthRole.COUNTS,
        "1,2,1,1,9,9,0": TruthRole.ABSENT,
        "1,3,1,1,9,9,1,1,1": TruthRole.COUNTS,
        "1,4,1,1,9,9,0,1,1": TruthRole.ABSENT,
        "1,5,1,1,9,9,1,2,1": TruthRole.IGNORED,
        "1,6,1,1,9,9,0,7,1": TruthRole.IGNORED,
        "1,7,1,1,9,9,0,8,1": TruthRole.IGNORED,
        "1,8,1,1,9,9,0,12,1": TruthRole.IGNORED,
        "1,9,1,1,9,9,1,3,1": TruthRole.ABSENT,
        "1,10,1,1,9,9,1,13,1": TruthRole.ABSENT,
        "1,11,1,1,9,9,1,1,0.29": TruthRole.IGNORED,
        "1,12,1,1,9,9,1,1,0.3": TruthRole.COUNTS,
        "1,13,1,1,9,9,1,0.1,0.1,0.1": TruthRole.COUNTS,  # a position in the world
        "1,14,1,1,9,9,0,0.1,0.1,0.1": TruthRole.ABSENT,
    }
    path = file(tmp_path, "\n".join([*expected, "1,15,1,1,9,9,1,101,1"]))
    truth = read_truth(path, least_visible=0.3)
    assert truth.roles.tolist() == list(expected.values())
    assert truth.trajectories.ids.tolist() == list(range(1, 15))
    assert read_truth(path).roles[10] == TruthRole.COUNTS


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1,1,10,20\n", "line 1: 4 columns instead of 6 to 10"),
        ("\n1,1,10,20,x,40\n", "line 2: 'x' is not a number"),
        ("1,1,10,nan,30,40\n", "line 1: 'nan' cannot be a coordinate"),
        ("0,1,10,20,30,40\n", "line 1: frame 0 and id 1 must be whole, frame from 1"),
        ("1.5,1,10,20,30,40\n", "must be whole"),
        ("1,1.5,10,20,30,40\n", "must be whole"),
        ("1,1,10,20,-30,40\n", "line 1: size -30 x 40 is negative"),
        ("1,7,1,2,3,4\n2,7,1,2,3,4\n1,7,9,9,3,4\n", "id 7 has two boxes in frame 1: leave one"),
    ],
)
def test_bad_lines_are_refused_in_one_line(tmp_path: Path, text: str, problem: str) -> None:
    path = file(tmp_path, text)
    for read in (read_tracks, read_truth):
        with pytest.raises(InputError) as caught:
            read(path)
        assert problem in str(caught.value)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1,1,10,20,30,40,1,3,1\n", "class 3 is not a pedestrian"),
        ("1,-1,10,20,30,40,0.9\n", "id -1 is below 0: tracks need numbers"),
    ],
)
def test_tracks_of_anything_else_are_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read_tracks(file(tmp_path, text))


def test_a_truth_of_unknown_classes_or_of_heads_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 1: class 14 is not one of MOT's 1-13"):
        read_truth(file(tmp_path, "1,1,10,20,30,40,1,14,1\n"))
    with pytest.raises(InputError, match="lists heads or faces but no persons"):
        read_truth(file(tmp_path, "1,1,10,20,30,40,1,101,1\n"))
    assert len(read_truth(file(tmp_path, "")).trajectories) == 0


def test_files_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not a text file"):
        read_tracks(tmp_path / "a.txt")
    with pytest.raises(InputError, match="check the path"):
        read_tracks(tmp_path / "gone.txt")


# --- Folders -------------------------------------------------------------------------------


def test_two_files_are_one_sequence(tmp_path: Path) -> None:
    tracks, truth = file(tmp_path, LINE, "a.txt"), file(tmp_path, LINE, "b.txt")
    assert [(one.name, one.tracks, one.truth) for one in sequences(tracks, truth)] == [
        ("a", tracks, truth)
    ]


@pytest.mark.parametrize("layout", ["{}/gt/gt.txt", "{}.txt"])
def test_folders_hold_sequences_by_name(tmp_path: Path, layout: str) -> None:
    for name in ("two", "one"):
        file(tmp_path, LINE, f"tracks/{name}.txt")
        file(tmp_path, LINE, f"truth/{layout.format(name)}")
    file(tmp_path, LINE, "tracks/unknown.txt")
    found = sequences(tmp_path / "tracks", tmp_path / "truth")
    assert [one.name for one in found] == ["one", "two"]
    assert found[0].truth == tmp_path / "truth" / layout.format("one")


def test_what_does_not_go_together_is_refused(tmp_path: Path) -> None:
    truth, tracks = file(tmp_path, LINE, "gt/a.txt"), file(tmp_path, LINE, "tracks/b.txt")
    with pytest.raises(
        InputError, match=r"a\.txt does not exist: a has ground truth but no tracks"
    ):
        sequences(tracks.parent, truth.parent)
    with pytest.raises(InputError, match="give two files or two folders"):
        sequences(tracks.parent, truth)
    with pytest.raises(InputError, match="gone does not exist"):
        sequences(tracks, tmp_path / "gone")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"neither NAME/gt/gt\.txt nor NAME\.txt"):
        sequences(tracks.parent, tmp_path / "empty")


def test_the_length_of_a_sequence_stands_beside_its_truth(tmp_path: Path) -> None:
    truth = file(tmp_path, LINE, "clip/gt/gt.txt")
    assert sequence_frames(truth) is None
    file(tmp_path, INFO.format(12), "clip/seqinfo.ini")
    assert sequence_frames(truth) == range(1, 13)
    assert sequence_frames(file(tmp_path, LINE, "clip/other/gt.txt")) is None
    for content in ("[Sequence]\nname=clip\n", "seqLength=3\n", "[Sequence]\nseqLength=many\n"):
        file(tmp_path, content, "clip/seqinfo.ini")
        with pytest.raises(InputError, match="does not give the seqLength") as caught:
            sequence_frames(truth)
        assert "\n" not in str(caught.value)


# --- The program of MOTChallenge, from file to figure ---------------------------------------


def random_lines(rng: np.random.Generator, frames: int) -> tuple[str, str]:
    """A truth with all classes and flags, and tracks that follow all of it."""
    classes = rng.choice([1, 1, 1, 1, 2, 7, 8, 12, 3, 11, 13], 8)
    truth, tracks = [], []
    for frame in range(1, frames + 1):
        for number, kind in enumerate(classes):
            left, top = 7 * number + rng.integers(0, 5), rng.integers(0, 9)
            flag = int(rng.random() < 0.8)
            if rng.random() < 0.8:
                truth.append(f"{frame},{number},{left},{top},10,20,{flag},{kind},0.5\n")
            if rng.random() < 0.8:
                shift = rng.integers(-2, 3, 2)
                box = f"{left + shift[0]},{top + shift[1]},10,20"
                name = number + 20 * int(rng.random() < 0.1)
                tracks.append(f"{frame},{name},{box},0.9,-1,-1,-1\n")
    return "".join(truth), "".join(tracks)


def measured(tracks: Path, truth: Path) -> list[TrackingResult]:
    return [
        evaluate_tracking(
            read_truth(one.truth), read_tracks(one.tracks), sequence_frames(one.truth)
        )
        for one in sequences(tracks, truth)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_files_give_what_the_program_of_motchallenge_makes_of_them(
    tmp_path: Path, seed: int
) -> None:
    trackeval = pytest.importorskip("trackeval", reason="pip install --no-deps trackeval")
    rng = np.random.default_rng(seed)
    for name in ("first", "second"):
        truth, tracks = random_lines(rng, frames=12)
        file(tmp_path, truth, f"truth/{name}/gt/gt.txt")
        file(tmp_path, INFO.format(15), f"truth/{name}/seqinfo.ini")
        file(tmp_path, tracks, f"trackers/ours/data/{name}.txt")
    told: dict[str, Any] = {
        "GT_FOLDER": str(tmp_path / "truth"),
        "TRACKERS_FOLDER": str(tmp_path / "trackers"),
        "SEQ_INFO": {"first": 15, "second": 15},
        "SKIP_SPLIT_FOL": True,
        "PRINT_CONFIG": False,
    }
    data = trackeval.datasets.MotChallenge2DBox(told)
    silent = {"PRINT_CONFIG": False}
    names = ("first", "second")
    given = {
        one: data.get_preprocessed_seq_data(data.get_raw_seq_data("ours", one), "pedestrian")
        for one in names
    }
    results = measured(tmp_path / "trackers" / "ours" / "data", tmp_path / "truth")
    together = combined(results)
    for metric, figures in (
        (trackeval.metrics.HOTA(), ("HOTA", "DetA", "AssA", "LocA")),
        (trackeval.metrics.CLEAR(silent), ("MOTA", "MOTP", "IDSW", "Frag", "MT", "ML")),
        (trackeval.metrics.Identity(silent), ("IDF1", "IDP", "IDR")),
    ):
        each = {name: metric.eval_sequence(one) for name, one in given.items()}
        for expected, found in (
            *zip((each[name] for name in names), results, strict=True),
            (metric.combine_sequences(each), together),
        ):
            summary = found.summary()
            for name in figures:
                assert summary[name] == pytest.approx(np.mean(expected[name])), name
