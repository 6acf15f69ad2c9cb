"""`make test` is the one gate: what it runs is what is tried in this folder."""

import shlex
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

TRIED = {
    "ruff format": "test_ruff.py",
    "ruff check": "test_ruff.py",
    "mypy": "test_mypy.py",
    "lint-imports": "test_import_linter.py",
    "codespell": "test_codespell.py",
    "pytest": "test_pytest.py",
}


def test_every_gate_of_the_makefile_is_tried_here(gate_commands: list[list[str]]) -> None:
    lines = [" ".join(words) for words in gate_commands]
    assert len(lines) == len(TRIED)
    for gate, tried_in in TRIED.items():
        assert sum(line.startswith(gate) for line in lines) == 1, gate
        assert (Path(__file__).parent / tried_in).is_file()


def test_the_gates_run_no_program_that_is_told_to_pass(gate_commands: list[list[str]]) -> None:
    for words in gate_commands:
        assert not {"||", "true", "--exit-zero", "-k", "-m", "--ignore", "-x"} & set(words), words


def test_make_test_runs_both_halves() -> None:
    dry = subprocess.run(
        ["make", "--dry-run", "test"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert "/mypy" in dry.stdout
    assert "/pytest" in dry.stdout


def test_what_make_quick_leaves_out_it_says() -> None:
    dry = subprocess.run(
        ["make", "--dry-run", "quick"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert '-m "not slow"' in dry.stdout
    assert "left out" in dry.stdout


def test_the_hook_calls_make_test_and_tries_the_wheel() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert {"make test", "make wheel-check"} <= set(lines)


def test_the_demo_installs_no_extras_and_the_tests_install_all() -> None:
    assert installs("demo") == ["."]
    alone = "trackeval moto boto3 botocore s3transfer jmespath responses xmltodict"
    alone += " flask flask-cors itsdangerous blinker"
    assert installs("test") == [".", ".[dev]", *alone.split()]


def installs(target: str) -> list[str]:
    """What a target installs in an empty clone, in order."""
    folder = "no-such-environment"
    dry = subprocess.run(
        ["make", "--dry-run", f"VENV={folder}", target],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    lines = [shlex.split(line) for line in dry.stdout.splitlines() if "pip install" in line]
    options = {"constraints.txt"}
    named = [words[words.index("install") + 1 :] for words in lines]
    return [word for words in named for word in words if word[0] != "-" and word not in options]
