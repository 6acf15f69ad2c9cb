"""A process of a site leaves no core file, reports what happens, and stops when it is told to."""

import signal
import subprocess
import sys

PROGRAM = """
import ctypes, resource, sys
from passerby.site.child import Beat, Child

class Status:
    def send(self, report):
        print(report, flush=True)
        print(file=sys.stderr, flush=True)

child = Child(Status())
child.note(str(resource.getrlimit(resource.RLIMIT_CORE)))
linux = sys.platform == "linux"
child.note("dumpable" if linux and ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) else "secluded")
while child.wait(60):
    pass
child.tell(Beat(7))
"""


def test_it_leaves_no_core_file_and_stops_in_order() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "OperatorNote(text='(0, 0)')\n"
        assert process.stdout.readline() == "OperatorNote(text='secluded')\n"
        process.send_signal(signal.SIGINT)  # Ctrl-C is not for it
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline().startswith("Beat(frames=7")
        assert process.wait(30) == 0


def test_it_stops_when_whoever_started_it_is_gone() -> None:
    """The process between, which started it, ends at once; it writes to our pipe."""
    program = PROGRAM.replace("60", "0.05")
    between = (
        "import subprocess, sys; "
        f"child = subprocess.Popen([sys.executable, '-c', {program!r}], stderr=subprocess.PIPE); "
        "child.stderr.readline()"  # it has reported, so it knows who started it
    )
    done = subprocess.run(
        [sys.executable, "-c", between], stdout=subprocess.PIPE, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1].startswith("Beat(frames=7")
