"""``passerby models``: what it prints and how it ends."""

import hashlib
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE
from passerby.models import cards
from passerby.models.cards import MODELS, ModelCard
from passerby.models.lookup import preferred

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders without a model; the one that is chosen."""
    chosen = tmp_path / "chosen"
    chosen.mkdir()
    monkeypatch.setenv("PASSERBY_MODELS", str(chosen))
    (tmp_path / "package").mkdir()
    monkeypatch.setattr("passerby.models.lookup._PACKAGE_FOLDER", tmp_path / "package")
    monkeypatch.setattr("passerby.models.lookup.user_cache_path", lambda _: tmp_path / "cache")
    return chosen


@pytest.fixture
def all_here(nothing_here: Path, shared: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with every model."""
    for card in MODELS.values():
        if not card.built_in:
            shutil.copy(shared / "models" / card.file, nothing_here)
    package = Path(cards.__file__).parent / "weights"
    monkeypatch.setattr("passerby.models.lookup._PACKAGE_FOLDER", package)
    return nothing_here


@pytest.fixture
def built_in(nothing_here: Path, monkeypatch: pytest.MonkeyPatch) -> ModelCard:
    """A model of people that came with the package, and none besides."""
    content = b"weights"
    values = asdict(MODELS["yolox-nano"]) | {
        "name": "ours",
        "file": "ours.onnx",
        "url": None,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "built_in": True,
    }
    card = ModelCard(**values)
    monkeypatch.setitem(MODELS._entries, "ours", card)
    (nothing_here.parent / "package" / card.file).write_bytes(content)
    return card


def test_list_shows_every_model(nothing_here: Path, capsys: Captured) -> None:
    assert main(["models", "list"]) == EXIT_OK
    shown = capsys.readouterr().out
    for card in MODELS.values():
        assert card.name in shown
    assert shown.count("missing") == len(MODELS)


def test_a_built_in_model_is_listed_as_such(built_in: ModelCard, capsys: Captured) -> None:
    assert main(["models", "list"]) == EXIT_OK
    assert capsys.readouterr().out.count("built in") == 1
    assert main(["models", "list", "--json"]) == EXIT_OK
    (shown,) = [one for one in json.loads(capsys.readouterr().out) if one["name"] == "ours"]
    assert (shown["built_in"], shown["state"]) == (True, "ok")


def test_a_damaged_built_in_model_is_told_with_its_remedy(
    built_in: ModelCard, nothing_here: Path, capsys: Captured
) -> None:
    (nothing_here.parent / "package" / built_in.file).write_bytes(b"weight")
    assert main(["models", "verify", "ours"]) == EXIT_FAILED
    assert "install passerby again" in capsys.readouterr().out
    assert main(["models", "pull", "ours"]) == EXIT_FAILED
    assert "install passerby again" in capsys.readouterr().err


