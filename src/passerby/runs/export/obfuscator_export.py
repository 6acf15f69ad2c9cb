"""An obfuscator as a smaller ONNX file, and what that costs: people who are found no more."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx

from passerby.detection.combined import detectors_for
from passerby.detection.settings import DetectionSettings
from passerby.detections import Detections, Kind
from passerby.evaluate.detection import person_detection
from passerby.extras import needing
from passerby.files.partial import ANEW, Permit, write_bytes
from passerby.models.cards import MODELS, is_path
from passerby.models.lookup import resolve
from passerby.models.number_formats import NumberFormat, in_format
from passerby.models.obfuscation_network import OBFUSCATOR_KEY, ObfuscationNetwork
from passerby.models.session import read_graph
from passerby.synth.camera import raised
from passerby.synth.people import World
from passerby.synth.sighting import Shot
from passerby.types import Detector, Image

__all__ = ["ExportedObfuscator", "ObfuscationLoss", "export_obfuscation", "holds_obfuscator"]

FRAMES = 16
"""That calibrate, and as many others that measure."""
SIZE = 320, 192
"""Width and height of these frames; people are a third as high."""
_LEAST_SEEN = 0.3
"""Share of a person that must be seen in a frame, for it to be wanted that the person is found."""

_PEOPLE = 8
_TEST_SEED = 20_000


@dataclass(frozen=True, slots=True)
class ObfuscationLoss:
    """What an export costs, on frames of people who do not exist.

    Attributes:
        frames: How many were compared.
        people: How many people could be found in them.
        detector: Which network looked for them.
        clear: Its average precision on the frames themselves, at an IoU of 0.5.
        full: On what the network in 32 bits makes of them.
        exported: On what the export makes of them.
        difference: Mean absolute difference between what both make, in pixel values.
    """

    frames: int
    people: int
    detector: str
    clear: float
    full: float
    exported: float
    difference: float


@dataclass(frozen=True, slots=True)
class ExportedObfuscator:
    """An export of an obfuscator.

    Attributes:
        target: The file.
        bytes: Its size.
        full_bytes: That of the network in 32 bits.
        loss: What it costs.
    """

    target: Path
    bytes: int
    full_bytes: int
    loss: ObfuscationLoss


def holds_obfuscator(model: str) -> bool:
    """Tell whether a name, an ONNX file or a checkpoint is one of an obfuscator.

    Raises:
        ConfigError: If it is a checkpoint and torch is not installed.
        ModelError: If it is a file that cannot be read.
    """
    if is_path(model):
        graph = read_graph(Path(model))
        return any(entry.key == OBFUSCATOR_KEY for entry in graph.metadata_props)
    if model in MODELS:
        return MODELS[model].role == "obfuscator"
    with needing("train", f"reading {model}"):
        from passerby.models.obfuscators.checkpoint import is_obfuscator  # noqa: PLC0415
    return is_obfuscator(Path(model))


def export_obfuscation(
    model: str,
    target: Path,
    number_format: NumberFormat = "fp32",
    *,
    detector: str | None = None,
    progress: Callable[[], None] = lambda: None,
    permit: Permit = ANEW,
) -> ExportedObfuscator:
    """Write an obfuscator as ONNX, and measure what is lost.

    Both calibration and measurement are on people who do not exist; on people who do, figures may
    differ.

    Args:
        model: Name of an obfuscator, path of an ONNX file in 32 bits, or of a checkpoint.
        target: The ``.onnx`` file.
        number_format: See `NumberFormat`.
        detector: Network that looks for people; the default if None.
        progress: Called for each frame that is measured on, `FRAMES` times.
        permit: What may happen to a file that is there.

    Raises:
        ConfigError: If there is no such detector, or torch is not installed and needed.
        DetectionError: If a network fails.
        ModelError: If a file is missing or does not hold such a network.
        OutputError: If the file cannot be written.
    """
    finder = detectors_for(
        frozenset({Kind.PERSON}), DetectionSettings(person_model=detector, person_threshold=0.05)
    )
    with TemporaryDirectory() as folder:
        plain, small = Path(folder) / "fp32.onnx", Path(folder) / "export.onnx"
        _write_plain(model, plain)
        whole = ObfuscationNetwork(plain)
        seen = []
        if number_format == "int8":
            seen = [shot.image[None] for shot in islice(_shots(seed=0), FRAMES)]
        graph = in_format(onnx.load(plain), number_format, seen)
        write_bytes(small, graph.SerializeToString())
        loss = _loss(whole, ObfuscationNetwork(small), finder, detector, progress)
        write_bytes(target, small.read_bytes(), permit)
        return ExportedObfuscator(target, small.stat().st_size, plain.stat().st_size, loss)


def _write_plain(model: str, path: Path) -> None:
    """The network in 32 bits as ONNX."""
    if is_path(model) or model in MODELS:
        write_bytes(path, read_graph(resolve(model)).SerializeToString())
        return
    with needing("train", f"reading {model}"):
        from passerby.models.obfuscators import export_obfuscator, read_obfuscator  # noqa: PLC0415
    network, card = read_obfuscator(Path(model))
    export_obfuscator(network, path, card)


def _shots(seed: int) -> Iterator[Shot]:
    """Frames of people who do not exist, a new place in each."""
    while True:
        seed += 1
        world = World.random(seed, _PEOPLE, half=(2.0, 2.0))
        camera = raised(np.zeros(2), 0.7 * seed, 4.0, name="raised", size=SIZE)
        yield from world.shots(camera, world.moments(1), 25.0)


def _loss(
    whole: Callable[[Image], Image],
    small: Callable[[Image], Image],
    finder: Detector,
    name: str | None,
    progress: Callable[[], None],
) -> ObfuscationLoss:
    kinds = ("clear", "full", "exported")
    found: dict[str, list[Detections]] = {kind: [] for kind in kinds}
    wanted, differences = [], []
    for shot in islice(_shots(_TEST_SEED), FRAMES):
        made = shot.image, whole(shot.image), small(shot.image)
        for kind, frame in zip(kinds, made, strict=True):
            found[kind].append(finder(frame))
        people = shot.detections(_LEAST_SEEN).of_kind(Kind.PERSON)
        wanted.append(people.boxes)
        differences.append(np.abs(made[1].astype(np.int16) - made[2]).mean())
        progress()
    figures = {kind: person_detection(found[kind], wanted) for kind in kinds}
    return ObfuscationLoss(
        frames=FRAMES,
        people=figures["clear"].people,
        detector=name or "the default",
        difference=float(np.mean(differences)),
        **{kind: figures[kind].average_precision.value for kind in kinds},
    )
