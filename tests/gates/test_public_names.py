"""A public name means one thing: it is defined in one module, unless a reason stands here."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "passerby"

REASONS = {
    "app": "a command's part of the command line; `passerby.cli.app` joins them",
    "decode": "what every decoder's module offers; the table of decoders joins them",
    "down_revision": "what alembic reads of every step of the tables' migration",
    "main": "`passerby.cli.main` leaves no core from its first moment on, then loads that of `app`",
    "revision": "what alembic reads of every step of the tables' migration",
    "router": "a part of the console; `passerby.serve.app` joins them",
    "upgrade": "what alembic calls of every step of the tables' migration",
    "prepare": "the preparation that a decoder's networks want, beside its `decode`",
}


def defined(source: str) -> Iterator[str]:
    """Yield the public functions, classes and constants that a module defines."""
    for node in ast.parse(source).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names = [name]
            case ast.Assign(targets=targets):
                names = [target.id for target in targets if isinstance(target, ast.Name)]
            case ast.AnnAssign(target=ast.Name(id=name)):
                names = [name]
            case _:
                continue
        yield from (name for name in names if not name.startswith("_"))


def homes(modules: dict[str, str]) -> dict[str, list[str]]:
    """The modules that define each name which more than one defines."""
    found = defaultdict(list)
    for module, source in modules.items():
        for name in dict.fromkeys(defined(source)):
            found[name].append(module)
    return {name: where for name, where in found.items() if len(where) > 1}


def test_a_public_name_is_defined_once() -> None:
    paths = sorted(PACKAGE.rglob("*.py"))
    modules = {str(path.relative_to(PACKAGE)): path.read_text(encoding="utf-8") for path in paths}
    twice = homes(modules)
    unexplained = {name: where for name, where in twice.items() if name not in REASONS}
    assert unexplained == {}, "choose another name for one of them, or give the reason here"
    assert sorted(set(REASONS) - set(twice)) == []


def test_a_name_in_two_modules_is_found() -> None:
    modules = {
        "a.py": "SIZE = 1\ndef f(): ...",
        "b.py": "class f: ...\n_SIZE = 1",
        "c.py": "SIZE: int = 2",
    }
    assert homes(modules) == {"SIZE": ["a.py", "c.py"], "f": ["a.py", "b.py"]}
