"""One module of the console may touch raw pictures, and it runs in a process of its own."""

import ast
from pathlib import Path

import passerby.serve

FOLDER = Path(passerby.serve.__file__).parent
RAW = ("passerby.sources", "passerby.detection", "passerby.anonymization")
RAW_NAMES = {"Frame", "decoded"}


def imported(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{one.name}" for one in node.names}
    return found


def sees_raw(source: str) -> bool:
    return any(
        name.startswith(RAW) or (name.startswith("passerby.") and name.split(".")[-1] in RAW_NAMES)
        for name in imported(source)
    )


def test_one_module_alone_sees_raw_pictures() -> None:
    seeing = {path.name for path in FOLDER.glob("*.py") if sees_raw(path.read_text("utf-8"))}
    assert seeing == {"query_picture.py"}


def test_it_would_be_found() -> None:
    assert sees_raw("from passerby.sources.images import decoded\n")
    assert sees_raw("import passerby.detection.people\n")
    assert sees_raw("from passerby.types import Frame\n")
    assert not sees_raw("from passerby.types import AnonymizedFrame\n")
