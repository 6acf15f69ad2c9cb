"""CKKS, arithmetic with encrypted real numbers, as Microsoft SEAL has it (through TenSEAL).

Cheon, Kim, Kim, Song, "Homomorphic Encryption for Arithmetic of Approximate Numbers", ASIACRYPT
2017. Both parties use the same parameters, which this module fixes; SEAL makes sure that they give
128 bits of security.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Protocol, TypeVar

from tenseal import sealapi

from passerby.errors import ConfigError, InputError

__all__ = [
    "SCALE",
    "SCHEME",
    "SLOTS",
    "from_bytes",
    "galois_elements",
    "scheme_context",
    "to_bytes",
]

_DEGREE = 8192
_MODULUS_BITS = (40, 40, 40)
"""Of what an answer is encrypted by, of what a product is divided by, and of what keys hide in."""

SCHEME = f"ckks-{_DEGREE}-{'-'.join(map(str, _MODULUS_BITS))}-1"
"""What both parties must agree on; it changes whenever this module or the packing does."""
SLOTS = _DEGREE // 2
"""Numbers in one ciphertext."""
SCALE = 2.0**38
"""By which numbers are multiplied before they are rounded to whole ones."""


class _Saved(Protocol):
    def save(self, path: str, /) -> None: ...


class _Loaded(Protocol):
    def load(self, context: sealapi.SEALContext, path: str, /) -> None: ...


_Value = TypeVar("_Value", bound=_Loaded)


@cache
def scheme_context() -> sealapi.SEALContext:
    """Return SEAL's context of the parameters.

    Raises:
        ConfigError: On a system other than Linux.
    """
    if not hasattr(os, "memfd_create"):
        raise ConfigError("matching under encryption needs Linux: keys are kept in its memory")
    parameters = sealapi.EncryptionParameters(sealapi.SCHEME_TYPE.CKKS)
    parameters.set_poly_modulus_degree(_DEGREE)
    parameters.set_coeff_modulus(sealapi.CoeffModulus.Create(_DEGREE, list(_MODULUS_BITS)))
    return sealapi.SEALContext(parameters, True, sealapi.SEC_LEVEL_TYPE.TC128)  # noqa: FBT003


def galois_elements(rotations: Iterator[int]) -> list[int]:
    """Return by which automorphisms slots rotate to the left by so many places each."""
    return [pow(3, steps, 2 * _DEGREE) for steps in rotations]


def to_bytes(value: _Saved) -> bytes:
    """Return keys or a ciphertext as SEAL saves them; they touch no disk."""
    with _in_memory(b"") as path:
        value.save(path)
        with open(path, "rb") as file:  # noqa: PTH123  (a descriptor)
            return file.read()


def from_bytes(value: _Value, content: bytes, what: str) -> _Value:
    """Fill keys or a ciphertext with what `to_bytes` made of such.

    Args:
        value: An empty one.
        content: From a stranger.
        what: It should be, for the message.

    Raises:
        InputError: If it is damaged, something else, or of other parameters.
    """
    try:
        with _in_memory(content) as path:
            value.load(scheme_context(), path)
    except (RuntimeError, ValueError, IndexError, MemoryError) as error:  # as SEAL throws them
        raise InputError(
            f"this is not {what} of {SCHEME}, or it is damaged: send it again"
        ) from error
    return value


@contextmanager
def _in_memory(content: bytes) -> Iterator[str]:
    """A file that is in memory alone: TenSEAL saves and loads by paths."""
    with open(os.memfd_create("passerby"), "w+b") as file:  # noqa: PTH123  (a descriptor)
        file.write(content)
        file.flush()
        yield f"/proc/self/fd/{file.fileno()}"
