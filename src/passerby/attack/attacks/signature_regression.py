"""From anonymized crops to the signatures of the clear ones; nobody has to know who is shown.

Whoever has the anonymizer and any pictures of people can learn it.
"""

from passerby.attack.attack import ATTACKS, Attack, Fitted
from passerby.attack.case import AttackCase
from passerby.attack.describing import for_each_distinct
from passerby.attack.features import crop_features
from passerby.attack.people import CropImages
from passerby.attack.ridge import chosen_ridge
from passerby.signatures.describer import Rows

__all__: list[str] = []


def _fit(case: AttackCase) -> Fitted:
    ridge = chosen_ridge(
        crop_features(case, case.train.seen),
        case.describe(case.train.clear.images),
        crop_features(case, case.validation.seen),
        case.describe(case.validation.clear.images),
    )

    def of_seen(images: CropImages) -> Rows:
        return for_each_distinct(ridge, crop_features(case, images))

    return Fitted(of_seen, case.describe)


ATTACKS.add(
    "signature-regression",
    Attack(
        summary="Ridge regression from anonymized crops to the signatures of clear ones.",
        question="linking",
        fit=_fit,
    ),
)
