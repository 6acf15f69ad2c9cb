"""Files are written by `passerby.files` alone: a search for other ways.

They alone make names that nobody can foresee, follow no links, replace nothing without being told
to, bring files to the disk and remove what is unfinished.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
MAY_DO_ALL = ("passerby/files/",)

MAY_USE = {
    "passerby/cli/streams.py": {"O_RDWR", "open"},  # of the null device
    # Temporary folders of their own, for libraries that write files by name.
    "passerby/signatures/opening.py": {"TemporaryDirectory"},
    "passerby/models/quantization.py": {"TemporaryDirectory"},
    "passerby/models/obfuscators/export.py": {"TemporaryDirectory"},
    "passerby/models/reid/export.py": {"TemporaryDirectory"},
    "passerby/train/detector/export.py": {"TemporaryDirectory"},
    "passerby/runs/bench/obfuscators.py": {"TemporaryDirectory"},
    "passerby/runs/export/obfuscator_export.py": {"TemporaryDirectory"},
    "passerby/runs/export/signature_export.py": {"TemporaryDirectory"},
    "passerby/runs/anonymize/frame_log.py": {"TemporaryFile"},  # which has no name
    "passerby/runs/anonymize/journal.py": {"unlink"},  # of what it has begun itself
    "passerby/matching/encrypted/scheme.py": {"open"},  # a file in memory, which has no name
    "passerby/signatures/writer.py": {"unlink"},  # of what it has begun itself
    "passerby/site/supervisor.py": {"TemporaryDirectory"},  # of a socket
    "passerby/site/live_view.py": {"unlink"},  # of the socket of a process before it
    "passerby/site/writer_process.py": {"unlink"},  # of the socket of a writer before it
    "passerby/site/forwarder_process.py": {"unlink"},  # the same
    "passerby/site/disk_outbox.py": {"unlink"},  # of what was handed over
    "passerby/runs/report/joining.py": {"unlink", "rmdir"},  # of parts that were joined
    "passerby/sinks/joining.py": {"av.open"},  # into a partial file
    "passerby/sinks/videos.py": {"av.open"},  # into a partial file
    "passerby/sinks/splicing.py": {"TemporaryDirectory"},  # of parts that are covered
    "passerby/synth/files.py": {"av.open"},  # into a new file in a partial folder
    "passerby/sinks/live_encoder.py": {"av.open"},  # into a pipe
    "passerby/sinks/relay.py": {"av.open"},  # to an address
    "passerby/store/case_clip.py": {"av.open"},  # into memory
}
"""What a module may do besides, and why nothing is harmed."""

WRITING = {"write_text", "write_bytes", "touch", "mkstemp", "NamedTemporaryFile", "mkdtemp"}
WRITING |= {"TemporaryFile", "TemporaryDirectory", "SpooledTemporaryFile", "truncate", "ftruncate"}
MOVING = {"rename", "renames", "symlink", "symlink_to", "link", "hardlink_to", "unlink", "rmtree"}
MOVING |= {"rmdir", "copyfile", "copy2", "copytree", "move", "removedirs"}
FLAGS = {"O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"}
OWN = {"truncate": ("self._file", "file")}
"""Of a file that is open already."""


def ways(source: str, file: str) -> Iterator[str]:
    """Yield each place in ``source`` that writes, moves or removes files, unless it may."""
    if file.startswith(MAY_DO_ALL):
        return
    allowed = MAY_USE.get(file, set())
    for node in ast.walk(ast.parse(source)):
        for way in found(node):
            if way not in allowed:
                yield f"{file}:{getattr(node, 'lineno', 0)} {way}"


def found(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(value=value, attr="truncate") if ast.unparse(value) in OWN["truncate"]:
            pass
        case ast.Attribute(attr=name) if name in WRITING | MOVING | FLAGS:
            yield name
        case ast.ImportFrom(module="os" | "shutil" | "tempfile", names=names):
            yield from (one.name for one in names if one.name in WRITING | MOVING | FLAGS)
        case ast.Call(func=ast.Attribute(attr="replace"), args=[_], keywords=[]):
            yield "replace"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr="replace" | "remove")):
            yield "os.replace"
        case ast.Call(func=ast.Name(id="open") | ast.Attribute(attr="open" | "fdopen") as function):
            if opens_to_write(node):
                yield "av.open" if ast.unparse(function) == "av.open" else "open"


def opens_to_write(call: ast.Call) -> bool:
    words = [*call.args, *(one.value for one in call.keywords if one.arg == "mode")]
    modes = [word.value for word in words if isinstance(word, ast.Constant)]
    known = [mode for mode in modes if isinstance(mode, str) and set(mode) <= set("rwxabt+U")]
    return any(set(mode) & set("wxa+") for mode in known if mode)


def test_files_are_written_in_one_way() -> None:
    others = [
        way
        for path in SRC.rglob("*.py")
        for way in ways(path.read_text(encoding="utf-8"), path.relative_to(SRC).as_posix())
    ]
    assert others == []


@pytest.mark.parametrize(
    "source",
    [
        "path.write_text(text)\n",
        "path.write_bytes(content)\n",
        "open(path, 'w')\n",
        "open(0, mode='ab')\n",
        "path.open('r+b')\n",
        "path.open(mode='x')\n",
        "av.open(path, 'w')\n",
        "partial.replace(path)\n",
        "os.replace(partial, path)\n",
        "partial.rename(path)\n",
        "os.link(partial, path)\n",
        "os.open(path, os.O_WRONLY)\n",
        "from os import O_CREAT\n",
        "shutil.rmtree(folder)\n",
        "from shutil import copyfile\n",
        "path.unlink()\n",
        "tempfile.mkstemp()\n",
        "from tempfile import TemporaryDirectory\n",
        "os.truncate(path, 3)\n",
    ],
)
def test_every_other_way_is_found(source: str) -> None:
    assert len(list(ways(source, "passerby/runs/anonymize/report.py"))) >= 1
    assert list(ways(source, "passerby/files/growing.py")) == []


@pytest.mark.parametrize("file", MAY_USE)
def test_what_a_module_may_do_it_does(file: str) -> None:
    source = (SRC / file).read_text(encoding="utf-8")
    used = {way for node in ast.walk(ast.parse(source)) for way in found(node)}
    assert used == MAY_USE[file]


def test_ordinary_code_is_left_alone() -> None:
    source = "path.open('rb')\nopen(0, 'rb')\ntext.replace('a', 'b')\nreplace(one, name='a')\n"
    source += "dataclasses.replace(one, name='a')\nself._file.truncate()\nav.open(path)\n"
    assert list(ways(source, "passerby/runs/anonymize/report.py")) == []
