"""Tells names that somebody chose from keys that chance chose, letter by letter."""

import re
from itertools import pairwise

__all__ = ["is_random"]

FOLLOWERS = {
    "a": "bcdfgiklmnprstuvwxy",
    "b": "abcegijloprsuy",
    "c": "aceghiklmorstu",
    "d": "acdeiloprstu",
    "e": "abcdefgilmnopqrstuvwxy",
    "f": "aefiloprstu",
    "g": "aeghilnorsu",
    "h": "adeinort",
    "i": "abcdefglmnoprstvxz",
    "j": "aeopu",
    "k": "aeilnosy",
    "l": "acdefilopstuy",
    "m": "abdeijklmopsu",
    "n": "acdefgiklmnopstuvyz",
    "o": "abcdfgiklmnoprstuvwx",
    "p": "acdeghiloprstuy",
    "q": "u",
    "r": "abcdefgiklmnoprstuvy",
    "s": "acdefhiklmopstuwy",
    "t": "abcdefhilmnoprstuwy",
    "u": "abcdefgilmnoprst",
    "v": "acegio",
    "w": "aehinors",
    "x": "ceipt",
    "y": "ilmnpst",
    "z": "ei",
}
"""What follows each letter in words, nearly always: of all pairs of letters half are in none."""

SHORT, LONG = 8, 16
"""Letters and digits below which nothing is called a key, and from which less is asked of one."""
ODD_SHORT, ODD_LONG = 0.3, 0.22
"""Share of pairs that no word has, above which it is a key."""

HEXADECIMAL = re.compile(r"(?=\D*\d)(?=\d*[a-fA-F])[0-9a-fA-F]{12,}|\d{18,}")


def is_random(text: str) -> bool:
    """Whether a text looks like a key or token: long, and mixed as no word and no number is.

    Example:
        >>> is_random("4sYxHVTwwSNAisWc"), is_random("9f86d081884c7d65")
        (True, True)
        >>> is_random("h264Preview_01_main"), is_random("HighResolutionVideo")
        (False, False)
    """
    runs = re.findall("[a-zA-Z0-9]+", text)
    length, odd = sum(map(len, runs)), sum(map(_odd_pairs, runs))
    return (
        (length >= LONG and odd > ODD_LONG * length)
        or any(len(run) >= SHORT and _odd_pairs(run) > ODD_SHORT * len(run) for run in runs)
        or any(HEXADECIMAL.fullmatch(run) for run in runs)
    )


def _odd_pairs(run: str) -> int:
    """How many pairs of neighbours are not those of words, of numbers or of WordsLikeThis."""
    odd = sum(_is_odd(one, other) for one, other in pairwise(run))
    return odd - sum(_begins_word(*three) for three in zip(run, run[1:], run[2:], strict=False))


def _is_odd(one: str, other: str) -> bool:
    if one.isdigit() and other.isdigit():
        return False
    if one.islower() and other.isupper():
        return True
    return other.lower() not in FOLLOWERS.get(one.lower(), "")


def _begins_word(before: str, capital: str, after: str) -> bool:
    """Whether a capital after a small letter begins another word."""
    return (
        before.islower() and capital.isupper() and after.islower() and not _is_odd(capital, after)
    )
