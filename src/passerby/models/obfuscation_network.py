"""A network that obfuscates whole frames, run by ONNX Runtime."""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from passerby.errors import ConfigError, DetectionError, ModelError
from passerby.models.devices import Device
from passerby.models.reflection import continued_picture
from passerby.models.session import RUNTIME_ERRORS, first_line, open_session, read_graph
from passerby.types import Image

__all__ = ["OBFUSCATOR_KEY", "ObfuscationNetwork"]

OBFUSCATOR_KEY = "passerby.obfuscator"
"""Of the entry in an ONNX file that holds its card, stride and reach, as JSON."""

LARGEST_TILE = 1_024
"""Side in pixels of what is seen at once, unless the reach is wide; larger frames are tiled."""

_MOST = 4_096
"""Pixels; no stride or reach is larger."""


class ObfuscationNetwork:
    """A network that turns frames of any size into others of the same size.

    Args:
        path: An ONNX file that `passerby models export` wrote.
        threads: How many to compute with.
        device: Where it runs.
        largest_tile: Side in pixels of what it sees at once. By default as much as leaves half of
            it between the margins, 1,024 at least.

    Attributes:
        card: What is known about it.
        stride: Sides of what it sees are multiples of this many pixels.
        reach: How far in pixels what a pixel becomes may depend on others.

    Raises:
        ConfigError: If the device cannot be used.
        ModelError: If the file is missing, damaged or none of an obfuscator.
    """

    def __init__(
        self,
        path: Path,
        threads: int = 2,
        device: Device = "cpu",
        *,
        largest_tile: int | None = None,
    ) -> None:
        graph = read_graph(path)
        metadata = {entry.key: entry.value for entry in graph.metadata_props}
        facts = _facts(metadata, path)
        self.card: dict[str, Any] = facts["card"]
        self.stride: int = facts["stride"]
        self.reach: int = facts["reach"]
        # What lies between the margins of a tile; a margin is as wide as the reach.
        side = largest_tile or max(LARGEST_TILE, 4 * self.reach)
        inner = max(side - 2 * self.reach, 2 * self.stride)
        self._tile = inner // self.stride * self.stride
        try:
            self._session = open_session(graph, threads, device)
            self._name = graph.graph.input[0].name
            self(np.zeros((2 * self.stride, 2 * self.stride, 3), np.uint8))
        except ConfigError:
            raise
        except Exception as error:  # a hostile file raises what is in no list
            raise ModelError(f"{path} cannot be run: {first_line(error)}") from error

    def __call__(self, image: Image) -> Image:
        """Obfuscate a picture; tiles have no seams, for each sees what its pixels depend on.

        Args:
            image: Shape (height, width, 3), BGR.

        Returns:
            Of the same shape and type.

        Raises:
            DetectionError: If the network fails or gives numbers that mean nothing.
        """
        height, width = image.shape[:2]
        whole = continued_picture(image, self.stride)
        made = np.empty(whole.shape, np.uint8)
        for down, around_down in self._spans(whole.shape[0]):
            for across, around_across in self._spans(whole.shape[1]):
                seen = self._run(whole[around_down, around_across])
                top, left = down.start - around_down.start, across.start - around_across.start
                bottom, right = top + down.stop - down.start, left + across.stop - across.start
                made[down, across] = seen[top:bottom, left:right]
        return made[:height, :width]

    def _spans(self, length: int) -> Iterator[tuple[slice, slice]]:
        """Parts of a side, and what of it each must see."""
        step = length if length <= self._tile + 2 * self.reach else self._tile
        for start in range(0, length, step):
            stop = min(start + step, length)
            yield (
                slice(start, stop),
                slice(max(start - self.reach, 0), min(stop + self.reach, length)),
            )

    def _run(self, part: Image) -> npt.NDArray[np.uint8]:
        try:
            made, mean = self._session.run(None, {self._name: np.ascontiguousarray(part[None])})
        except RUNTIME_ERRORS as error:
            raise DetectionError(f"the obfuscator failed: {first_line(error)}") from error
        if made.shape != (1, *part.shape) or made.dtype != np.uint8:
            raise DetectionError(f"the obfuscator gave {made.dtype} {made.shape}")
        if not math.isfinite(mean):
            raise DetectionError("the obfuscator gave NaN: try another model")
        return np.asarray(made[0], np.uint8)


def _facts(metadata: Mapping[str, str], path: Path) -> dict[str, Any]:
    """What a file says of its network, checked."""
    try:
        facts: Any = json.loads(metadata.get(OBFUSCATOR_KEY, "null"))
    except ValueError:
        facts = None
    numbers: list[Any] = []
    if isinstance(facts, dict):
        numbers = [facts.get(name) for name in ("stride", "reach")]
    if not (
        numbers
        and all(type(one) is int and 1 <= one <= _MOST for one in numbers)
        and isinstance(facts.get("card"), dict)
    ):
        raise ModelError(
            f"{path} is not an obfuscator: give a file that `passerby models export` wrote"
        )
    stride, reach = numbers
    return {**facts, "reach": -(-reach // stride) * stride}
