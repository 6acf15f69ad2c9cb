"""Whether a site on two machines loses anything: its line is cut, its store and a machine die.

    python benchmarks/site_machines.py
    python benchmarks/site_machines.py --kills 3 --restarts 1 --cut 5

A camera machine of three camera processes and one that hands over is connected to the machine of
the store by a line on loopback. The cameras hand on batches of tracks, snippets and signatures,
join tracks, and write down each batch that was acknowledged: it is sealed on their disk. The whole
camera machine is killed (SIGKILL) again and again, the store is stopped as by a crash, its writer
is killed, and the line is cut. Then all is let come to its end: each acknowledged batch must be in
the store, once, no track may be open, nothing may wait, and the audit log must verify.
"""

import argparse
import os
import random
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import mkdtemp
from threading import Thread
from typing import Any

from sqlalchemy import text

from cut_line import CutLine
from killing import kill_processes
from passerby.errors import StoreUnavailable
from passerby.site.child import OperatorNote
from passerby.site.forwarder_process import ForwarderStart, run_forwarder
from passerby.site.settings import SiteSettings
from passerby.site.site_store import make_site_store, open_site_store
from passerby.site.writer_process import WriterStart, run_writer
from passerby.store.audit import verify_audit
from passerby.store.machines import admit_machine
from passerby.store.reading import stored_tracks
from passerby.store.site_key import KEY_VARIABLE, SiteKey
from postgres_server import Server
from site_kills import CAMERAS, CONTEXT, acknowledged, is_right, load
from stamp import stamp
from table import markdown

PATIENCE = 600
"""Seconds in which all that waits must come to the store."""
HANDS_OVER, WRITER = "hands over", "writer"


class Processes:
    """Of both machines, which can be killed and started anew."""

    def __init__(self, site: SiteSettings, line: str, folder: Path, pause: float) -> None:
        here, there = str(folder / "here"), str(folder / "there")
        secret = secrets.token_bytes(32)
        self._targets: dict[str, tuple[Any, tuple[Any, ...]]] = {
            name: (load, (name, there, secret, str(folder / f"{name}.log"), pause))
            for name in CAMERAS
        }
        forwarder = ForwarderStart(site.store, line, CAMERAS, there, secret)
        self._targets[HANDS_OVER] = run_forwarder, (forwarder,)
        self._targets[WRITER] = run_writer, (WriterStart(site, (), here, secret),)
        self._running: dict[str, BaseProcess] = {}
        self.notes: list[str] = []

    def start(self, *names: str) -> None:
        """Start some of them, as a supervisor does: again, if they end by themselves."""
        for name in names:
            target, arguments = self._targets[name]
            if name in (HANDS_OVER, WRITER):
                reader, status = CONTEXT.Pipe(duplex=False)
                arguments = (*arguments, status)
                Thread(target=self._listen, args=(reader,), daemon=True).start()
            self._running[name] = CONTEXT.Process(target=target, args=arguments, daemon=True)
            self._running[name].start()

    def revive(self) -> None:
        """Start anew what has ended by itself: a run does not begin without a line."""
        self.start(*[name for name, one in self._running.items() if not one.is_alive()])

    def kill(self, names: Sequence[str], number: int = signal.SIGKILL) -> None:
        """Kill some of them."""
        kill_processes(self._running, names, number)

    def _listen(self, reader: Connection) -> None:
        try:
            while True:
                report = reader.recv()
                if isinstance(report, OperatorNote):
                    self.notes.append(report.text)
        except (EOFError, OSError):
            return


def wait_on(processes: Processes, seconds: float) -> None:
    """Let them work for so long."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 0.5))
        processes.revive()


def main() -> None:
    """Kill, cut, restart, and print what is left."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=20, help="of the whole camera machine")
    parser.add_argument("--restarts", type=int, default=3, help="of the store, and of its writer")
    parser.add_argument("--cut", type=float, default=300.0, help="seconds without a line")
    parser.add_argument("--between", type=float, default=6.0, help="most seconds between kills")
    parser.add_argument("--pause", type=float, default=0.5, help="of a camera, between batches")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)  # noqa: S311  (no secret)
    os.environ[KEY_VARIABLE] = SiteKey.new().text
    folder = Path(mkdtemp(prefix="passerby-"))
    folder.chmod(0o711)
    (folder / "server").mkdir()
    server = Server(folder / "server", durable=True)
    try:
        _measure(server, folder, options, rng)
    finally:
        server.stop()
        shutil.rmtree(folder)


