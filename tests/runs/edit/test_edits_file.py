"""The file of edits says what was said, refuses what it does not know, and fits one source."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.config import validated
from passerby.errors import ConfigError, InputError, OutputError
from passerby.files.hashing import sha256_of
from passerby.runs.edit.edits import (
    CoveredTime,
    DrawnCover,
    EditedSource,
    EditsFile,
    KeyFrame,
    Lengthening,
    MovingCover,
    Removal,
    Splitting,
    TrackJoin,
    Treatment,
)
from passerby.runs.edit.edits_file import (
    check_edited_source,
    edits_text,
    read_edits,
    write_edits,
)

SOURCE = EditedSource(sha256="ab" * 32, frames=50, name='a "film".mp4')
WHEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)

frames = st.integers(0, 500)
sides = st.floats(0.5, 500, allow_nan=False)
boxes = st.tuples(st.floats(-50, 500), st.floats(-50, 500), sides, sides)
people = st.none() | st.text(max_size=12)
edits = st.one_of(
    st.builds(DrawnCover, frame=frames, box=boxes, by=people, follow=st.booleans()),
    st.builds(
        lambda frame, box: MovingCover(
            keys=(KeyFrame(frame=frame, box=box), KeyFrame(frame=frame + 5, box=box)), when=WHEN
        ),
        frames,
        boxes,
    ),
    st.builds(Removal, track=frames),
    st.builds(lambda box: Removal(place=box, first=1, last=9), boxes),
    st.builds(Lengthening, track=frames, last=frames),
    st.builds(lambda one: TrackJoin(tracks=(one, one + 1)), frames),
    st.builds(Splitting, track=frames, frame=frames, number=frames),
    st.builds(Treatment, track=frames, visible=st.just(True)),
    st.just(Treatment(track=3, regions=("people",), operator="pixelate", strength="4")),
    st.just(CoveredTime(time="0:10-1:05", when=WHEN)),
)


@given(st.lists(edits, max_size=6))
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, some) -> None:
    path = tmp_path_factory.mktemp("edits") / "a.toml"
    written = EditsFile(source=SOURCE, edit=tuple(some))
    write_edits(path, written)
    assert read_edits(path) == written
    assert edits_text(read_edits(path)) == path.read_text()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no file of edits"),
        ("edits = 2\n[source]\nsha256='x'", "edits"),
        ("edits = 1", "source"),
        (f"edits = 1\nmore = 1\n[source]\nsha256='{'a' * 64}'", "unknown key 'more'"),
        (f"edits = 1\n[source]\nsha256='{'a' * 64}'\n[[edit]]\nwhat='paint'", "edit.0"),
        (
            f"edits = 1\n[source]\nsha256='{'a' * 64}'\n[[edit]]\nwhat='remove'\ntrack=1\ncolour=3",
            "unknown key",
        ),
        ("edits = [", "not valid TOML"),
    ],
)
def test_what_is_no_edit_is_refused(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "a.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=told):
        read_edits(path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": "cover", "frame": 1, "box": [0, 0, 0, 5]},
        {"what": "cover", "frame": 1, "box": [0, 0, float("nan"), 5]},
        {"what": "cover", "frame": -1, "box": [0, 0, 5, 5]},
        {"what": "cover", "frame": 5, "box": [0, 0, 5, 5], "first": 6},
        {"what": "move", "keys": []},
        {"what": "move", "keys": [{"frame": 1}]},
        {"what": "move", "keys": [{"frame": 1, "corners": [[0, 0], [5, 5], [9, 9]]}]},
        {
            "what": "move",
            "keys": [{"frame": 2, "box": [0, 0, 5, 5]}, {"frame": 1, "box": [0, 0, 5, 5]}],
        },
        {"what": "remove"},
        {"what": "remove", "track": 1, "place": [0, 0, 5, 5], "first": 0, "last": 1},
        {"what": "remove", "place": [0, 0, 5, 5]},
        {"what": "remove", "track": 1, "first": 5, "last": 4},
        {"what": "lengthen", "track": 1},
        {"what": "join", "tracks": [1]},
        {"what": "join", "tracks": [1, 1]},
        {"what": "treat", "track": 1},
        {"what": "treat", "track": 1, "visible": True, "operator": "blackout"},
        {"what": "treat", "track": 1, "operator": "learned"},
        {"what": "treat", "track": 1, "operator": "paint"},
        {"what": "treat", "track": 1, "regions": ["toes"]},
        {"what": "treat", "track": 1, "strength": "4"},
        {"what": "cover_time", "time": "soon"},
    ],
)
def test_an_edit_that_means_nothing_is_refused(wrong: dict[str, object]) -> None:
    values = {"edits": 1, "source": {"sha256": "0" * 64}, "edit": [wrong]}
    with pytest.raises(ConfigError, match="edit"):
        validated(EditsFile, values, "edits")


def test_edits_fit_their_source_alone(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine.mp4", tmp_path / "other.mp4"
    mine.write_bytes(b"mine")
    other.write_bytes(b"other")
    edited = EditsFile(source=EditedSource(sha256=sha256_of(mine), name="mine.mp4"))
    check_edited_source(edited, Path("e.toml"), mine)
    with pytest.raises(InputError, match=r"e\.toml holds edits of another file \(mine\.mp4\)"):
        check_edited_source(edited, Path("e.toml"), other)


def test_a_file_that_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        write_edits(path, EditsFile(source=SOURCE))
