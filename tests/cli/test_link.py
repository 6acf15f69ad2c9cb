"""``passerby link`` from films to links."""

import csv
import json
import tomllib

import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE
from passerby.runs.link.sheet import SHEET_LEAST

GRAPH = """cameras = ["camera-1", "camera-2"]

[[neighbours]]
cameras = ["camera-1", "camera-2"]
travel_seconds = [1, 30]
"""


@pytest.fixture(scope="module")
def corridor(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scene") / "corridor"
    words = ["--cameras", "2", "--people", "6", "--seconds", "14", "--rate", "5", "--seed", "3"]
    assert main(["synth", "corridor", *words, "-o", str(folder)]) == EXIT_OK
    return folder


def linking(corridor, *more):
    films = [str(corridor / f"camera-{n}.mp4") for n in (1, 2)]
    return ["link", *films, "--graph", str(corridor / "graph.toml"), "--every", "1", *more]


def drawn(folder):
    """The picture of links, if one is likely enough to be in it."""
    with (folder / "links.csv").open(newline="") as file:
        likely = [float(row["probability"]) for row in csv.DictReader(file)]
    return ["links.png"] if max(likely, default=0) >= SHEET_LEAST else []


@pytest.mark.slow
def test_people_are_linked_and_the_links_are_measured(corridor, tmp_path, capsys):
    assert main(linking(corridor, "-o", str(tmp_path / "out"))) == EXIT_OK
    said = capsys.readouterr().out
    assert "before 2 cameras" in said
    assert "multi camera idf1" in said
    accuracy = json.loads((tmp_path / "out" / "accuracy.json").read_text())
    assert accuracy["single_camera_idf1"] > 0.5
    assert accuracy["multi_camera_idf1"] > 0.4
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {
        "accuracy.json",
        "camera-1.txt",
        "camera-2.txt",
        "links.csv",
        "tracks.csv",
        *drawn(tmp_path / "out"),
    }


@pytest.mark.slow
def test_films_in_order_are_a_graph(corridor, tmp_path):
    """What the file of the graph says, said in words: the same links."""
    (way,) = tomllib.loads((corridor / "graph.toml").read_text())["neighbours"]
    file = tmp_path / "graph.toml"
    file.write_text(GRAPH.replace("[1, 30]", str(way["travel_seconds"])))
    by_file = linking(corridor, "-o", str(tmp_path / "file"))
    place = by_file.index("--graph")
    by_file[place + 1] = str(file)
    assert main(by_file) == EXIT_OK
    words = ["--travel", *map(str, way["travel_seconds"])]
    assert main([*by_file[:place], *words, *by_file[place + 2 : -1], str(tmp_path / "said")]) == 0
    for name in ("links.csv", "tracks.csv", *drawn(tmp_path / "file")):
        assert (tmp_path / "file" / name).read_bytes() == (tmp_path / "said" / name).read_bytes()


@pytest.mark.slow
def test_weak_covers_are_refused_and_leave_nothing(corridor, tmp_path, capsys):
    words = linking(corridor, "-o", str(tmp_path / "out"), "--operator", "noise")
    assert main(words) == EXIT_FAILED
    assert "hidden" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def site(tmp_path, make_video):
    for name in ("camera-1", "camera-2", "garden"):
        make_video(f"{name}.mp4")
    (tmp_path / "graph.toml").write_text(GRAPH)
    (tmp_path / "picture.png").write_bytes(b"")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("precious")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "complaint", "code"),
    [
        (["--graph", "graph.toml", "-o", "out"], "no film", EXIT_USAGE),
        (
            ["camera-1.mp4", "camera-2.mp4", "--travel", "9", "-2", "-o", "out"],
            "the least of 9 and -2 seconds comes first",
            EXIT_USAGE,
        ),
        (
            ["camera-1.mp4", "--graph", "graph.toml", "--travel", "1", "9", "-o", "out"],
            "leave out travel",
            EXIT_USAGE,
        ),
        (["camera-1.mp4", "camera-1.mp4", "-o", "out"], "listed twice", EXIT_USAGE),
        (["camera-1.mp4", "--graph", "graph.toml"], "no folder", EXIT_USAGE),
        (["camera-1.mp4", "--graph", "graph.toml", "-o", "full"], "not empty", EXIT_FAILED),
        (["garden.mp4", "--graph", "graph.toml", "-o", "out"], "garden is no camera", EXIT_USAGE),
        (["camera-1.mp4", "--graph", "nothing.toml", "-o", "out"], "nothing.toml", EXIT_USAGE),
        (
            ["camera-1.mp4", "camera-1.mp4", "--graph", "graph.toml", "-o", "out"],
            "two films",
            EXIT_USAGE,
        ),
        (
            ["camera-1.mp4", "--graph", "graph.toml", "-o", "out", "--model", "reid-0288"],
            "no link model",
            EXIT_USAGE,
        ),
        (
            ["camera-1.mp4", "--graph", "graph.toml", "-o", "out", "--truth", "full"],
            "camera-1/gt/gt.txt",
            EXIT_FAILED,
        ),
        (
            ["camera-1.mp4", "--graph", "graph.toml", "-o", "out", "--same", "0"],
            "--same",
            EXIT_USAGE,
        ),
        (
            ["camera-1.mp4", "--graph", "graph.toml", "-o", "out", "--raw", "--preset", "x"],
            "raw",
            EXIT_USAGE,
        ),
        (["camera-2.txt", "--graph", "graph.toml", "-o", "out"], "camera-2.txt", EXIT_FAILED),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    words, complaint, code, site, monkeypatch, capsys
):
    monkeypatch.chdir(site)
    before = sorted(path.name for path in site.rglob("*"))
    assert main(["link", *words]) == code
    captured = capsys.readouterr()
    assert complaint in captured.err
    assert len(captured.err.strip().splitlines()) == 1
    assert sorted(path.name for path in site.rglob("*")) == before
