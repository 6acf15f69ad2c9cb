"""bfloat16 is for what computes it in hardware, unless it is asked for."""

import pytest
import torch

from passerby.errors import ConfigError
from passerby.train.engine.precision import computes_in_bfloat16

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


@pytest.mark.parametrize(
    ("precision", "able", "expected"),
    [
        ("auto", {}, False),
        ("auto", {"avx2": True, "avx512_f": True, "avx512_vnni": True}, False),
        ("auto", {"avx512_bf16": True}, True),
        ("auto", {"amx_bf16": True}, True),
        ("bf16", {}, True),
        ("fp32", {"avx512_bf16": True}, False),
    ],
)
def test_of_processors_those_that_have_it(monkeypatch, precision, able, expected):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)
    assert computes_in_bfloat16(precision, CPU) is expected


@pytest.mark.parametrize("able", [True, False])
def test_of_graphics_cards_those_that_do_not_emulate_it(monkeypatch, able):
    def supported(*, including_emulation):
        return able or including_emulation

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
    assert computes_in_bfloat16("auto", CUDA) is able
    assert computes_in_bfloat16("bf16", CUDA)
    assert not computes_in_bfloat16("fp32", CUDA)


def test_an_unknown_precision_is_refused():
    with pytest.raises(ConfigError, match="precision is 'fp8': choose auto, bf16 or fp32"):
        computes_in_bfloat16("fp8", CPU)
