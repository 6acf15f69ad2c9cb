"""Only the anonymizer seals: a search of the code for every way to make an AnonymizedFrame.

What it wrote may be read back as anonymized where there is a voucher for it (decision 6), and one
module alone makes vouchers, of reports and manifests: any other mention is found too.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
TYPES = "passerby/types.py"
VOUCHED = "passerby/anonymization/vouched.py"
VOUCHERS = "passerby/runs/vouchers.py"
HOME = {
    "seal": "passerby.types",
    "read_vouched": "passerby.anonymization.vouched",
    "Voucher": "passerby.anonymization.vouched",
    "SnippetEntry": "passerby.store.write_batch",
    "SignatureEntry": "passerby.store.write_batch",
}
"""Doors, and the modules that they are at home in."""
_ENTRIES = (
    "passerby/store/write_batch.py",
    "passerby/store/adding.py",
    "passerby/store/batch_codec.py",
)
MAY = {
    "seal": (
        TYPES,
        "passerby/anonymization/anonymizer.py",
        "passerby/anonymization/cutout.py",  # parts of what is sealed
        "passerby/anonymization/preview.py",  # under a name of its own
        VOUCHED,
    ),
    "read_vouched": (VOUCHED, VOUCHERS, "passerby/runs/review/sheet.py"),
    "Voucher": (VOUCHED, VOUCHERS),
    # What a batch holds is made by its methods, which ask for anonymized frames.
    # Another machine's are read again by the codec, which asks what was done to hide people.
    "SnippetEntry": _ENTRIES,
    "SignatureEntry": _ENTRIES,
}
"""Who may name them."""


def ways_round(source: str, file: str) -> Iterator[str]:
    """Yield what in ``source`` makes an AnonymizedFrame where ``file`` may not.

    Anything that even names `seal` counts, so that an alias or a ``getattr`` is found too.
    """
    for node in ast.walk(ast.parse(source)):
        for door in HOME:
            if names(node, door) and file not in MAY[door]:
                yield f"{file}:{node.lineno} names {door}"
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
        "from passerby.anonymization.vouched import read_vouched\n",
        "from passerby.anonymization.vouched import read_vouched as harmless\n",
        "from passerby.anonymization.vouched import Voucher\n",
        "from passerby.anonymization.vouched import *\n",
        "import passerby.anonymization.vouched as v\nv.read_vouched(path, vouchers, open_source)\n",
        "from passerby.anonymization import vouched\nvouched.Voucher(protection, False, path)\n",
        "getattr(vouched, 'read_vouched')(path, vouchers, open_source)\n",
        "from passerby.store.write_batch import SnippetEntry\n",
        "write_batch.SignatureEntry(track, at, 1, recipe, model, sha256, content)\n",
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


def test_who_may_read_what_is_vouched_for_may_neither_seal_nor_vouch() -> None:
    reads = "from passerby.anonymization.vouched import read_vouched\n"
    vouches = "from passerby.anonymization.vouched import Voucher\n"
    file = "passerby/runs/review/sheet.py"
    assert list(ways_round(reads, file)) == []
    assert list(ways_round(vouches, file)) != []
    assert list(ways_round(reads + vouches, VOUCHERS)) == []
    assert list(ways_round(reads, "passerby/anonymization/anonymizer.py")) != []
    assert list(ways_round("from passerby.types import seal\n", VOUCHERS)) != []


def test_types_is_where_both_are_at_home() -> None:
    source = (SRC / TYPES).read_text(encoding="utf-8")
    assert list(ways_round(source, TYPES)) == []
    assert list(ways_round(source, "passerby/elsewhere.py")) != []
