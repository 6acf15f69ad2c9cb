"""Streams that are closed, full or no longer read: the work is done, and the exit code tells."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = "import sys; from passerby.cli import main; sys.exit(main())"


def run(shell: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a shell, as ``$passerby WORDS``."""
    script = f'passerby() {{ "{sys.executable}" -c "{PROGRAM}" "$@"; }}; {shell}'
    return subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=False, timeout=120
    )


def test_a_full_disk_behind_the_output_is_one_line_and_no_success() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    ran = run("passerby models list --json > /dev/full")
    assert ran.returncode == 1
    (line,) = ran.stderr.splitlines()
    assert line == "passerby: the output stream cannot be written: No space left on device"


def test_a_closed_output_is_one_line_and_no_success() -> None:
    ran = run("passerby models list --json >&-")
    assert ran.returncode == 1
    assert ran.stderr.splitlines() == [
        "passerby: the output stream cannot be written: it is closed"
    ]


@pytest.mark.slow
def test_whoever_has_read_enough_is_no_fault() -> None:
    ran = run("passerby models list --json | head -c 1; echo ${PIPESTATUS[0]}")
    assert ran.stdout.splitlines()[-1].endswith("0")
    assert ran.stderr == ""
    helped = run("passerby anonymize --help | head -c 1; echo ${PIPESTATUS[0]}")
    assert helped.stderr == ""
    assert helped.stdout.splitlines()[-1].endswith("0")


@pytest.mark.slow
def test_with_the_error_stream_closed_the_work_is_done(tmp_path: Path) -> None:
    made = tmp_path / "squares"
    words = f"synth squares -o {made} --identities 1 --reid-identities 2 --pairs 2"
    assert run(f"passerby {words} 2>&-").returncode == 0
    assert any(made.iterdir())
    assert run(f"passerby {words} 2>&-").returncode == 1  # it is there already


def test_what_is_closed_is_not_taken_for_a_file(tmp_path: Path) -> None:
    made = tmp_path / "squares"
    words = f"synth squares -o {made} --identities 1 --reid-identities 2 --pairs 2"
    assert run(f"passerby {words} 0<&- 1>&- 2>&-").returncode == 1  # its result was not told
    for file in made.rglob("*"):
        assert file.is_dir() or b"passerby: " not in file.read_bytes()