def test_without_names_a_built_in_model_is_not_fetched(
    built_in: ModelCard, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []

    def fetch(name: str, progress: object) -> Path:
        fetched.append(name)
        return Path(name)

    monkeypatch.setattr("passerby.cli.models.fetch", fetch)
    assert main(["models", "pull"]) == EXIT_OK
    assert fetched == ["yunet-n"]
    assert "ours" not in capsys.readouterr().out


def test_list_as_json_has_all_that_the_cards_say(nothing_here: Path, capsys: Captured) -> None:
    assert main(["models", "list", "--json"]) == EXIT_OK
    shown = json.loads(capsys.readouterr().out)
    assert [(entry["name"], entry["sha256"], entry["state"]) for entry in shown] == [
        (card.name, card.sha256, "missing") for card in MODELS.values()
    ]


def test_verify_fails_where_what_is_needed_is_missing(nothing_here: Path, capsys: Captured) -> None:
    assert main(["models", "verify"]) == EXIT_FAILED
    assert "missing, run `passerby models pull " in capsys.readouterr().out


def test_verify_fails_for_a_wrong_file_and_says_what_to_do(
    nothing_here: Path, capsys: Captured
) -> None:
    (nothing_here / MODELS["yunet-s"].file).write_bytes(b"wrong")
    assert main(["models", "verify", "yunet-s"]) == EXIT_FAILED
    shown = capsys.readouterr().out
    assert shown.startswith("yunet-s: wrong, ")
    assert MODELS["yunet-s"].sha256 in shown
    assert "`passerby models pull yunet-s`" in shown


@pytest.mark.shared
def test_verify_is_content_with_the_right_files(all_here: Path, capsys: Captured) -> None:
    assert main(["models", "verify", "--json"]) == EXIT_OK
    shown = json.loads(capsys.readouterr().out)
    assert {name: place["state"] for name, place in shown.items()} == dict.fromkeys(MODELS, "ok")


@pytest.mark.shared
def test_pull_has_nothing_to_do_where_all_is_here(all_here: Path, capsys: Captured) -> None:
    assert main(["models", "pull"]) == EXIT_OK
    captured = capsys.readouterr()
    assert f"yunet-n: {all_here / 'yunet_n.onnx'}\n" in captured.out
    fetched = [card for card in (preferred("person"), preferred("face")) if not card.built_in]
    assert captured.out.count("\n") == len(fetched)


def test_pull_ends_with_one_line_where_it_cannot_fetch(
    nothing_here: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # nobody listens on "discard"
    assert main(["models", "pull", "yunet-s"]) == EXIT_FAILED
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = [line for line in captured.err.splitlines() if line.startswith("passerby: ")]
    assert "cannot download yunet-s" in line
    assert list(nothing_here.iterdir()) == []


def test_path_without_a_name_is_the_folder(nothing_here: Path, capsys: Captured) -> None:
    assert main(["models", "path"]) == EXIT_OK
    assert capsys.readouterr().out == f"{nothing_here}\n"


@pytest.mark.shared
def test_path_is_where_the_model_lies(all_here: Path, capsys: Captured) -> None:
    assert main(["models", "path", "yolox-nano", "--json"]) == EXIT_OK
    assert json.loads(capsys.readouterr().out) == str(all_here / "yolox_nano_416.onnx")


def test_path_of_a_missing_model_fails(nothing_here: Path, capsys: Captured) -> None:
    assert main(["models", "path", "yolox-nano"]) == EXIT_FAILED
    assert "passerby models pull yolox-nano" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["pull", "verify", "path"])
def test_an_unknown_model_fails_with_the_known_ones(
    command: str, nothing_here: Path, capsys: Captured
) -> None:
    assert main(["models", command, "yolo"]) == EXIT_USAGE
    assert f"unknown model 'yolo': choose one of {', '.join(MODELS)}" in capsys.readouterr().err


def test_an_unknown_option_is_a_wrong_command_line(nothing_here: Path, capsys: Captured) -> None:
    assert main(["models", "list", "--yaml"]) == EXIT_USAGE
    assert "--yaml" in capsys.readouterr().err


def test_a_file_of_ones_own_is_shown_as_it_is_understood(
    plates_model: str, capsys: Captured
) -> None:
    assert main(["models", "show", plates_model]) == EXIT_OK
    shown = json.loads(capsys.readouterr().out)
    expected = {"decoder": "yolov8", "classes": ["plate", "screen"], "size": [320, 320]}
    assert shown | expected == shown
    assert shown["fed"] == {"rgb": True, "mean": [0, 0, 0], "std": [255, 255, 255]}
    assert shown["sha256"] == hashlib.sha256(Path(plates_model).read_bytes()).hexdigest()


def test_a_file_that_is_not_understood_is_one_line(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "own.onnx"
    path.write_bytes(b"weights")
    assert main(["models", "show", str(path)]) == EXIT_FAILED
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "own.onnx is not an ONNX file" in said.err
