"""Data sets made by hand: a file's name is all that a reader looks at."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[Sequence[str]], Path]:
    """Makes empty files below a folder, whose name could be taken for a label; returns it."""

    def make(paths: Sequence[str]) -> Path:
        root = tmp_path / "blur-2024_c3s9_f1"
        for path in paths:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).touch()
        return root

    return make
