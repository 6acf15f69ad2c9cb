import os
import subprocess
from pathlib import Path

import pytest

from stamp import commit, machine


def git(folder: Path, *words: str) -> str:
    whose = [f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
    environment = {**os.environ, **dict.fromkeys(whose, "a@b")}
    ran = subprocess.run(
        ["git", "-C", folder, *words], check=True, capture_output=True, text=True, env=environment
    )
    return ran.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with one commit."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "code.py").write_text("x = 1\n", encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    return tmp_path


def test_a_clean_checkout_is_its_commit(checkout: Path) -> None:
    (checkout / "notes.txt").touch()  # no part of what is measured
    assert commit(checkout) == git(checkout, "rev-parse", "HEAD")[:10]


def test_changed_code_is_told(checkout: Path) -> None:
    (checkout / "src" / "code.py").write_text("x = 2\n", encoding="utf-8")
    assert commit(checkout) == git(checkout, "rev-parse", "HEAD")[:10] + " and changes"


def test_a_folder_without_a_repository_has_no_commit(tmp_path: Path) -> None:
    assert commit(tmp_path) == "unknown"


def test_the_machine_is_told_by_its_kind() -> None:
    assert f"{os.cpu_count()} cores" in machine()
