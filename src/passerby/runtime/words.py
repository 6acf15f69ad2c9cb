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

LEAST, ODD_LEAST = 5, 0.5
"""The same of runs that are shorter still, which have to be odd in most of their pairs."""

HEXADECIMAL = re.compile(r"(?=\D*\d)(?=\d*[a-fA-F])[0-9a-fA-F]{12,}|\d{18,}")

_FORMATS = re.compile(
    r"h26[45]|mp(?:e?g)?[1-4]|m3u8|g7[12]\d|go2rtc|3gpp?|\d+x\d+|\d+t\d+"
    r"|\d+(?:p|i|k|fps|mp|hd|st|[nr]d|th)(?![a-z])",
    re.IGNORECASE,
)
"""Codecs, sizes, times and counts: what has digits among its letters and is no key."""
STEMS = frozenset(
    (
        *(
            "av",
            "cam",
            "camera",
            "ch",
            "channel",
            "door",
            "floor",
            "hd",
            "in",
            "input",
            "ip",
            "ipcam",
        ),
        *("live", "main", "media", "onvif", "out", "preview", "profile", "room", "sd", "stream"),
        *("sub", "track", "unicast", "video", "view"),
    )
)
"""What cameras and their users number."""
DIGITS_WITHIN = re.compile(r"[a-z]\d+[a-z]|[a-z](?!(?:19|20)\d\d(?!\d))\d{3}", re.IGNORECASE)
"""Digits between letters, or three and more behind them that are no year: as in passwords."""


def is_random(text: str) -> bool:
    """Whether a text looks like a key, token or password: mixed as no word and no number is.

    A password that is a word, or a word with a digit or two behind it, looks like a name.

    Example:
        >>> is_random("4sYxHVTwwSNAisWc"), is_random("9f86d081884c7d65")
        (True, True)
        >>> is_random("s3cret"), is_random("abc123"), is_random("Zq7xK2")
        (True, True, True)
        >>> is_random("h264Preview_01_main"), is_random("HighResolutionVideo"), is_random("Hof2")
        (False, False, False)
    """
    runs = re.findall("[a-zA-Z0-9]+", text)
    length, odd = sum(map(len, runs)), sum(map(_odd_pairs, runs))
    return (
        (length >= LONG and odd > ODD_LONG * length)
        or any(len(run) >= SHORT and _odd_pairs(run) > ODD_SHORT * len(run) for run in runs)
        or any(HEXADECIMAL.fullmatch(run) for run in runs)
        or any(_is_short_key(run) for run in runs)
    )


def _is_short_key(run: str) -> bool:
    """Whether a run is too odd for a word, or has digits where no name has them."""
    if len(run) >= LEAST and _odd_pairs(run) > ODD_LEAST * len(run):
        return True
    parts = _FORMATS.sub(" ", run).split()
    return any(DIGITS_WITHIN.search(part) and not _is_numbered(part) for part in parts)


def _is_numbered(part: str) -> bool:
    return STEMS.issuperset(re.findall("[a-z]+", part.lower()))


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
