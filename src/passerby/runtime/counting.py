"""Numbers of things, as people say them."""

__all__ = ["counted"]

_IRREGULAR = {"person": "people"}
_LIKE_BOX = ("s", "x", "ch", "sh")


def counted(number: int, noun: str) -> str:
    """A number with its noun, which is in the singular for one and in the plural otherwise.

    Args:
        number: How many there are.
        noun: In the singular; words may stand before it.

    Example:
        >>> counted(1, "frame"), counted(0, "frame"), counted(1200, "damaged frame")
        ('1 frame', '0 frames', '1,200 damaged frames')
        >>> counted(2, "query"), counted(3, "box"), counted(2, "person"), counted(4, "key")
        ('2 queries', '3 boxes', '2 people', '4 keys')
    """
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """The plural of a noun; words may stand before it."""
    before, space, last = noun.rpartition(" ")
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif last.endswith("y") and last[-2:-1] not in "aeiou":
        last = f"{last[:-1]}ies"
    else:
        last += "es" if last.endswith(_LIKE_BOX) else "s"
    return f"{before}{space}{last}"
