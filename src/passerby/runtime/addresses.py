"""Addresses of live streams, and the form of them that may be shown."""

import re
from itertools import pairwise
from urllib.parse import unquote

from passerby.media import Input
from passerby.runtime.words import is_random

__all__ = [
    "HIDDEN",
    "is_mistyped",
    "names_secret",
    "public_address",
    "public_name",
    "scheme_of",
    "without_secrets",
]

HIDDEN = "..."

SCHEMES = "s?ftp|hls|https?|mmsh?|onvif|rtmp[est]*|s?rtp|rtsp[su]?|srt|tcp|tls|udp|wss?|whep|whip"
"""What addresses begin with, to know one by in which a colon or a slash was left out."""

ADDRESS = re.compile(
    rf"(?:(?P<scheme>[a-zA-Z][\w+.-]*):[/\\]{{2,}}"
    rf"|(?P<slip>(?:{SCHEMES})(?:[:;][/\\]*|[/\\]{{2,}}|[/\\](?=[^/\\@:]*:.*@))))"
    r"(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
LOGIN = re.compile(r"(?:[\w+.-]*[:;]*(?P<slashes>[/\\]+))?[^/\\@:]*:.*@(?P<rest>.*)", re.DOTALL)
"""User and password before a host, with nothing before them or what may be meant for a scheme."""

HOST = re.compile(r"(?:\[[\w:.%]*\]|[^:\[\]]*)(?::\d*)?")
"""A name, a number or an IPv6 address in brackets, and perhaps a port."""

NAMES_OF_SECRETS = re.compile(
    r"access|api-?key|auth|key|login|pass|passw\w*|pwd|secret|session|sid|signature|token|user|username",
    re.IGNORECASE,
)

IN_TEXT = re.compile(
    rf"""(?:[a-z][\w+.-]*:[/\\]{{2}}|\b(?:{SCHEMES})(?:[:;][/\\]?(?=\S)|[/\\]{{2}})"""
    r"""|(?<![^\s'"(<=,\[{])[^\s'"(<=,\[{@:]*(?::|%3a)(?=\S*(?:@|%40)))\S*""",
    re.IGNORECASE,
)
"""Where in a text an address or a password begins, up to the next space."""


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


def is_mistyped(name: str) -> bool:
    """Whether a name looks like an address or a login in which something was left out.

    Example:
        >>> is_mistyped("rtsp:/camera/main"), is_mistyped("admin:1234@camera/main")
        (True, True)
        >>> is_mistyped("rtsp://camera/main"), is_mistyped("./admin:1234@camera/main")
        (False, False)
    """
    found = ADDRESS.fullmatch(name)
    if found is not None:
        return found["slip"] is not None
    logins = [LOGIN.fullmatch(text) for text in (name, unquote(name))]
    # A folder with such a file in it is nothing odd.
    return any(login is not None and login["slashes"] not in ("/", "\\") for login in logins)


def public_address(address: str) -> str:
    """Return the address without anything that lets others in; for messages and reports.

    User and password are left out, and so are the query, RTMP stream keys, and parts of the path
    that look like keys or hold ``user=..._password=...`` (some cameras want them there). Where it
    is not certain where the host begins, nothing but the scheme is shown. The same goes for
    addresses with a slip of the pen, such as one slash. Paths are shown as they are.

    Example:
        >>> public_address("rtsp://admin:secret@192.168.1.20:554/main?token=5")
        'rtsp://192.168.1.20:554/main?...'
        >>> public_address("rtsps://192.168.1.1:7441/4sYxHVTwwSNAisWc")
        'rtsps://192.168.1.1:7441/...'
        >>> public_address("rtsp:/admin:secret@192.168.1.20/main")
        'rtsp:/192.168.1.20/main'
        >>> public_address("street.mp4")
        'street.mp4'
    """
    found = ADDRESS.fullmatch(address)
    if found is not None:
        scheme = (found["scheme"] or "").lower()
        return (f"{scheme}://" if scheme else found["slip"].lower()) + _shown(scheme, found["rest"])
    if "://" in address:
        return HIDDEN
    login = LOGIN.fullmatch(address)
    if login is not None:
        return f"{HIDDEN}@{_shown('', login['rest'])}"
    return HIDDEN if LOGIN.fullmatch(unquote(address)) else address


def names_secret(name: str) -> bool:
    """Whether what follows a name is a password, a token or the like.

    Example:
        >>> names_secret("password"), names_secret("api-key"), names_secret("output")
        (True, True, False)
    """
    return NAMES_OF_SECRETS.fullmatch(name) is not None


def public_name(one: Input) -> str:
    """What may be shown of the name of an input: that of a file as it is, an address in part."""
    is_file = one.path is not None and one.problem is None
    return one.name if is_file else public_address(one.name)


def without_secrets(text: str) -> str:
    """Return a text in which all addresses are as `public_address` has them.

    Example:
        >>> without_secrets("cannot open rtsp://me:secret@host/main: it is busy")
        'cannot open rtsp://host/main: it is busy'
    """
    return IN_TEXT.sub(_public_word, text)


def _public_word(found: re.Match[str]) -> str:
    address = found[0].rstrip(""":;,.!?'")>]}""")
    return public_address(address) + found[0][len(address) :]


def _shown(scheme: str, rest: str) -> str:
    """What may be shown of all that follows the scheme."""
    location, *query = re.split("[?#]", rest, maxsplit=1)
    # Passwords with a slash in them exist: the last @ ends them, not the first slash.
    host, *path = re.split(r"[/\\]", location.rpartition("@")[2])
    hidden_user = unquote(unquote(rest)).count("@") != rest.count("@")
    if hidden_user or (query and "@" in query[0]) or not HOST.fullmatch(host):
        return HIDDEN
    shown = [
        HIDDEN if _is_secret(part, before) or (scheme.startswith("rtmp") and place > 0) else part
        for place, (before, part) in enumerate(pairwise([host, *path]))
    ]
    return "/".join([host, *shown]) + (f"?{HIDDEN}" if query else "")


def _is_secret(part: str, before: str) -> bool:
    """Whether a part of a path is a key, or follows a part that names one."""
    text = unquote(unquote(part))
    return (
        any(mark in text for mark in "=&:;")
        or is_random(text)
        or (bool(text) and names_secret(before))
    )
