"""The weights of an exported network put back into one that can learn on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from passerby.errors import ModelError
from passerby.models.session import read_graph

__all__ = ["layers_in_turn", "put_back", "restore", "stored_layers"]

_Hook = Callable[[nn.Module, tuple[Tensor]], None]
"""Called with a layer and what it is given."""


def restore(network: nn.Module, path: Path, images: Tensor) -> None:
    """Give a network the weights of an ONNX file that was exported from one like it.

    Args:
        network: Is changed; of the same shape as the exported one.
        path: Of the file.
        images: Shape (B, 3, H, W): some as it will learn from, prepared as it takes them.

    Raises:
        ModelError: If the file cannot be read, or is of another network.
    """
    stored = list(stored_layers(path))
    misfit = (
        f"{path} does not hold the weights of this network: start from a file that was exported "
        "from one like it"
    )
    put_back(network, stored, images, misfit)
    network.load_state_dict(_named(network, path), strict=False)


def put_back(
    network: nn.Module, stored: Sequence[tuple[np.ndarray, np.ndarray]], images: Tensor, misfit: str
) -> None:
    """Give convolutions their weights, and undo the normalisations that are folded into these.

    An export folds every normalisation into the convolution before it (Ioffe and Szegedy 2015,
    arXiv 1502.03167). Here each gets the mean and the variance that it sees in ``images``, and a
    scale and shift that undo them: in use the network says the same as the file, and in training
    nearly the same.

    Args:
        network: Is changed.
        stored: Weight and bias of each of its convolutions, in the order in which they compute.
        images: Shape (B, 3, H, W): some as it will learn from, prepared as it takes them.
        misfit: What to say if they are of another network.

    Raises:
        ModelError: If they are.
    """
    convolutions = list(layers_in_turn(network, images))
    if [tuple(one.weight.shape) for one, _ in convolutions] != [one.shape for one, _ in stored]:
        raise ModelError(misfit)
    biases: dict[nn.Module, Tensor] = {}
    for (convolution, norm), (weight, bias) in zip(convolutions, stored, strict=True):
        convolution.weight.data.copy_(torch.from_numpy(weight))
        if norm is None:
            assert convolution.bias is not None  # noqa: S101  (the last ones have no normalisation)
            convolution.bias.data.copy_(torch.from_numpy(bias))
        else:
            biases[norm] = torch.from_numpy(bias).to(convolution.weight)
    _look(network, images, {norm: _undone(bias) for norm, bias in biases.items()})


def layers_in_turn(
    network: nn.Module, images: Tensor
) -> Iterator[tuple[nn.Conv2d, nn.BatchNorm2d | None]]:
    """Yield all convolutions in the order in which they compute, with what normalises each.

    Args:
        network: To look into.
        images: Shape (B, 3, H, W); the first is looked at.
    """
    order: list[nn.Module] = []
    kinds = nn.Conv2d, nn.BatchNorm2d
    layers = [one for one in network.modules() if isinstance(one, kinds)]
    _look(network, images[:1], dict.fromkeys(layers, lambda layer, _: order.append(layer)))
    for one, after in zip(order, [*order[1:], None], strict=True):
        if isinstance(one, nn.Conv2d):
            yield one, after if isinstance(after, nn.BatchNorm2d) else None


def stored_layers(path: Path) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield weight and bias of each convolution of a file, in single precision.

    Raises:
        ModelError: If it cannot be read.
    """
    graph = read_graph(path).graph
    known = _arrays(graph)
    for node in graph.node:
        if node.op_type == "Conv" and len(node.input) == 3 and known.keys() >= {*node.input[1:]}:
            weight, bias = (known[name].astype(np.float32) for name in node.input[1:])
            yield weight, bias


def _arrays(graph: onnx.GraphProto) -> dict[str, np.ndarray]:
    """All weights by name: those in half precision are cast, and of equal ones one is stored."""
    known = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    for node in graph.node:
        if node.op_type in ("Cast", "Identity") and node.input[0] in known:
            known[node.output[0]] = known[node.input[0]]
    return known


def _named(network: nn.Module, path: Path) -> dict[str, Tensor]:
    """What an export kept by its name: the weights of layers that nothing was folded into."""
    own = network.state_dict()
    return {
        name: torch.from_numpy(array.astype(np.float32))
        for name, array in _arrays(read_graph(path).graph).items()
        if name in own and array.shape == own[name].shape
    }


def _undone(bias: Tensor) -> _Hook:
    """Let a normalisation change nothing of what it sees now, but add a bias."""

    def set_up(norm: nn.Module, given: tuple[Tensor]) -> None:
        assert isinstance(norm, nn.BatchNorm2d)  # noqa: S101
        assert norm.running_mean is not None  # noqa: S101
        assert norm.running_var is not None  # noqa: S101
        variance, mean = torch.var_mean(given[0], dim=(0, 2, 3), correction=0)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.data.copy_((variance + norm.eps).sqrt())
        norm.bias.data.copy_(mean + bias)

    return set_up


@torch.no_grad()
def _look(network: nn.Module, images: Tensor, hooks: Mapping[nn.Module, _Hook]) -> None:
    """Let a network look at pictures as in use; hooks are called before their layers compute."""
    placed = [layer.register_forward_pre_hook(hook) for layer, hook in hooks.items()]
    learning = network.training
    network.eval()(images.float())
    network.train(learning)
    for one in placed:
        one.remove()
