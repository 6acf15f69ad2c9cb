"""A batch as bytes that another machine may send: reading them runs nothing."""

import json
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from passerby.errors import PrivacyError, StoreError
from passerby.protection import Protection
from passerby.store.write_batch import (
    BegunTrack,
    JoinedPart,
    SignatureEntry,
    SnippetEntry,
    WriteBatch,
)

__all__ = ["cameras_of", "decode_batch", "encode_batch", "tracks_of"]

_HEAD = 4
"""Bytes that say how long the JSON is; behind it, pictures and signatures lie one by one."""

_PROTECTION = TypeAdapter(Protection)

_Number = Annotated[int, Field(ge=-(2**63), lt=2**63)]
_Length = Annotated[int, Field(ge=0, lt=2**31)]
_Entry = tuple[_Number, _Number, float, str]


class _Header(BaseModel):
    """All of a batch but its pictures and signatures, of which it has the lengths."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    number: _Number
    started: str | None
    begun: list[tuple[_Number, str, _Number, str]]
    joined: list[tuple[_Number, _Number, tuple[_Number, ...]]]
    withdrawn: list[_Number]
    ended: list[tuple[_Number, _Number | None, _Number]]
    snippets: list[tuple[_Entry, _Length]]
    signatures: list[tuple[_Entry, str, str, _Length]]
    counted: list[tuple[str, str, str, _Number, _Number]]


def encode_batch(batch: WriteBatch) -> bytes:
    """Write a batch as bytes."""
    header = {
        "number": batch.number,
        "started": batch.started,
        "begun": [(one.number, one.camera, one.at, one.purpose) for one in batch.begun],
        "joined": [(one.track, one.into, one.without) for one in batch.joined],
        "withdrawn": batch.withdrawn,
        "ended": [(track, began, at) for track, (began, at) in batch.ended.items()],
        "snippets": [(_entry(one), len(one.content)) for one in batch.snippets],
        "signatures": [
            (_entry(one), one.model, one.model_sha256, len(one.content)) for one in batch.signatures
        ],
        "counted": [(*key, number) for key, number in batch.counted.items()],
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    contents = [one.content for one in batch.snippets]
    contents += [one.content for one in batch.signatures]
    return b"".join([len(text).to_bytes(_HEAD, "big"), text, *contents])


def decode_batch(content: bytes) -> WriteBatch:
    """Read what `encode_batch` wrote.

    Raises:
        StoreError: If it is no batch.
        PrivacyError: If it does not say of each picture what hides people in it.
    """
    end = _HEAD + int.from_bytes(content[:_HEAD], "big")
    try:
        header = _Header.model_validate_json(content[_HEAD:end])
    except ValidationError as error:
        raise StoreError(
            f"what a machine has sent is no batch ({error.error_count()} errors): is its passerby "
            "of another version?"
        ) from None
    entries = [one[0] for one in header.snippets] + [one[0] for one in header.signatures]
    for recipe in {protection for *_, protection in entries}:
        _check_hides(recipe)
    lengths = [one[-1] for one in header.snippets] + [one[-1] for one in header.signatures]
    if end + sum(lengths) != len(content):
        raise StoreError("what a machine has sent is no batch: its pictures are cut off")
    contents = []
    for length in lengths:
        contents.append(content[end : end + length])
        end += length
    pictures = len(header.snippets)
    return WriteBatch(
        number=header.number,
        started=header.started,
        begun=[BegunTrack(*one) for one in header.begun],
        joined=[JoinedPart(*one) for one in header.joined],
        withdrawn=header.withdrawn,
        ended={track: (began, at) for track, began, at in header.ended},
        snippets=[
            SnippetEntry(*entry, jpeg)
            for (entry, _), jpeg in zip(header.snippets, contents[:pictures], strict=True)
        ],
        signatures=[
            SignatureEntry(*entry, model, sha256, vector)
            for (entry, model, sha256, _), vector in zip(
                header.signatures, contents[pictures:], strict=True
            )
        ],
        counted={tuple_[:4]: tuple_[4] for tuple_ in header.counted},
    )


def cameras_of(batch: WriteBatch) -> set[str]:
    """The cameras that a batch names."""
    named = {one.camera for one in batch.begun} | {camera for camera, *_ in batch.counted}
    return named | ({batch.started} if batch.started is not None else set())


def tracks_of(batch: WriteBatch) -> set[int]:
    """The numbers of the tracks that a batch names."""
    named = {one.number for one in batch.begun} | {*batch.withdrawn, *batch.ended}
    named |= {number for one in batch.joined for number in (one.track, one.into)}
    named |= {one.track for one in batch.snippets} | {one.track for one in batch.signatures}
    return named


def _check_hides(recipe: str) -> None:
    """Make sure that pictures were made by a recipe that hides people."""
    try:
        weakness = _PROTECTION.validate_json(recipe).weakness
    except ValidationError:
        weakness = "it does not say what was done to it"
    if weakness is not None:
        raise PrivacyError(f"a picture that hides people is asked for: {weakness}")


def _entry(one: SnippetEntry | SignatureEntry) -> tuple[int, int, float, str]:
    return one.track, one.at, one.quality, one.protection
