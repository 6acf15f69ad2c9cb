"""Recognition by somebody who has never seen an anonymized picture: the contrast, and no evidence.

What such an attacker misses of what others find is a false sense of privacy.
"""

from passerby.attack.attack import ATTACKS, Attack, Fitted
from passerby.attack.case import AttackCase

__all__: list[str] = []


def _fit(case: AttackCase) -> Fitted:
    return Fitted(case.describe, case.describe)


ATTACKS.add(
    "naive-recognition",
    Attack(
        summary="The signature network as it is; it has never seen an anonymized picture.",
        question="linking",
        knowledge="naive",
        fit=_fit,
    ),
)
