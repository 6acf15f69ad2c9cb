"""Where the truth about clips is read from."""

from pathlib import Path

import numpy as np
import pytest

import marked_clips
from marked_clips import SETS, Mark, between, read_marks, united
from passerby.errors import InputError
from passerby.synth.coco import run_lengths


def test_marks_are_read_with_what_is_seen_of_them(tmp_path: Path) -> None:
    path = tmp_path / "heads.txt"
    path.write_text("# heads\n2,7,10,20,5,6,1,101,0.25\n\n2,8,1,2,3,4\n", encoding="utf-8")
    assert read_marks(path) == {1: [Mark(7, (10, 20, 15, 26), 0.25), Mark(8, (1, 2, 4, 6), 1.0)]}


def test_another_file_is_refused_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "heads.txt"
    path.write_text("1,7,10,20,5,6\nnobody\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"heads\.txt line 2 is not MOT text"):
        read_marks(path)


def test_boxes_move_straight_between_marks_that_are_near() -> None:
    marks = {
        frame: [Mark(7, (left, 0.0, left + 8, 9.0))]
        for frame, left in ((0, 10.0), (4, 30.0), (20, 90.0))
    }
    placed = between(marks)
    assert sorted(placed) == [0, 1, 2, 3, 4, 20]
    assert [placed[frame][0].corners[0] for frame in (0, 1, 3, 4)] == [10, 15, 25, 30]
    assert marks[0] == placed[0]
    assert between({0: [Mark(-1, (0, 0, 8, 9))], 2: [Mark(-1, (4, 0, 12, 9))]}).keys() == {0, 2}


def test_masks_are_drawn_into_one() -> None:
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 4, (13, 17))
    runs = [run_lengths(labels == number) for number in (1, 2, 3)]
    assert np.array_equal(united(runs, (13, 17)), labels > 0)
    assert not united([], (13, 17)).any()


def test_films_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = ["--cameras", "1", "--people", "2", "--seconds", "0.1", "--size", "160x90"]
    folder = marked_clips.film(tmp_path / "cache" / "few", short)
    monkeypatch.setattr(marked_clips, "PASSERBY", "no such program")
    assert marked_clips.film(folder, short) == folder
    clip = marked_clips.filmed("few", "camera-1", short, "few", tmp_path / "cache")
    assert clip.source.is_file()
    assert sorted(clip.people) == [0, 1]
    assert clip.silhouettes is not None
    # In the middle of whoever is seen best there is somebody to be seen.
    best = max(clip.people[0], key=lambda mark: mark.visible)
    left, top, right, bottom = best.corners
    body = clip.silhouettes(0)[int(top) : int(bottom), int(left) : int(right)]
    assert body.shape[0] > 10
    assert body.mean() > 0.2


@pytest.mark.shared
@pytest.mark.parametrize(("name", "heads"), [("campus", 184), ("school", 3344)])
def test_heads_of_real_people_are_all_read(shared: Path, name: str, heads: int) -> None:
    clip = SETS[name](shared)
    assert sum(map(len, clip.heads.values())) == heads
    assert clip.silhouettes is None
    assert clip.is_film == (name == "campus")
