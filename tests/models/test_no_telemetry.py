"""Running a network tells nobody: ONNX Runtime is loaded by one package, after it was silenced."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

SRC = Path(__file__).resolve().parents[2] / "src"
LOADED_IN = {"passerby/models/session.py", "passerby/models/quantization.py"}

RUN = """
import sys
from pathlib import Path
import numpy as np
from passerby.models.session import Network
Network(Path(sys.argv[1]))(np.zeros((1, 3, 64, 64), np.float32))
"""


def loads_runtime(source: str) -> bool:
    """Whether a module loads ONNX Runtime by any import."""
    names = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=aliases):
                names += [alias.name for alias in aliases]
            case ast.ImportFrom(module=str(module)):
                names.append(module)
    return any(name.split(".")[0] == "onnxruntime" for name in names)


def test_the_runtime_is_loaded_in_the_package_alone_that_silences_it() -> None:
    found = {
        path.relative_to(SRC).as_posix()
        for path in SRC.rglob("*.py")
        if loads_runtime(path.read_text(encoding="utf-8"))
    }
    assert found == LOADED_IN


def test_another_place_that_loads_it_would_be_found() -> None:
    assert loads_runtime("import onnxruntime as ort\n")
    assert loads_runtime("def later():\n    from onnxruntime.capi import x\n")
    assert not loads_runtime("import onnx\n")


def identity() -> onnx.ModelProto:
    """A network that gives back what it gets."""
    shape = [1, 3, "height", "width"]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("in", "out")]
    nodes = [helper.make_node("Identity", ["in"], ["out"])]
    graph = helper.make_graph(nodes, "identity", ends[:1], ends[1:])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def test_a_run_leaves_no_identifier_on_the_machine(tmp_path: Path) -> None:
    """The runtime would keep the numbers of its user and session in files."""
    network, home = tmp_path / "identity.onnx", tmp_path / "home"
    onnx.save(identity(), network)
    home.mkdir()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("CI", "ORT_DISABLE_TELEMETRY") and not name.startswith("XDG_")
    }
    folders = {"HOME": str(home), "TMPDIR": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    words = [sys.executable, "-c", RUN, str(network)]
    subprocess.run(words, env=environment | folders, check=True)
    assert list(home.rglob("*")) == []
