"""A recogniser trained on anonymized crops of people with names, in closed form."""

from passerby.attack.attack import ATTACKS, Attack, Fitted
from passerby.attack.case import AttackCase
from passerby.attack.recogniser import trained_recogniser

__all__: list[str] = []


def _fit(case: AttackCase) -> Fitted:
    return trained_recogniser(case, case.train.seen, case.validation.seen)


ATTACKS.add(
    "label-regression",
    Attack(
        summary="A recogniser trained on anonymized and on clear crops of people with names.",
        question="linking",
        fit=_fit,
    ),
)
