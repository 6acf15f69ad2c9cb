"""``passerby describe`` from the command line: what is written, what is said, how it ends."""

import signal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE
from passerby.signatures.reader import read_header, read_signatures

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def model(colours_model: str) -> list[str]:
    return ["--model", colours_model, "--threads", "2", "--raw"]


@pytest.fixture
def crops(tmp_path: Path) -> str:
    (tmp_path / "crops").mkdir()
    for number in range(5):
        Image.new("RGB", (4, 8), (number, 0, 0)).save(f"crops/{number}_c{number + 1}.png")
    return "crops"


def test_a_folder_becomes_one_file(crops: str, model: list[str], capsys: Capture) -> None:
    assert (
        main(["describe", crops, "-o", "c.npz", "--pattern", "{id}_c{camera}*", *model]) == EXIT_OK
    )
    found = read_signatures(Path("c.npz"))
    assert found.ids.tolist() == [0, 1, 2, 3, 4]
    assert found.cameras.tolist() == [1, 2, 3, 4, 5]
    np.testing.assert_allclose(found.features[:][:, 4], range(5))
    assert capsys.readouterr().out == "c.npz\n"


def test_people_with_names_are_numbered_and_that_is_said(
    crops: str, model: list[str], capsys: Capture
) -> None:
    for number, name in enumerate(("bo", "anna")):
        Path(crops, f"{number}_c{number + 1}.png").rename(Path(crops, f"{name}_c7.png"))
    command = ["describe", f"{crops}/bo_c7.png", f"{crops}/anna_c7.png", "-o", "c.npz", *model]
    assert main([*command, "--pattern", "{id}_c{camera}*"]) == EXIT_OK
    assert read_signatures(Path("c.npz")).ids.tolist() == [2, 1]
    assert read_header(Path("c.npz"))["people"] == ["anna", "bo"]
    assert "numbered in their order: 1 is anna, 2 is bo" in capsys.readouterr().err


def test_images_may_be_named_one_by_one(crops: str, model: list[str]) -> None:
    names = [f"{crops}/3_c4.png", f"{crops}/1_c2.png"]
    assert main(["describe", *names, "-o", "c.npz", "--batch", "1", *model]) == EXIT_OK
    np.testing.assert_allclose(read_signatures(Path("c.npz")).features[:][:, 4], [3, 1])


def test_a_data_set_becomes_one_file_a_subset_that_evaluation_takes(
    market: Path, model: list[str], capsys: Capture
) -> None:
    command = ["describe", "market", "-o", "signatures", *model]
    assert main([*command, "--subsets", "train", "--subsets", "query"]) == EXIT_OK
    assert main(command) == EXIT_OK
    assert sorted(one.name for one in Path("signatures").iterdir()) == [
        *("gallery.npz", "query.npz", "train.npz")
    ]
    assert "signatures/query.npz already holds these signatures" in capsys.readouterr().err
    files = ["--query", "signatures/query.npz", "--gallery", "signatures/gallery.npz"]
    assert main(["evaluate", "reid", *files, "--json", "out.json"]) == EXIT_OK
    assert '"model": "colours.onnx"' in Path("out.json").read_text(encoding="utf-8")


def test_mirror_images_count_where_they_are_asked_for(crops: str, model: list[str]) -> None:
    half_red = np.zeros((8, 4, 3), np.uint8)
    half_red[:4, :, 0] = 200
    Image.fromarray(half_red).save(f"{crops}/0_c1.png")
    command = ["describe", crops, *model, "--flip-averaged", "--maps", "maps.png"]
    assert main([*command, "-o", "c.npz"]) == EXIT_OK
    found = read_signatures(Path("c.npz"))
    np.testing.assert_allclose(found.features[:][0], [0, 0, 0, 0, 1, 0])  # upper half, red
    assert found.features[:].shape == (5, 6)


def test_maps_are_drawn(crops: str, model: list[str], capsys: Capture) -> None:
    assert main(["describe", crops, "--maps", "maps.png", "--rows", "2", *model]) == EXIT_OK
    assert capsys.readouterr().out == "maps.png\n"
    assert Path("maps.png").stat().st_size > 100
    assert main(["describe", crops, "--maps", "maps.png", *model]) == EXIT_FAILED


def test_images_that_cannot_be_read_are_named(
    crops: str, model: list[str], capsys: Capture
) -> None:
    Path("crops/2_c3.png").write_bytes(b"damaged")
    assert main(["describe", crops, "-o", "c.npz", *model]) == EXIT_FAILED
    told = capsys.readouterr().err
    assert "crops/2_c3.png is damaged" in told
    assert "c.npz: 1 of 5 images left out" in told
    assert len(read_signatures(Path("c.npz"))) == 4


