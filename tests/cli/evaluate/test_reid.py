"""``passerby evaluate reid``, end to end."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from PIL import Image

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE

Capture = pytest.CaptureFixture[str]
RANDOM = np.random.default_rng(0)
IDS = RANDOM.integers(1, 9, 60)
CENTRES = RANDOM.normal(size=(9, 6))
ARRAYS = {
    "features": (CENTRES[IDS] + RANDOM.normal(size=(60, 6))).astype(np.float32),
    "ids": IDS,
    "cameras": RANDOM.integers(1, 4, 60),
}


def write(path: Path, rows: slice, **changed: object) -> Path:
    arrays = {name: array[rows] for name, array in ARRAYS.items()}
    np.savez(path, **{**arrays, **changed})
    return path


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "q.npz", slice(0, 15))
    write(tmp_path / "g.npz", slice(15, 60))
    return ["evaluate", "reid", "--query", "q.npz", "--gallery", "g.npz"]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A data set of plain images in the layout of VIPeR, and a network that sees colours."""
    monkeypatch.chdir(tmp_path)
    for folder in ("cam_a", "cam_b"):
        (tmp_path / "viper" / folder).mkdir(parents=True)
        for person in range(8):
            colour = (30 * person, 200 - 20 * person, 7)
            Image.new("RGB", (4, 8), colour).save(
                tmp_path / "viper" / folder / f"{person:03}_00.bmp"
            )
    node = helper.make_node("ReduceMean", ["in"], ["out"], axes=[2, 3], keepdims=0)
    picture = helper.make_tensor_value_info("in", TensorProto.FLOAT, [1, 3, 8, 4])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, 3])
    graph = helper.make_graph([node], "mean", [picture], [out])
    opset = [helper.make_opsetid("", 13)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), tmp_path / "mean.onnx")
    model = ["--model", "mean.onnx", "--pixels", "bgr-255"]
    return ["evaluate", "reid", "--data", "viper", "--raw", *model]


@pytest.mark.slow
def test_raw_images_are_described_only_if_they_are_asked_for_by_name(
    data: list[str], refused: Callable[..., None], tmp_path: Path
) -> None:
    quiet = [word for word in data if word != "--raw"]
    refused(EXIT_USAGE, "nobody vouches that viper is anonymized", *quiet)
    assert main([*data, "--json", "raw.json"]) == EXIT_OK
    assert '"images": "raw"' in Path("raw.json").read_text(encoding="utf-8")
    assert main(["datasets", "anonymize", "viper", "twin", "--regions", "top"]) == EXIT_OK
    twin = ["twin" if word == "viper" else word for word in quiet]
    assert main([*twin, "--json", "twin.json"]) == EXIT_OK
    assert '"images": "anonymized"' in Path("twin.json").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_table_and_files_hold_the_same_figures(files: list[str], capsys: Capture) -> None:
    written = ["--json", "out.json", "--parquet", "out.parquet", "--cmc", "c.png", "--roc", "r.svg"]
    assert main([*files, *written]) == EXIT_OK
    printed = capsys.readouterr().out
    content = json.loads(Path("out.json").read_text(encoding="utf-8"))
    for name in ("mAP", "mAP_trapezoid", "rank1", "rank5", "rank10", "mINP", "AUC"):
        (value,) = re.findall(rf" {name} +. ([\d.]+)", printed)
        assert float(value) == pytest.approx(content[name], abs=5e-5)
    assert len(content["AP"]) == 15
    assert content["protocol"]["distance"] == "cosine"
    assert all(Path(name).stat().st_size for name in ("out.parquet", "c.png", "r.svg"))


def test_options_reach_the_protocol(files: list[str]) -> None:
    rules = ["--distance", "euclidean", "--same-camera", "counted", "--junk-ids", "3"]
    again = ["--rerank", "--k1", "7", "--k2", "3", "--lambda", "0.5", "--max-rank", "20"]
    assert main([*files, *rules, *again, "--json", "out.json"]) == EXIT_OK
    told = json.loads(Path("out.json").read_text(encoding="utf-8"))["protocol"]
    assert (told["distance"], told["drop_same_camera"]) == ("euclidean", False)
    assert (told["junk_ids"], told["max_rank"]) == ([3], 20)
    assert told["reranking"] == {"k1": 7, "k2": 3, "original_weight": 0.5}


