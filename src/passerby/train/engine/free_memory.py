"""How much memory can be had. Files that the system keeps in it make room: they count as free."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from pathlib import Path

__all__ = ["free_memory"]


@dataclass(frozen=True, slots=True)
class _Accounts:
    """Where a version of control groups lies, and how its files are called.

    ``unused`` is the line of ``memory.stat`` that counts files nobody used of late, in bytes.
    """

    folder: str
    limit: str
    used: str
    unused: str


_SECOND = _Accounts("", "memory.max", "memory.current", "inactive_file")
_FIRST = _Accounts(
    "memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"
)


def free_memory(root: Path = Path("/")) -> int:
    """Return how many bytes this process may still take, by the machine and by its containers.

    Args:
        root: Above ``proc`` and ``sys``.

    Returns:
        A quarter of all memory where a system does not say.
    """
    left = (_left(group, accounts) for group, accounts in _groups(root))
    return int(min([_available(root), *left]))


def _available(root: Path) -> int:
    kilobytes = _numbers(root / "proc/meminfo").get("MemAvailable")
    if kilobytes is not None:
        return 1024 * kilobytes
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4


def _groups(root: Path) -> Iterator[tuple[Path, _Accounts]]:
    """The control groups that this process is in, each with those around it."""
    mounted = root / "sys/fs/cgroup"
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        accounts = _FIRST if controllers else _SECOND
        inner = mounted / accounts.folder / path.lstrip("/")
        for group in (inner, *inner.parents):
            if group.is_relative_to(mounted / accounts.folder):
                yield group, accounts


def _left(group: Path, accounts: _Accounts) -> float:
    """Bytes up to the limit of a group, without end where there is none."""
    try:
        limit, used = (int(_text(group / name)) for name in (accounts.limit, accounts.used))
    except ValueError:  # without a limit, the file says "max"
        return inf
    unused = _numbers(group / "memory.stat").get(accounts.unused, 0)
    return max(limit - used + unused, 0)


def _numbers(path: Path) -> dict[str, int]:
    """Names and numbers of a file that has one on each line."""
    lines = re.findall(r"^(\w+):?\s+(\d+)", _text(path), re.MULTILINE)
    return {name: int(value) for name, value in lines}


def _text(path: Path) -> str:
    """Return what a file says; nothing where there is none."""
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
