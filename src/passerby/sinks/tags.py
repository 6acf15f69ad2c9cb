"""The part of a video's tags that may be kept: short texts, which cannot show anybody."""

import re
from collections.abc import Mapping

__all__ = ["LONGEST", "is_text", "kept_tags"]

LONGEST = 1024
"""Bytes of a field that may be kept; programs hide previews of the raw picture in longer ones."""

_OF_THE_FILE = frozenset(("major_brand", "minor_version", "compatible_brands", "encoder"))
"""Tags that describe the old file, not what it shows."""

_PICTURE = re.compile("picture|cover|artwork|thumb|preview|apic", re.IGNORECASE)
"""In the names of tags that hold a picture, written as text."""

_ENCODED = re.compile(r"[A-Za-z0-9+/=_-]{200}")
"""Nobody writes a word of so many letters: it is a picture, sound or other data in Base64."""


def kept_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Choose from a container's tags those that a copy may keep.

    Example:
        >>> kept_tags({"title": "Street", "COVERART": "/9j/4AAQSkZJRg==", "encoder": "Lavf"})
        {'title': 'Street'}
    """
    return {
        name: value
        for name, value in tags.items()
        if name.lower() not in _OF_THE_FILE and not _PICTURE.search(name) and is_text(name + value)
    }


def is_text(value: str) -> bool:
    """Whether ``value`` is a short text rather than data that is written as one."""
    return len(value.encode(errors="replace")) <= LONGEST and not _ENCODED.search(value)
