"""Settings that hide less than the defaults do, or nobody at all."""

from passerby.anonymization.anonymizer import Anonymizer
from passerby.anonymization.operators import OPERATORS
from passerby.anonymization.presets import PRESETS
from passerby.anonymization.strength import Strength

__all__ = ["weakness"]

ADVICE = "blackout hides people"


def weakness(anonymizer: Anonymizer) -> str | None:
    """Say in one line what is weak about an anonymizer's preset, operator or strength, if anything.

    Example:
        >>> weakness(Anonymizer(operator="gaussian", strength=Strength(15, "px")))
        'gaussian at 15px is weaker than its default on patches longer than 120 px: ...'
    """
    if anonymizer.preset is not None:
        hides = PRESETS[anonymizer.preset].hides
        return None if hides else f"the preset {anonymizer.preset} hides nobody: {ADVICE}"
    operator, strength = OPERATORS[anonymizer.operator], anonymizer.strength
    if not operator.hides:
        return f"{anonymizer.operator} is weak and may leave people recognisable: {ADVICE}"
    if strength is None or operator.default is None:
        return None
    where = _where_weaker(strength, _share(operator.default))
    if where is None:
        return None
    return f"{anonymizer.operator} at {strength} is weaker than its default{where}: {ADVICE}"


def _share(strength: Strength) -> float:
    """What share of a patch's longer side is smeared into one; a plain number counts cells."""
    return strength.value / 100 if strength.unit == "%" else 1 / strength.value


def _where_weaker(strength: Strength, share: float) -> str | None:
    """On which patches less is smeared than ``share``: on all (empty), on large ones, or None."""
    if strength.unit == "px":
        return f" on patches longer than {strength.value / share:.0f} px"
    return "" if round(_share(strength), 6) < round(share, 6) else None
