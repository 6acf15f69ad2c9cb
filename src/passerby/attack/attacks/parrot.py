"""Networks that learn anew to recognise people in anonymized pictures.

No architecture is the best against every anonymizer, so there are three; the panel takes the one
that is worst for privacy. They start from what was learned of clear pictures. Where the anonymizer
itself is at hand, each pass sees people moved and mirrored, and noise of its own.
"""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np

from passerby.attack.attack import ATTACKS, Attack, Fitted
from passerby.attack.case import AttackCase
from passerby.attack.people import CropImages
from passerby.attack.ridge import chosen_ridge
from passerby.attack.starts import started_network
from passerby.extras import needing
from passerby.geometry import Size
from passerby.signatures.describer import Rows

if TYPE_CHECKING:
    from passerby.train.reid.fresh_recogniser import FreshRecogniser

__all__ = ["resized_crops"]

_SUMMARIES = {
    "signature": "The signature network, trained on anonymized crops.",
    "osnet": "OSNet, trained on anonymized crops.",
    "mobilenet": "MobileNetV2, trained on anonymized crops.",
}
BATCHES = 600
"""Batches of up to 16 people, 4 pictures each."""

_REACH = 4
"""Pixels by which somebody is moved to each side, at most."""
_FIRST = 1_000
"""Number of the first frame, which no other attack asks for: noise must be new."""


def _fit(case: AttackCase, start: str) -> Fitted:
    network = started_network(start, case.starts, case.describe)
    with needing("train", "attacking with a network"):
        import torch  # noqa: PLC0415  (an extra)

        from passerby.train.reid.fresh_recogniser import (  # noqa: PLC0415
            FreshRecogniser,
            RecogniserSettings,
            fresh_recogniser,
        )

    size = network.size
    clear = case.describe(case.train.clear.images)
    recogniser = FreshRecogniser(network, clear.shape[1]).to(
        torch.device("cuda" if torch.cuda.is_available() else "cpu")
    )
    _place_outlet(recogniser, case, size)
    fresh_recogniser(
        recogniser,
        lambda number: resized_crops(_view(case, number), size),
        case.train.clear.ids,
        clear,
        RecogniserSettings(steps=BATCHES, seed=case.seed),
    )

    def of_seen(images: CropImages) -> Rows:
        return recogniser.describe(resized_crops(images, size))

    return Fitted(of_seen, case.describe)


def _place_outlet(recogniser: "FreshRecogniser", case: AttackCase, size: Size) -> None:
    """Let it start where a linear map from what the network says to clear signatures ends."""
    features, held = (
        recogniser.raw_features(resized_crops(pairs.seen, size))
        for pairs in (case.train, case.validation)
    )
    ridge = chosen_ridge(
        features,
        case.describe(case.train.clear.images),
        held,
        case.describe(case.validation.clear.images),
    )
    weights = ridge.weights / ridge.scale[:, None]
    recogniser.place_outlet(weights.T, ridge.offset - ridge.mean @ weights)


def _view(case: AttackCase, number: int) -> CropImages:
    """The training crops of a pass: as they are in the first, then moved and mirrored."""
    if number == 0:
        return case.train.seen
    rng = np.random.default_rng([case.seed, 19, number])
    mirrored = rng.random(len(case.train.clear)) < 0.5
    right, down = (int(one) for one in rng.integers(-_REACH, _REACH + 1, 2))
    people = case.train.clear
    if case.anonymize is None:
        outputs = replace(people, images=case.train.seen)
        return outputs.moved(right, down).mirrored(mirrored).images
    return case.anonymize(people.moved(right, down).mirrored(mirrored), _FIRST + number)


def resized_crops(images: CropImages, size: Size) -> CropImages:
    """Bring crops to a network's size, shape (n, *size, 3); means of pixels where they shrink."""
    height, width = size
    if images.shape[1:3] == size:
        return images
    how = cv2.INTER_AREA if images.shape[1] > height else cv2.INTER_LINEAR
    made = [cv2.resize(one, (width, height), interpolation=how) for one in images]
    return np.stack(made).astype(np.uint8, copy=False)


for _start, _summary in _SUMMARIES.items():
    ATTACKS.add(
        f"parrot-{_start}",
        Attack(
            summary=_summary,
            question="linking",
            tier="standard",
            fit=partial(_fit, start=_start),
        ),
    )
