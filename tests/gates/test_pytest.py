"""A wrong example, a warning or a misspelt marker fails the suite like a wrong test."""

from typing import Any

EXAMPLE = ">>> 1 + 1\n{}\n"


def test_a_clean_project_passes(project: Any) -> None:
    project.write("src/sample.py", f'"""A module.\n\n{EXAMPLE.format(2)}"""\n')
    project.write("docs/page.md", f"# A page\n\n{EXAMPLE.format(2)}")
    project.write("README.md", f"# A project\n\n{EXAMPLE.format(2)}")
    ran = project.run("pytest")
    assert ran.returncode == 0
    assert "4 passed" in ran.stdout


def test_wrong_examples_failures_and_warnings_are_refused(project: Any) -> None:
    project.write("src/sample.py", f'"""A module.\n\n{EXAMPLE.format(3)}"""\n')
    project.write("docs/page.md", f"# A page\n\n{EXAMPLE.format(3)}")
    project.write("README.md", f"# A project\n\n{EXAMPLE.format(3)}")
    project.write(
        "tests/test_sample.py",
        "import warnings\n\n\n"
        "def test_fails() -> None:\n    assert 1 == 2\n\n\n"
        'def test_warns() -> None:\n    warnings.warn("old")\n',
    )
    ran = project.run("pytest")
    assert ran.returncode == 1
    assert "5 failed" in ran.stdout
    assert "assert 1 == 2" in ran.stdout
    assert "UserWarning: old" in ran.stdout
    for place in ("src/sample.py", "docs/page.md", "README.md"):
        assert f"FAILED {place}" in ran.stdout


def test_a_misspelt_marker_is_refused(project: Any) -> None:
    project.write(
        "tests/test_sample.py",
        "import pytest\n\n\n@pytest.mark.sharde\ndef test_it() -> None:\n    pass\n",
    )
    ran = project.run("pytest")
    assert ran.returncode != 0
    assert "'sharde' not found in `markers`" in ran.stdout