def test_finer_signatures_and_queries_of_many_images(files: list[str], tmp_path: Path) -> None:
    write(tmp_path / "all.npz", slice(0, 60))
    finer = ["--fine-query", "q.npz", "--fine-gallery", "g.npz", "--top", "5"]
    assert main([*files, *finer, "--json", "fine.json"]) == EXIT_OK
    told = json.loads(Path("fine.json").read_text(encoding="utf-8"))["protocol"]
    assert told["coarse_to_fine"] == {"top": 5}
    assert main([*files, "--json", "one.json"]) == EXIT_OK
    assert main([*files, "--multi-query", "all.npz", "--json", "many.json"]) == EXIT_OK
    one, many = (
        json.loads(Path(f"{name}.json").read_text(encoding="utf-8")) for name in ("one", "many")
    )
    assert many["protocol"]["data"]["query_sha256"] != one["protocol"]["data"]["query_sha256"]


def test_galleries_drawn_at_random(files: list[str], capsys: Capture) -> None:
    drawn = ["--single-shot", "--trials", "3", "--seed", "7", "--json", "out.json"]
    assert main([*files, *drawn]) == EXIT_OK
    content = json.loads(Path("out.json").read_text(encoding="utf-8"))
    assert len(content["trials"]["rank1"]) == 3
    assert "drawn with seed 7" in content["protocol"]["trials"]
    assert "std" in capsys.readouterr().out


def test_a_data_set_is_described_and_its_origin_recorded(data: list[str]) -> None:
    assert main([*data, "--json", "out.json", "--ranked-lists", "lists.png"]) == EXIT_OK
    content = json.loads(Path("out.json").read_text(encoding="utf-8"))
    assert content["rank1"] == 1  # the same colours in both cameras
    origin = content["protocol"]["data"]["origin"]
    assert (origin["data_set"], origin["model"]) == ("viper", "mean.onnx")
    assert len(origin["model_sha256"]) == len(origin["index_sha256"]) == 64
    with Image.open("lists.png") as picture:
        assert picture.height > 4 * 128


def test_mirror_images_count_where_they_are_asked_for(data: list[str]) -> None:
    assert main([*data, "--flip-averaged", "--json", "out.json"]) == EXIT_OK
    content = json.loads(Path("out.json").read_text(encoding="utf-8"))
    assert content["protocol"]["data"]["origin"]["model"] == "mean.onnx, flip-averaged"


def test_all_splits_are_averaged(data: list[str], capsys: Capture) -> None:
    assert main([*data, "--all-splits", "--json", "out.json"]) == EXIT_OK
    content = json.loads(Path("out.json").read_text(encoding="utf-8"))
    assert len(content["trials"]["rank1"]) == 20
    splits = [one["origin"]["split"] for one in content["protocol"]["data"]]
    assert sorted(splits) == list(range(20))
    assert "20 splits" in capsys.readouterr().out


def test_an_existing_file_is_kept_unless_told_otherwise(files: list[str], capsys: Capture) -> None:
    Path("out.json").write_text("mine", encoding="utf-8")
    assert main([*files, "--json", "out.json"]) == EXIT_FAILED
    assert "out.json exists: add --overwrite" in capsys.readouterr().err
    assert Path("out.json").read_text(encoding="utf-8") == "mine"
    assert main([*files, "--json", "out.json", "--overwrite"]) == EXIT_OK


@pytest.mark.parametrize(
    "words",
    [
        ["--json", "q.npz"],
        ["--json", "x.json", "--parquet", "x.json"],
        ["--json", "fine.npz", "--fine-query", "fine.npz", "--fine-gallery", "g.npz"],
    ],
)
def test_signatures_are_never_replaced(
    files: list[str], tmp_path: Path, capsys: Capture, words: list[str]
) -> None:
    write(tmp_path / "fine.npz", slice(0, 15))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert main([*files, *words, "--overwrite"]) == EXIT_FAILED
    assert "name another file" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.fixture
def refused(capsys: Capture) -> Callable[..., None]:
    """Expects one clear line, an exit code and no file."""

    def check(code: int, told: str, *words: str) -> None:
        before = set(Path().rglob("*"))
        assert main(list(words)) == code
        printed = capsys.readouterr()
        assert printed.out == ""
        *_, last = printed.err.splitlines()
        assert re.search(told, last), last
        assert set(Path().rglob("*")) == before

    return check


