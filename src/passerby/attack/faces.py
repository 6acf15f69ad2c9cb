"""Faces of several heights, cut out of pictures of people, for attackers who look for faces."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from passerby.anatomy import heads_of_faces
from passerby.attack.people import CropImages, LabelledCrops
from passerby.datasets.listing import pictures_below
from passerby.detection.faces import FaceDetector
from passerby.detections import Boxes, Detections
from passerby.errors import ConfigError, DetectionError, InputError, ModelError
from passerby.models.preparation import PREPARATIONS
from passerby.models.session import Network
from passerby.pipeline.description import raw_frame
from passerby.signatures.describer import Rows
from passerby.types import Image

__all__ = ["FACE_HEIGHTS", "FaceBand", "FaceRecogniser", "FaceTrial", "face_bands", "open_faces"]

FACE_HEIGHTS = (12, 24, 48)
"""In pixels: as on the campus of PETS, in a street, and before a door."""

_AROUND = 2.5
"""Side of a picture over the height of the face in its middle."""
_LEAST_PEOPLE, _MOST_PICTURES = 6, 6
_FACE_SIDE = 1.2
"""Side of what recognisers see over the height of the face."""


@dataclass(frozen=True, eq=False)
class FaceBand:
    """Faces of one height, each in the middle of a picture.

    Attributes:
        height: Of the faces, in pixels.
        crops: The pictures; each counts as one by another camera, and people's heads are marked.
        faces: Shape (n, 4), boxes of the faces.
        find: Finds faces of that height.
    """

    height: int
    crops: LabelledCrops
    faces: Boxes
    find: Callable[[Image], Detections]

    def inner(self, images: CropImages) -> CropImages:
        """Cut the faces out of pictures like these, as squares."""
        side = images.shape[1]
        inset = round((side - _FACE_SIDE * self.height) / 2)
        return images[:, inset : side - inset, inset : side - inset]


@dataclass(frozen=True, eq=False)
class FaceTrial:
    """What attacks on faces are tried on.

    Attributes:
        bands: One for each height.
        describe: Makes face signatures of length 1 of pictures, shape (n, d).
    """

    bands: Sequence[FaceBand]
    describe: Callable[[CropImages], Rows]


class FaceRecogniser:
    """A network that turns pictures of faces into signatures; the longest output counts.

    Args:
        path: An ONNX file that names the size of its pictures.
        prepared: What it is fed, by a name in `PREPARATIONS`.

    Raises:
        ConfigError: If that name is unknown.
        ModelError: If the file is missing or is no such network.
    """

    def __init__(self, path: Path, prepared: str = "rgb-127.5") -> None:
        if prepared not in PREPARATIONS:
            raise ConfigError(
                f"unknown input format {prepared!r}: choose one of {', '.join(PREPARATIONS)}"
            )
        self._network = Network(path, threads=1)
        self._prepare = PREPARATIONS[prepared]
        size = self._network.size or self._network.input.size
        if size is None:
            raise ModelError(f"{path} names no size of its pictures: export it with one")
        self._size = size
        self._known: dict[bytes, Rows] = {}

    def __call__(self, images: CropImages) -> Rows:
        """Return signatures of length 1, shape (n, d).

        Raises:
            DetectionError: If the network fails, or gives numbers that mean nothing.
        """
        found = np.stack([self._signature(one) for one in images])
        if not np.isfinite(found).all():
            raise DetectionError(
                "the network for faces returned NaN or infinite values: check what it is fed"
            )
        found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
        return found

    def _signature(self, image: npt.NDArray[np.uint8]) -> Rows:
        """Describe each distinct picture once."""
        whole = np.ascontiguousarray(image)  # a buffer, which NumPy does not tell type checkers
        key = sha256(whole).digest()  # type: ignore[arg-type]
        if key not in self._known:
            height, width = self._size
            scaled = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
            outputs = self._network(self._prepare(np.asarray(scaled, np.uint8)))
            self._known[key] = max((one.reshape(-1) for one in outputs), key=len)
        return self._known[key]


def open_faces(folder: Path, detector: str | None, recogniser: Path, prepared: str) -> FaceTrial:
    """Read pictures of faces, a folder for each person, and open the networks.

    Args:
        folder: Pictures in folders that are named after people.
        detector: Name of a model that finds faces, or its ONNX file; the default one if None.
        recogniser: As in `FaceRecogniser`.
        prepared: Likewise.

    Raises:
        ConfigError: If a name is unknown.
        InputError: If a picture cannot be read, or faces of too few people are found.
        ModelError: If a network is missing or damaged.
    """
    describe = FaceRecogniser(recogniser, prepared)
    find = FaceDetector(detector)
    images, ids = _pictures(folder)
    faces = [_largest(find(one)) for one in images]
    return FaceTrial(
        face_bands(
            images, faces, ids, lambda height: FaceDetector(detector, smallest_face=height / 2)
        ),
        describe,
    )


def face_bands(
    images: Sequence[Image],
    faces: Sequence[Boxes],
    ids: Sequence[int],
    detector: Callable[[int], Callable[[Image], Detections]],
) -> list[FaceBand]:
    """Shrink faces to each of `FACE_HEIGHTS`; none is enlarged.

    Args:
        images: Pictures.
        faces: Shape (1, 4) each, or (0, 4) where there is none: the picture is left out.
        ids: Who is shown.
        detector: Finds faces of a height.

    Raises:
        InputError: If at no height there are two pictures each of six people.
    """
    bands = []
    for height in FACE_HEIGHTS:
        tall = [
            place for place, box in enumerate(faces) if len(box) and box[0, 3] - box[0, 1] >= height
        ]
        counts = Counter(ids[place] for place in tall)
        kept = [place for place in tall if counts[ids[place]] > 1]
        if len({ids[place] for place in kept}) < _LEAST_PEOPLE:
            continue
        placed = [_placed(images[place], faces[place][0], height) for place in kept]
        crops, boxes = (np.stack(part) for part in zip(*placed, strict=True))
        marked = LabelledCrops(
            images=crops,
            ids=np.array([ids[place] for place in kept], np.int64),
            cameras=np.arange(len(kept), dtype=np.int64),
            masks=np.ones(crops.shape[:3], np.bool_),
            heads=heads_of_faces(boxes),
        )
        bands.append(FaceBand(height, marked, boxes, detector(height)))
    if not bands:
        raise InputError(
            f"faces of {FACE_HEIGHTS[0]} pixels or more are found in two pictures each of fewer "
            f"than {_LEAST_PEOPLE} people: give pictures of more people, a folder for each"
        )
    return bands


def _pictures(folder: Path) -> tuple[list[Image], list[int]]:
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder: name one with a folder for each person")
    taken: Counter[str] = Counter()
    images, people = [], []
    for name in pictures_below(folder):
        person, slash, _ = name.rpartition("/")
        if not slash:
            raise InputError(f"{folder / name} lies in no folder that says who it shows: make one")
        taken[person] += 1
        if taken[person] <= _MOST_PICTURES:
            images.append(raw_frame(folder / name).image)
            people.append(person)
    numbers = {person: number for number, person in enumerate(sorted(taken), 1)}
    return images, [numbers[person] for person in people]


def _largest(found: Detections) -> Boxes:
    """The box of the largest face, shape (1, 4), or none."""
    sizes = found.boxes[:, 3] - found.boxes[:, 1]
    return found.boxes[np.argsort(-sizes, kind="stable")[:1]]


def _placed(
    image: Image, face: npt.NDArray[np.float32], height: int
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """Scale a picture and put the face into the middle; the rim of the picture is repeated."""
    scale = height / float(face[3] - face[1])
    size = [max(round(side * scale), 1) for side in (image.shape[1], image.shape[0])]
    scaled = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    scales = np.array([size[0] / image.shape[1], size[1] / image.shape[0]] * 2, np.float32)
    box, side = face * scales, round(_AROUND * height)
    shift = np.round(side / 2 - (box[:2] + box[2:]) / 2)
    move = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
    placed = cv2.warpAffine(scaled, move, (side, side), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(placed, np.uint8), box + np.concatenate([shift, shift])
