"""All text reaches the terminal through one module, which shows what a terminal would obey."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"

MAY_SPEAK = {
    "passerby/cli/bar.py",
    "passerby/cli/console.py",
    "passerby/cli/streams.py",
    "passerby/cli/reference.py",  # prints a page of the documentation, and is no command
    "passerby/cli/choices.py",  # likewise
    "passerby/cli/network_cards.py",  # likewise
    "passerby/runtime/signals.py",  # says how to stop at once, and flushes
    "passerby/sinks/relay.py",  # a process of its own, whose words its parent reads
    "passerby/train/engine/curves.py",  # prints into a file
}
SHAPES = {"rich.text": {"Text"}, "rich.progress": None}
"""What others may have of rich: what is handed to the console, but nothing that prints."""


def speakers(source: str, file: str) -> Iterator[str]:
    """Yield each place in ``source`` from which text could reach the terminal unseen."""
    if file in MAY_SPEAK:
        return
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(attr="stdout" | "stderr", value=ast.Name(id="sys")):
                yield f"{file}:{node.lineno} a stream"
            case ast.Call(func=ast.Name(id="print" | "input")):
                yield f"{file}:{node.lineno} print"
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] == "rich":
                allowed = SHAPES.get(module, set())
                for alias in node.names:
                    if alias.name in {"Progress", "Console"} or not (
                        allowed is None or alias.name in allowed
                    ):
                        yield f"{file}:{node.lineno} {alias.name} of rich"
            case ast.Import(names=names) if any(one.name.split(".")[0] == "rich" for one in names):
                yield f"{file}:{node.lineno} rich"


def test_one_module_speaks() -> None:
    found = [
        place
        for path in SRC.rglob("*.py")
        for place in speakers(path.read_text(encoding="utf-8"), path.relative_to(SRC).as_posix())
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import sys\nsys.stderr.write(name)\n",
        "import sys\nprint(name, file=sys.stdout)\n",
        "print(name)\n",
        "from rich.console import Console\n",
        "from rich.progress import Progress\n",
        "from rich import print as show\n",
        "import rich.console\n",
    ],
)
def test_every_other_way_is_found(source: str) -> None:
    assert list(speakers(source, "passerby/cli/detect.py"))


def test_what_is_handed_to_the_console_is_left_alone() -> None:
    source = "from rich.text import Text\nfrom rich.progress import BarColumn\nsay(name)\n"
    assert list(speakers(source, "passerby/cli/detect.py")) == []


@pytest.mark.parametrize("file", sorted(MAY_SPEAK))
def test_who_may_speak_is_there(file: str) -> None:
    assert (SRC / file).is_file()
