"""A recogniser trained on anonymized crops of people with names, in closed form."""

from passerby.attack.attack import ATTACKS, Attack, Fitted
from passerby.attack.case import AttackCase
from passerby.attack.identity_map import identity_map

__all__: list[str] = []


def _fit(case: AttackCase) -> Fitted:
    return Fitted(
        of_seen=identity_map(case, case.train.seen, case.validation.seen),
        of_clear=identity_map(case, case.train.clear.images, case.validation.clear.images),
    )


ATTACKS.add(
    "label-regression",
    Attack(
        summary="A recogniser trained on anonymized and on clear crops of people with names.",
        question="linking",
        fit=_fit,
    ),
)
