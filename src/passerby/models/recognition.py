"""Tell the family of a network by what it gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from passerby.errors import ConfigError, DetectionError, ModelError
from passerby.models.classes import FIRST_CLASS
from passerby.models.decoders import DECODERS, Decoder
from passerby.models.preparation import Tensor
from passerby.models.session import Network

__all__ = ["DECODER_KEY", "Family", "makes_sense", "recognise"]

DECODER_KEY = "passerby.decoder"
"""Of the entry in an ONNX file that names its decoder."""

_TASK_KEY = "task"
_OTHER_TASKS = "classify", "segment", "pose", "obb"
"""What exporters of YOLO call networks that give anything but upright boxes and their classes."""

_SLACK = 1e-3
"""By which a score may leave 0-1: networks compute in single precision, or in half."""

_LARGEST = 10
"""Boxes of a family that fits are no larger than so many times the picture."""


@dataclass(frozen=True, slots=True)
class Family:
    """What was found out about a network.

    Attributes:
        name: Of its decoder.
        decoder: The decoder itself.
        classes: How many classes it tells apart; 0 where that is not known.
    """

    name: str
    decoder: Decoder
    classes: int


def recognise(network: Network, path: Path, asked: str | None = None) -> Family:
    """Find the one decoder that fits a network, by running it once.

    Args:
        network: Asked for fewer outputs from then on where its decoder needs no more.
        path: Of its file, for messages.
        asked: Name of the decoder, if a user gives it; else what its file says.

    Raises:
        ConfigError: If there is no such decoder, or the file names another.
        ModelError: If none fits, or more than one.
    """
    task = network.metadata.get(_TASK_KEY)
    if task in _OTHER_TASKS:
        raise ModelError(f"{path} was made for the task {task}: export a network that detects")
    named = _agreed(network.metadata.get(DECODER_KEY), asked, path)
    candidates = {named: DECODERS[named]} if named else DECODERS
    for decoder in candidates.values():
        network.outputs = _fewer(network.outputs, decoder.outputs)
    tried = _tried(network, candidates, path)
    if not tried.meant and network.size is None and network.input.size is not None:
        # It runs at any size, and makes sense at its own alone.
        network.size = network.input.size
        tried = _tried(network, candidates, path)
    if len(tried.meant) == 1:
        return tried.meant[0]
    if tried.meant:
        names = " or ".join(one.name for one in tried.meant)
        raise ModelError(f"{path} may be of {names}: say which with --decoder; {tried.seen}")
    if tried.fitting:
        names = " or ".join(one.name for one in tried.fitting)
        raise ModelError(
            f"{path} looks like {names}, but its outputs are not valid boxes; {tried.seen}"
        )
    if named:
        raise ModelError(f"{path} does not fit the decoder {named}: {tried.seen}")
    raise ModelError(f"{path} is none of {', '.join(candidates)}: {tried.seen}")


class _Tried(NamedTuple):
    """Families whose shapes fit, those of them whose numbers make sense, and what was seen."""

    fitting: list[Family]
    meant: list[Family]
    seen: str


def _tried(network: Network, candidates: Mapping[str, Decoder], path: Path) -> _Tried:
    rows, columns = network.trial
    try:
        outputs = network(np.zeros((1, 3, rows, columns), np.float32))
    except DetectionError as error:
        raise ModelError(f"{path} cannot be run: {error}") from error
    shapes = [output.shape for output in outputs]
    fitting = [
        Family(name, decoder, count)
        for name, decoder in candidates.items()
        if (count := decoder.classes(shapes, rows, columns)) is not None
    ]
    meant = [one for one in fitting if makes_sense(one.decoder, outputs, rows, columns)]
    return _Tried(fitting, meant, _described(network.outputs, shapes, rows, columns))


def _agreed(stated: str | None, asked: str | None, path: Path) -> str | None:
    if None not in (stated, asked) and stated != asked:
        raise ConfigError(f"{path} says that its decoder is {stated}, not {asked}: leave it out")
    return asked or stated


def _fewer(names: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the outputs that a decoder asks for, if all are there; exporters may add ":0"."""
    by_name = {name.partition(":")[0]: name for name in names}
    if not wanted or not set(wanted) <= by_name.keys():
        return names
    return tuple(by_name[name] for name in wanted)


def makes_sense(decoder: Decoder, outputs: Sequence[Tensor], rows: int, columns: int) -> bool:
    """Whether the numbers for a black picture are boxes around its cells, and probabilities."""
    with np.errstate(all="ignore"):
        found = decoder.decode(outputs, rows, columns, -np.inf, FIRST_CLASS)
    boxes, scores = found.boxes, found.scores
    if not (
        np.isfinite(boxes).all() and np.abs(boxes).max(initial=0) < _LARGEST * max(rows, columns)
    ):
        return False
    if not ((scores >= -_SLACK) & (scores <= 1 + _SLACK)).all():
        return False
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    spread = np.ptp(centres, axis=0) if len(centres) else np.zeros(2)
    return not decoder.everywhere or bool((2 * spread > [columns, rows]).all())


def _described(
    names: Sequence[str], shapes: Sequence[tuple[int, ...]], rows: int, columns: int
) -> str:
    """What was seen, for a message."""
    outputs = ", ".join(f"{name} {shape}" for name, shape in zip(names, shapes, strict=True))
    return f"for {rows}x{columns} pixels its outputs are {outputs}"
