"""Networks that are trained on anonymized Market-1501, against what was published of such networks.

    python benchmarks/parrots.py MARKET1501 --kept parrots

Three operators of Zhang, Ye and Yang (ACM MM 2022, their code): a mosaic of 24 pixels in which one
pixel gives a cell its colour, a Gaussian blur of 12 pixels, and noise of 0.5, on images of 256x128
pixels. A network of theirs that was trained on the training people (751) finds 64.3, 67.3 and
68.7 % of the others at the first rank, among anonymized pictures. Here a network learns from the
people of bounding_box_train, one in seven left out to choose on, and is measured on people of
bounding_box_test and query, all pictures of other cameras being the gallery. Each network is kept
as soon as it is measured, so that the same command goes on where it was stopped.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from passerby.attack import ATTACKS
from passerby.attack.attacks import parrot
from passerby.attack.case import AttackCase, Split, case_of
from passerby.attack.describing import CachedDescriber
from passerby.attack.panel import attack_case
from passerby.attack.people import CropImages, LabelledCrops
from passerby.datasets import read_dataset
from passerby.pipeline.description import raw_frame
from passerby.signatures.opening import open_describer
from stamp import stamp

Picture = npt.NDArray[np.uint8]

PUBLISHED = {"mosaic": 0.643, "blur": 0.673, "noise": 0.687}
SIZE = 128, 256
"""Width and height."""


def mosaic(picture: Picture, _rng: np.random.Generator) -> Picture:
    """Each cell takes the colour of its first pixel."""
    cells = picture[::24, ::24]
    whole = np.repeat(np.repeat(cells, 24, axis=0), 24, axis=1)
    return np.ascontiguousarray(whole[: picture.shape[0], : picture.shape[1]])


def blur(picture: Picture, _rng: np.random.Generator) -> Picture:
    """The blur of Pillow."""
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(12)))


def noise(picture: Picture, rng: np.random.Generator) -> Picture:
    """Normal noise, cut off at the ends of the range."""
    drawn = 0.5 * rng.standard_normal(picture.shape, np.float32)
    return np.asarray(np.clip(picture / np.float32(255) + drawn, 0, 1) * 255, np.uint8)


OPERATORS: dict[str, Callable[[Picture, np.random.Generator], Picture]] = {
    "mosaic": mosaic,
    "blur": blur,
    "noise": noise,
}


def split_of(root: Path, each: int, held: int = 7) -> Split:
    """Everybody of Market-1501: who learns, who is chosen on, and who is measured on.

    Args:
        root: The data set.
        each: Crops of a person by a camera at most, of those who are measured on.
        held: One training person in so many is chosen on.
    """
    samples = [one for one in read_dataset(root).samples if one.identity > 0]
    taken: dict[tuple[int, int], int] = {}
    kept = []
    for one in samples:
        key = one.identity, one.camera
        taken[key] = taken.get(key, 0) + 1
        if one.subset == "train" or taken[key] <= each:
            kept.append(one)

    def crops(chosen: list[bool]) -> LabelledCrops:
        mine = [one for one, wanted in zip(kept, chosen, strict=True) if wanted]
        images = [cv2.resize(raw_frame(root / one.path).image, SIZE) for one in mine]
        ids, cameras = [one.identity for one in mine], [one.camera for one in mine]
        count = len(mine)
        return LabelledCrops(
            np.stack(images).astype(np.uint8, copy=False),
            np.array(ids, np.int64),
            np.array(cameras, np.int64),
            np.ones((count, SIZE[1], SIZE[0]), np.bool_),
            np.full((count, 4), np.nan, np.float32),
        )

    training = [one.subset == "train" for one in kept]
    order = {who: place for place, who in enumerate(sorted({one.identity for one in kept}))}
    chosen_on = [order[one.identity] % held == 0 for one in kept]
    return Split(
        crops([a and not b for a, b in zip(training, chosen_on, strict=True)]),
        crops([a and b for a, b in zip(training, chosen_on, strict=True)]),
        crops([not a for a in training]),
    )


def anonymizing(name: str, seed: int) -> Callable[[LabelledCrops, int], CropImages]:
    """Apply an operator to crops."""

    def anonymize(people: LabelledCrops, number: int) -> CropImages:
        rng = np.random.default_rng([seed, number, len(people)])
        return np.stack([OPERATORS[name](one, rng) for one in people.images])

    return anonymize


def measured(case: AttackCase, attack: str) -> dict[str, object]:
    """What one attack finds, in each direction."""
    begun = time.process_time()
    found = attack_case(case, [attack])
    return {
        "directions": {
            one.direction: {
                "rank1": round(one.success, 4),
                "low": round(one.low, 4),
                "high": round(one.high, 4),
                "clear": round(one.clear, 4),
            }
            for one in found.findings
            if one.measure == "rank-1"
        },
        "cpu_seconds": round(time.process_time() - begun),
    }


def main() -> None:
    """Train what is not kept yet, and print everything."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("root", type=Path, help="folder of Market-1501")
    parser.add_argument("--kept", type=Path, required=True, help="folder of what was measured")
    parser.add_argument("--operators", nargs="+", choices=OPERATORS, default=list(OPERATORS))
    parser.add_argument("--attacks", nargs="+", choices=ATTACKS, default=["parrot-coarse"])
    parser.add_argument("--start", nargs="*", default=[], help="NAME=MODEL")
    parser.add_argument("--model", default="reid-0287", help="describes clear pictures")
    parser.add_argument("--steps", type=int, help="batches; by default those of the attack")
    parser.add_argument("--each", type=int, default=2, help="test crops of a person by a camera")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    asked.kept.mkdir(exist_ok=True)
    if asked.steps:
        parrot.BATCHES = parrot.COARSE_BATCHES = asked.steps
    describe = CachedDescriber(open_describer(asked.model), threads=1)
    split = None
    for operator in asked.operators:
        case = None
        for attack in asked.attacks:
            path = asked.kept / f"{operator}-{attack}-{asked.seed}.json"
            if not path.is_file():
                split = split or split_of(asked.root, asked.each)
                case = case or case_of(
                    split,
                    anonymizing(operator, asked.seed),
                    describe,
                    seed=asked.seed,
                    starts=dict(one.split("=", 1) for one in asked.start),
                )
                people = {
                    name: len(np.unique(getattr(split, name).ids))
                    for name in ("train", "validation", "test")
                }
                record = {
                    "operator": operator,
                    "attack": attack,
                    "published": PUBLISHED[operator],
                    "people": people,
                    "settings": {
                        "model": asked.model,
                        "start": asked.start,
                        "steps": asked.steps,
                        "seed": asked.seed,
                    },
                    **measured(case, attack),
                    **stamp(),
                }
                path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
            print(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
