"""Misspelt words are refused wherever people read them."""

from typing import Any

import pytest

MISSPELT = "rec" + "ieve"


def test_a_clean_project_passes(project: Any) -> None:
    assert project.run("codespell").returncode == 0


@pytest.mark.parametrize(
    "name", ["src/sample.py", "tests/test_sample.py", "benchmarks/speed.py", "docs/page.md"]
)
def test_a_misspelt_word_is_refused(project: Any, name: str) -> None:
    project.write(name, f"# They {MISSPELT} a frame.\n")
    ran = project.run("codespell")
    assert ran.returncode != 0
    assert f"{name}:1: {MISSPELT}" in ran.stdout