def _measure(server: Server, folder: Path, options: argparse.Namespace, rng: random.Random) -> None:
    store = {"address": server.address, "keys": str(folder / "site.keys")}
    values: dict[str, Any] = {
        "cameras": [{"name": one, "source": f"{one}.mp4"} for one in CAMERAS],
        "store": store,
    }
    site = SiteSettings.model_validate(values)
    make_site_store(site)
    with open_site_store(site) as opened:
        admit_machine(opened, "yard", CAMERAS, "benchmark")
        store |= {"public_key": opened.site_key.public.hex(), "outbox": str(folder / "outbox")}
    site = SiteSettings.model_validate(values)
    line = CutLine(server.address.replace("passerby@", "yard@"))
    processes = Processes(site, line.address, folder, options.pause)
    machine = (*CAMERAS, HANDS_OVER)
    processes.start(WRITER, *machine)
    for _ in range(options.kills):
        wait_on(processes, rng.uniform(0.05, options.between))
        processes.kill(machine)
        processes.start(*machine)
    for _ in range(options.restarts):
        wait_on(processes, rng.uniform(1, options.between))
        server.stop()
        wait_on(processes, rng.uniform(0, 3))
        server.start()
        wait_on(processes, rng.uniform(0, 3))
        processes.kill([WRITER])
        processes.start(WRITER)
    while not _waiting(folder):  # until it is at work again
        wait_on(processes, 0.1)
    line.cut()
    wait_on(processes, options.cut)
    most = _waiting(folder)
    line.mend()
    mended = time.monotonic()
    while _waiting(folder) > most // 100 and time.monotonic() - mended < PATIENCE:
        wait_on(processes, 0.2)
    drained = time.monotonic() - mended
    processes.kill(CAMERAS)
    until = time.monotonic() + PATIENCE
    while (_waiting(folder) or _queued(site)) and time.monotonic() < until:
        wait_on_store(processes)
    processes.kill([HANDS_OVER], signal.SIGTERM)
    processes.kill([WRITER], signal.SIGTERM)
    line.close()
    _report(site, folder, options, most, drained)


def wait_on_store(processes: Processes) -> None:
    """Let what hands over and what writes go on, without cameras."""
    time.sleep(0.5)
    for name in (HANDS_OVER, WRITER):
        if not processes._running[name].is_alive():  # noqa: SLF001
            processes.start(name)


def _waiting(folder: Path) -> int:
    return sum(1 for _ in (folder / "outbox").glob("*.sealed"))


def _queued(site: SiteSettings) -> int:
    try:
        with open_site_store(site) as store, store.database.reading() as connection:
            return int(connection.execute(text("SELECT count(*) FROM queue_batch")).scalar_one())
    except StoreUnavailable:
        return 1


def _report(
    site: SiteSettings, folder: Path, options: argparse.Namespace, most: int, drained: float
) -> None:
    known = acknowledged(folder)
    with open_site_store(site) as store:
        stored = stored_tracks(store, limit=10_000_000)
        left_open = sum(one.live for one in stored)
        counts = {one.number: 0 for one in stored}
        with store.database.reading() as connection:
            snippets = text("SELECT track, count(*) FROM snippet GROUP BY 1")
            counts |= {one.track: one[1] for one in connection.execute(snippets)}
            keys = connection.execute(text("SELECT count(*) FROM queue_key")).scalar_one()
        verify_audit(store)
    wrong = [said for said in known if not is_right(said, counts)]
    waits = _waiting(folder) + _queued(site)
    rows = [
        (
            "camera machine killed, store and writer restarted",
            f"{options.kills}, {options.restarts}",
        ),
        ("line cut", f"{options.cut:g} s"),
        ("batches that waited on the disk then", f"{most}"),
        ("after the line was back, until a hundredth was left", f"{drained:.1f} s"),
        ("batches acknowledged", f"{len(known)}"),
        ("of them lost, cut, or kept twice", f"{len(wrong)}"),
        ("batches that never came to the store", f"{waits}"),
        ("tracks left open", f"{left_open}"),
        ("keys of the queue that are left", f"{keys}"),
        ("audit log", "verified"),
    ]
    print(stamp())
    print(markdown(("", "measured"), rows))
    sys.exit(bool(wrong or waits or left_open or not known))


if __name__ == "__main__":
    main()
