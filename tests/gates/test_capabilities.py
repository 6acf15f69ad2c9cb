"""What each module may do: whatever `capabilities.toml` does not allow is refused.

A sign is what a line of code needs for something: ``numpy.save`` for what is imported, ``.save``
for an attribute of anything, ``builtins.print`` for a name that needs no import, and a few words
for what only arguments tell ("open to write bytes"). It is a search of the text of the code: it
guards against mistakes, not against malice.
"""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeGuard

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "passerby"
TABLES = tomllib.loads(Path(__file__).with_name("capabilities.toml").read_text(encoding="utf-8"))

HARMLESS = {*TABLES["harmless"]["packages"].split(), *TABLES["harmless"]["functions"].split()}
FENCED = ("io", "os", "sys", "cv2")
"""Modules of which every function must be allowed by itself."""
NOT_TO_BE_RENAMED = (*FENCED, "numpy", "torch")
DANGEROUS = ("builtins", "ctypes", "importlib", "shutil", "socket", "subprocess")
"""Modules that many others import."""
TERMINAL = ("sys.stdout", "sys.stderr")
RULES = TABLES["rule"]

PICTURES = {"image", "pixels", "crop", "canvas", "alpha", "raw"}
"""What pictures are called."""

CONVERSIONS = dict.fromkeys(
    ("ascii", "format", "repr", "str"), "a picture as text"
) | dict.fromkeys(("bytes", "bytearray"), "a picture as bytes")


class Sign(NamedTuple):
    """Something that a line of code does."""

    line: int
    name: str


# --- Reading code -----------------------------------------------------------------------------


def signs(tree: ast.Module) -> Iterator[Sign]:
    """Yield all signs in a module."""
    modules = imported(tree)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        for name in names_of(node, parents.get(node), modules):
            yield Sign(getattr(node, "lineno", 0), name)


def imported(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for, with dots."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                name = one.name if one.asname else one.name.split(".")[0]
                found[one.asname or name] = name
        elif isinstance(node, ast.ImportFrom):
            for one in node.names:
                found[one.asname or one.name] = f"{node.module}.{one.name}"
    return found


def names_of(node: ast.AST, parent: ast.AST | None, modules: dict[str, str]) -> Iterator[str]:
    """Yield the signs of one node of a tree."""
    match node:
        case ast.Import() | ast.ImportFrom():
            yield from names_of_import(node)
        case ast.Attribute():
            yield from names_of_attribute(node, parent, modules)
        case ast.Name():
            yield from names_of_name(node, parent, modules)
        case ast.Call():
            yield from names_of_call(node, modules)
        case ast.FormattedValue(value=value) if is_picture(value):
            yield "a picture as text"
        case ast.Raise(exc=ast.Call(args=values)) if any(map(is_picture, values)):
            yield "a picture as text"
        case ast.Assert(msg=ast.AST() as value) if is_picture(value):
            yield "a picture as text"


def names_of_import(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (one.name for one in names if one.name not in FENCED)
        case ast.ImportFrom(names=[ast.alias(name="*")]):
            yield "import of everything"
        case ast.ImportFrom(module=module, names=names):
            yield from (f"{module}.{one.name}" for one in names)
            yield from (f".{one.name}" for one in names)
            if not all(is_at_home(str(module), one.name) for one in names):
                yield "a name taken from a module that only uses it"


def names_of_attribute(
    node: ast.Attribute, parent: ast.AST | None, modules: dict[str, str]
) -> Iterator[str]:
    whole = dotted(node, modules)
    if whole and whole.rpartition(".")[0] in TERMINAL:
        yield whole  # and not .write: it takes nothing but text
        return
    yield f".{node.attr}"
    if whole and not isinstance(parent, ast.Attribute):
        yield whole
        yield from through_other_modules(whole)
    if node.attr == "open" and not is_called(node, parent):
        yield "open otherwise"
    if node.attr == "data" and is_picture(node.value):
        yield "a picture as bytes"


def names_of_name(node: ast.Name, parent: ast.AST | None, modules: dict[str, str]) -> Iterator[str]:
    match parent:
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(name)), *_]):
            if node.id == "getattr":
                yield f".{name}"
                return
        case ast.Attribute() | ast.Call(func=ast.Name(id="hasattr")):
            return
    if modules.get(node.id) in NOT_TO_BE_RENAMED:
        yield f"{modules[node.id]} as a value"
    elif node.id == "open" and not is_called(node, parent):
        yield "open otherwise"
    elif node.id not in modules:
        yield f"builtins.{node.id}"


