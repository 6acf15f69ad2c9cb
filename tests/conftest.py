"""What every test may ask for."""

import hashlib
import importlib
import inspect
import os
import pkgutil
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from fractions import Fraction
from pathlib import Path
from threading import Thread
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
import onnx
import pytest
from av import VideoFrame
from hypothesis import settings
from onnx import TensorProto, helper, numpy_helper

from passerby.detections import Detections
from passerby.errors import InputError
from passerby.media import Medium
from passerby.models import lookup
from passerby.models.cards import MODELS, ModelCard
from passerby.pipeline import stages
from passerby.runs.anonymize import run_record
from passerby.sinks import Encoding, open_sink
from passerby.sources import open_source
from passerby.types import Frame, seal

# How long an example takes says how busy the machine is, not whether it is right.
# The gate tries the same examples each time; whoever develops tries others.
settings.register_profile("passerby", deadline=None, derandomize="CI" in os.environ)
settings.register_profile("quick", deadline=None, max_examples=15)
settings.load_profile("passerby")

# As in a terminal: a shell lets what it runs in the background ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data and weights beside the repository; the test skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("needs the data and weights in ../shared")
    return SHARED


@pytest.fixture(scope="session")
def object_server() -> Iterator[str]:
    """The address of a store on loopback that speaks the protocol of S3; skips without moto."""
    pytest.importorskip("moto", reason="needs moto, which the Makefile installs")
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = None
        while found is None and (line := process.stderr.readline()):
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found is not None, "moto did not start"
        # What it says of each request is read, or it would wait for somebody who reads it.
        Thread(target=process.stderr.read, daemon=True).start()
        yield found[0]
        process.kill()


@pytest.fixture(scope="session")
def sink_classes() -> Mapping[str, type]:
    """Every class under `passerby.sinks` whose ``write`` takes frames, by name."""
    sinks = importlib.import_module("passerby.sinks")
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(sinks.__path__, f"{sinks.__name__}.")
    ]
    return {
        name: member
        for module in (sinks, *modules)
        for name, member in inspect.getmembers(module, inspect.isclass)
        if member.__module__ == module.__name__ and is_sink(member)
    }


def is_sink(member: type) -> bool:
    """Whether a class has a ``write`` that is not for what is encoded already (`bytes`)."""
    if getattr(member, "_is_protocol", False) or not hasattr(member, "write"):
        return False
    _, *parameters = inspect.signature(member.write).parameters.values()
    return [parameter.annotation for parameter in parameters] != [bytes]


@pytest.fixture
def make_video(tmp_path: Path) -> Callable[..., Path]:
    """Write a small video of moving shapes; returns its path."""

    def make(
        name: str,
        *,
        size: tuple[int, int] = (64, 48),
        frames: int = 8,
        times: Sequence[int] | None = None,
        time_base: Fraction = Fraction(1, 12800),
        rate: int = 25,
        codec: str = "libx264",
        pixels: str = "yuv420p",
        noise: bool = False,
        prepare: Callable[[Any, Any], object] = lambda container, stream: None,
    ) -> Path:
        path = tmp_path / name
        times = times or [round(index / rate / time_base) for index in range(frames)]
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=rate)
            stream.width, stream.height = size
            stream.pix_fmt = pixels
            stream.time_base = stream.codec_context.time_base = time_base
            prepare(container, stream)
            for index, time in enumerate(times):
                following = times[index + 1] if index + 1 < len(times) else time + 512
                image = moving_shapes(index, *size, noise=noise)
                frame = VideoFrame.from_ndarray(image, format="bgr24")
                frame.pts, frame.duration, frame.time_base = time, following - time, time_base
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path

    return make


