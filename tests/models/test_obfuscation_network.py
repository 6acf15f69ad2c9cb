"""Obfuscators run by ONNX Runtime: tiles without seams, and files that are none."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from passerby.errors import DetectionError, ModelError
from passerby.models.obfuscation_network import OBFUSCATOR_KEY, ObfuscationNetwork
from passerby.models.obfuscators import OBFUSCATORS, create_obfuscator, export_obfuscator

OPTIONS = {
    "mobile-autoencoder": {"width": 0.1},
    "five-layer-filter": {"initialisation": "unit-variance"},
    "silhouette": {"channels": 8},
    "shuffle": {"channels": 8, "depth": 2},
    "u-net": {"size": "small"},
}

Export = Callable[..., Path]


@pytest.fixture
def exported(tmp_path: Path) -> Export:
    """Write an obfuscator with drawn weights; returns its path."""

    def write(name: str, **options: object) -> Path:
        with torch.random.fork_rng():
            torch.manual_seed(2)
            network = create_obfuscator(name, **{**OPTIONS[name], **options})
            for layer in network.modules():
                if isinstance(layer, torch.nn.BatchNorm2d):
                    layer.momentum = None  # the mean of all that it has seen
            with torch.no_grad():
                network(torch.rand(4, 3, 48, 48))
        export_obfuscator(network, tmp_path / f"{name}.onnx", {"by": "me"})
        return tmp_path / f"{name}.onnx"

    return write


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize(
    ("name", "options"),
    [*((name, {}) for name in OBFUSCATORS), ("mobile-autoencoder", {"padding": "reflect"})],
)
def test_tiles_have_no_seams(name: str, options: dict[str, object], exported: Export) -> None:
    path = exported(name, **options)
    whole = ObfuscationNetwork(path, threads=1)
    side = 2 * whole.reach + max(40, 2 * whole.stride)
    frame = noise(131, max(170, side + 100))
    tiled = ObfuscationNetwork(path, threads=1, largest_tile=side)
    parts = list(tiled._spans(frame.shape[1]))
    assert len(parts) > 3
    assert all(around.stop - around.start <= side for _, around in parts)
    one, other = whole(frame), tiled(frame)
    # A value between two may be rounded to either: not one in a thousand is.
    apart = one != other
    assert apart.mean() < 1e-3
    assert np.abs(one.astype(int) - other).max() <= 1


def test_tiles_that_see_too_little_have_seams(exported: Export) -> None:
    path = exported("mobile-autoencoder")
    whole, tiled = (
        ObfuscationNetwork(path, threads=1, largest_tile=side) for side in (1024, 2 * 32 + 40)
    )
    tiled.reach = 4
    frame = noise(131, 170)
    assert np.abs(whole(frame).astype(int) - tiled(frame)).max() > 1


@pytest.mark.parametrize("side", [1, 8, 64, 1_000, 4_096])
def test_parts_of_a_side_are_all_of_it(side: int, exported: Export) -> None:
    network = ObfuscationNetwork(exported("shuffle"), threads=1, largest_tile=64)
    length = -(-side // 4) * 4
    places = [place for inner, _ in network._spans(length) for place in range(length)[inner]]
    assert places == list(range(length))


def test_the_frame_stays_as_it_is(exported: Export) -> None:
    frame = noise(20, 30)
    before = frame.copy()
    made = ObfuscationNetwork(exported("shuffle"), threads=1)(frame)
    np.testing.assert_array_equal(frame, before)
    assert not np.shares_memory(made, frame)


def test_the_card_comes_with_it(exported: Export) -> None:
    card = ObfuscationNetwork(exported("shuffle"), threads=1).card
    options = {"channels": 8, "depth": 2, "cell": 4}
    assert card == {"by": "me", "architecture": "shuffle", "options": options}


def with_facts(path: Path, facts: str) -> Path:
    model = onnx.load(path)
    onnx.helper.set_model_props(model, {OBFUSCATOR_KEY: facts})
    onnx.save(model, path)
    return path


@pytest.mark.parametrize(
    "facts",
    [
        "",
        "{",
        "[1]",
        json.dumps({"stride": 4, "reach": 12}),
        json.dumps({"stride": 0, "reach": 12, "card": {}}),
        json.dumps({"stride": True, "reach": 12, "card": {}}),
        json.dumps({"stride": 4, "reach": 10**9, "card": {}}),
        json.dumps({"stride": 4, "reach": 12, "card": "strong"}),
    ],
)
def test_a_file_that_says_nothing_of_an_obfuscator_is_refused(facts: str, exported: Export) -> None:
    path = with_facts(exported("shuffle"), facts)
    with pytest.raises(ModelError, match=r"shuffle\.onnx is not an obfuscator: give a file that"):
        ObfuscationNetwork(path)


def test_a_file_whose_stride_is_wrong_is_refused(exported: Export) -> None:
    facts = json.dumps({"stride": 3, "reach": 12, "card": {}})
    with pytest.raises(ModelError, match=r"shuffle\.onnx cannot be run: "):
        ObfuscationNetwork(with_facts(exported("shuffle"), facts))


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(ModelError, match="is not an ONNX file"):
        ObfuscationNetwork(tmp_path / "text.onnx")
    with pytest.raises(ModelError, match=r"cannot read .*gone\.onnx"):
        ObfuscationNetwork(tmp_path / "gone.onnx")


def test_nan_is_found_although_8_bits_know_none(exported: Export) -> None:
    path = exported("shuffle")
    model = onnx.load(path)
    bias = next(one for one in model.graph.initializer if one.name.endswith("leave.bias"))
    values = onnx.numpy_helper.to_array(bias).copy()
    values[7] = np.nan
    bias.CopyFrom(onnx.numpy_helper.from_array(values, bias.name))
    onnx.save(model, path)
    with pytest.raises(ModelError, match="the obfuscator gave NaN"):
        ObfuscationNetwork(path)


def test_an_answer_of_another_size_is_refused(exported: Export) -> None:
    network = ObfuscationNetwork(exported("shuffle"), threads=1)
    network.stride = 3
    with pytest.raises(DetectionError, match=r"the obfuscator gave uint8 \(1, 8, 8, 3\)"):
        network(noise(9, 9))
