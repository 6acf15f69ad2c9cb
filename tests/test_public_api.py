"""What users may import, kept in a file so that taking something away is a deliberate change.

Run as a program, it prints the contents of that file.
"""

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

import passerby

GOLDEN = Path(__file__).with_name("public_api.txt")


def public_api() -> str:
    """One line for each public name, method and field, as the code spells it."""
    lines = [line for name in sorted(passerby.__all__) for line in described(name)]
    return "".join(f"{line}\n" for line in lines)


def described(name: str) -> Iterator[str]:
    """The signature of a function, the members of a class, or the type of a value."""
    value = getattr(passerby, name)
    if not (inspect.isfunction(value) or inspect.isclass(value)):
        yield f"{name}: {type(value).__name__}"
        return
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(value))).body
    match node:
        case ast.ClassDef():
            yield f"class {name}({', '.join(map(ast.unparse, node.bases))})"
            yield from (f"{name}.{line}" for line in members(node))
        case ast.FunctionDef():
            yield f"{name}{signature(node)}"


def members(node: ast.ClassDef) -> Iterator[str]:
    """Public fields and methods of a class, and how it is made, in the order of the code."""
    for item in node.body:
        match item:
            case ast.AnnAssign(target=ast.Name(id=name)) if not name.startswith("_"):
                yield ast.unparse(item)
            case ast.Assign(targets=[ast.Name(id=name)]) if not name.startswith("_"):
                yield ast.unparse(item)
            case ast.FunctionDef(name="__init__" | "__call__"):
                yield f"{item.name}{signature(item)}"
            case ast.FunctionDef(name=name) if not name.startswith("_"):
                yield f"{name}{signature(item)}"


def signature(node: ast.FunctionDef) -> str:
    returns = "" if node.returns is None else f" -> {ast.unparse(node.returns)}"
    decorators = "".join(f" @{ast.unparse(decorator)}" for decorator in node.decorator_list)
    return f"({ast.unparse(node.args)}){returns}{decorators}"


def test_the_public_api_is_what_the_file_says() -> None:
    assert public_api() == GOLDEN.read_text(encoding="utf-8"), "if it is meant: `make golden`"


def test_every_public_name_exists_and_is_spelled_out_once() -> None:
    assert len(set(passerby.__all__)) == len(passerby.__all__)
    assert [name for name in passerby.__all__ if not hasattr(passerby, name)] == []


def test_completion_offers_the_public_names_and_nothing_else() -> None:
    assert dir(passerby) == sorted(passerby.__all__)


def test_every_public_name_has_an_explanation() -> None:
    values = {name: getattr(passerby, name) for name in passerby.__all__}
    explained = {n: v for n, v in values.items() if inspect.isfunction(v) or inspect.isclass(v)}
    assert [name for name, value in explained.items() if not inspect.getdoc(value)] == []


@pytest.mark.parametrize(("old", "new"), [("Look", "FrameDetections"), ("Result", "FrameResult")])
def test_an_old_name_leads_to_the_new_one(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"passerby.{old} is now passerby.{new}"):
        assert getattr(passerby, old) is getattr(passerby, new)


def test_a_change_would_be_seen() -> None:
    source = """
class Box(Base):
    side: int = 3
    KIND = "box"
    _hidden: int = 0
    def __init__(self, side: int) -> None: ...
    def area(self, *, unit: str = "px") -> float: ...
    @property
    def name(self) -> str: ...
    def _secret(self) -> None: ...
"""
    (node,) = ast.parse(source).body
    assert isinstance(node, ast.ClassDef)
    assert list(members(node)) == [
        "side: int = 3",
        "KIND = 'box'",
        "__init__(self, side: int) -> None",
        "area(self, *, unit: str='px') -> float",
        "name(self) -> str @property",
    ]


if __name__ == "__main__":
    sys.stdout.write(public_api())
