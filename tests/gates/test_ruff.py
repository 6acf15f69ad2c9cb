"""The formatter and the linter refuse what they are meant to refuse."""

from typing import Any

import pytest

FAULTS = {
    "no docstring on a public function (D103)": "def double(x: int) -> int:\n    return 2 * x\n",
    "no type hint (ANN001)": 'def double(x) -> int:\n    """Double it."""\n    return 2 * x\n',
    "an import that is not used (F401)": "import os\n",
    "a name that is not defined (F821)": "VALUE = undefined\n",
    "a print (T201)": 'print("raw")\n',
    "code in a comment (ERA001)": "# value = compute(3)\n",
    "an error that is swallowed (BLE001)": "try:\n    pass\nexcept Exception:\n    pass\n",
    "an assert in the product (S101)": "assert True\n",
    "a path of strings (PTH118)": 'import os\n\nPATH = os.path.join("a", "b")\n',
    "a remark that silences everything (PGH004)": "import os  # noqa\n",
    "eight parameters (PLR0913)": (
        "def many(a: int, b: int, c: int, d: int, e: int, f: int, g: int, h: int) -> None:\n"
        '    """Take many."""\n'
    ),
    "a method that is private to another class (SLF001)": "VALUE = object._secret\n",
}


def test_a_clean_project_passes(project: Any) -> None:
    assert project.run("ruff format").returncode == 0
    assert project.run("ruff check").returncode == 0


@pytest.mark.parametrize("name", ["src/sample.py", "tests/test_sample.py", "benchmarks/speed.py"])
def test_text_that_is_not_formatted_is_refused(project: Any, name: str) -> None:
    project.write(name, '"""A module."""\nvalue   =  1\n')
    ran = project.run("ruff format")
    assert ran.returncode == 1
    assert name in ran.stdout
    assert "1 file would be reformatted" in ran.stdout


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_by_its_rule(project: Any, fault: str) -> None:
    project.write("src/sample.py", '"""A module."""\n\n' + FAULTS[fault])
    ran = project.run("ruff check")
    assert ran.returncode == 1
    assert fault.rpartition("(")[2].rstrip(")") in ran.stdout
