import pytest

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE

SMALL = {
    "crossing": ["--cameras", "2", "--people", "3", "--seconds", "0.1", "--size", "160x90"],
    "corridor": ["--cameras", "2", "--people", "3", "--seconds", "0.3", "--size", "160x90"],
    "top-down": ["--people", "2", "--seconds", "0.1", "--size", "160x120", "--frames"],
    "reid": ["--people", "2", "--cameras", "1", "--images", "2"],
    "squares": ["--identities", "2", "--reid-identities", "3", "--pairs", "6"],
}


def files(folder):
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.slow
@pytest.mark.parametrize("command", SMALL)
def test_a_command_makes_its_folder_and_the_same_seed_the_same_files(command, tmp_path, capsys):
    for name in ("one", "two"):
        assert main(["synth", command, "-o", str(tmp_path / name), *SMALL[command]]) == EXIT_OK
    assert capsys.readouterr().out.split() == [str(tmp_path / "one"), str(tmp_path / "two")]
    first, second = files(tmp_path / "one"), files(tmp_path / "two")
    assert first == second
    assert len(first) > 3


@pytest.mark.parametrize("command", SMALL)
def test_what_is_there_is_not_overwritten(command, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "precious.txt").write_text("mine")
    assert main(["synth", command, "-o", str(tmp_path / "out"), *SMALL[command]]) == EXIT_FAILED
    assert "is not empty" in capsys.readouterr().err
    assert files(tmp_path) == {"out/precious.txt": b"mine"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["crossing"], "--output"),
        (["crossing", "-o", "out", "--size", "640"], "WIDTHxHEIGHT"),
        (["crossing", "-o", "out", "--size", "0x90"], "WIDTHxHEIGHT"),
        (["crossing", "-o", "out", "--people", "0"], "--people"),
        (["crossing", "-o", "out", "--people", "ten"], "--people"),
        (["crossing", "-o", "out", "--seconds", "-1"], "--seconds"),
        (["crossing", "-o", "out", "--size", "161x90"], "161x90"),
        (["crossing", "-o", "out", "--light", "moon"], "choose one of sunny"),
        (["crossing", "-o", "out", "--people", "60", "--area", "2"], "ask for fewer"),
        (["corridor", "-o", "out", "--cameras", "0"], "--cameras"),
        (["corridor", "-o", "out", "--alike", "2"], "--alike"),
        (["corridor", "-o", "out", "--light", "moon"], "choose one of sunny"),
        (["top-down", "-o", "out", "--height", "1"], "--height"),
        (["reid", "-o", "out", "--people", "1"], "--people"),
        (["reid", "-o", "out", "--cameras", "10"], "--cameras"),
        (["squares", "-o", "out", "--pairs", "361"], "361 pairs"),
        (["circles", "-o", "out"], "circles"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(words, complaint, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["synth", *words]) == EXIT_USAGE
    captured = capsys.readouterr()
    assert complaint in captured.err
    assert len(captured.err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
