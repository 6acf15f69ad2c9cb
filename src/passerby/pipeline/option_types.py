"""Types of options that several groups of settings share, with what is said of each."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from passerby.models.decoders import DECODERS
from passerby.models.devices import Device

__all__ = [
    "ClassNames",
    "DecoderChoice",
    "DeviceChoice",
    "IfNobody",
    "NameList",
    "Numbers",
    "ObjectModel",
]


def _as_tuple(value: object) -> object:
    """Take one word, words with commas between them, or a list."""
    if isinstance(value, str):
        return tuple(word.strip() for word in value.split(","))
    return value


def _split_all(value: object) -> object:
    """Take words with commas in a list apart too, as they come from a repeated option."""
    if isinstance(value, (list, tuple)):
        return tuple(part for item in value for part in _words(item))
    return _as_tuple(value)


def _words(item: object) -> tuple[Any, ...]:
    parts = _as_tuple(item)
    return parts if isinstance(parts, tuple) else (parts,)


NameList = Annotated[tuple[str, ...], BeforeValidator(_split_all)]
"""Words, with commas between them or in a list."""
IfNobody = Literal["nothing", "top", "frame"]
"""What is covered of a picture in which nobody is found."""
Numbers = Annotated[tuple[int, ...], BeforeValidator(_split_all)]

ObjectModel = Annotated[
    str | None,
    Field(
        description="Network in which --classes are looked for: a name or an ONNX file; by default "
        "the person detector."
    ),
]
ClassNames = Annotated[
    str | None,
    Field(
        description="A file with the names of that network's classes, one per line, if the network "
        "does not contain them."
    ),
]
DecoderChoice = Annotated[
    str | None,
    Field(
        description="How the outputs of your own ONNX file become boxes, if that cannot be "
        f"recognised: {', '.join(DECODERS)}."
    ),
]
DeviceChoice = Annotated[
    Device,
    Field(
        description="Where the networks run, except the face detector: cpu, cuda, openvino or "
        "coreml, if the installed ONNX Runtime supports it."
    ),
]