def names_of_call(node: ast.Call, modules: dict[str, str]) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Name(id="open") | ast.Attribute(attr="open")):
            yield from ways_to_open(node, modules)
        case ast.Call(func=ast.Name(id=name), args=[value, *_]) if is_picture(value):
            if name in CONVERSIONS:
                yield CONVERSIONS[name]


def dotted(node: ast.AST, modules: dict[str, str]) -> str | None:
    """The name of a chain of attributes that begins with something imported."""
    match node:
        case ast.Name(id=name):
            return modules.get(name)
        case ast.Attribute(value=value, attr=name):
            start = dotted(value, modules)
            return start and f"{start}.{name}"
    return None


def through_other_modules(whole: str) -> Iterator[str]:
    """``os.popen`` of ``pathlib.os.popen``: what a module imports can be reached through it."""
    parts = whole.split(".")
    for place in range(1, len(parts)):
        if parts[place] in (*FENCED, *DANGEROUS):
            yield ".".join(parts[place:])


def is_at_home(module: str, name: str) -> bool:
    """Whether a module of ours gives a name out, or defines it for others to use."""
    if module.partition(".")[0] != "passerby":
        return True
    folder = PACKAGE.joinpath(*module.split(".")[1:])
    if (folder / name).is_dir() or (folder / f"{name}.py").is_file():
        return True
    file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    return name in names_given_out(file)


@cache
def names_given_out(file: Path) -> frozenset[str]:
    """What a module defines under a public name, and what it lists."""
    found = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                found.add(name)
            case ast.Assign() | ast.AnnAssign():
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {one.id for part in targets for one in ast.walk(part) if is_name(one)}
                if "__all__" in {getattr(one, "id", None) for one in targets} and node.value:
                    found |= set(ast.literal_eval(node.value))
    return frozenset(name for name in found if not name.startswith("_"))


