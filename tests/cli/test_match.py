"""``passerby match`` with files; tests of the console try it with an address."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from passerby.cli import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE

SHA = "a" * 64


def write(path: Path, rows: np.ndarray, sha256: str | None = SHA) -> Path:
    header = {} if sha256 is None else {"header": np.array(json.dumps({"model_sha256": sha256}))}
    labels = np.arange(len(rows))
    np.savez(path, features=rows, ids=labels, cameras=labels, **header)
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    rng = np.random.default_rng(0)
    query = write(tmp_path / "query.npz", rng.normal(size=(2, 20)).astype(np.float32))
    gallery = write(tmp_path / "gallery.npz", rng.normal(size=(30, 20)).astype(np.float32))
    return str(query), str(gallery)


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, float]]:
    assert main(["match", *words, "--json"]) == EXIT_OK
    found: list[dict[str, float]] = json.loads(capsys.readouterr().out)
    return found


def expected(query: str, gallery: str, most: int) -> list[tuple[int, int, float]]:
    one, other = (np.load(path)["features"].astype(float) for path in (query, gallery))
    rows = []
    for number, row in enumerate(one):
        scores = [float(row @ g / np.linalg.norm(row) / np.linalg.norm(g)) for g in other]
        best = sorted(range(len(other)), key=lambda image: -scores[image])[:most]
        rows += [(number, image, scores[image]) for image in best]
    return rows


def test_the_most_similar_come_first(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = expected(*files, 4)
    found = printed(capsys, *files, "--most", "4")
    assert [(one["query"], one["image"]) for one in found] == [one[:2] for one in wanted]
    assert [one["similarity"] for one in found] == pytest.approx([w[2] for w in wanted], abs=6e-4)


def test_encryption_changes_nothing_that_is_shown(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("tenseal", reason="the extra `encrypted` is not installed")
    wanted = expected(*files, 3)
    found = printed(capsys, *files, "--most", "3", "--encrypted")
    assert [(one["query"], one["image"]) for one in found] == [one[:2] for one in wanted]
    assert [one["similarity"] for one in found] == pytest.approx([w[2] for w in wanted], abs=7e-4)


def test_a_table_has_a_row_for_each(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["match", *files, "--most", "2"]) == EXIT_OK
    out = capsys.readouterr().out
    assert "similarity" in out
    assert f"{expected(*files, 1)[0][2]:.3f}" in out


@pytest.mark.parametrize(
    ("rows", "sha256", "said"),
    [
        (np.ones((3, 21)), SHA, "signatures of queries have 20 numbers, the others 21"),
        (np.ones((3, 20)), "b" * 64, "is of the network aaaaaaaaaaaa, .* of bbbbbbbbbbbb"),
        (np.ones((3, 20)), None, "does not say which network made it"),
        (np.full((3, 20), np.nan), SHA, "hold NaN or infinite numbers"),
    ],
)
def test_galleries_that_do_not_fit(
    files: tuple[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    rows: np.ndarray,
    sha256: str | None,
    said: str,
) -> None:
    other = write(tmp_path / "other.npz", rows, sha256)
    assert main(["match", files[0], str(other)]) == EXIT_FAILED
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert re.search(said, error)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["https://gallery.example"], "signatures are not sent in clear: add --encrypted"),
        (["gallery.npz", "--camera", "hall"], "are for addresses"),
        (["https://gallery.example", "--encrypted"], "give --why"),
        (["https://gallery.example", "--encrypted", "--why", "x"], "set PASSERBY_TOKEN"),
        (
            ["http://gallery.example", "--encrypted", "--why", "x", "--token-file", "token"],
            "would be sent the token for all to read",
        ),
    ],
)
def test_wrong_use(
    files: tuple[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    said: str,
) -> None:
    pytest.importorskip("tenseal", reason="the extra `encrypted` is not installed")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PASSERBY_TOKEN", raising=False)
    (tmp_path / "token").write_text("secret")
    (tmp_path / "token").chmod(0o600)
    assert main(["match", files[0], *words]) == EXIT_USAGE
    error = capsys.readouterr().err
    assert said in error
    assert "secret" not in error
