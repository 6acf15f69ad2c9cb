"""The program's frame: exit codes and one line a complaint."""

import io
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from passerby import errors
from passerby.cli.app import app, main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_UNVOUCHED, EXIT_USAGE

OURS = [getattr(errors, name) for name in errors.__all__]


@pytest.fixture
def command() -> Iterator[dict[str, object]]:
    """Adds a hidden command ``act`` that returns or raises what the test puts into the dict."""
    outcome: dict[str, object] = {}

    @app.command(name="act", show=False)
    def act(*, times: int = 1) -> object:
        if "raise" in outcome:
            raise outcome["raise"]  # type: ignore[misc]
        return outcome.get("return")

    yield outcome
    del app["act"]


def test_the_exit_codes_differ_and_success_alone_is_zero() -> None:
    assert EXIT_OK == 0
    assert len({EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_UNVOUCHED}) == 4


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_help_is_no_failure(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == EXIT_OK
    printed = capsys.readouterr()
    assert printed.out.startswith("Usage: passerby")
    assert printed.err == ""


def test_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == EXIT_OK
    assert capsys.readouterr().out.strip() == version("passerby")


@pytest.mark.parametrize("name", [name for name in app if not name.startswith("-")])
def test_every_command_loads_and_says_what_it_does(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == EXIT_OK
    usage, *text = capsys.readouterr().out.strip().splitlines()
    assert usage.startswith(f"Usage: passerby {name}")
    assert len(" ".join(text).split()) > 3


@pytest.mark.parametrize(
    "words",
    [
        ["no-such-command"],
        ["--no-such-option"],
        ["act", "--no-such-option"],
        ["act", "--times", "many"],
        ["act", "--times"],
        ["act", "1", "2"],
    ],
)
def test_a_wrong_command_line_is_one_line_and_code_2(
    words: list[str], command: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == EXIT_USAGE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("passerby: ")
    assert printed.err.count("\n") == 1


def test_words_too_many_are_named_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list", "all", "of them"]) == EXIT_USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert "nothing here takes 'all of them': leave it out" in line


@pytest.mark.parametrize("error", OURS)
def test_our_errors_are_one_line_and_a_code(
    error: type[Exception], command: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    command["raise"] = error("cannot read a.mp4: it is empty; give another file")
    # A wrong setting is wrong use; everything else happened on the way.
    assert main(["act"]) == (EXIT_USAGE if error is errors.ConfigError else EXIT_FAILED)
    assert (
        capsys.readouterr().err == "passerby: cannot read a.mp4: it is empty; give another file\n"
    )


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ZeroDivisionError("a bug\nin two lines"), "ZeroDivisionError: a bug (this is a bug in"),
        (KeyError(), "KeyError (this is a bug in passerby: please report it, with the traceb"),
        (MemoryError(), "there is not enough memory"),
        (RecursionError("maximum recursion depth"), "RecursionError: maximum recursion depth ("),
        (OSError(36, "File name too long", "aaa"), "aaa: File name too long"),
        (ValueError("rtsp://me:s3cret@host/a is odd"), "ValueError: rtsp://host/a is odd ("),
        (ValueError("caf\udce9\x1b[31m"), "ValueError: caf\\xe9\\x1b[31m ("),
    ],
)
def test_what_nobody_foresaw_is_one_line_too(
    error: Exception, told: str, command: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    command["raise"] = error
    assert main(["act"]) == EXIT_FAILED
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"passerby: {told}")


def test_where_an_error_arose_is_told_on_request(
    command: dict[str, object],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PASSERBY_TRACEBACK", "1")
    command["raise"] = ZeroDivisionError("for rtsp://me:s3cret@host/a")
    assert main(["act"]) == EXIT_FAILED
    lines = capsys.readouterr().err.splitlines()
    assert all(line.startswith("passerby: ") for line in lines)
    assert any("test_app.py" in line and "in act" in line for line in lines)
    assert not any("s3cret" in line for line in lines)


@pytest.mark.parametrize(
    ("returned", "code"), [(None, 0), (0, 0), (1, 1), (EXIT_UNVOUCHED, 3), ("done", 0)]
)
def test_a_commands_code_is_the_programs(
    returned: object, code: int, command: dict[str, object]
) -> None:
    command["return"] = returned
    assert main(["act"]) == code


@pytest.mark.slow
def test_run_as_a_program_it_reads_its_own_words_and_gives_the_shell_the_code() -> None:
    script = "import sys; from passerby.cli import main; sys.exit(main())"
    ran = subprocess.run(
        [sys.executable, "-c", script, "no-such-command"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == EXIT_USAGE
    assert ran.stderr.startswith('passerby: Unknown command "no-such-command"')


def test_complaints_go_to_standard_error_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    main(["no-such-command"])
    assert stream.getvalue().startswith("passerby: ")


@pytest.mark.parametrize(
    "command",
    [
        "synth crossing -o {address}",
        "describe pictures -o {address}/signatures.npz",
        "anonymize pictures -o safe --report {address}/report.json",
        "datasets anonymize pictures {address}",
        "review report.json -o {address}/sheet.png",
        "track {address}/street.mp4 -o tracks.txt",
        "track street.mp4 -o tracks.txt --video {address}/numbered.mp4",
        "train reid --data pictures -o {address}",
        "models export passerby-signature -o {address}/network.onnx",
    ],
)
def test_no_folder_is_called_like_a_password(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    words = command.format(address="rtsp:/me:hunter2@camera").split()
    assert main(words) == EXIT_USAGE
    said = capsys.readouterr().err
    assert "rtsp:/camera" in said
    assert "looks like an address" in said
    assert "hunter2" not in said
    assert list(tmp_path.iterdir()) == []
