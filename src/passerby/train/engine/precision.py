"""Which numbers networks compute with while they learn."""

from typing import Literal, TypeAlias

import torch

from passerby.errors import ConfigError

__all__ = ["Precision", "computes_in_bfloat16"]

Precision: TypeAlias = Literal["auto", "bf16", "fp32"]
"""Of networks while they learn; ``auto`` is bf16 where it is computed in hardware."""


def computes_in_bfloat16(precision: Precision, device: torch.device) -> bool:
    """Whether networks compute in bfloat16; losses, weights and optimizers never do.

    A processor without bfloat16 emulates it, which takes many times as long as float32.

    Args:
        precision: What is asked for.
        device: What computes.

    Raises:
        ConfigError: If the precision is unknown.
    """
    match precision:
        case "bf16" | "fp32":
            return precision == "bf16"
        case "auto" if device.type == "cuda":
            return bool(torch.cuda.is_bf16_supported(including_emulation=False))
        case "auto":
            able = torch.cpu.get_capabilities()
            return bool(able.get("avx512_bf16") or able.get("amx_bf16"))
        case _:
            raise ConfigError(f"precision is {precision!r}: choose auto, bf16 or fp32")
