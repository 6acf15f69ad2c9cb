"""A writer that is killed under load loses nothing that was acknowledged."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = Path(__file__).resolve().parents[2] / "benchmarks" / "store_kills.py"


def test_nothing_acknowledged_is_lost(backend: str, request: pytest.FixtureRequest) -> None:
    words = ["--kills", "10"]
    if backend == "postgresql":
        server = request.getfixturevalue("server")
        server.empty()
        words += ["--address", server.address]
    done = subprocess.run(
        [sys.executable, KILLS, *words], capture_output=True, text=True, check=False, timeout=200
    )
    said = re.fullmatch(r"10 kills, (\d+) tracks acknowledged, 0 lost\n", done.stdout)
    assert said is not None, done.stdout + done.stderr
    assert int(said[1]) >= 10
