"""Nothing that belongs to the repository is ignored: the wheel and ruff leave out what is."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_no_file_of_the_repository_is_ignored() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("needs the repository")
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "--cached", "--ignored", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert listed.stdout.splitlines() == []


def test_code_in_a_folder_of_any_name_would_be_kept() -> None:
    new = ["src/passerby/site/new_file.py", "tests/site/new_file.py", "src/passerby/demo/x.py"]
    done = subprocess.run(
        ["git", "-C", ROOT, "check-ignore", "--no-index", *new],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == []
