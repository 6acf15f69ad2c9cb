"""A line for each network, whatever its family; what is none ends with one line."""

from pathlib import Path

import pytest

import decoders


def lines(printed: str) -> list[list[str]]:
    """The cells of the table below its head."""
    rows = [line for line in printed.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


@pytest.mark.slow
def test_every_network_has_a_line(
    plates_model: str,
    people_and_heads_model: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = dict.fromkeys(("command", "commit", "machine", "load"), "known")
    monkeypatch.setattr(decoders, "stamp", lambda: dict(known))
    decoders.main([plates_model, people_and_heads_model, "--rounds", "2"])
    plates, people = lines(capsys.readouterr().out)
    assert plates[:3] == ["plates", "yolov8", "320x320"]
    assert people[:3] == ["people_and_heads", "passerby", "640x640"]
    assert all(float(cell) >= 0 for cell in plates[3:] + people[3:])


def test_a_file_that_is_no_network_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "own.onnx"
    path.write_bytes(b"weights")
    with pytest.raises(SystemExit, match=r"own\.onnx is not an ONNX file"):
        decoders.main([str(path)])
