"""Who is who: the keys of sites, as OpenSSH writes them.

A site has a private key, and its server a file with the public key and the name of each site.
"""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    load_ssh_private_key,
    load_ssh_public_key,
)

from passerby.errors import ConfigError
from passerby.files.secret import read_secret

__all__ = ["read_private_key", "read_public_keys"]

_REMEDY = "make one with `ssh-keygen -t ecdsa -b 384 -N '' -f FILE`"
_LONGEST = 10_000


def read_private_key(path: Path) -> EllipticCurvePrivateKey:
    """Read the key of a site.

    Raises:
        ConfigError: If it cannot be read, others may read it, or it is of another kind.
    """
    content = read_secret(path, "key of the site", _LONGEST, _REMEDY).encode()
    try:
        key = load_ssh_private_key(content, password=None)
    except (UnsupportedAlgorithm, ValueError, TypeError) as error:
        raise ConfigError(f"{path} holds no private key without a password: {_REMEDY}") from error
    if not isinstance(key, EllipticCurvePrivateKey):
        raise ConfigError(f"{path} holds a key of another kind than ecdsa: {_REMEDY}")
    return key


def read_public_keys(path: Path) -> dict[str, EllipticCurvePublicKey]:
    """Read the keys of all sites: one a line, as in a .pub file, with the site's name at the end.

    Returns:
        Keys by the names of the sites.

    Raises:
        ConfigError: If the file cannot be read, holds none, or a line makes no sense.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read ({error}): check the path") from error
    keys: dict[str, EllipticCurvePublicKey] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, key = _entry(line, f"{path}, line {number}")
        if name in keys:
            raise ConfigError(f"{path}, line {number}: there are two sites {name}: rename one")
        if any(key == other for other in keys.values()):
            raise ConfigError(f"{path}, line {number}: another site has the key of {name}")
        keys[name] = key
    if not keys:
        raise ConfigError(f"{path} holds no key of a site: {_REMEDY}, and add FILE.pub")
    return keys


def _entry(line: str, where: str) -> tuple[str, EllipticCurvePublicKey]:
    words = line.split(maxsplit=2)
    if len(words) < 3:
        raise ConfigError(f"{where}: write a kind, a key and a name, as in a .pub file")
    try:
        key = load_ssh_public_key(" ".join(words[:2]).encode())
    except (UnsupportedAlgorithm, ValueError) as error:
        raise ConfigError(f"{where} holds no public key: {_REMEDY}, and add FILE.pub") from error
    if not isinstance(key, EllipticCurvePublicKey):
        raise ConfigError(f"{where} holds a key of another kind than ecdsa: {_REMEDY}")
    return words[2].strip(), key
