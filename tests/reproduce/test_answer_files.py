"""What is written can be read back, says all that was found, and needs measurements alone."""

import csv
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from passerby.errors import ConfigError, InputError
from passerby.reproduce import EXPERIMENTS
from passerby.reproduce.answer_files import write_answers
from passerby.reproduce.measurement import write_measurement
from passerby.reproduce.workspace import Workspace

TABLE = EXPERIMENTS["dietlmeier-table8"]
FACES = {
    "detector": "yunet-n",
    "threshold": 0.5,
    "with_faces": {"train": {"images": 6407, "share": 0.6123}},
}


@pytest.fixture
def workspace(tmp_path: Path, measurement) -> Workspace:
    """All of Table VIII with two seeds, but for the last row."""
    workspace = Workspace(tmp_path / "out")
    for number, line in enumerate(TABLE.lines[:-2]):
        for seed in (0, 1):
            measured = measurement(line.case, 90 - number / 4 - seed / 8, seed=seed)
            known = {**measured.training, "faces": FACES if number else None}
            measured = replace(measured, training=known)
            write_measurement(workspace.measurement(line.case, "quick", seed), measured)
    return workspace


def tables(text: str) -> dict[str, list[dict[str, str]]]:
    """The tables of a page by their headings."""
    found = {}
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        lines = [line for line in section.splitlines() if line.startswith("|")]
        if lines:
            head, _, *rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
            found[section.splitlines()[0]] = [dict(zip(head, row, strict=True)) for row in rows]
    return found


@pytest.mark.slow
def test_the_page_holds_what_the_json_holds(workspace: Workspace) -> None:
    (path,) = write_answers(workspace, [TABLE])
    assert path == workspace.root / "dietlmeier-table8-quick.md"
    page = tables(path.read_text(encoding="utf-8"))
    answer = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    figures = page["Figures, in percent"]
    assert len(figures) == len(answer["figures"]) == 22
    for row, figure in zip(figures, answer["figures"], strict=True):
        assert (row["row"], row["figure"]) == (figure["row"], figure["figure"])
        assert float(row["published"]) == figure["published"]
        assert row["ours"] == ("" if figure["ours"] is None else f"{figure['ours']:.1f}")
    effects = page["Effects, in points"]
    assert len(effects) == len(answer["effects"])
    for row, effect in zip(effects, answer["effects"], strict=True):
        assert float(row["ours"]) == pytest.approx(effect["ours"], abs=0.006)
        low, high = map(float, row["95 % over people"].split(" to "))
        assert low <= effect["difference"] + 0.01
        assert high >= effect["difference"] - 0.01
        assert row["direction"] == effect["verdict"]
    assert [row["row"] for row in page["Not run"]] == ["Inpaint", "Inpaint"]
    (faces,) = page["Where a face was found"]
    assert (faces["images"], faces["with a face"]) == ("6,407", "61.2%")
    for name in ("command: `c`", "seeds: 0; 1", "commit: d", "machine: m", "python 3"):
        assert name in path.read_text(encoding="utf-8")


def test_nothing_in_a_measurement_is_taken_for_markdown(tmp_path: Path, measurement) -> None:
    markup = "a\n# b | ![c](http://d) <img src=e> `f` \x1b[31m\u202eg"
    line, workspace = TABLE.lines[0], Workspace(tmp_path)
    measured = measurement(line.case, 90)
    stamp = dict.fromkeys(("command", "commit", "machine"), markup) | {"versions": {markup: markup}}
    faces = {**FACES, "detector": markup, "with_faces": {markup: {"images": 1, "share": 1}}}
    known = {**measured.training, "faces": faces}
    measured = replace(measured, stamp=stamp, training=known)
    write_measurement(workspace.measurement(line.case, "quick", 0), measured)
    (path,) = write_answers(workspace, [TABLE])
    page = path.read_text(encoding="utf-8")
    assert not re.search(r"^# b", page, flags=re.MULTILINE)
    assert all(letter.isprintable() for letter in page.replace("\n", ""))
    outside = re.sub(r"`[^`\n]*`", "", page.replace(r"\`", ""))
    assert not re.search(r"(?<!\\)(?:<img|\[c\])", outside)


@pytest.mark.slow
def test_the_tables_hold_what_the_json_holds(workspace: Workspace) -> None:
    (path,) = write_answers(workspace, [TABLE])
    answer = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    stem = path.with_suffix("")
    for kind, known in (("figures", answer["figures"]), ("effects", answer["effects"])):
        text = Path(f"{stem}-{kind}.csv").read_text(encoding="utf-8")
        rows = list(csv.DictReader(text.splitlines()))
        for row, one in zip(rows, known, strict=True):
            assert row["row"] == one["row"]
            assert row["ours"] == ("" if one["ours"] is None else f"{one['ours']:.6g}")
    latex = path.with_suffix(".tex").read_text(encoding="utf-8")
    assert latex.count(r"\begin{tabular}") == latex.count(r"\end{tabular}") == 2
    lines = [line for line in latex.splitlines() if line.startswith(answer["effects"][0]["row"])]
    assert any(line.endswith(answer["effects"][0]["verdict"] + r" \\") for line in lines)


@pytest.mark.slow
def test_the_picture_can_be_opened(workspace: Workspace) -> None:
    (path,) = write_answers(workspace, [TABLE])
    picture = cv2.imread(str(path.with_suffix(".png")))
    assert picture is not None
    assert min(picture.shape[:2]) > 300


@pytest.mark.slow
def test_measurements_are_enough(workspace: Workspace, tmp_path: Path) -> None:
    (path,) = write_answers(workspace, [TABLE])
    alone = Workspace(tmp_path / "alone")
    shutil.copytree(workspace.measurements, alone.measurements)
    written = {one.name: one for one in write_answers(alone, EXPERIMENTS.values())}
    assert len(written) == 3  # cells of Table III are among them, and of the tests over all
    again = written[path.name]
    assert again.read_text(encoding="utf-8") == path.read_text(encoding="utf-8")
    ours, theirs = (one.with_suffix(".json").read_bytes() for one in (again, path))
    assert ours == theirs


def test_one_line_alone_is_answered_without_effects(tmp_path: Path, measurement) -> None:
    workspace = Workspace(tmp_path)
    case = EXPERIMENTS["van-rooijen-table2"].lines[0].case
    write_measurement(workspace.measurement(case, "quick", 0), measurement(case, 80))
    (path,) = write_answers(workspace, [EXPERIMENTS["van-rooijen-table2"]])
    assert "| Full image | trained and tested alike | mAP | 85.1 | 80.0 | 0 |  | -5.10 |" in (
        path.read_text(encoding="utf-8")
    )
    assert not path.with_suffix(".png").exists()


def test_nothing_to_answer_is_an_error(tmp_path: Path, workspace: Workspace) -> None:
    with pytest.raises(InputError, match="holds no measurements: run a table with -o"):
        write_answers(Workspace(tmp_path / "none"), [TABLE])
    with pytest.raises(InputError, match="holds no measurement of these tables"):
        write_answers(workspace, [EXPERIMENTS["dietlmeier-table5"]])


def test_a_damaged_measurement_is_named(workspace: Workspace) -> None:
    path = next(workspace.measurements.rglob("*.json"))
    path.write_text('{"scale": "quick"}', encoding="utf-8")
    with pytest.raises(InputError, match=r"json is no measurement: remove it"):
        write_answers(workspace, [TABLE])


def test_a_margin_must_be_above_zero(workspace: Workspace) -> None:
    with pytest.raises(ConfigError, match="margin"):
        write_answers(workspace, [TABLE], margin=0)
