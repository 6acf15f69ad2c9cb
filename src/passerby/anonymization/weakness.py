"""Settings that hide less than the defaults do, or nobody at all."""

from passerby.anonymization.operators import OPERATORS, Operator
from passerby.anonymization.presets import PRESETS, Preset
from passerby.anonymization.strength import Strength
from passerby.registry import Registry

__all__ = ["marked_names", "weakness"]

ADVICE = "blackout hides people"


def weakness(
    operator: str, strength: Strength | None = None, preset: str | None = None
) -> str | None:
    """Say in one line what is weak about an anonymizer's preset, operator or strength, if anything.

    Args:
        operator: A name from `OPERATORS`.
        strength: Of the operator; None for its default.
        preset: A name from `PRESETS`, which counts in place of both.

    Example:
        >>> weakness("gaussian", Strength(15, "px"))
        'gaussian at 15px is weaker than its default on patches longer than 120 px: ...'
    """
    if preset is not None:
        weak = PRESETS[preset].weakness
        return None if weak is None else f"the preset {preset} {weak}: {ADVICE}"
    default = OPERATORS[operator].default
    if not OPERATORS[operator].hides:
        return f"{operator} is weak and may leave people recognisable: {ADVICE}"
    if strength is None or default is None:
        return None
    where = _where_weaker(strength, _share(default))
    if where is None:
        return None
    return f"{operator} at {strength} is weaker than its default{where}: {ADVICE}"


def marked_names(registry: Registry[Operator] | Registry[Preset]) -> str:
    """List all names for a line of help, and say which of them are weak.

    Example:
        >>> marked_names(OPERATORS).split(", ")[-3:]
        ['noise (weak)', 'quantize (weak)', 'pixelate']
    """
    return ", ".join(f"{name} (weak)" if _is_weak(one) else name for name, one in registry.items())


def _is_weak(entry: Operator | Preset) -> bool:
    return entry.weakness is not None if isinstance(entry, Preset) else not entry.hides


def _share(strength: Strength) -> float:
    """What share of a patch's longer side is smeared into one; a plain number counts cells."""
    return strength.value / 100 if strength.unit == "%" else 1 / strength.value


def _where_weaker(strength: Strength, share: float) -> str | None:
    """On which patches less is smeared than ``share``: on all (empty), on large ones, or None."""
    if strength.unit == "px":
        return f" on patches longer than {strength.value / share:.0f} px"
    return "" if round(_share(strength), 6) < round(share, 6) else None