def moving_shapes(
    index: int, width: int, height: int, *, noise: bool = False
) -> npt.NDArray[np.uint8]:
    """A picture of a grey ramp, a coloured or noisy ground and a moving box; shape (h, w, 3)."""
    image = np.zeros((height, width, 3), np.uint8)
    image[:] = (np.arange(width) * 200 // width)[None, :, None]
    image[height // 2 :] = (40, 90, 200)
    if noise:
        ground = image[height // 2 :]
        ground[:] = np.random.default_rng(index).integers(0, 256, ground.shape)
    image[height // 4 : height // 2, index : index + width // 4] = (30, 220, 120)
    return image


Person = tuple[int, int, int, int, int]
"""Left, top, width, height of somebody in pixels, and how bright they are, 236-255."""


def find_bright(image: npt.NDArray[np.uint8]) -> Detections:
    """A detector without a network: people are what is bright, and the brighter the surer."""
    bright = image.min(axis=2)
    _, labels, found, _ = cv2.connectedComponentsWithStats((bright > 235).astype(np.uint8))
    boxes = [[x, y, x + width, y + height] for x, y, width, height, _ in found[1:]]
    levels = [int(bright[labels == number].max()) for number in range(1, len(found))]
    scores = [score_of(level) for level in levels]
    return Detections.of(np.reshape(boxes, (-1, 4)), scores)


def score_of(level: int) -> float:
    """How sure `find_bright` is of somebody so bright: 0.05 at 236, 1 at 255."""
    return (level - 235) / 20


@pytest.fixture
def bright_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `find_bright` find people wherever detectors are asked for, so that none is needed."""
    for module in (stages, run_record):
        monkeypatch.setattr(module, "detectors_for", lambda kinds, settings: find_bright)
    monkeypatch.setattr(run_record, "finds_heads", lambda settings: False)
    monkeypatch.setattr("passerby.runs.anonymize.basis.model_hashes", lambda kinds, settings: {})


@pytest.fixture(scope="session")
def people_and_heads_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A network in the layout of `passerby`'s own: people are what is blue, heads what is red.

    Only cells of stride 8 find anything; one that is all blue or red scores 0.98. A person's box
    reaches 8 pixels from the middle of its cell to the left, the top and the right, and 24 down;
    a head's 8 to each side. Weights are stored in half precision.
    """
    path = tmp_path_factory.mktemp("models") / "people_and_heads.onnx"
    onnx.save(people_and_heads(), path)
    return str(path)


@pytest.fixture
def built_in_alone(
    people_and_heads_model: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch
) -> str:
    """Let no model be here but that one, which came with the package; its name."""
    package, empty = tmp_path_factory.mktemp("package"), tmp_path_factory.mktemp("empty")
    content = Path(people_and_heads_model).read_bytes()
    (package / "ours.onnx").write_bytes(content)
    card = ModelCard(
        name="ours",
        file="ours.onnx",
        url=None,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        licence="Apache-2.0",
        training_data="none",
        input="any",
        role="person",
        decoder="passerby",
        built_in=True,
    )
    monkeypatch.setattr(MODELS, "_entries", {"ours": card, **MODELS._entries})
    monkeypatch.delenv("PASSERBY_MODELS", raising=False)
    monkeypatch.setattr(lookup, "_PACKAGE_FOLDER", package)
    monkeypatch.setattr(lookup, "user_cache_path", lambda _: empty)
    return card.name


def people_and_heads() -> onnx.ModelProto:
    """The graph of `people_and_heads_model`."""
    nodes, weights = [], [numpy_helper.from_array(np.array([1, 10, -1], np.int64), "flat_shape")]
    for stride in (8, 16, 32):
        kernel = np.zeros((10, 3, 1, 1), np.float16)
        kernel[8, 0] = kernel[9, 2] = 22 / 255 if stride == 8 else 0
        bias = np.array([1, 1, 1, 3, 1, 1, 1, 1, -18, -18], np.float16)
        for name, values in (("kernel", kernel), ("bias", bias)):
            weights.append(numpy_helper.from_array(values, f"{name}{stride}_half"))
            half, full = f"{name}{stride}_half", f"{name}{stride}"
            nodes.append(helper.make_node("Cast", [half], [full], to=TensorProto.FLOAT))
        pool = {"kernel_shape": [stride, stride], "strides": [stride, stride]}
        nodes += [
            helper.make_node("AveragePool", ["images"], [f"mean{stride}"], **pool),
            helper.make_node(
                "Conv", [f"mean{stride}", f"kernel{stride}", f"bias{stride}"], [f"raw{stride}"]
            ),
            helper.make_node("Reshape", [f"raw{stride}", "flat_shape"], [f"flat{stride}"]),
        ]
    weights.append(numpy_helper.from_array(np.array([1, -1, 2, 4], np.int64), "sides_shape"))
    nodes += [
        helper.make_node("Concat", ["flat8", "flat16", "flat32"], ["all"], axis=2),
        helper.make_node("Transpose", ["all"], ["rows"], perm=[0, 2, 1]),
        helper.make_node("Split", ["rows"], ["sides", "logits"], axis=2, split=[8, 2]),
        helper.make_node("Reshape", ["sides", "sides_shape"], ["distances"]),
        helper.make_node("Sigmoid", ["logits"], ["scores"]),
    ]
    shapes = {
        "images": [1, 3, "height", "width"],
        "distances": [1, "cells", 2, 4],
        "scores": [1, "cells", 2],
    }
    images, *outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in shapes.items()
    ]
    graph = helper.make_graph(nodes, "people_and_heads", [images], outputs, weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=6)


@pytest.fixture
def network_giving(tmp_path: Path) -> Callable[..., Path]:
    """Write a network that gives the same numbers for every picture; returns its path.

    It takes pictures of one size, by default 64x96 in single precision, channels first, unless it
    runs at ``any_size``. If it can be ``blinded``, numbers above a half make all that it gives NaN.
    """

    def write(
        outputs: Mapping[str, npt.ArrayLike],
        *,
        name: str = "constant.onnx",
        picture: Sequence[int | str] = (1, 3, 64, 96),
        numbers: int = TensorProto.FLOAT,
        metadata: Mapping[str, str] | None = None,
        blinded: bool = False,
        any_size: bool = False,
    ) -> Path:
        sizes = [side for side in picture[1:] if isinstance(side, int)]
        zero = [numpy_helper.from_array(np.zeros(1, np.float32), "zero")]
        count = -1 if any_size else int(np.prod(sizes))
        shape = numpy_helper.from_array(np.array([count], np.int64), "flat")
        nodes = [
            helper.make_node("Cast", ["images"], ["single"], to=TensorProto.FLOAT),
            helper.make_node("Reshape", ["single", "flat"], ["row"]),
            helper.make_node("ReduceMax", ["row"], ["brightest"], keepdims=1),
            helper.make_node("Sub", ["half", "brightest"], ["dark"]),
            helper.make_node("Sqrt" if blinded else "Identity", ["dark"], ["root"]),
            helper.make_node("Mul", ["root", "zero"], ["nothing"]),
        ]
        half = numpy_helper.from_array(np.full(1, 0.5, np.float32), "half")
        weights, values = [*zero, half, shape], []
        for place, (output, array) in enumerate(outputs.items()):
            single = np.asarray(array, np.float32)
            weights.append(numpy_helper.from_array(single, f"given{place}"))
            nodes.append(helper.make_node("Add", [f"given{place}", "nothing"], [output]))
            values.append(helper.make_tensor_value_info(output, TensorProto.FLOAT, single.shape))
        images = helper.make_tensor_value_info("images", numbers, picture)
        graph = helper.make_graph(nodes, "constant", [images], values, weights)
        opset = [helper.make_opsetid("", 13)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=8)
        helper.set_model_props(model, dict(metadata or {}))
        path = tmp_path / name
        onnx.save(model, path)
        return path

    return write


@pytest.fixture(scope="session")
def plates_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A user's own YOLOv8: of 320x320 pixels, white is a plate and what is blue alone a screen.

    A box has 24x12 pixels and lies around the middle of a cell of stride 8; a cell that is all
    white or blue scores 0.98. Its metadata names both classes.
    """
    path = tmp_path_factory.mktemp("models") / "plates.onnx"
    onnx.save(_plates(), path)
    return str(path)


def _plates() -> onnx.ModelProto:
    strides = np.repeat([8, 16, 32], [1600, 400, 100])
    centres = [
        ((column + 0.5) * stride, (row + 0.5) * stride)
        for stride in (8, 16, 32)
        for row in range(320 // stride)
        for column in range(320 // stride)
    ]
    boxes = np.concatenate([np.array(centres).T, np.full((2, 2100), [[24], [12]])])[None]
    # Of each class what red and blue count for, 0-1; only stride 8 finds anything.
    kernel = np.array([[22.0, 0, 0], [-22, 0, 22]], np.float32).reshape(2, 3, 1, 1)
    least = np.where(strides == 8, -18, -99).astype(np.float32).reshape(1, 1, 2100)
    nodes = [
        *(
            helper.make_node(
                "AveragePool",
                ["images"],
                [f"mean{stride}"],
                kernel_shape=[stride] * 2,
                strides=[stride] * 2,
            )
            for stride in (8, 16, 32)
        ),
        *(
            helper.make_node("Reshape", [f"mean{stride}", "flat"], [f"flat{stride}"])
            for stride in (8, 16, 32)
        ),
        helper.make_node("Concat", ["flat8", "flat16", "flat32"], ["cells"], axis=2),
        helper.make_node("Unsqueeze", ["cells", "last"], ["wide"]),
        helper.make_node("Conv", ["wide", "kernel"], ["raw"]),
        helper.make_node("Squeeze", ["raw", "last"], ["counted"]),
        helper.make_node("Add", ["counted", "least"], ["logits"]),
        helper.make_node("Sigmoid", ["logits"], ["scores"]),
        helper.make_node("Concat", ["boxes", "scores"], ["output0"], axis=1),
    ]
    weights = [
        numpy_helper.from_array(np.array([1, 3, -1], np.int64), "flat"),
        numpy_helper.from_array(np.array([3], np.int64), "last"),
        numpy_helper.from_array(kernel, "kernel"),
        numpy_helper.from_array(least, "least"),
        numpy_helper.from_array(boxes.astype(np.float32), "boxes"),
    ]
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 320, 320])
    output = helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 6, 2100])
    graph = helper.make_graph(nodes, "plates", [images], [output], weights)
    opset = [helper.make_opsetid("", 13)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    names = "{0: 'plate', 1: 'screen'}"
    helper.set_model_props(model, {"task": "detect", "stride": "32", "names": names})
    return model


@pytest.fixture(scope="session")
def colours_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A network that describes 8x4 pixels by the mean colours of both halves, B, G, R in turn."""
    pool = helper.make_node("AveragePool", ["in"], ["halves"], kernel_shape=[4, 4], strides=[4, 4])
    flat = helper.make_node("Flatten", ["halves"], ["out"])
    picture = helper.make_tensor_value_info("in", TensorProto.FLOAT, ["batch", 3, 8, 4])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, ["batch", 6])
    graph = helper.make_graph([pool, flat], "colours", [picture], [out])
    opset = [helper.make_opsetid("", 13)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    helper.set_model_props(model, {"passerby.pixels": "bgr-255"})
    path = tmp_path_factory.mktemp("models") / "colours.onnx"
    onnx.save(model, path)
    return str(path)


@pytest.fixture
def film(tmp_path: Path) -> Callable[..., Path]:
    """Write a lossless video of bright people before a grey wall; returns its path."""

    def make(
        name: str,
        people: Callable[[int], Sequence[Person]],
        *,
        frames: int = 30,
        size: tuple[int, int] = (96, 64),
        rate: int = 25,
    ) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(path), "w") as container:
            stream = container.add_stream("ffv1", rate=rate)
            stream.width, stream.height, stream.pix_fmt = *size, "bgr0"
            for index in range(frames):
                image = scene(people(index), size)
                container.mux(stream.encode(VideoFrame.from_ndarray(image, format="bgr24")))
            container.mux(stream.encode())
        return path

    return make


def scene(people: Sequence[Person], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """A grey wall with a pattern, and people before it."""
    width, height = size
    image = np.full((height, width, 3), 90, np.uint8)
    image[::4] = 120
    for left, top, across, down, level in people:
        image[top : top + down, left : left + across] = level
    return image


@pytest.fixture
def disk_of() -> Callable[[int], AbstractContextManager[None]]:
    """A disk on which no file can grow beyond so many bytes."""

    @contextmanager
    def full(size: int) -> Iterator[None]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, handler)

    return full


@pytest.fixture
def has_ended() -> Callable[[int], bool]:
    """Whether a process ends within some seconds; whoever took it over need not have noticed."""

    def ends(process: int, seconds: float = 10) -> bool:
        last = time.monotonic() + seconds
        while is_running(process):
            if time.monotonic() > last:
                return False
            time.sleep(0.02)
        return True

    return ends


def is_running(process: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


@pytest.fixture
def copy_media() -> Callable[..., Medium]:
    """Send every frame of a file through unchanged, sealed as if it were anonymized."""

    def copy(source: Path, target: Path, **encoding: Any) -> Medium:
        with closing(open_source(source)) as frames:
            sink = open_sink(target, frames.medium, Encoding(**encoding))
            for frame in frames:
                sink.write(seal(frame, frame.image, alpha=frame.alpha))
            sink.commit()
            return frames.medium

    return copy


@pytest.fixture
def read_media() -> Callable[[Path], tuple[list[Frame], Medium, InputError | None]]:
    """Read a file to its end: its frames, what is known then, and what went wrong."""

    def read(path: Path) -> tuple[list[Frame], Medium, InputError | None]:
        with closing(open_source(path)) as source:
            frames: list[Frame] = []
            try:
                for frame in source:
                    assert frame.image.shape == (source.medium.height, source.medium.width, 3)
                    frames.append(frame)
            except InputError as error:
                return frames, source.medium, error
            return frames, source.medium, None

    return read


@pytest.fixture
def market(tmp_path: Path) -> Path:
    """A data set in the layout of Market-1501: three people of noise, and a file beside them."""
    root = tmp_path / "market"
    names = ("bounding_box_train/0002_c1s1_000451_03.jpg", "query/0007_c1s1_000001_00.jpg")
    names += (
        "bounding_box_test/0007_c2s1_000001_00.jpg",
        "bounding_box_test/0000_c2s1_000002_00.jpg",
    )
    rng = np.random.default_rng(0)
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(root / name), rng.integers(0, 256, (32, 16, 3)).astype(np.uint8))
    (root / "readme.txt").touch()
    return root
