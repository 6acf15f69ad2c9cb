"""Pixels leave the program through the sinks alone: a search of the code for every other door.

What is drawn by `passerby.synth` shows nobody who exists and may be written anywhere.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
MAY_WRITE = ("passerby/sinks/", "passerby/synth/")

MAY_START_PROCESSES = "passerby/workers.py"
"""Hands names out and takes records back."""

MAY_USE = {
    "passerby/models/torch_files.py": {"save"},  # weights; tests look at what trainings put in it
    "passerby/train/detector/photometry.py": {"imencode"},  # in memory, and decoded at once
}
"""Doors that one module may use, and why nothing leaves there."""

DOORS = {"imwrite", "imwritemulti", "imencode", "imshow", "VideoWriter"}  # OpenCV
DOORS |= {"save", "savez", "savez_compressed", "savetxt", "tofile", "memmap"}  # Pillow, NumPy
DOORS |= {"add_stream", "add_stream_from_template", "mux"}  # PyAV
STORES = {"pickle", "shelve", "marshal", "dbm", "sqlite3", "multiprocessing", "socket"}


def doors(source: str, file: str) -> Iterator[str]:
    """Yield each place in ``source`` from which pixels could leave, unless ``file`` may."""
    if file.startswith(MAY_WRITE):
        return
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(attr=name) if name in MAY_USE.get(file, ()):
                pass
            case ast.Attribute(attr=name) | ast.Constant(value=str(name)) if name in DOORS:
                yield f"{file}:{node.lineno} {name}"
            case ast.ImportFrom(module="multiprocessing") if file == MAY_START_PROCESSES:
                pass
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in STORES:
                yield f"{file}:{node.lineno} {module}"
            case ast.alias(name=name) if name in DOORS or name.split(".")[0] in STORES:
                yield f"{file}:{node.lineno} {name}"


def test_pixels_leave_through_the_sinks_alone() -> None:
    found = [
        door
        for path in SRC.rglob("*.py")
        for door in doors(path.read_text(encoding="utf-8"), path.relative_to(SRC).as_posix())
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "cv2.imwrite('debug.png', frame.image)\n",
        "from cv2 import imwrite as keep\n",
        "getattr(cv2, 'imwrite')('debug.png', image)\n",
        "cv2.imshow('preview', image)\n",
        "Image.fromarray(image).save('debug.png')\n",
        "np.save('crops.npy', image)\n",
        "image.tofile('raw.bin')\n",
        "container.add_stream('libx264')\n",
        "import pickle\n",
        "from pickle import dump\n",
        "import multiprocessing.shared_memory\n",
        "def later():\n    import sqlite3\n",
    ],
)
def test_every_other_door_is_found(source: str) -> None:
    assert len(list(doors(source, "passerby/detection/people.py"))) == 1
    assert list(doors(source, "passerby/sinks/videos.py")) == []


def test_one_module_may_start_processes_and_share_no_memory() -> None:
    source = "from multiprocessing import get_context\n"
    assert list(doors(source, MAY_START_PROCESSES)) == []
    assert len(list(doors(source, "passerby/pipeline/twin.py"))) == 1
    shared = "from multiprocessing.shared_memory import SharedMemory\nimport pickle\n"
    assert len(list(doors(shared, MAY_START_PROCESSES))) == 2


@pytest.mark.parametrize("file", MAY_USE)
def test_a_module_may_use_its_own_door_alone(file: str) -> None:
    assert (SRC / file).is_file()
    for door in MAY_USE[file]:
        assert list(doors(f"module.{door}(state)\n", file)) == []
        assert len(list(doors(f"module.{door}(state)\n", "passerby/train/other.py"))) == 1
    assert len(list(doors("cv2.imwrite('a.png', image)\n", file))) == 1


def test_ordinary_code_is_left_alone() -> None:
    source = "report.write(text)\nsaved = frame.image.copy()\nimport json\npath.write_text(text)\n"
    assert list(doors(source, "passerby/pipeline.py")) == []
