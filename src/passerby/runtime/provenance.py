"""Which code made something, and on what kind of machine."""

import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

__all__ = ["commit", "machine", "versions"]

LIBRARIES = ("passerby", "numpy", "opencv-python-headless", "av", "onnxruntime", "pillow")

CHECKOUT = Path(__file__).resolve().parents[3]
"""The root of the repository, if that is where the package is run from."""


def commit(checkout: Path = CHECKOUT) -> str:
    """Name the commit of a checkout, and whether its source was changed since.

    Args:
        checkout: Its root.

    Returns:
        Ten digits, or "unknown" where the folder is no root of a checkout.
    """
    git = shutil.which("git")

    def said(*words: str) -> str:
        command = [git or "git", "-C", str(checkout), *words]
        ran = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
        return ran.stdout.strip()

    if git is None or said("rev-parse", "--show-toplevel") != str(checkout):
        return "unknown"
    changed = said("status", "--porcelain", "--", "src")
    return (said("rev-parse", "--short=10", "HEAD") or "unknown") + " and changes" * bool(changed)


def machine() -> str:
    """Name the kind of the machine: its processor, its cores, its system."""
    known = Path("/proc/cpuinfo")
    lines = known.read_text(encoding="utf-8").splitlines() if known.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor() or platform.machine()
    return f"{processor}, {os.cpu_count()} cores, {platform.system()}"


def versions() -> dict[str, str]:
    """Versions of what the result depends on."""
    known = {name: version(name) for name in LIBRARIES}
    return {"python": platform.python_version(), "platform": platform.platform(), **known}
