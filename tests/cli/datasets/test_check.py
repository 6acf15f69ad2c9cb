"""``passerby datasets check`` from the command line."""

import json
from pathlib import Path

import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE

Capture = pytest.CaptureFixture[str]
QUERY = "query/0007_c1s1_000001_00.jpg"


def check(root: Path, *words: str) -> int:
    return main(["datasets", "check", str(root), "--workers", "1", *words])


def test_a_good_data_set_is_one_line(market: Path, capsys: Capture) -> None:
    assert check(market) == EXIT_OK
    printed = capsys.readouterr()
    assert printed.out.startswith(f"{market}: market1501, 4 images of 2 people, index ")
    assert printed.out.endswith(": no problems\n")
    assert printed.err.startswith("passerby: this is not Market-1501 as published")
    assert printed.err.count("\n") == 1


def test_problems_are_a_line_each_and_a_failure(market: Path, capsys: Capture) -> None:
    (market / QUERY).write_bytes((market / QUERY).read_bytes()[:300])
    (market / "bounding_box_test" / "0007_c2s1_000001_00.jpg").unlink()
    assert check(market) == EXIT_FAILED
    *problems, last = capsys.readouterr().out.splitlines()
    assert [problem.split(":")[0] for problem in problems] == [
        "no query has a match in the gallery",
        "1 image cannot be read",
    ]
    assert last.endswith(": 2 problems")


def test_quick_opens_no_image(market: Path, capsys: Capture) -> None:
    (market / QUERY).write_bytes(b"")
    assert check(market, "--quick") == EXIT_OK


def test_copies_that_are_labelled_as_two_people_are_a_problem(
    market: Path, capsys: Capture
) -> None:
    copy = market / "bounding_box_test" / "0004_c2s1_000001_00.jpg"
    copy.write_bytes((market / QUERY).read_bytes())
    assert check(market) == EXIT_FAILED
    first, second = sorted([QUERY, f"bounding_box_test/{copy.name}"])
    problem = capsys.readouterr().out.splitlines()[0]
    assert problem.startswith("1 image labelled as two people: ")
    assert f"{first} (4) is {second} ({int(Path(QUERY).name[:4])}), byte for byte" in problem


def test_copies_are_told(market: Path, capsys: Capture) -> None:
    copy = market / "bounding_box_test" / "0007_c2s1_000002_00.jpg"
    copy.write_bytes((market / QUERY).read_bytes())
    assert check(market) == EXIT_OK
    told = f"1 copy of other images: {QUERY} is bounding_box_test/{copy.name}"
    assert told in capsys.readouterr().err


def test_the_outcome_as_json(market: Path, capsys: Capture) -> None:
    (market / "bounding_box_test" / "0007_c2s1_000001_00.jpg").unlink()
    assert check(market, "--json") == EXIT_FAILED
    outcome = json.loads(capsys.readouterr().out)
    assert outcome["name"] == "market1501"
    assert outcome["protocol"] == {"same_camera": "left out", "single_shot": False}
    assert len(outcome["problems"]) == len(outcome["warnings"]) == 1
    assert len(outcome["index_sha256"]) == 64


def test_a_twin_with_a_missing_file(market: Path, tmp_path: Path, capsys: Capture) -> None:
    twin = tmp_path / "twin"
    words = ["datasets", "anonymize", str(market), str(twin), "--regions", "top", "--workers", "1"]
    assert main(words) == EXIT_OK
    assert check(market, "--twin", str(twin)) == EXIT_OK
    (twin / QUERY).unlink()
    capsys.readouterr()
    assert check(market, "--twin", str(twin)) == EXIT_FAILED
    assert f"the twin lacks 1 query image ({QUERY})" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["{market}/.."], EXIT_FAILED, "holds Market-1501: name that folder"),
        (["{market}/query"], EXIT_FAILED, "holds Market-1501: name that folder"),
        (["{market}/gone"], EXIT_FAILED, "does not exist"),
        (["{market}", "--name", "market"], EXIT_USAGE, "unknown data set 'market'"),
        (["{market}", "--name", "viper"], EXIT_FAILED, "has no cam_a, cam_b; looked for"),
        (["{market}", "--split", "3"], EXIT_USAGE, "has the splits 0 to 0, not 3"),
        (["{market}", "--split", "-1"], EXIT_USAGE, "Must be >= 0"),
        (["{market}", "--splits", "gone.json"], EXIT_FAILED, "gone.json cannot be read"),
        (["{market}", "--pattern", "{{id}}_{{camera}}*"], EXIT_USAGE, "a pattern is for"),
        (["{market}", "--twin", "gone"], EXIT_FAILED, "the manifest gone/"),
        (["{market}", "--workers", "0"], EXIT_USAGE, "Must be >= 1"),
        ([], EXIT_USAGE, "root"),
    ],
)
def test_wrong_use_is_one_clear_line(
    market: Path, capsys: Capture, words: list[str], code: int, told: str
) -> None:
    command = ["datasets", "check", "--quick", *(word.format(market=market) for word in words)]
    assert main(command) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    *_, last = printed.err.splitlines()
    assert told.lower() in last.lower()
    assert last.startswith("passerby: ")


def test_names_that_do_not_fit(market: Path, capsys: Capture) -> None:
    (market / QUERY).rename(market / "query" / "anna.jpg")
    assert check(market) == EXIT_FAILED
    (line,) = capsys.readouterr().err.splitlines()
    assert "'anna.jpg' is not (1 such name): rename or remove them" in line
