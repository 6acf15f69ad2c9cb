"""The type checker is strict, and it sees the privacy boundary."""

import re
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest

FAULTS = {
    "no-untyped-def": "def double(x):\n    return 2 * x\n",
    "type-arg": "def first(items: list) -> None: ...\n",
    "return-value": "def name() -> str:\n    return 3\n",
    "unreachable": "def none(x: int) -> None:\n    if not isinstance(x, int):\n        print(x)\n",
    "unused-ignore": "VALUE = 3  # type: ignore[assignment]\n",
    "import-not-found": "import nowhere\n",
}

HAND_OVER = """\
import {module}
from passerby.types import {frame}

def hand_over(sink: {module}.{sink}, frame: {frame}) -> None:
    sink.write(frame)
"""

REFUSAL = (
    r'{name}\.py:5: error: Argument 1 to "write" of "\w+" has incompatible type "Frame"; '
    r'expected "AnonymizedFrame"  \[arg-type\]'
)


@pytest.fixture
def sinks(sink_classes: Mapping[str, type]) -> list[tuple[str, str]]:
    """Module and name of the protocol and of every class that keeps it."""
    found = [(sink.__module__, name) for name, sink in sink_classes.items()]
    return [("passerby.types", "Sink"), *found]


def hand_over(
    project: Any, sinks: list[tuple[str, str]], frame: str
) -> subprocess.CompletedProcess[str]:
    """Check one module for each sink that is handed a ``frame``."""
    for module, sink in sinks:
        text = HAND_OVER.format(module=module, sink=sink, frame=frame)
        project.write(f"src/handed_{sink.lower()}.py", text)
    ran: subprocess.CompletedProcess[str] = project.run("mypy")
    return ran


def test_a_clean_project_passes(project: Any) -> None:
    assert project.run("mypy").returncode == 0


def test_faults_are_refused_by_their_rules(project: Any) -> None:
    for rule, text in FAULTS.items():
        project.write(f"src/{rule.replace('-', '_')}.py", text)
    ran = project.run("mypy")
    assert ran.returncode == 1
    for rule in FAULTS:
        assert re.search(rf"{rule.replace('-', '_')}\.py:\d+: error: .*\[{rule}\]", ran.stdout)


def test_a_sink_handed_an_anonymized_frame_passes(
    project: Any, sinks: list[tuple[str, str]]
) -> None:
    ran = hand_over(project, sinks, "AnonymizedFrame")
    assert ran.returncode == 0, ran.stdout


def test_a_sink_handed_a_raw_frame_is_refused(project: Any, sinks: list[tuple[str, str]]) -> None:
    ran = hand_over(project, sinks, "Frame")
    assert ran.returncode == 1
    for _, sink in sinks:
        assert re.search(REFUSAL.format(name=f"handed_{sink.lower()}"), ran.stdout), ran.stdout
    assert f"Found {len(sinks)} errors" in ran.stdout or len(sinks) == 1


def test_raw_pixels_and_homemade_frames_are_refused(project: Any) -> None:
    project.write(
        "src/sample.py",
        "import numpy as np\n"
        "from passerby.types import AnonymizedFrame, Sink, require_anonymized, seal\n"
        "def write_pixels(sink: Sink) -> None:\n"
        "    sink.write(np.zeros((4, 6, 3), np.uint8))\n"
        "def seal_pixels() -> AnonymizedFrame:\n"
        "    return seal(np.zeros((4, 6, 3), np.uint8), np.zeros((4, 6, 3), np.uint8))\n",
    )
    ran = project.run("mypy")
    assert re.search(r'sample\.py:4: error: .*expected "AnonymizedFrame"', ran.stdout)
    assert re.search(r'sample\.py:6: error: .*expected "Frame"', ran.stdout)
