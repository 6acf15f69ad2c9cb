"""Detectors in ONNX files, through which gradients reach the picture."""

from typing import Self

import numpy as np
import onnx
import torch
from torch import Tensor
from torch.nn import functional

from passerby.detections import Detections, Kind
from passerby.errors import ConfigError, ModelError
from passerby.geometry import Size
from passerby.models.classes import Wanted, listed, people_among
from passerby.models.detection_network import DetectionNetwork, Opening
from passerby.models.detectors.differentiable.dense import DENSE_DECODERS, DenseDecoder
from passerby.models.detectors.differentiable.detector import (
    BoxLabels,
    DenseOutputs,
    DifferentiableDetector,
    check_images,
    suppressed,
)
from passerby.models.detectors.differentiable.graph import TorchGraph
from passerby.models.detectors.differentiable.matching import output_matching
from passerby.models.recognition import makes_sense
from passerby.models.session import open_session, read_graph

__all__ = ["OnnxDetector"]

_FEATURE_STRIDES = 8, 16, 32

_TOLERANCE = 1e-3
"""By which torch may differ from ONNX Runtime, as a share of the largest number (at least of 1)."""


class OnnxDetector(DifferentiableDetector):
    """A detector in an ONNX file. It has no loss for labels, only one for its own outputs.

    Its graph is computed by torch in single precision. A network that runs at any size sees a
    picture as it is, with a border at the right and at the bottom up to a multiple of its stride;
    any other sees it scaled to its own size.

    Args:
        model: Name of a model, or the path of an ONNX file.
        size: Height and width of a picture to try it with; a size of its own when left out.
        opening: How the file is read.

    Attributes:
        input_size: Height and width that every picture is scaled to, or None.
        own_size: Height and width that the network was exported for.

    Raises:
        ConfigError: If there is no such model or decoder.
        ModelError: If the file is missing, damaged or of an unknown family, finds no people,
            suppresses boxes by itself, or cannot be computed by torch; the message names the
            operator.
    """

    def __init__(
        self, model: str, size: Size | None = None, opening: Opening | None = None
    ) -> None:
        super().__init__()
        network = DetectionNetwork(model, opening)
        self._family, self._prepare = network.family, network.prepare
        self._stride, self._names = network.stride, network.network.outputs
        self._channels_last = network.network.input.channels_last
        self._person = _person(network, model)
        self._decode = _dense_decoder(network, model)
        self.own_size: Size = network.network.input.size or network.network.trial
        graph = read_graph(network.path)
        self._graph = TorchGraph(
            graph, self.own_size, network.path, channels_last=self._channels_last
        )
        _check_agreement(self._graph, graph, network, self.own_size)
        self._features = self._feature_names()
        self.input_size: Size | None = None
        self._singly = False
        if network.size is not None and not self._runs_at(*_larger(self.own_size, self._stride)):
            self.input_size = network.size
        self._singly = not self._takes_two(size or self.own_size)
        self.requires_grad_(requires_grad=False)
        self.eval()

    def train(self, mode: bool = True) -> Self:  # noqa: ARG002, FBT001, FBT002 - as torch has it
        """Stay in use."""
        return super().train(mode=False)

    def forward(self, images: Tensor) -> tuple[DenseOutputs, tuple[Tensor, ...]]:
        """Return the outputs and the features; see `DifferentiableDetector`."""
        filled, scales = self._fill(images)
        values = self._run(filled)
        outputs = [values[name] for name in self._names]
        dense = self._decode(outputs, filled.shape[2], filled.shape[3], self._person)
        boxes = dense.boxes / dense.boxes.new_tensor(scales)
        return DenseOutputs(boxes, dense.scores), tuple(values[name] for name in self._features)

    def loss(self, images: Tensor, targets: DenseOutputs | BoxLabels) -> Tensor:
        """Compare its outputs with those for the clear pictures; see `output_matching`."""
        if not isinstance(targets, DenseOutputs):
            raise ConfigError(
                "this detector has no loss for labels: give its outputs for the clear pictures"
            )
        return output_matching(targets, self.outputs(images))

    @torch.no_grad()
    def decoded(
        self, images: Tensor, threshold: float = 0.1, overlap: float = 0.65
    ) -> list[Detections]:
        """Return the people in each picture, decoded as `passerby detect` decodes them."""
        filled, scales = self._fill(images)
        values = self._run(filled)
        numbers = [values[name].cpu().numpy() for name in self._names]
        rows, columns = filled.shape[2:]
        wanted = Wanted.of((self._person, Kind.PERSON))
        people = []
        for place in range(len(images)):
            outputs = [output[place : place + 1] for output in numbers]
            found = self._family.decoder.decode(outputs, rows, columns, threshold, wanted)
            boxes = torch.from_numpy(found.boxes / np.array(scales, np.float32))
            people.append(suppressed(boxes, torch.from_numpy(found.scores), threshold, overlap))
        return people

    def _fill(self, images: Tensor) -> tuple[Tensor, list[float]]:
        """Turn pictures into inputs of the network, before their colours are prepared.

        Returns:
            RGB, 0-255, and by how much boxes in the inputs must be divided.
        """
        check_images(images)
        height, width = images.shape[2:]
        rows, columns = height, width
        if self.input_size is not None:
            rows, columns = self.input_size
            if self._family.decoder.keeps_aspect:
                scale = min(rows / height, columns / width)
                rows, columns = max(round(height * scale), 1), max(round(width * scale), 1)
            images = functional.interpolate(
                images, (rows, columns), mode="bilinear", align_corners=False, antialias=True
            )
        full_rows, full_columns = self.input_size or (
            -(-rows // self._stride) * self._stride,
            -(-columns // self._stride) * self._stride,
        )
        border = 0, full_columns - columns, 0, full_rows - rows
        filled = functional.pad(images * 255, border, value=self._family.decoder.padding)
        return filled, [columns / width, rows / height] * 2

    def _run(self, filled: Tensor) -> dict[str, Tensor]:
        """Compute the outputs and features for inputs of shape (B, 3, rows, columns), 0-255."""
        colours = filled if self._prepare.rgb else filled.flip(1)
        mean, std = (
            colours.new_tensor(one)[:, None, None]
            for one in (self._prepare.mean, self._prepare.std)
        )
        colours = (colours - mean) / std
        if self._channels_last:
            colours = colours.permute(0, 2, 3, 1)
        if not self._singly:
            values: dict[str, Tensor] = self._graph(colours, self._features)
            return values
        runs = [self._graph(colour, self._features) for colour in torch.split(colours, 1)]
        return {name: torch.cat([run[name] for run in runs]) for name in runs[0]}

    def _feature_names(self) -> tuple[str, ...]:
        """The last maps of strides 8, 16 and 32 before the network goes on at another stride."""
        shapes, sources = self._graph.shapes, self._graph.sources
        names = []
        for stride in _FEATURE_STRIDES:
            size = tuple(-(-length // stride) for length in self.own_size)
            maps = {name for name, shape in shapes.items() if len(shape) == 4 and shape[2:] == size}
            left = (
                source
                for name, shape in shapes.items()
                for source in sources[name]
                if source in maps and len(shape) == 4 and shape[2:] not in {size, (1, 1)}
            )
            names.extend([name for name in [next(left, None)] if name is not None])
        return tuple(names)

    @torch.no_grad()
    def _runs_at(self, rows: int, columns: int) -> bool:
        """Whether the network makes sense of a picture of another size than its own."""
        try:
            values = self._run(torch.zeros(1, 3, rows, columns))
        except ModelError:
            return False
        outputs = [values[name].numpy() for name in self._names]
        classes = self._family.decoder.classes([one.shape for one in outputs], rows, columns)
        return classes == self._family.classes and makes_sense(
            self._family.decoder, outputs, rows, columns
        )

    @torch.no_grad()
    def _takes_two(self, size: Size) -> bool:
        """Whether two pictures at once give what each gives alone."""
        filled, _ = self._fill(torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(0)))
        single = [self._run(one) for one in torch.split(filled, 1)]
        try:
            both = self._run(filled)
        except ModelError:
            return False
        joined = {name: torch.cat([one[name] for one in single]) for name in both}
        return all(_alike(joined[name], both[name]) for name in both)


def _larger(size: Size, stride: int) -> Size:
    """A size that is larger, of other proportions, and of whole strides."""
    height, width = (length // stride for length in size)
    return (height + 1) * stride, (width + 2) * stride


def _person(network: DetectionNetwork, model: str) -> int:
    kinds = people_among(network.names)
    person = next((number for number, kind in kinds.items() if kind == Kind.PERSON), None)
    if person is None:
        raise ModelError(
            f"{model} finds no people, only {listed(network.names or ())}: use a model that does"
        )
    return person


def _dense_decoder(network: DetectionNetwork, model: str) -> DenseDecoder:
    name = network.family.name
    if name not in DENSE_DECODERS or network.family.classes == 0:
        raise ModelError(
            f"{model} chooses among its boxes inside the network, where no gradient passes: export "
            "it without suppression"
        )
    return DENSE_DECODERS[name]


def _alike(wanted: Tensor, given: Tensor) -> bool:
    """Whether two tensors hold the same numbers, but for rounding."""
    if wanted.shape != given.shape:
        return False
    largest = max(1.0, wanted.abs().max().item())
    return bool(((wanted - given).abs() <= _TOLERANCE * largest).all())


@torch.no_grad()
def _check_agreement(
    graph: TorchGraph, model: onnx.ModelProto, network: DetectionNetwork, size: Size
) -> None:
    """Make sure that torch computes of noise what ONNX Runtime computes.

    Raises:
        ModelError: If it does not; the message names the first operator that differs.
    """
    noise = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    tensor = network.prepare(noise)
    picture = torch.from_numpy(tensor)
    if network.network.input.channels_last:
        picture = picture.permute(0, 2, 3, 1)
    values = graph(picture)
    wanted = zip(network.network.outputs, network.network(tensor), strict=True)
    if all(_alike(torch.from_numpy(output), values[name]) for name, output in wanted):
        return
    names = list(graph.shapes)
    traced = onnx.ModelProto()
    traced.CopyFrom(model)
    del traced.graph.output[:]
    traced.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    session = open_session(traced, threads=1)
    steps = session.run(names, network.network.input.feed(tensor))
    values = graph(picture, names)
    different = (
        graph.operators[name]
        for name, step in zip(names, steps, strict=True)
        if not _alike(torch.from_numpy(np.asarray(step, np.float32)), values[name].float())
    )
    raise ModelError(
        f"{network.path} cannot be made differentiable, for torch computes its operator "
        f"{next(different, 'of the output')} otherwise than ONNX Runtime: use another model"
    )
