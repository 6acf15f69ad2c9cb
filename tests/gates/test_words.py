"""Words that do not belong into what we publish: unfinished business, boasting, catch-alls."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

Tracked = Callable[[Path], list[str]]
SPARED = ("LICENSE", "constraints.txt", "tests/gates/test_words.py")

FORBIDDEN = {
    "unfinished": r"\b(?:TODO|FIXME|XXX|HACK|WIP|lorem ipsum)\b",
    "boasting": (
        r"(?i)\b(?:state[- ]of[- ]the[- ]art|cutting[- ]edge|blazing(?:ly)?|lightning[- ]fast|"
        r"seamless(?:ly)?|effortless(?:ly)?|world[- ]class|best[- ]in[- ]class|revolutionary|"
        r"game[- ]chang\w+|next[- ]generation|enterprise[- ]grade|battle[- ]tested|unleash|"
        r"leverag(?:e|es|ed|ing)|supercharge\w*|magical(?:ly)?|delightful|robust and scalable)\b"
    ),
    "a promise nobody can keep": (
        r"(?i)\b(?:guarantees? (?:full )?anonymity|100 ?% (?:safe|anonymous|secure|private)|"
        r"fully anonymous|GDPR[- ]compliant|unbreakable)\b"
    ),
}
CATCH_ALLS = {"utils", "util", "helpers", "helper", "common", "misc", "stuff", "tools"}


def forbidden_words(name: str, text: str) -> Iterator[str]:
    """Yield each line of a file with a word that does not belong there, and why."""
    for number, line in enumerate(text.splitlines(), 1):
        for reason, pattern in FORBIDDEN.items():
            if found := re.search(pattern, line):
                yield f"{name}:{number}: {found[0]} ({reason})"


def catch_alls(names: list[str]) -> list[str]:
    """Modules and folders of code that are named after nothing."""
    code = [Path(name) for name in names if name.endswith(".py")]
    return [path.as_posix() for path in code if {*path.parent.parts, path.stem} & CATCH_ALLS]


def test_no_forbidden_word_in_any_text(tracked: Tracked) -> None:
    found = []
    for name in tracked(ROOT):
        content = (ROOT / name).read_bytes()
        if name not in SPARED and b"\0" not in content:
            found += forbidden_words(name, content.decode("utf-8"))
    assert found == []


def test_no_module_is_named_after_nothing(tracked: Tracked) -> None:
    assert catch_alls(tracked(ROOT)) == []


@pytest.mark.parametrize(
    "line",
    [
        "# TODO: handle NaN",
        "x = 1  # FIXME later",
        "A state-of-the-art anonymizer.",
        "It Seamlessly covers faces.",
        "We leverage ONNX.",
        "GDPR-compliant video",
        "It guarantees anonymity.",
        "100 % anonymous",
    ],
)
def test_a_forbidden_word_is_found(line: str) -> None:
    (complaint,) = forbidden_words("page.md", f"# Page\n{line}\n")
    assert complaint.startswith("page.md:2: ")


@pytest.mark.parametrize(
    "line", ["This does not make anyone anonymous.", "Nothing is left to do.", "class Hacker:"]
)
def test_plain_words_pass(line: str) -> None:
    assert list(forbidden_words("page.md", line)) == []


def test_a_catch_all_is_found() -> None:
    names = ["src/passerby/utils.py", "src/passerby/helpers/boxes.py", "docs/tools/page.md"]
    assert catch_alls(names) == names[:2]
    assert catch_alls(["src/passerby/geometry.py"]) == []
