"""Networks that learn anew to recognise people in anonymized pictures.

No architecture is the best against every anonymizer, so there are several; the panel takes the one
that is worst for privacy. Three start from what was learned of clear pictures. One starts from
nothing, and sees pictures shrunk to 32 by 16 pixels: of mosaics, blurs and noise little else is
left. Where the anonymizer itself is at hand, each pass sees people moved and mirrored, and noise of
its own.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
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
    from passerby.models.reid.network import ReidNetwork
    from passerby.train.reid.fresh_recogniser import FreshRecogniser, RecogniserSettings

__all__ = ["resized_crops"]

_SUMMARIES = {
    "signature": "The signature network, trained on anonymized crops.",
    "osnet": "OSNet, trained on anonymized crops.",
    "mobilenet": "MobileNetV2, trained on anonymized crops.",
}
BATCHES = 600
"""Batches of up to 16 people, 4 pictures each, of a network that starts from clear pictures."""
COARSE_BATCHES = 3_000
"""Batches of up to 32 people, 4 pictures each, of the network that starts from nothing."""

_COARSE_RATE = 2e-3
_REACH = 16
"""Somebody is moved to each side by one in so many of the width's pixels, at most."""
_FIRST = 1_000
"""Number of the first frame, which no other attack asks for: noise must be new."""
_VIEWS = 24
"""Different passes; the coarse network, whose steps are cheap, goes through each several times."""


def _fit(case: AttackCase, start: str) -> Fitted:
    network = started_network(start, case.starts, case.describe)
    with needing("train", "attacking with a network"):
        from passerby.train.reid.fresh_recogniser import (  # noqa: PLC0415  (an extra)
            RecogniserSettings,
        )

    settings = RecogniserSettings(steps=BATCHES, seed=case.seed)
    views = partial(_view, case, network.size)
    return _learned(case, network, settings, views, partial(_place_outlet, case=case))


def _fit_coarse(case: AttackCase) -> Fitted:
    with needing("train", "attacking with a network"):
        import torch  # noqa: PLC0415  (an extra)

        from passerby.train.reid.coarse_network import CoarseNetwork  # noqa: PLC0415
        from passerby.train.reid.fresh_recogniser import RecogniserSettings  # noqa: PLC0415

    with torch.random.fork_rng():
        torch.manual_seed(case.seed)
        network = CoarseNetwork()
    settings = RecogniserSettings(
        steps=COARSE_BATCHES, people=32, rate=_COARSE_RATE, seed=case.seed
    )
    kept = cache(partial(_view, case, network.size))  # of so few pixels they fit into memory
    return _learned(case, network, settings, lambda number: kept(number % _VIEWS))


def _learned(
    case: AttackCase,
    network: "ReidNetwork",
    settings: "RecogniserSettings",
    views: Callable[[int], CropImages],
    prepare: "Callable[[FreshRecogniser], None]" = lambda _recogniser: None,
) -> Fitted:
    """Teach a network who is who in anonymized crops."""
    import torch  # noqa: PLC0415  (an extra; whoever made the network has it)

    from passerby.train.reid.fresh_recogniser import (  # noqa: PLC0415
        FreshRecogniser,
        fresh_recogniser,
    )

    size = network.size
    clear = case.describe(case.train.clear.images)
    recogniser = FreshRecogniser(network, clear.shape[1]).to(
        torch.device("cuda" if torch.cuda.is_available() else "cpu")
    )
    prepare(recogniser)

    fresh_recogniser(recogniser, views, case.train.clear.ids, clear, settings)

    def of_seen(images: CropImages) -> Rows:
        return recogniser.describe(resized_crops(images, size))

    return Fitted(of_seen, case.describe)


def _place_outlet(recogniser: "FreshRecogniser", case: AttackCase) -> None:
    """Let it start where a linear map from what the network says to clear signatures ends."""
    features, held = (
        recogniser.raw_features(resized_crops(pairs.seen, recogniser.network.size))
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


def _view(case: AttackCase, size: Size, number: int) -> CropImages:
    """The training crops of a pass: as they are in the first, then moved and mirrored."""
    return resized_crops(case.train.seen if number == 0 else _changed(case, number), size)


def _changed(case: AttackCase, number: int) -> CropImages:
    rng = np.random.default_rng([case.seed, 19, number])
    people = case.train.clear
    mirrored = rng.random(len(people)) < 0.5
    reach = people.images.shape[2] // _REACH
    right, down = rng.integers(-reach, reach + 1, (2, len(people)))
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
ATTACKS.add(
    "parrot-coarse",
    Attack(
        summary="A small network on pictures of 32 by 16 pixels, trained on anonymized crops.",
        question="linking",
        tier="standard",
        fit=_fit_coarse,
    ),
)
