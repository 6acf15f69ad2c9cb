"""Regions, operators and strengths exactly as papers used them.

They are meant for comparing with the papers on the papers' images: crops of one person, or
whole frames for De Coninck. Most are weaker than the defaults.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from passerby.anonymization.operators import OPERATORS, Operator
from passerby.anonymization.operators.blur import gaussian_blur
from passerby.anonymization.operators.pixelate import pixelate
from passerby.anonymization.patches import Patch, patches_of_boxes
from passerby.anonymization.regions import REGIONS, Fitting, Region
from passerby.anonymization.strength import Strength
from passerby.detections import Detections, Kind
from passerby.registry import Registry
from passerby.types import Image

__all__ = ["PRESETS", "VIPER_FACE", "VIPER_SIZE", "Preset"]

VIPER_SIZE = (48, 128)
"""Width and height of VIPeR's images."""

VIPER_FACE = (15, 4, 35, 23)
"""The box that Dietlmeier et al. (section III-A) take where no face is found in VIPeR."""

_VAN_ROOIJEN_SIZE = (128, 256)
_HIDES_NOBODY = "hides nobody"
_WEAK_MEDIANS = {
    3: _HIDES_NOBODY,
    9: "leaves faces recognisable if a head fills the top of its crop",
}
"""What is wrong with a median of so many pixels."""
_DIETLMEIER_CELLS = 6


@dataclass(frozen=True, eq=False)
class Preset:
    """What a paper did to which pixels.

    Attributes:
        summary: In one line.
        source: The paper and its section or table.
        region, operator, strength: As an `Anonymizer` uses them; a strength of None means that
            the operator is fixed.
        weakness: Why people stay recognisable where it was applied, as the end of a sentence that
            begins with its name; None if it hides them.
    """

    summary: str
    source: str
    region: Region
    operator: Operator
    strength: Strength | None = None
    weakness: str | None = None


PRESETS: Registry[Preset] = Registry("preset")


def _at_size(operator: Operator, width: int, height: int) -> Operator:
    """``operator`` applied to the patch as it is in the image resized to ``width`` x ``height``.

    The frame keeps its own size: the patch alone is resized (bilinear), covered and resized
    back. In an image of the right size nothing is resized.
    """

    def apply(image: Image, patch: Patch, strength: Strength | None, seed: int) -> Image:
        image_height, image_width = image.shape[:2]
        resized_width = max(1, round(patch.width * width / image_width))
        resized_height = max(1, round(patch.height * height / image_height))
        resized = cv2.resize(patch.pixels(image), (resized_width, resized_height))
        whole = Patch((0, 0, resized_width, resized_height))
        covered = operator(np.asarray(resized, np.uint8), whole, strength, seed)
        return np.asarray(cv2.resize(covered, (patch.width, patch.height)), np.uint8)

    return Operator(summary=operator.summary, apply=apply, limits=operator.limits)


def _exact_faces(detections: Detections, width: int, height: int, _fitting: Fitting) -> list[Patch]:
    """The face boxes without a margin; in VIPeR's images its default box where there is none.

    The default box is not scaled to other sizes: the paper uses it for VIPeR alone, where all
    people stand alike.
    """
    patches = patches_of_boxes(detections.boxes, detections.tracks, width, height)
    if not patches and (width, height) == VIPER_SIZE:
        return [Patch(VIPER_FACE)]
    return patches


def _blur_by_width(image: Image, patch: Patch, _strength: Strength | None, _seed: int) -> Image:
    """A true Gaussian, where Pillow takes three box filters: up to 12 of 255 apart at the edges."""
    return gaussian_blur(patch.pixels(image), patch.width / 8)


def _pixelate_exactly(image: Image, patch: Patch, _strength: Strength | None, _seed: int) -> Image:
    columns, rows = min(patch.width, _DIETLMEIER_CELLS), min(patch.height, _DIETLMEIER_CELLS)
    return pixelate(patch.pixels(image), columns, rows)


def _blur_3x3(image: Image, patch: Patch, _strength: Strength | None, _seed: int) -> Image:
    """A 3x3 kernel of sigma 0.8, which PyTorch and OpenCV both take for this size; mirrored edges.

    The filter runs in float32 and is rounded once.
    """
    pixels = patch.pixels(image).astype(np.float32)
    return np.rint(cv2.GaussianBlur(pixels, (3, 3), 0.8)).astype(np.uint8)


def _add_van_rooijen() -> None:
    median = _at_size(OPERATORS["median"], *_VAN_ROOIJEN_SIZE)
    for kernel in (3, 9, 15):
        PRESETS.add(
            f"van-rooijen-{kernel}px",
            Preset(
                f"Median of {kernel} px on the top 25 % of a person crop, as if at 256x128 pixels.",
                "van Rooijen et al., section 2.2",
                REGIONS["top"],
                median,
                Strength(kernel, "px"),
                weakness=_WEAK_MEDIANS.get(kernel),
            ),
        )
    PRESETS.add(
        "van-rooijen-black",
        Preset(
            "The top 25 % of a person crop, black.",
            "van Rooijen et al., section 2.2",
            REGIONS["top"],
            OPERATORS["blackout"],
        ),
    )


def _add_dietlmeier() -> None:
    faces = Region(
        "Detected faces without a margin; VIPeR's default box where it has none.",
        frozenset({Kind.FACE}),
        _exact_faces,
    )
    operators = {
        "blur": Operator(
            summary="Gaussian blur of only the face, radius 1/8 of its width.",
            apply=_blur_by_width,
        ),
        "zero": OPERATORS["blackout"],
        "blank": OPERATORS["blank"],
        "inpaint": OPERATORS["inpaint"],
        "pixelate": Operator(
            summary="6x6 mean colours, enlarged by the nearest neighbour.",
            apply=_pixelate_exactly,
        ),
    }
    for name, operator in operators.items():
        section = "sections III-B and IV-C" if name == "blur" else "section IV-C"
        PRESETS.add(
            f"dietlmeier-{name}",
            Preset(
                f"Detected faces: {operator.summary}",
                f"Dietlmeier et al., {section}",
                faces,
                operator,
            ),
        )


def _add_de_coninck() -> None:
    blur = Operator(summary="Gaussian blur of 3x3 pixels, sigma 0.8.", apply=_blur_3x3)
    rows = {
        "blur": (blur, None, "3x3 Gaussian blur"),
        "noise": (OPERATORS["noise"], Strength(2, "%"), "2 % noise"),
        "quantize": (OPERATORS["quantize"], Strength(15), "15 values per channel"),
    }
    for name, (operator, strength, what) in rows.items():
        PRESETS.add(
            f"de-coninck-{name}",
            Preset(
                f"{what} on the whole frame.",
                "De Coninck et al., Table 3",
                REGIONS["frame"],
                operator,
                strength,
                _HIDES_NOBODY,
            ),
        )


_add_van_rooijen()
_add_dietlmeier()
_add_de_coninck()
