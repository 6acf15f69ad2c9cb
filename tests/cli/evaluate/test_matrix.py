"""``passerby evaluate matrix``, end to end, with networks of a few bytes."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from PIL import Image

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE

Capture = pytest.CaptureFixture[str]


def network(path: Path, axes: list[int]) -> None:
    """Gives the means of the picture over ``axes``."""
    node = helper.make_node("ReduceMean", ["in"], ["out"], axes=axes, keepdims=0)
    picture = helper.make_tensor_value_info("in", TensorProto.FLOAT, [1, 3, 8, 4])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    graph = helper.make_graph([node], "mean", [picture], [out])
    opset = [helper.make_opsetid("", 13)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), path)


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Images of twelve people by two cameras, a noisier twin of them, and two networks."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    colours = random.integers(60, 200, (12, 3))
    for root, noise in (("market", 5), ("twin", 40)):
        for folder, camera in (("query", 1), ("bounding_box_test", 2), ("bounding_box_train", 3)):
            (tmp_path / root / folder).mkdir(parents=True)
            for person, colour in enumerate(colours, 1):
                pixels = colour + random.normal(0, noise, 3)
                image = Image.new("RGB", (4, 8), tuple(np.clip(pixels, 0, 255).astype(int)))
                name = f"{person:04}_c{camera}s1_000001_00.png"
                image.save(tmp_path / root / folder / name)
    network(tmp_path / "a.onnx", [2, 3])
    network(tmp_path / "b.onnx", [3])
    images = ["--images.original", "market", "--images.noisy", "twin"]
    models = ["--models.original", "a.onnx", "--models.noisy", "b.onnx", "--pixels", "bgr-255"]
    return ["evaluate", "matrix", *images, *models, "--name", "market1501", "--raw"]


@pytest.mark.slow
def test_every_cell_is_in_the_table_and_in_the_file(words: list[str], capsys: Capture) -> None:
    assert main([*words, "--margin", "0.05", "--json", "out.json"]) == EXIT_OK
    content = json.loads(Path("out.json").read_text(encoding="utf-8"))
    assert content["reference"] == {"train": "original", "query": "original", "gallery": "original"}
    cells = {(one["train"], one["query"], one["gallery"]): one for one in content["cells"]}
    assert len(cells) == 8
    noisy = cells["original", "noisy", "noisy"]
    assert noisy["mAP"] < cells["original", "original", "original"]["mAP"]
    assert noisy["comparison"]["difference"] < 0
    assert noisy["comparison"]["equivalence"]["margin"] == 0.05
    models = {one["protocol"]["data"]["origin"]["model"] for one in content["cells"]}
    assert models == {"a.onnx", "b.onnx"}
    rows = re.findall(r"(?:original|noisy) / (?:original|noisy) / ", capsys.readouterr().out)
    assert len(rows) == 8


def test_raw_images_are_compared_only_if_they_are_asked_for_by_name(
    words: list[str], capsys: Capture
) -> None:
    assert main([word for word in words if word != "--raw"]) == EXIT_USAGE
    assert "nobody vouches that market is anonymized" in capsys.readouterr().err


@pytest.mark.slow
def test_the_tables_hold_what_the_json_holds(words: list[str]) -> None:
    files = ["--json", "out.json", "--csv", "out.csv", "--latex", "out.tex"]
    assert main([*words, *files]) == EXIT_OK
    cells = json.loads(Path("out.json").read_text(encoding="utf-8"))["cells"]
    rows = list(csv.DictReader(Path("out.csv").read_text(encoding="utf-8").splitlines()))
    lines = Path("out.tex").read_text(encoding="utf-8").splitlines()
    lines = lines[lines.index(r"\midrule") + 1 : lines.index(r"\bottomrule")]
    for row, line, cell in zip(rows, lines, cells, strict=True):
        names = [cell["train"], cell["query"], cell["gallery"]]
        assert [row["train"], row["query"], row["gallery"]] == names
        assert float(row["mAP"]) == pytest.approx(cell["mAP"], rel=1e-5)
        assert line.startswith(" & ".join([*names, f"{cell['mAP']:.4f}"]))
        comparison = cell["comparison"]
        if comparison is None:
            assert row["difference"] == row["p t"] == ""
        else:
            low, p = comparison["interval"]["low"], comparison["p_by_holm"]["wilcoxon"]
            assert float(row["95 % low"]) == pytest.approx(low, rel=1e-5)
            assert float(row["p wilcoxon"]) == pytest.approx(p, rel=1e-5)
    assert main([*words, *files]) != EXIT_OK  # they exist


def test_other_images_are_refused(words: list[str], capsys: Capture) -> None:
    next(Path("twin/query").iterdir()).unlink()
    assert main([*words, "--json", "out.json"]) == EXIT_USAGE
    assert "twin does not list the same images as market" in capsys.readouterr().err
    assert not Path("out.json").exists()


def test_wrong_use_is_one_clear_line(words: list[str], capsys: Capture) -> None:
    assert main(words[:2]) == EXIT_USAGE
    assert "--images.NAME ROOT and --models.NAME MODEL" in capsys.readouterr().err
    one = ["--images.original", "market", "--models.original", "a.onnx", "--pixels", "bgr-255"]
    one.append("--raw")
    assert main([*words[:2], *one, "--name", "market1501"]) == EXIT_USAGE
    assert "nothing to compare" in capsys.readouterr().err
    assert main([*words, "--margin", "0"]) == EXIT_USAGE
    assert "margin of equivalence must be above 0" in capsys.readouterr().err
    Path("out.json").touch()
    assert main([*words, "--json", "out.json"]) == EXIT_FAILED
    assert "add --overwrite" in capsys.readouterr().err
