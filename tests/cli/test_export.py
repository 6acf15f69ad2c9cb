"""``passerby models export`` from the command line."""

import json
from pathlib import Path

import pytest
from PIL import Image

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE
from passerby.models.obfuscators import create_obfuscator, write_obfuscator
from passerby.runs.export import obfuscator_export

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def export(colours_model: str) -> list[str]:
    return ["models", "export", colours_model]


def test_the_loss_is_told(market: Path, export: list[str], capsys: Capture) -> None:
    told = ["-o", "a.onnx", "--format", "fp16", "--calibrate", "market"]
    assert main([*export, *told]) == EXIT_OK
    table = capsys.readouterr().out
    assert all(word in table for word in ("megabytes", "cosine, lowest", "1.00000", "mAP", "rank1"))
    assert main([*export, *told, "--json", "--overwrite"]) == EXIT_OK
    outcome = json.loads(capsys.readouterr().out)
    assert outcome["target"] == "a.onnx"
    assert outcome["bytes"] == Path("a.onnx").stat().st_size
    assert outcome["loss"]["cosine_mean"] == pytest.approx(1)
    assert outcome["loss"]["figures"]["mAP"][0] == outcome["loss"]["figures"]["mAP"][1]


def test_a_folder_of_images_will_do(export: list[str], capsys: Capture) -> None:
    Path("crops").mkdir()
    for number in range(4):
        Image.new("RGB", (4, 8), (60 * number, 100, 50)).save(f"crops/{number}.png")
    assert main([*export, "-o", "a.onnx", "--calibrate", "crops", "--json"]) == EXIT_OK
    loss = json.loads(capsys.readouterr().out)["loss"]
    assert (loss["images"], loss["figures"]) == (2, {})


def test_without_images_it_says_that_nothing_was_measured(
    export: list[str], capsys: Capture
) -> None:
    assert main([*export, "-o", "a.onnx"]) == EXIT_OK
    told = capsys.readouterr()
    assert "nothing was measured: give images" in told.err
    assert told.out.endswith("a.onnx\n")


def test_wrong_use_is_refused(export: list[str], capsys: Capture) -> None:
    assert main([*export, "-o", "a.pt"]) == EXIT_USAGE
    assert "a.pt will hold ONNX" in capsys.readouterr().err
    assert main([*export, "-o", "a.onnx", "--format", "int8"]) == EXIT_USAGE
    assert "--calibrate" in capsys.readouterr().err
    Path("a.onnx").touch()
    assert main([*export, "-o", "a.onnx"]) == EXIT_FAILED
    assert "a.onnx exists: add --overwrite" in capsys.readouterr().err


@pytest.mark.slow
def test_the_loss_of_an_obfuscator_is_measured_on_people_who_do_not_exist(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(obfuscator_export, "FRAMES", 1)
    write_obfuscator(Path("model.pt"), create_obfuscator("shuffle", channels=8, depth=1), {})
    words = ["models", "export", "model.pt", "-o", "a.onnx", "--format", "fp16"]
    assert main(words) == EXIT_OK
    told = capsys.readouterr().out
    assert all(word in told for word in ("AP50", "mean difference", "people", "a.onnx"))
    assert main([*words, "--overwrite", "--json"]) == EXIT_OK
    outcome = json.loads(capsys.readouterr().out)
    assert outcome["bytes"] == Path("a.onnx").stat().st_size
    assert 0.5 < outcome["loss"]["clear"] <= 1
