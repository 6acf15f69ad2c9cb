"""Numbers of things, as people say them."""

__all__ = ["counted"]

_PLURALS = {"person": "people"}
_LIKE_BOX = ("s", "x", "ch", "sh")
_SINGULARS = {"are": "is", "were": "was", "have": "has", "do": "does"}


def counted(number: int, noun: str, verb: str = "") -> str:
    """A number with its noun, and a verb that agrees with it.

    Args:
        number: How many there are.
        noun: In the singular; words may stand before it.
        verb: In the plural; words may follow it.

    Example:
        >>> counted(1, "frame"), counted(0, "frame"), counted(1200, "damaged frame")
        ('1 frame', '0 frames', '1,200 damaged frames')
        >>> counted(1, "query", "have no match"), counted(2, "person", "are missing")
        ('1 query has no match', '2 people are missing')
    """
    if number != 1:
        return f"{number:,} {_plural(noun)} {verb}".rstrip()
    first, space, rest = verb.partition(" ")
    singular = _SINGULARS.get(first, f"{first}s") if first else ""
    return f"1 {noun} {singular}{space}{rest}".rstrip()


def _plural(noun: str) -> str:
    before, space, last = noun.rpartition(" ")
    if last in _PLURALS:
        last = _PLURALS[last]
    elif last.endswith("y") and last[-2:-1] not in "aeiou":
        last = f"{last[:-1]}ies"
    else:
        last += "es" if last.endswith(_LIKE_BOX) else "s"
    return f"{before}{space}{last}"
