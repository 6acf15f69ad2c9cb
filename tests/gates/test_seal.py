"""Only the anonymizer seals: a search of the code for every way to make an AnonymizedFrame.

What it wrote may be read back as anonymized (decision 6), by the one who has its report to vouch
for it: any other mention of `reopened` is found too.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
TYPES = "passerby/types.py"
MAY_SEAL = (TYPES, "passerby/anonymization/")
HOME = {"seal": "passerby.types", "reopened": "passerby.anonymization.reopened"}
MAY_REOPEN = ("passerby/anonymization/reopened.py", "passerby/pipeline/review.py")


def ways_round(source: str, file: str) -> Iterator[str]:
    """Yield what in ``source`` makes an AnonymizedFrame where ``file`` may not.

    Anything that even names `seal` counts, so that an alias or a ``getattr`` is found too.
    """
    for node in ast.walk(ast.parse(source)):
        if names(node, "seal") and not file.startswith(MAY_SEAL):
            yield f"{file}:{node.lineno} names seal"
        if names(node, "reopened") and file not in MAY_REOPEN:
            yield f"{file}:{node.lineno} names reopened"
        if forges(node) and file != TYPES:
            yield f"{file}:{node.lineno} goes round a constructor or a frozen value"


def names(node: ast.AST, door: str) -> bool:
    """Whether ``node`` mentions the function ``door``, or all that its module has."""
    match node:
        case (
            ast.Name(id=name)
            | ast.Attribute(attr=name)
            | ast.alias(name=name)
            | ast.Constant(value=str(name))
        ):
            return name.rpartition(".")[2] == door
        case ast.ImportFrom(module=str(module), names=[ast.alias(name="*")]):
            return module == HOME[door]
        case ast.ImportFrom(module=str(module)):
            return module.rpartition(".")[2] == door
    return False


def forges(node: ast.AST) -> bool:
    """Whether an object is made without its constructor, changed though frozen, or recast."""
    match node:
        case ast.Attribute(attr="__new__", value=ast.Call(func=ast.Name(id="super"))):
            return False  # a class that makes itself
        case ast.Call(func=ast.Attribute(attr="__setattr__"), args=[ast.Name(id="self"), *_]):
            return False  # a frozen dataclass that completes itself
        case (
            ast.Attribute(attr="__new__")
            | ast.Call(func=ast.Attribute(attr="__setattr__"))
            | ast.Attribute(attr="__class__", ctx=ast.Store())
            | ast.Constant(value="__new__" | "__setattr__" | "__class__")
        ):
            return True
    return False


def test_only_the_anonymizer_seals() -> None:
    found = [
        way
        for path in SRC.rglob("*.py")
        for way in ways_round(path.read_text(encoding="utf-8"), path.relative_to(SRC).as_posix())
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "from passerby.types import seal\n",
        "from passerby.types import seal as harmless\n",
        "from passerby.types import Frame, seal\n",
        "from passerby.types import *\n",
        "import passerby.types as t\nt.seal(frame, image)\n",
        "import passerby\npasserby.types.seal(frame, frame.image)\n",
        "getattr(types, 'seal')(frame, image)\n",
        "vars(types)['seal'](frame, image)\n",
        "def later():\n    from passerby.types import seal\n",
        "frame = object.__new__(AnonymizedFrame)\n",
        "frame = AnonymizedFrame.__new__(AnonymizedFrame)\n",
        "make = object.__new__\n",
        "getattr(object, '__new__')(AnonymizedFrame)\n",
        "object.__setattr__(sealed, 'image', raw)\n",
        "frame.__class__ = AnonymizedFrame\n",
        "setattr(frame, '__class__', AnonymizedFrame)\n",
        "from passerby.anonymization.reopened import reopened\n",
        "from passerby.anonymization.reopened import reopened as harmless\n",
        "from passerby.anonymization.reopened import *\n",
        "import passerby.anonymization.reopened as r\n",
        "from passerby.anonymization import reopened\n",
        "import_module('passerby.anonymization.reopened')\n",
    ],
)
@pytest.mark.parametrize("file", ["passerby/sinks/video.py", "passerby/pipeline.py"])
def test_every_way_round_is_found(source: str, file: str) -> None:
    assert list(ways_round(source, file)) != []


@pytest.mark.parametrize(
    "source",
    [
        "from passerby.types import Frame, require_anonymized\n",
        "class One:\n    def __new__(cls):\n        return super().__new__(cls)\n",
        "class Two:\n    def __post_init__(self):\n        object.__setattr__(self, 'n', 1)\n",
        "print(frame.__class__.__name__)\n",
        "sealed_at = 3\n",
    ],
)
def test_ordinary_code_is_left_alone(source: str) -> None:
    assert list(ways_round(source, "passerby/sinks/video.py")) == []


def test_the_anonymizer_may_seal_but_not_forge() -> None:
    file = "passerby/anonymization/anonymizer.py"
    assert list(ways_round("from passerby.types import seal\n", file)) == []
    assert list(ways_round("frame = object.__new__(AnonymizedFrame)\n", file)) != []


def test_the_review_may_reopen_but_not_seal() -> None:
    file = "passerby/pipeline/review.py"
    source = "from passerby.anonymization.reopened import reopened\n"
    assert list(ways_round(source, file)) == []
    assert list(ways_round(source, "passerby/anonymization/anonymizer.py")) != []
    assert list(ways_round("from passerby.types import seal\n", file)) != []


def test_types_is_where_both_are_at_home() -> None:
    source = (SRC / TYPES).read_text(encoding="utf-8")
    assert list(ways_round(source, TYPES)) == []
    assert list(ways_round(source, "passerby/elsewhere.py")) != []