def is_name(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def is_called(node: ast.AST, parent: ast.AST | None) -> bool:
    return isinstance(parent, ast.Call) and parent.func is node


def is_picture(node: ast.AST) -> bool:
    return getattr(node, "id", getattr(node, "attr", None)) in PICTURES


def ways_to_open(call: ast.Call, modules: dict[str, str]) -> Iterator[str]:
    """Say whether a call of any ``open`` is to write, or cannot be told."""
    if dotted(call.func, modules) == "os.open":
        return  # a sign of its own
    # The mode of Path.open is its first argument; that of all others comes after the path.
    is_method = isinstance(call.func, ast.Attribute) and not dotted(call.func, modules)
    given = [word.value for word in call.keywords if word.arg == "mode"]
    mode = (given or call.args[0 if is_method else 1 :] or [None])[0]
    match mode:
        case ast.Constant(value=str(text)) if {*text} & {*"wax+"}:
            yield "open to write bytes" if "b" in text else "open to write text"
        case None | ast.Constant():
            pass
        case _:
            yield "open otherwise"
    if any(word.arg is None for word in call.keywords) or any(
        isinstance(one, ast.Starred) for one in call.args
    ):
        yield "open otherwise"


# --- Judging it -------------------------------------------------------------------------------


def refused(source: str, file: str) -> list[str]:
    """What a module does and may not, one line each; ``file`` is relative to the package."""
    found = {sign for sign in signs(ast.parse(source)) if not may(file, sign.name)}
    return [f"{file}:{line} {name}" for line, name in sorted(found)]


def may(file: str, sign: str) -> bool:
    """Whether the longest entry that covers a sign allows it to this file."""
    for name in prefixes(sign):
        rules = [rule for rule in RULES if name in rule["signs"]]
        if rules:
            return any(file.startswith(place) for rule in rules for place in rule["may"])
        if name in HARMLESS:
            return True
    return sign.startswith((".", "builtins.", "__future__.")) or is_constant(sign)


def prefixes(sign: str) -> Iterator[str]:
    """``a.b.c``, then ``a.b``, then ``a``."""
    while sign:
        yield sign
        sign = sign.rpartition(".")[0]


def is_constant(sign: str) -> bool:
    """Whether it is a number of a fenced module, as ``cv2.INTER_AREA`` and ``os.O_RDONLY``."""
    module, _, name = sign.partition(".")
    return module in FENCED and name.isupper()


# --- Our own code -----------------------------------------------------------------------------

FILES = {
    path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
}


def test_no_module_does_what_it_may_not() -> None:
    assert [one for file, source in FILES.items() for one in refused(source, file)] == []


def test_no_list_allows_what_nobody_needs() -> None:
    done = {file: {name for _, name in signs(ast.parse(source))} for file, source in FILES.items()}

    def needs(file: str, rule: dict[str, list[str]]) -> bool:
        return any(name in rule["signs"] for sign in done[file] for name in prefixes(sign))

    unneeded = [
        f"{place}: {rule['what']}"
        for rule in RULES
        for place in rule["may"]
        if not any(file.startswith(place) and needs(file, rule) for file in FILES)
    ]
    assert unneeded == []


# --- Leaks, planted in a module that holds raw pictures ---------------------------------------

PLANTED_IN = "train/reid/pictures.py"
LEAKS = {
    "bytes": "path.write_bytes(image.tobytes())",
    "a file": "with path.open('wb') as file:\n    file.write(image)",
    "torchvision": "from torchvision.utils import save_image\nsave_image(tensor, path)",
    "matplotlib": "import matplotlib.pyplot as plt\nplt.imsave(path, image)",
    "a program": "import subprocess\nsubprocess.run(['cat'], input=image.data)",
    "a shell": "import os\nos.popen('cat > a', 'w').write(text)",
    "JSON": "import json\njson.dump(image.tolist(), file)",
    "joblib": "import joblib\njoblib.dump(image, path)",
    "pyarrow": "import pyarrow as pa\npa.OSFile(path, 'wb').write(image)",
    "urllib": "from urllib.request import urlopen\nurlopen(address, image.data)",
    "our tiles": "from passerby.sinks.tiles import write_page\nwrite_page(rows, path, partial)",
    "our synth": "from passerby.synth.files import write_image\nwrite_image(path, picture)",
    "OpenCV": "import cv2\ncv2.imwrite('a.png', image)",
    "NumPy": "import numpy as np\nnp.save(path, image)",
    "Pillow": "from PIL import Image\nImage.fromarray(image).save(path)",
    "pickle": "import pickle\npickle.dump(image, file)",
    "torch": "import torch\ntorch.save(image, path)",
    "a socket": "import socket\nsocket.create_connection(place).sendall(image)",
    # More of them.
    "our synth's pictures": "from passerby.synth.picture import Picture\nPicture(image)",
    "a descriptor": "import os\nos.write(os.open(path, os.O_WRONLY), image)",
    "mapped memory": "import mmap\nmmap.mmap(-1, image.size)[:] = image",
    "mapped by NumPy": "import numpy as np\nnp.memmap(path, mode='w+')[:] = image",
    "shared memory": "from multiprocessing.shared_memory import SharedMemory",
    "shared by torch": "tensor.share_memory_()",
    "a loader's processes": "from torch.utils.data import DataLoader\nDataLoader(pictures)",
    "a name in parts": "import cv2\ngetattr(cv2, 'im' + 'write')('a.png', image)",
    "a name in a table": "vars(cv2)['imwrite']('a.png', image)",
    "a module by name": "from importlib import import_module\nimport_module('pick' + 'le')",
    "a module renamed": "import cv2\nc = cv2\nc.imwrite('a.png', image)",
    "an alias": "import cv2 as c\nc.imwrite('a.png', image)",
    "an imported alias": "from cv2 import imencode as shrink\nshrink('.png', image)",
    "all of a module": "from numpy import *\nsave(path, image)",
    "code in text": "exec('cv2.' + 'imwrite(path, image)')",
    "the log": "import logging\nlogging.info('%s', image)",
    "a warning": "import warnings\nwarnings.warn(str(image))",
    "an error's text": "raise InputError(f'what is this? {image}')",
    "an error's values": "raise InputError(image)",
    "the terminal": "print(image)",
    "standard output": "import sys\nsys.stdout.buffer.write(image)",
    "text": "path.write_text(str(image.ravel()))",
    "a mode in a variable": "open(path, mode).write(image)",
    "modes in a dictionary": "open(path, **options)",
    "open by another name": "make = open",
    "a method by another name": "make = path.open",
    "an archive": "import zipfile\nzipfile.ZipFile(path, 'w').writestr('a', image.data)",
    "a temporary file": "import tempfile\ntempfile.NamedTemporaryFile().write(image)",
    "another's module": "from passerby.files.partial import os\nos.popen(text)",
    "another's logger": "from passerby.anonymization.anonymizer import _logger\n_logger.info(1)",
    "a module of a module": "import pathlib\npathlib.os.popen('cat').write(text)",
    "a failed assertion": "assert image is None, image",
    "the exit": "import sys\nsys.exit(image)",
    "another name for a file": "import os\nos.link(raw, path)",
    "a method of a path": "raw.rename(path)",
    "the builtins": "__builtins__['open'](path, 'wb')",
    "an attribute by hand": "path.__getattribute__('write_' + 'bytes')(image)",
    "a data base": "def later():\n    import sqlite3",
    "ctypes": "import ctypes\nctypes.CDLL(None).write(1, image.ctypes.data, image.size)",
    "an unheard-of package": "import h5py",
    "an unheard-of function": "import cv2\ncv2.dumpPictures(image)",
    "a video": "container.add_stream('libx264')",
    "a video's name": "import av\nav.open(path, 'w')",
    "a name of a folder": "path.joinpath(bytes(image).hex()).mkdir()",
    "Frame's own pixels": "from passerby.types import Frame\nFrame(image)",
}


PARDONED = {
    "__init__.py": {"a module by name", "the log"},
    "anonymization/anonymizer.py": {"the log", "a name of a folder"},
    "runs/edit/frame_jpeg.py": {"a name of a folder", "a video", "an imported alias"},
    "runs/report/run.py": {"text"},  # it sees anonymized frames alone
    "reproduce/reid/faces.py": {"text", "JSON"},
    "sources/colours.py": {"a name of a folder"},
    "sources/films_behind.py": {"mapped memory"},
    "sources/jpeg.py": {"mapped memory"},
    "sources/picture_files.py": {"the log"},
    # It sees stored pictures alone, in which people are covered.
    "store/case_clip.py": {"a video", "a video's name", "an imported alias", "text"},
    "store/snippet_picture.py": {"a name of a folder", "a video", "an imported alias"},
    "train/detector/photometry.py": {"an imported alias", "a video"},
    # It takes networks and draws the people itself: no picture is handed to it.
    "train/obfuscator/live_pictures.py": {"our synth", "our synth's pictures"},
}
"""What other modules that see pictures would get away with: each needs it for something else."""


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_is_found(leak: str) -> None:
    source = FILES[PLANTED_IN]
    assert refused(source, PLANTED_IN) == []
    assert refused(f"{source}\n{LEAKS[leak]}\n", PLANTED_IN) != []


def sees_pictures(file: str) -> bool:
    """Whether a module that is no sink, and not synthetic, may hold pixels."""
    signs = {"passerby.types.Frame", "passerby.types.Image", ".image", "PIL", "av", "cv2.imread"}
    return not file.startswith(("sinks/", "synth/")) and any(may(file, sign) for sign in signs)


@pytest.mark.parametrize("file", sorted(filter(sees_pictures, FILES)))
def test_every_module_that_sees_pictures_leaks_only_by_what_it_may(file: str) -> None:
    known = PARDONED.get(file, set()) | {"Frame's own pixels"}
    assert {leak for leak, source in LEAKS.items() if not refused(source + "\n", file)} <= known


@pytest.mark.parametrize(
    "source",
    [
        "saved = frame.copy()",
        "import json\nsettings = json.loads(text)",
        "import numpy as np\nimage = np.clip(image * 2, 0, 255).astype(np.uint8)",
        "import cv2\nshown = cv2.resize(image, (4, 4), interpolation=cv2.INTER_AREA)",
        "text = path.read_text(encoding='utf-8')",
        "with path.open('rb') as file, path.open(encoding='utf-8') as other:\n    pass",
        "with open(path, 'r') as file:\n    head = file.read(4)",
        "raise InputError(f'{path} has no picture number {number}')",
        "import os\nthere = os.path.join(os.environ['HOME'], 'a')",
        "from concurrent.futures import ThreadPoolExecutor",
        "import torch\ntensor = torch.from_numpy(image).float()",
        "size = getattr(thing, 'size', None)",
        "def saved(self) -> bytes: ...",
    ],
)
def test_ordinary_code_is_left_alone(source: str) -> None:
    assert refused(source + "\n", "train/reid/losses.py") == []


def test_a_module_may_do_no_more_than_its_own() -> None:
    source = "from subprocess import run\n"
    assert refused(source, "runtime/provenance.py") == []
    assert refused(source, "registry.py") == ["registry.py:1 subprocess.run"]
    assert refused("from shutil import copyfile\n", "workers.py") == [
        "workers.py:1 shutil.copyfile"
    ]
