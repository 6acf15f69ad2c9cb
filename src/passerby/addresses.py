"""Addresses of live streams, and the form of them that may be shown."""

import re

__all__ = ["public_address", "scheme_of"]

HIDDEN = "..."


def scheme_of(address: str) -> str:
    """Return what stands before ``://`` in lower case, or "" for a path.

    Example:
        >>> scheme_of("RTSP://192.168.1.20/main")
        'rtsp'
        >>> scheme_of("street.mp4")
        ''
    """
    scheme, separator, _ = address.partition("://")
    return scheme.lower() if separator else ""


def public_address(address: str) -> str:
    """Return the address without anything that lets others in; for messages and reports.

    User and password are left out, and so are the query, parts of the path like
    ``user=..._password=...`` (some cameras want them there) and RTMP stream keys. Where it
    is not certain where the host begins, nothing but the scheme is shown.

    Example:
        >>> public_address("rtsp://admin:secret@192.168.1.20:554/main?token=5")
        'rtsp://192.168.1.20:554/main?...'
        >>> public_address("rtmp://live.example.org/app/stream-key")
        'rtmp://live.example.org/app/...'
        >>> public_address("street.mp4")
        'street.mp4'
    """
    scheme = scheme_of(address)
    if not scheme:
        return address
    location, *query = re.split("[?#]", address[len(scheme) + 3 :], maxsplit=1)
    if query and "@" in query[0]:
        return f"{scheme}://{HIDDEN}"
    # Passwords with a slash in them exist: the last @ ends them, not the first slash.
    host, *path = location.rpartition("@")[2].split("/")
    shown = [HIDDEN if _is_secret(scheme, place, part) else part for place, part in enumerate(path)]
    return f"{scheme}://" + "/".join([host, *shown]) + (f"?{HIDDEN}" if query else "")


def _is_secret(scheme: str, place: int, part: str) -> bool:
    return "=" in part or (scheme.startswith("rtmp") and place > 0)
