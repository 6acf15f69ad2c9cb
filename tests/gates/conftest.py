"""What the gates are tried on: a small project under our rules, and the list of our files."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent

CLEAN = {
    "src/sample.py": '"""A module that breaks no rule."""\n',
    ".ci/check.py": '"""A step that breaks no rule."""\n',
    "benchmarks/speed.py": '"""A benchmark that breaks no rule."""\n',
    "tests/test_sample.py": '"""A test that passes."""\n\n\ndef test_passes() -> None:\n    pass\n',
    "docs/page.md": "# A page\n",
    "README.md": "# A project\n",
    "Makefile": "",
}


class Project:
    """A folder with our `pyproject.toml`, in which the Makefile's commands can be run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copy(ROOT / "pyproject.toml", folder)
        for name, text in CLEAN.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(self, gate: str) -> subprocess.CompletedProcess[str]:
        """Run the one command of `make test` that begins with ``gate``."""
        (words,) = (words for words in commands() if " ".join(words).startswith(gate))
        return subprocess.run(
            [PROGRAMS / words[0], *words[1:]],
            cwd=self.folder,
            env=os.environ
            | {
                "PYTHONPATH": str(self.folder / "src"),
                "MYPY_CACHE_DIR": str(ROOT / ".cache" / "mypy"),  # NumPy is read once for all
                "RUFF_NO_CACHE": "true",
                "NO_COLOR": "1",
            },
            capture_output=True,
            encoding="utf-8",
            check=False,
        )


def commands() -> list[list[str]]:
    """The programs that `make test` runs, in order, as words, without their folder."""
    dry = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "check", "unit"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    folder = ".venv/bin/"
    lines = [line for line in dry.stdout.splitlines() if line.startswith(folder)]
    words = [shlex.split(line.removeprefix(folder)) for line in lines]
    return [line for line in words if line[0] != "python"]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture(scope="session")
def gate_commands() -> list[list[str]]:
    return commands()


@pytest.fixture(scope="session")
def tracked() -> Callable[[Path], list[str]]:
    """Gives the names of all files that are, or are about to be, under version control."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs the repository's history, not an archive of its files")

    def names(root: Path) -> list[str]:
        listed = subprocess.run(
            shlex.split("git -c safe.directory=* ls-files -z --cached --others --exclude-standard"),
            cwd=root,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        return [name for name in listed.stdout.split("\0") if (root / name).is_file()]

    return names
