"""Under what conditions figures were taken."""

import os
import platform
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from passerby.detection.combined import model_hashes
from passerby.detections import Kind
from passerby.pipeline.report import versions

__all__ = ["commit", "machine", "stamp"]

ROOT = Path(__file__).resolve().parents[1]


def stamp() -> dict[str, Any]:
    """The command, the commit, the machine, the versions, and the networks that find people.

    Raises:
        ModelError: If a network is missing.
    """
    program = Path(sys.argv[0]).resolve().relative_to(ROOT)
    return {
        "command": shlex.join(["python", str(program), *sys.argv[1:]]),
        "commit": commit(ROOT),
        "machine": machine(),
        "load": round(os.getloadavg()[0], 1),
        "versions": versions(),
        "models": model_hashes(frozenset({Kind.PERSON, Kind.HEAD, Kind.FACE})),
    }


def commit(folder: Path) -> str:
    """The commit of a checkout, and whether its source was changed since."""
    git = shutil.which("git")
    if git is None:
        return "unknown"

    def said(*words: str) -> str:
        command = [git, "-C", str(folder), *words]
        return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()

    changed = said("status", "--porcelain", "--", "src")
    return (said("rev-parse", "--short=10", "HEAD") or "unknown") + " and changes" * bool(changed)


def machine() -> str:
    """The kind of the machine: its processor, its cores, its system."""
    known = Path("/proc/cpuinfo")
    lines = known.read_text(encoding="utf-8").splitlines() if known.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor() or platform.machine()
    return f"{processor}, {os.cpu_count()} cores, {platform.system()}"
