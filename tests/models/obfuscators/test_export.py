"""Exports compute what torch does, at any size and in each number format."""

import numpy as np
import pytest
import torch

from passerby.errors import ConfigError
from passerby.models.obfuscation_network import ObfuscationNetwork
from passerby.models.obfuscators import OBFUSCATORS, Obfuscator, export_obfuscator


def soft_frames(count: int, height: int, width: int) -> list[np.ndarray]:
    """Soft patches of colour, BGR."""
    coarse = torch.rand(count, 3, 5, 7, generator=torch.Generator().manual_seed(5))
    soft = torch.nn.functional.interpolate(coarse, size=(height, width), mode="bilinear")
    return list((soft * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy())


def by_torch(network: Obfuscator, frame: np.ndarray) -> np.ndarray:
    red_first = np.ascontiguousarray(frame[None, ..., ::-1].transpose(0, 3, 1, 2))
    with torch.no_grad():
        made = network(torch.from_numpy(red_first).float() / 255)[0].numpy()
    return np.rint(made * 255).transpose(1, 2, 0)[..., ::-1]


@pytest.mark.parametrize("name", OBFUSCATORS)
def test_frames_of_any_size_are_those_of_torch(name, drawn, tmp_path):
    network = drawn(name)
    export_obfuscator(network, tmp_path / "model.onnx", {"seed": 3})
    runs = ObfuscationNetwork(tmp_path / "model.onnx", threads=1)
    for size in ((1, 1), (3, 2), (37, 50)):
        (frame,) = soft_frames(1, *size)
        made = runs(frame)
        assert made.dtype == np.uint8
        # A value between two may be rounded to either.
        assert np.abs(by_torch(network, frame) - made).max() <= 1
    assert np.abs(by_torch(network, frame) - made).mean() < 0.01
    assert made.std() > 1
    assert runs.card["seed"] == 3
    assert (runs.stride, runs.reach) == (network.stride, network.reach)


@pytest.mark.parametrize(("number_format", "most"), [("fp16", 2), ("int8", 24)])
def test_other_number_formats_are_near(number_format, most, drawn, tmp_path):
    network = drawn("five-layer-filter")
    frames = soft_frames(6, 48, 64)
    path = tmp_path / "model.onnx"
    export_obfuscator(
        network, path, {}, number_format, calibration=[frame[None] for frame in frames[:4]]
    )
    apart = np.abs(by_torch(network, frames[5]) - ObfuscationNetwork(path, threads=1)(frames[5]))
    assert apart.max() > 0
    assert np.percentile(apart, 95) <= most


def test_8_bits_need_frames(drawn, tmp_path):
    with pytest.raises(ConfigError, match="give it inputs to calibrate"):
        export_obfuscator(drawn("shuffle"), tmp_path / "model.onnx", {}, "int8")
    assert not (tmp_path / "model.onnx").exists()


def test_whether_it_is_in_training_stays(drawn, tmp_path):
    network = drawn("shuffle").train()
    network.blocks[0].eval()
    export_obfuscator(network, tmp_path / "model.onnx", {})
    assert network.training
    assert not network.blocks[0].training