def test_bad_files_are_one_clear_line(
    files: list[str], tmp_path: Path, refused: Callable[..., None]
) -> None:
    gallery = slice(15, 60)
    cases: dict[str, dict[str, object]] = {
        "NaN or infinite": {"features": ARRAYS["features"][gallery] * np.nan},
        "ids has shape": {"ids": IDS[:3]},
        "cameras must be whole numbers": {"cameras": ARRAYS["cameras"][gallery] / 2},
        "no query has a match": {"ids": IDS[gallery] + 100},
        "make both with the same network": {"features": ARRAYS["features"][gallery, :4]},
    }
    for number, (told, changed) in enumerate(cases.items()):
        path = write(tmp_path / f"bad{number}.npz", gallery, **changed)
        refused(EXIT_FAILED, told, *files[:-1], path.name, "--json", "out.json")
    np.savez(tmp_path / "other.npz", signatures=ARRAYS["features"])
    refused(EXIT_FAILED, "has no array 'features'", *files[:-1], "other.npz")
    refused(EXIT_FAILED, r"none\.npz is missing", *files[:-1], "none.npz")
    constant = write(tmp_path / "c.npz", gallery, features=np.ones((45, 6)))
    same = write(tmp_path / "d.npz", slice(0, 15), features=np.ones((15, 6)))
    words = ["evaluate", "reid", "--query", same.name, "--gallery", constant.name, "--rerank"]
    refused(EXIT_FAILED, "needs signatures that differ", *words)


def test_wrong_use_is_one_clear_line(
    files: list[str], data: list[str], refused: Callable[..., None]
) -> None:
    refused(EXIT_USAGE, "say what to compare", "evaluate", "reid")
    refused(EXIT_USAGE, "say what to compare", *files[:4])
    refused(EXIT_USAGE, "say what to compare", *files, "--data", "viper")
    refused(EXIT_USAGE, "give --flip-averaged to passerby describe", *files, "--flip-averaged")
    refused(EXIT_USAGE, "belong together", *files, "--fine-query", "q.npz")
    refused(EXIT_USAGE, "1 <= k2 <= k1", *files, "--rerank", "--k1", "3")
    refused(EXIT_USAGE, "curves are written as", *files, "--cmc", "curve.txt")
    refused(EXIT_USAGE, "give --data and --model", *files, "--ranked-lists", "lists.png")
    refused(
        EXIT_USAGE,
        "will hold a picture: end its name with .png",
        *files,
        "--ranked-lists",
        "lists.jpg",
    )
    refused(EXIT_USAGE, "show one split", *data, "--all-splits", "--cmc", "c.png")
    refused(EXIT_USAGE, "show one gallery", *files, "--single-shot", "--cmc", "c.png")
    refused(EXIT_USAGE, "give --pixels bgr-255 or rgb-imagenet", *data[:-2])
    refused(EXIT_FAILED, "nowhere", *data[:3], "nowhere", *data[4:])


@pytest.mark.parametrize(
    ("asked", "searched", "code"),
    [
        (["anna", "bo"], ["anna", "bo", "cy"], EXIT_OK),
        (["anna", "bo"], ["anna", "cy"], EXIT_FAILED),
        (["anna", "bo"], None, EXIT_FAILED),
    ],
)
def test_names_that_are_numbered_differently_are_not_compared(
    files: list[str],
    capsys: Capture,
    asked: list[str],
    searched: list[str] | None,
    code: int,
) -> None:
    for name, rows, people in [("q", slice(0, 15), asked), ("g", slice(15, 60), searched)]:
        header = json.dumps({} if people is None else {"people": people})
        write(Path(f"{name}.npz"), rows, header=np.array(header))
    assert main(files) == code
    told = "q.npz and g.npz number the names of people differently: describe both as one data set"
    assert (told in capsys.readouterr().err) == (code == EXIT_FAILED)


def test_signatures_of_two_networks_are_not_compared(files: list[str], capsys: Capture) -> None:
    for name, rows, model in [("q", slice(0, 15), "ours"), ("g", slice(15, 60), "other")]:
        header = json.dumps({"model": model, "model_sha256": f"hash of {model}"})
        write(Path(f"{name}.npz"), rows, header=np.array(header))
    assert main(files) == EXIT_FAILED
    assert "q.npz was made by ours, g.npz by other, another network" in capsys.readouterr().err
