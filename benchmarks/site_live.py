"""How many live cameras a site keeps up with: pictures dropped, processor time and memory.

    passerby synth corridor --cameras 4 --seconds 60 -o corridor
    python benchmarks/site_live.py corridor --seconds 120

Each film is served as a live camera (MJPEG over HTTP on loopback, in real time, again and again).
A site watches all of them with everything on: people are found, covered, followed, described,
stored and linked.
"""

import argparse
import os
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import cv2

from passerby.site.run import run_site
from passerby.site.settings import SiteSettings
from passerby.site.site_store import open_site_store
from passerby.store.reading import stored_tracks
from passerby.store.site_key import KEY_VARIABLE, SiteKey
from stamp import stamp
from table import markdown

MEGABYTE = 1_000_000


@contextmanager
def served(films: list[Path], rate: float) -> Iterator[list[str]]:
    """Serve films as cameras; yields their addresses."""
    pictures = [_jpegs(film) for film in films]

    class Camera(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
            self.end_headers()
            due = time.monotonic()
            try:
                for jpeg in cycle(pictures[int(self.path.strip("/"))]):
                    head = f"--next\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}"
                    self.wfile.write(head.encode() + b"\r\n\r\n" + jpeg + b"\r\n")
                    due += 1 / rate
                    time.sleep(max(0.0, due - time.monotonic()))
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    yield [f"http://127.0.0.1:{port}/{number}" for number in range(len(films))]
    server.shutdown()


def _jpegs(film: Path) -> list[bytes]:
    with av.open(str(film)) as container:
        images = (frame.to_ndarray(format="bgr24") for frame in container.decode(video=0))
        return [cv2.imencode(".jpg", image)[1].tobytes() for image in images]


def main() -> None:
    """Run, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="films of `passerby synth corridor`")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--rate", type=float, default=10)
    options = parser.parse_args()
    films = sorted(options.folder.glob("camera-*.mp4"))
    os.environ[KEY_VARIABLE] = SiteKey.new().text
    notes: list[str] = []
    with TemporaryDirectory() as folder, served(films, options.rate) as addresses:
        names = [film.stem for film in films]
        site = SiteSettings.model_validate(
            {
                "cameras": [
                    {"name": name, "source": address}
                    for name, address in zip(names, addresses, strict=True)
                ],
                "neighbours": [
                    {"cameras": pair, "travel_seconds": [3, 60]} for pair in pairwise(names)
                ],
                "store": {"address": f"{folder}/site.sqlite"},
            }
        )
        began = time.monotonic()
        states = run_site(site, notes.append, seconds=options.seconds)
        lasted = time.monotonic() - began
        with open_site_store(site) as store:
            tracks = len(stored_tracks(store, limit=1_000_000))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    frames = sum(one.frames for one in states.values())
    dropped = sum(one.dropped for one in states.values())
    rows = [
        ("cameras, frames a second each", f"{len(films)}, {options.rate:g}"),
        ("frames handled", f"{frames}"),
        ("dropped", f"{dropped} ({dropped / max(frames + dropped, 1):.2%})"),
        ("cores used, all processes", f"{(used.ru_utime + used.ru_stime) / lasted:.2f}"),
        ("memory of the largest process", f"{used.ru_maxrss * 1024 / MEGABYTE:.0f} MB"),
        ("tracks stored", f"{tracks}"),
        ("notes", "; ".join(notes) or "none"),
    ]
    print(stamp())
    print(markdown(("", "measured"), rows))


if __name__ == "__main__":
    main()
