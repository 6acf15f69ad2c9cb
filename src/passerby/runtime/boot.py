"""Which start of the machine this is."""

from contextlib import suppress
from pathlib import Path

__all__ = ["boot_id"]

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """What the system calls the time since it was started; "" if it does not say."""
    with suppress(OSError):
        return _BOOT.read_text(encoding="ascii").strip()
    return ""