def test_raw_images_are_described_only_if_they_are_asked_for_by_name(
    crops: str, colours_model: str, capsys: Capture
) -> None:
    command = ["describe", crops, "--model", colours_model]
    for wanted in (["-o", "c.npz"], ["--maps", "maps.png"]):
        assert main([*command, *wanted]) == EXIT_USAGE
        told = capsys.readouterr().err
        assert "nobody vouches that crops is anonymized" in told
        assert "add --raw" in told
        assert told.count("\n") == 1
    assert not Path("c.npz").exists()
    assert main([*command, "-o", "c.npz", "--raw"]) == EXIT_OK
    assert read_header(Path("c.npz"))["images"] == "raw"


def test_images_of_a_twin_are_described_as_what_they_are(
    market: Path, colours_model: str, capsys: Capture
) -> None:
    assert main(["datasets", "anonymize", "market", "twin", "--preset", "van-rooijen-3px"]) == 0
    command = ["describe", "twin", "-o", "signatures", "--model", colours_model]
    assert main(command) == EXIT_OK
    header = read_header(Path("signatures/query.npz"))
    assert header["images"] == "anonymized"
    assert "the preset van-rooijen-3px hides nobody" in header["weakness"]
    files = ["--query", "signatures/query.npz", "--gallery", "signatures/gallery.npz"]
    assert main(["evaluate", "reid", *files, "--json", "out.json"]) == EXIT_OK
    assert '"images": "anonymized"' in Path("out.json").read_text(encoding="utf-8")


def test_an_original_in_a_twin_is_left_out(
    market: Path, colours_model: str, capsys: Capture
) -> None:
    assert main(["datasets", "anonymize", "market", "twin", "--regions", "top"]) == 0
    name = "bounding_box_test/0007_c2s1_000001_00.jpg"
    Path("twin", name).write_bytes(Path("market", name).read_bytes())
    command = ["describe", "twin", "-o", "signatures", "--model", colours_model]
    assert main(command) == EXIT_FAILED
    assert "is not vouched for" in capsys.readouterr().err
    assert len(read_signatures(Path("signatures/gallery.npz"))) == 1


def test_the_report_of_a_run_vouches_for_its_images(
    crops: str, colours_model: str, capsys: Capture
) -> None:
    run = ["anonymize", crops, "-o", "safe", "--regions", "top", "--report", "safe.json"]
    assert main(run) == EXIT_OK
    command = ["describe", "-o", "c.npz", "--vouched-by", "safe.json", "--model", colours_model]
    assert main([*command, "safe"]) == EXIT_OK
    assert read_header(Path("c.npz"))["images"] == "anonymized"
    assert main([*command, crops, "--overwrite"]) == EXIT_FAILED
    assert "is not vouched for by safe.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "c.npz"], "nothing to describe"),
        (["crops"], "nothing to write: name a file, such as -o signatures.npz"),
        (["crops", "-o", "out"], "out is not an .npz file, and crops is not a data set"),
        (["crops", "-o", "c.npz", "--runtime", "torch"], "torch runs checkpoints"),
    ],
)
def test_wrong_use_is_one_line(
    arguments: list[str], message: str, crops: str, model: list[str], capsys: Capture
) -> None:
    assert main(["describe", *arguments, *model]) == EXIT_USAGE
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1


def test_a_data_set_is_not_put_into_one_file(
    market: Path, model: list[str], capsys: Capture
) -> None:
    assert main(["describe", "market", "-o", "m.npz", *model]) == EXIT_USAGE
    assert "gets one file per subset: name a folder, not m.npz" in capsys.readouterr().err


def test_a_file_that_exists_is_replaced_only_when_asked(crops: str, model: list[str]) -> None:
    Path("c.npz").write_bytes(b"mine")
    assert main(["describe", crops, "-o", "c.npz", *model]) == EXIT_FAILED
    assert Path("c.npz").read_bytes() == b"mine"
    assert main(["describe", crops, "-o", "c.npz", "--overwrite", *model]) == EXIT_OK


def test_an_image_that_is_described_is_never_replaced(
    crops: str, model: list[str], capsys: Capture
) -> None:
    picture = Path("crops/0_c1.png")
    before = picture.read_bytes()
    assert main(["describe", crops, "--maps", str(picture), "--overwrite", *model]) == EXIT_FAILED
    assert "name another file" in capsys.readouterr().err
    assert picture.read_bytes() == before


def test_ctrl_c_keeps_what_was_described(
    crops: str, model: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    from passerby.signatures.writer import SignatureFile  # noqa: PLC0415

    add = SignatureFile.add
    with monkeypatch.context() as patch:

        def interrupted(file: SignatureFile, row: np.ndarray) -> None:
            add(file, row)
            if row[4] == 2:
                signal.raise_signal(signal.SIGINT)

        patch.setattr(SignatureFile, "add", interrupted)
        assert main(["describe", crops, "-o", "c.npz", *model]) == 130
    assert not Path("c.npz").exists()
    assert main(["describe", crops, "-o", "c.npz", *model]) == EXIT_OK
    assert "c.npz: 3 of 5 were described by an earlier run" in capsys.readouterr().err
    np.testing.assert_allclose(read_signatures(Path("c.npz")).features[:][:, 4], range(5))
