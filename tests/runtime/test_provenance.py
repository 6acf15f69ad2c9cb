"""The commit is that of a checkout, or not known."""

import subprocess
from pathlib import Path

from passerby.runtime.provenance import commit, machine


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", *words]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    return ran.stdout.strip()


def test_a_commit_and_changes_since(tmp_path: Path) -> None:
    root = tmp_path.resolve()
    assert commit(root) == "unknown"
    git(root, "init", "--quiet")
    (root / "src").mkdir()
    (root / "src" / "a.py").write_text("1", encoding="utf-8")
    assert commit(root) == "unknown and changes"
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "First")
    first = git(root, "rev-parse", "HEAD")[:10]
    assert commit(root) == first
    (root / "src" / "a.py").write_text("2", encoding="utf-8")
    assert commit(root) == f"{first} and changes"
    assert commit(root / "src") == "unknown"


def test_a_machine_is_named_by_its_kind() -> None:
    assert " cores, " in machine()
