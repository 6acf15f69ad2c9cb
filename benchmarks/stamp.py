"""Under what conditions figures were taken."""

import os
import shlex
import sys
from pathlib import Path
from typing import Any

from passerby.detection.combined import model_hashes
from passerby.detections import Kind
from passerby.runtime.provenance import commit, machine, versions

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
