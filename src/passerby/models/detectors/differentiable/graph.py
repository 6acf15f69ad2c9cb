"""A network in an ONNX file as a torch module.

ONNX Runtime computes no gradients with respect to a picture. Here torch computes each operator, so
gradients flow. Exporters write down the size of the picture, and that there is one: where a graph
gives a shape as a constant, what of it changes with the pictures is worked out from the shapes of a
run as exported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

from passerby.errors import ModelError
from passerby.models.detectors.differentiable.operators import (
    TORCH_OPERATORS,
    Attributes,
    whole_numbers,
)
from passerby.models.session import first_line
from passerby.models.torch_memory import is_out_of_memory

__all__ = ["Regrouping", "Scaling", "TorchGraph"]

_Shape = tuple[int, ...]

_TARGETS = {"Reshape": 1, "Resize": 3}
"""Operators to which an exporter may give a constant shape, and which of their inputs it is."""

_LAYERS = "Conv", "ConvTranspose", "Gemm", "MatMul"
"""Operators with weights."""

_FAILURES = RuntimeError, IndexError, ValueError, TypeError, NotImplementedError


class TorchGraph(nn.Module):
    """Computes what an ONNX graph computes; its weights are constants unless they shall learn.

    Args:
        model: A graph with one input.
        size: Height and width of the picture that it was exported for.
        path: Of its file, for messages.
        channels_last: Whether it takes pictures of shape (B, height, width, 3).
        learns: Whether the weights of its convolutions and dense layers are parameters. Exporters
            fold batch normalisation into them, so a learning rate must be small.

    Attributes:
        shapes: Of everything that it computes for one picture of that size, by name, in the order
            in which it is computed.
        sources: Names of the inputs of the operator that computes each.
        operators: What that operator is called.

    Raises:
        ModelError: If torch cannot compute an operator of it; the message says which.
    """

    def __init__(
        self,
        model: onnx.ModelProto,
        size: tuple[int, int],
        path: Path,
        *,
        channels_last: bool,
        learns: bool = False,
    ) -> None:
        super().__init__()
        self._path = path
        self._input = model.graph.input[0].name
        self._outputs = tuple(output.name for output in model.graph.output)
        self._resizing: dict[str, Regrouping | Scaling] = {}
        constants = {one.name: _tensor(one) for one in model.graph.initializer}
        nodes = [_node(one) for one in model.graph.node]
        self._refuse_unknown(nodes)
        self._nodes = [node for node in nodes if not self._is_constant(node, constants)]
        self._keep(constants, self._weights() if learns else set())
        steps = [(name, node) for node in self._nodes for name in node.outputs]
        self.sources = {name: node.inputs for name, node in steps}
        self.operators = {name: node.operator for name, node in steps}
        self.shapes: dict[str, _Shape] = {}
        shape = (1, *size, 3) if channels_last else (1, 3, *size)
        with torch.no_grad():
            self._trace(torch.zeros(shape))

    def forward(self, pictures: Tensor, also: Sequence[str] = ()) -> dict[str, Tensor]:
        """Compute the outputs.

        Args:
            pictures: Any number of them, shaped and scaled as the graph takes one.
            also: Names of what is computed on the way that is wanted too.

        Returns:
            The outputs in their order, then what else was asked for, by name.

        Raises:
            ModelError: If an operator fails for pictures of this size.
        """
        values = self._start(pictures)
        kept = {*self._outputs, *also}
        for node, done in zip(self._nodes, self._done, strict=True):
            self._compute(node, values)
            for name in done - kept:
                # Gradients keep what they need of it.
                del values[name]
        return {name: values[name] for name in (*self._outputs, *also)}

    def _refuse_unknown(self, nodes: Sequence["_Node"]) -> None:
        unknown = sorted({node.operator for node in nodes} - set(TORCH_OPERATORS))
        if unknown:
            raise ModelError(
                f"{self._path} cannot be made differentiable, for its operator "
                f"{' and '.join(unknown)} is not supported: export it without, or use another model"
            )

    def _is_constant(self, node: "_Node", constants: dict[str, Tensor]) -> bool:
        """Compute a node that no picture reaches, once and for all."""
        constant = all(not name or name in constants for name in node.inputs)
        if constant:
            self._compute(node, constants)
        return constant

    def _weights(self) -> set[str]:
        """What layers with weights take beside what they are applied to."""
        layers = [node for node in self._nodes if node.operator in _LAYERS]
        return {name for node in layers for name in node.inputs[1:] if name}

    def _keep(self, constants: Mapping[str, Tensor], learning: set[str]) -> None:
        """Keep the constants that are needed: numbers move with the module, places do not."""
        used = {name for node in self._nodes for name in node.inputs} | {*self._outputs}
        self._numbers: dict[str, str] = {}
        self._places: dict[str, Tensor] = {}
        for name in sorted(used & constants.keys()):
            if constants[name].is_floating_point():
                own = self._numbers[name] = f"constant{len(self._numbers)}"
                if name in learning:
                    self.register_parameter(own, nn.Parameter(constants[name]))
                else:
                    self.register_buffer(own, constants[name], persistent=False)
            else:
                self._places[name] = constants[name]
        last = {
            name: place for place, node in enumerate(self._nodes) for name in node.inputs if name
        }
        self._done = [
            {name for name in node.inputs if last.get(name) == place}
            for place, node in enumerate(self._nodes)
        ]

    def _start(self, pictures: Tensor) -> dict[str, Tensor]:
        own = {**dict(self.named_buffers()), **dict(self.named_parameters())}
        values = {name: own[number] for name, number in self._numbers.items()}
        return values | self._places | {self._input: pictures}

    def _trace(self, picture: Tensor) -> None:
        """Run as exported, and learn which constant shapes stand for those of the picture."""
        values = self._start(picture)
        for node in self._nodes:
            self._compute(node, values)
            self.shapes |= {name: tuple(values[name].shape) for name in node.outputs if name}
            target = _TARGETS.get(node.operator, len(node.inputs))
            if target < len(node.inputs) and node.inputs[target] in self._places:
                before, after = (
                    tuple(values[one].shape) for one in (node.inputs[0], node.outputs[0])
                )
                if node.operator == "Resize":
                    self._resizing[node.outputs[0]] = Scaling(before, after)
                else:
                    stated = whole_numbers(values[node.inputs[1]]) or []
                    free = stated.index(-1) if -1 in stated else None
                    self._resizing[node.outputs[0]] = Regrouping(before, after, free)

    def _compute(self, node: "_Node", values: dict[str, Tensor]) -> None:
        inputs = [values[name] if name else None for name in node.inputs]
        try:
            if node.outputs[0] in self._resizing:
                shape = self._resizing[node.outputs[0]](tuple(values[node.inputs[0]].shape))
                inputs[_TARGETS[node.operator]] = torch.tensor(shape)
            outputs = TORCH_OPERATORS[node.operator](inputs, node.attributes)
        except ModelError as error:
            raise ModelError(f"{self._path} cannot be made differentiable: {error}") from error
        except _FAILURES as error:
            if is_out_of_memory(error):
                raise
            raise ModelError(
                f"{self._path} cannot be made differentiable, for its operator {node.operator} "
                f"fails here ({first_line(error)}): use another size or model"
            ) from error
        given = [outputs] if isinstance(outputs, Tensor) else outputs
        values.update(zip(node.outputs, given, strict=False))


@dataclass(frozen=True, slots=True)
class _Node:
    """A step of a graph: names of inputs, empty where one is left out, and of outputs."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Regrouping:
    """How the axes of a reshaped tensor come from those before.

    Axes are taken together, from the first on, until their lengths multiply to the same number
    before and after.

    Args:
        before: Shape before, when the graph runs as exported.
        after: Shape after.
        free: The axis after whose length the exporter left open, if any.

    Example:
        >>> Regrouping((1, 6, 4, 5), (1, 2, 3, 20))((7, 6, 8, 10))
        [7, 2, 3, 80]
    """

    before: _Shape
    after: _Shape
    free: int | None = None

    def __call__(self, shape: _Shape) -> list[int]:
        """The shape after for another shape before.

        Raises:
            ModelError: If it cannot be told.
        """
        sizes = list(self.after)
        for taken, made in self._groups():
            wanted, known = prod(shape[axis] for axis in taken), prod(sizes[axis] for axis in made)
            if wanted == known:
                continue
            # The axes of pictures are longer than those that networks are divided into.
            if self.free is not None and self.free in made:
                growing = self.free
            else:
                growing = max(made, key=lambda axis: sizes[axis])
            rest = known // sizes[growing]
            if wanted % rest:
                raise ModelError(f"Reshape of {shape} to {self.after} does not fit")
            sizes[growing] = wanted // rest
        return sizes

    def _groups(self) -> list[tuple[range, range]]:
        groups, taken, made = [], 0, 0
        while taken < len(self.before) and made < len(self.after):
            first_taken, first_made = taken, made
            wanted, known = self.before[taken], self.after[made]
            taken, made = taken + 1, made + 1
            while wanted != known:
                if wanted < known:
                    wanted, taken = wanted * self.before[taken], taken + 1
                else:
                    known, made = known * self.after[made], made + 1
            groups.append((range(first_taken, taken), range(first_made, made)))
        return groups


@dataclass(frozen=True, slots=True)
class Scaling:
    """How the lengths of a resized tensor come from those before."""

    before: _Shape
    after: _Shape

    def __call__(self, shape: _Shape) -> list[int]:
        """The shape after for another shape before."""
        lengths = zip(shape, self.before, self.after, strict=True)
        return [round(length * after / before) for length, before, after in lengths]


def _node(node: onnx.NodeProto) -> _Node:
    attributes = {one.name: _attribute(one) for one in node.attribute}
    if node.op_type == "Split":
        attributes.setdefault("num_outputs", len(node.output))
    return _Node(node.op_type, tuple(node.input), tuple(node.output), attributes)


def _attribute(attribute: onnx.AttributeProto) -> object:
    value = helper.get_attribute_value(attribute)
    if isinstance(value, bytes):
        return value.decode()
    return _tensor(value) if isinstance(value, onnx.TensorProto) else value


def _tensor(stored: onnx.TensorProto) -> Tensor:
    """A constant; numbers stored in 16 bits are computed with in 32."""
    values = numpy_helper.to_array(stored)
    return torch.tensor(values.astype(np.float32) if values.dtype == np.float16 else values)
