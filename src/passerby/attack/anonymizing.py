"""The anonymizer under attack: crops of people in, what it makes of them out."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from passerby.anonymization import OPERATORS, PRESETS, Anonymizer, Strength
from passerby.anonymization.operators.learned import LEARNED
from passerby.attack.people import CropImages, LabelledCrops
from passerby.detections import Detections, Kind
from passerby.errors import ConfigError, InputError
from passerby.models.cards import is_path
from passerby.pipeline.obfuscation import opened_anonymizer
from passerby.pipeline.settings import CoverSettings, FindSettings, Settings
from passerby.synth.sighting import Shot
from passerby.types import Frame, Image

__all__ = ["CropAnonymizer", "anonymizer_of", "anonymizing", "anonymizing_scenes", "boxes_alone"]

CropAnonymizer = Callable[[LabelledCrops, int], CropImages]
"""Takes crops and the number of the frame, which makes noise another; returns images like them."""


def anonymizer_of(
    name: str, *, regions: tuple[str, ...] = (), strength: str | None = None
) -> Anonymizer:
    """Return the anonymizer that users mean by a name.

    Args:
        name: A preset, an operator, or the path of an ONNX file of an obfuscator.
        regions: What the operator covers; heads by default, as `passerby anonymize` does.
        strength: Of the operator.

    Raises:
        ConfigError: If there is none, or the values do not fit each other.
        ModelError: If the file is missing or is no obfuscator.
    """
    if name in PRESETS:
        if regions or strength is not None:
            raise ConfigError(f"the preset {name!r} fixes regions and strength: leave them out")
        return Anonymizer(preset=name)
    if is_path(name):
        cover, find = CoverSettings(operator=LEARNED), FindSettings(model=name)
        return opened_anonymizer(Settings(cover=cover, find=find))
    if name not in OPERATORS:
        known = ", ".join((*OPERATORS, *PRESETS))
        raise ConfigError(
            f"unknown anonymizer {name!r}: name an ONNX file, or choose one of {known}"
        )
    if OPERATORS[name].whole_frame:
        raise ConfigError(f"the operator {name} needs a network: name its ONNX file instead")
    parsed = None if strength is None else Strength.parse(strength)
    return Anonymizer(operator=name, strength=parsed, regions=regions or ("heads",))


def anonymizing(anonymizer: Anonymizer, seed: int) -> CropAnonymizer:
    """Apply an anonymizer to crops as to frames in which everybody was found.

    Whoever attacks knows where people and their heads are, and no detector misses anybody: what is
    measured is the covering. A face counts as the whole head.

    Args:
        anonymizer: What covers people; noise gets a seed, so that figures can be repeated.
        seed: Of the noise.

    Returns:
        Raises an `InputError` if the anonymizer fails, or changes nothing: that would be measured
        as if it hid nothing.
    """
    repeatable = replace(anonymizer, seed=seed)

    def anonymize(people: LabelledCrops, number: int) -> CropImages:
        made = np.empty_like(people.images)
        for place in range(len(people)):
            frame = Frame(people.images[place], index=number * len(people) + place)
            sealed = repeatable(frame, _found(people, place))
            if sealed.covered_in_full:
                raise InputError(
                    f"the anonymizer failed on crop {place + 1} of {len(people)}: correct it, "
                    "then attack it again"
                )
            made[place] = sealed.image
        if np.array_equal(made, people.images):
            raise InputError(
                "the anonymizer changes nothing in these crops, in which nobody knows where heads "
                "and faces are: choose one that covers people, or people who do not exist"
                if np.isnan(people.heads).all()
                else "the anonymizer changes nothing in these crops: there is nothing to attack"
            )
        return made

    return anonymize


def anonymizing_scenes(anonymizer: Anonymizer, seed: int) -> Callable[[Shot], Image]:
    """Apply an anonymizer to pictures of scenes in which everybody was found, likewise.

    Args:
        anonymizer: What covers people.
        seed: Of noise.
    """
    repeatable = replace(anonymizer, seed=seed)

    def anonymize(shot: Shot) -> Image:
        found = shot.detections()
        heads = found[found.kinds == Kind.HEAD]
        faces = Detections.of(heads.boxes, kinds=Kind.FACE, tracks=heads.tracks)
        frame = Frame(shot.image, index=shot.index)
        sealed = repeatable(frame, Detections.joined(found, faces))
        if sealed.covered_in_full:
            raise InputError(
                f"the anonymizer failed on picture {shot.index + 1} of {shot.camera}: correct it, "
                "then compare again"
            )
        return sealed.image

    return anonymize


def boxes_alone(people: LabelledCrops) -> CropImages:
    """Show the box of each person in white on black: no detector can do with less."""
    made = np.zeros_like(people.images)
    for picture, mask in zip(made, people.masks, strict=True):
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if len(rows):
            picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = 255
    return made


def _found(people: LabelledCrops, place: int) -> Detections:
    """The person, the head, and the head once more as a face."""
    height, width = people.images.shape[1:3]
    whole = np.array([[0, 0, width, height]], np.float32)
    found = [Detections.of(whole, kinds=Kind.PERSON, tracks=[0])]
    head = people.heads[place]
    if np.isfinite(head).all():
        kinds = (Kind.HEAD, Kind.FACE)
        found += [Detections.of(head[None], kinds=kind, tracks=[0]) for kind in kinds]
    return Detections.joined(*found)
