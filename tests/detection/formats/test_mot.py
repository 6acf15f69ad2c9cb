"""MOT text, line by line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.detection.formats.entry import BoxRecord, BoxTable
from passerby.detection.formats.mot import read_mot
from passerby.detections import Kind
from passerby.errors import InputError


def table(tmp_path: Path, text: str, kind: Kind = Kind.PERSON) -> BoxTable:
    path = tmp_path / "gt.txt"
    path.write_text(text, encoding="utf-8")
    return read_mot(path, kind)


def only(table: BoxTable) -> BoxRecord:
    (entries,) = table.frames.values()
    (entry,) = entries
    return entry


@pytest.mark.parametrize(
    "line",
    [
        "3,9,499,158,31.5,75",
        "3 9 499 158 31.5 75",
        " 3, 9, 499, 158, 31.5, 75 ",
        "3.0,9.0,499,158,31.5,75,1,-1,-1,-1",
        "3,9,499,158,31.5,75,1,-8.53,-12.1,0",
        "3,9,499,158,31.5,75,1,1,1",
        "\ufeff3,9,499,158,31.5,75",
    ],
)
def test_a_line_is_a_box_of_a_frame_counted_from_one(tmp_path: Path, line: str) -> None:
    found = table(tmp_path, f"{line}\n")
    assert found.frames == {2: [BoxRecord((499, 158, 530.5, 233), track=9)]}


def test_comments_and_empty_lines_say_nothing(tmp_path: Path) -> None:
    assert table(tmp_path, "# frame, id\n\n1,1,0,0,1,1\n   \n").frames.keys() == {0}


@pytest.mark.parametrize(
    ("confidence", "score"), [("0.25", 0.25), ("1", 1), ("0", 1), ("-1", 1), ("37.5", 1)]
)
def test_a_confidence_that_is_no_share_counts_as_certain(
    tmp_path: Path, confidence: str, score: float
) -> None:
    assert only(table(tmp_path, f"1,1,0,0,1,1,{confidence}")).score == score


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (1, Kind.PERSON),
        (2, Kind.PERSON),
        (7, Kind.PERSON),
        (101, Kind.HEAD),
        (102, Kind.FACE),
        (104, Kind.OBJECT),
    ],
)
def test_classes_of_people_have_their_kind(tmp_path: Path, number: int, kind: Kind) -> None:
    assert only(table(tmp_path, f"1,1,0,0,1,1,1,{number},1", Kind.MOTION)).kind == kind


def test_without_classes_the_caller_says_what_it_is(tmp_path: Path) -> None:
    assert only(table(tmp_path, "1,1,0,0,1,1,1", Kind.HEAD)).kind == Kind.HEAD


@pytest.mark.parametrize("number", [3, 4, 5, 6, 9, 10, 11])
def test_vehicles_are_passed_over(tmp_path: Path, number: int) -> None:
    assert table(tmp_path, f"1,1,0,0,1,1,1,{number},1").frames == {}


def test_who_is_hidden_was_not_seen(tmp_path: Path) -> None:
    found = table(tmp_path, "1,1,0,0,1,1,1,1,0\n2,1,0,0,1,1,1,1,0.2\n")
    assert [found.frames[frame][0].seen for frame in (0, 1)] == [False, True]


@pytest.mark.parametrize("place", ["seqinfo.ini", "gt/seqinfo.ini"])
def test_the_size_that_stands_beside_it_is_taken(tmp_path: Path, place: str) -> None:
    (tmp_path / "gt").mkdir()
    sizes = "[Sequence]\nname=MOT16-02\nimWidth=1920\r\nimHeight = 1080\n"
    (tmp_path / place).write_text(sizes, encoding="utf-8")
    found = table(tmp_path / "gt", "1,1,0,0,1,1\n")
    assert found.frames[0].misfit(1920, 1080) is None
    assert found.frames[0].misfit(64, 48) == "it is about a picture of 1920x1080, not 64x48"


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("1,1,0,0,1", "5 columns instead of 6 to 10"),
        ("1,1,0,0,1,1,1,1,1,1,1", "11 columns"),
        ("a,1,0,0,1,1", "'a' is not a number"),
        ("1,1,,0,0,1,1", "'' is not a number"),
        ("1,1,nan,0,1,1", "'nan' cannot be a coordinate"),
        ("1,1,0,inf,1,1", "'inf' cannot be a coordinate"),
        ("1,1,0,1e300,1,1", "'1e300' cannot be a coordinate"),
        ("0,1,0,0,1,1", "frame 0 and id 1 must be whole, frame from 1"),
        ("-1,1,0,0,1,1", "frame -1"),
        ("1.5,1,0,0,1,1", "frame 1.5"),
        ("1,1.5,0,0,1,1", "id 1.5"),
        ("1,1,0,0,-1,1", "size -1 x 1 is negative"),
        ("1,1,0,0,1,-0.1", "size 1 x -0.1 is negative"),
        ("1,1,0,0,1,1,1,14,1", "class 14"),
        ("1,1,0,0,1,1,1,1.5,1", "class 1.5"),
        ("0 0.5 0.5 0.1 0.2", "not MOT text"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    with pytest.raises(InputError) as refused:
        table(tmp_path, f"# fine\n1,1,0,0,1,1\n{line}\n")
    assert str(refused.value).startswith(f"{tmp_path / 'gt.txt'} line 3: ")
    assert complaint in str(refused.value)


number = st.one_of(
    st.integers(-5, 200).map(str),
    st.floats().map(str),
    st.sampled_from(["", "x", "1e9", "-0", "0x1", "\u0663", "1_0"]),
)


@given(st.lists(st.lists(number, max_size=11), max_size=5))
def test_any_lines_are_read_or_refused_and_never_half_understood(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("mot")
    text = "\n".join(",".join(row) for row in rows)
    try:
        found = table(folder, text)
    except InputError:
        return
    assert all(frame >= 0 for frame in found.frames)
    for entry in (entry for entries in found.frames.values() for entry in entries):
        left, top, right, bottom = entry.box
        assert left <= right
        assert top <= bottom
        assert 0 < entry.score <= 1
