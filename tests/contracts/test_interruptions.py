"""Runs that are interrupted at any moment leave nothing raw, no process, and nothing half-written.

The real program works on pictures with a marker where people are, is stopped, and every file that
it may have touched is searched for the marker: in bytes as they lie in memory, and in whatever can
be shown. The suite tries a few commands; ``PASSERBY_KILLS=400`` tries all of them, 400 times.
"""

import contextlib
import json
import os
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

Image = npt.NDArray[np.uint8]

PROGRAM = [sys.executable, "-c", "import sys; from passerby.cli import main; sys.exit(main())"]
MARKER: Image = np.kron(
    np.random.default_rng(7).integers(0, 2, (8, 8)), np.full((4, 4), 255)
).astype(np.uint8)
"""Black and white cells of 4x4 pixels, which survive any encoder."""
SIDE = len(MARKER)
FRAMES = 75
"""Of the clip."""
ALIKE = 0.6
"""Correlation from which a place is taken for the marker; other places stay below 0.4."""
MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
"""Where there are none, the training of detectors ends before it looks at pictures."""
HIDDEN = re.compile(r"\..*\.partial-[0-9a-f]{8}")


def marked(width: int, height: int, left: int, top: int, seed: int) -> Image:
    """A noisy picture with the marker, in colour and with noise that only raw pixels have."""
    rng = np.random.default_rng(seed)
    image = rng.integers(90, 160, (height, width, 3)).astype(np.uint8)
    noise = np.random.default_rng(8).integers(0, 30, (SIDE, SIDE, 3))
    bright = MARKER[:, :, None].astype(np.int64)
    image[top : top + SIDE, left : left + SIDE] = np.where(bright > 0, 255 - noise, noise)
    return image


# --- Searching -------------------------------------------------------------------------------


def needles() -> list[bytes]:
    """Rows of the marker as programs hold them: BGR, RGB, with a fourth byte, and grey."""
    patch = marked(SIDE, SIDE, 0, 0, 0)
    orders = [patch, patch[:, :, ::-1], cv2.cvtColor(patch, cv2.COLOR_BGR2BGRA)]
    orders += [cv2.cvtColor(patch, cv2.COLOR_BGR2RGBA), *patch.transpose(2, 0, 1)]
    return [row.tobytes() for order in orders for row in order[::3]]


NEEDLES = needles()


def finds(folder: Path) -> list[str]:
    """Files below a folder that hold the marker."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if any(needle in content for needle in NEEDLES) or any(map(shows, pictures(path))):
                found.append(path.relative_to(folder).as_posix())
    return found


def pictures(path: Path) -> Iterator[Image]:
    """What can be shown of a file, whole or torn, in grey."""
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if image is not None:
        yield np.asarray(image, np.uint8)
        return
    with contextlib.suppress(av.FFmpegError, ValueError), av.open(f"file:{path}") as container:
        for frame in container.decode(video=0) if container.streams.video else ():
            yield frame.to_ndarray(format="gray")


def shows(image: Image) -> bool:
    for scale in (1.0, 0.5):
        side = round(SIDE * scale)
        if min(image.shape) >= side:
            template = cv2.resize(MARKER, (side, side), interpolation=cv2.INTER_AREA)
            if cv2.matchTemplate(image, template, cv2.TM_CCOEFF_NORMED).max() > ALIKE:
                return True
    return False


def test_the_marker_is_found_wherever_it_is(tmp_path: Path) -> None:
    image = marked(96, 96, 20, 30, 1)
    shown = [tmp_path / f"a.{ending}" for ending in ("jpg", "png", "bmp", "webp")]
    for path in shown:
        cv2.imwrite(str(path), image)
    half = cv2.resize(image, (48, 48), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(tmp_path / "half.jpg"), half)
    write_clip(tmp_path / "a.mp4", "libx264", "yuv420p", 5)
    write_clip(tmp_path / "a.ts", "libx264", "yuv420p", 5)
    (tmp_path / "core").write_bytes(b"\x7fELF" + image.tobytes())
    (tmp_path / "rgb.bin").write_bytes(b"0" + image[:, :, ::-1].tobytes())
    (tmp_path / "planes.npz").write_bytes(image.transpose(2, 0, 1).tobytes())
    assert len(finds(tmp_path)) == len(list(tmp_path.iterdir())) == 10


def test_nothing_else_is_taken_for_it(tmp_path: Path) -> None:
    image = marked(96, 96, 20, 30, 1)
    image[30 : 30 + SIDE, 20 : 20 + SIDE] = 0
    for ending in ("jpg", "png"):
        cv2.imwrite(str(tmp_path / f"a.{ending}"), image)
    (tmp_path / "a.bin").write_bytes(image.tobytes())
    assert finds(tmp_path) == []


# --- Inputs ----------------------------------------------------------------------------------


def write_clip(path: Path, codec: str, pixels: str, frames: int) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 192, 128, pixels
        for number in range(frames):
            image = marked(192, 128, 64, 8, number)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())


def write_crops(root: Path) -> None:
    """A data set in Market's layout; the marker is in the upper part, where heads are."""
    for person in range(1, 17):
        folder = "bounding_box_train" if person <= 8 else "bounding_box_test"
        for camera in range(1, 7):
            place = "query" if person > 8 and camera == 1 else folder
            path = root / place / f"{person:04d}_c{camera}s1_{camera:06d}_00.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), marked(64, 128, 16, 2, 10 * person + camera))


def write_boxes(path: Path, frames: int) -> None:
    lines = [f"{number + 1},1,60,4,{SIDE + 8},{SIDE + 8},1,-1,-1,-1\n" for number in range(frames)]
    path.write_text("".join(lines), encoding="utf-8")


def write_collection(data: Path) -> None:
    for name in ("images", "labels"):
        (data / "people" / "css" / name).mkdir(parents=True)
    for number in range(8):
        place = data / "people" / "css"
        cv2.imwrite(str(place / "images" / f"{number}.jpg"), marked(192, 128, 64, 8, number))
        (place / "labels" / f"{number}.txt").write_text("0 0.5 0.5 0.4 0.8\n", encoding="utf-8")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw pictures; the one place that may hold the marker."""
    folder = tmp_path_factory.mktemp("inputs")
    write_clip(folder / "clip.mkv", "ffv1", "bgr0", FRAMES)
    write_boxes(folder / "boxes.txt", FRAMES)
    write_crops(folder / "market")
    write_collection(folder / "data")
    return folder


# --- Runs ------------------------------------------------------------------------------------

CLIP = ["{inputs}/clip.mkv", "--detections", "{inputs}/boxes.txt", "--regions", "people"]
TOP = ["--regions", "top", "--operator", "blackout"]
COMMANDS = {
    "twin": ["datasets", "anonymize", "{inputs}/market", "-o", "out/twin", *TOP, "--workers", "2"],
    "video": [
        *("anonymize", *CLIP, "-o", "out/clip.mp4", "--report", "out/r.json"),
        *("--save-detections", "out/d.json", "--metadata", "keep"),
    ],
    "stream": ["anonymize", *CLIP, "-o", "udp://127.0.0.1:{port}"],
    "pictures": ["anonymize", "{inputs}/market", "-o", "out", *TOP, "--report", "r.json"],
    "check": ["datasets", "check", "{inputs}/market", "--workers", "2"],
    "sheet": ["datasets", "stats", "{inputs}/market", "--sheet", "out/people.png"],
    "detect": ["detect", "{inputs}/clip.mkv", "-o", "out/boxes.json"],
    "track": [
        *("track", *CLIP[:3], "-o", "out/t.txt", "--video", "out/n.mp4", "--regions", "people"),
        *("--people", "out/p.csv"),
    ],
    "describe": [
        *("describe", "{inputs}/market/bounding_box_train", "--raw", "-o", "out/s.npz"),
        *("--maps", "out/maps.png", "--rows", "2"),
    ],
    "evaluate": [
        *("evaluate", "reid", "--data", "{inputs}/market", "--raw"),
        *("--model", "passerby-signature"),
        *("--ranked-lists", "out/lists.png", "--json", "out/r.json"),
    ],
    "train reid": [
        *("train", "reid", "--data", "{inputs}/market", "--model", "osnet-x0.25", "-o", "out"),
        *("--scale", "quick", "--epochs", "3", "--weights", "scratch"),
    ],
    "train detector": [
        *("train", "detector", "--data", "{inputs}/data", "--worlds", "1", "--no-clips"),
        *("--teacher", "none", "--pictures", "8", "--batch", "2", "--workers", "1", "-o", "out"),
        *(
            word
            for name in ("voc2007", "coco128", "rohith", "luiz", "hardhat")
            for word in ("--leave-out", name)
        ),
    ],
}
"""Most telling first."""
INTERRUPTIONS = {
    "Ctrl-C twice": (signal.SIGINT, signal.SIGINT),
    "kill -9": (signal.SIGKILL,),
    "SIGTERM": (signal.SIGTERM,),
    "Ctrl-C": (signal.SIGINT,),
    "SIGHUP": (signal.SIGHUP,),
    "SIGQUIT": (signal.SIGQUIT,),
}
FEW = 4
KILLS = int(os.environ.get("PASSERBY_KILLS", FEW))
USUAL_SECONDS = 3.0
"""That a command lasts; measured only where there are many runs."""
CLEAN = ("Ctrl-C", "SIGTERM", "SIGHUP")
"""After these nothing half-written may be left. Two quick Ctrl-C end all processes at once: what
one of them was writing, a hidden file of anonymized pixels, may rarely stay."""


@dataclass
class Tally:
    """What all runs came to."""

    runs: int = 0
    finds: list[str] = field(default_factory=list)
    partials: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        left = ", ".join(f"{count} after {how}" for how, count in self.partials.items())
        return f"{self.runs} runs, marker found {len(self.finds)} times; partial: {left or 'none'}"


@dataclass
class Run:
    """One run in a folder of its own, with all that it may write below it."""

    folder: Path
    process: "subprocess.Popen[bytes]"
    started: float

    def interrupt(self, how: str, moment: float) -> None:
        """Send signals, some moment after the start, and wait for the end."""
        time.sleep(max(0.0, self.started + moment - time.monotonic()))
        for number in INTERRUPTIONS[how]:
            with contextlib.suppress(ProcessLookupError):
                # As a terminal would: to all of the group. Others send to the program alone.
                send = os.killpg if how.startswith("Ctrl-C") else os.kill
                send(self.process.pid, number)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def left_over(self) -> list[str]:
        """Processes that outlive the program; a relay has a group of its own, and the session."""
        last = time.monotonic() + 10
        while True:
            command = ["ps", "-o", "stat=,args=", "-s", str(self.process.pid)]
            listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
            alive = [line for line in listed.splitlines() if not line.startswith("Z")]
            if not alive or time.monotonic() > last:
                return alive
            time.sleep(0.05)

    def partials(self) -> list[str]:
        return [path.name for path in self.folder.rglob("*") if HIDDEN.fullmatch(path.name)]


def start(command: str, inputs: Path, folder: Path, port: int) -> Run:
    for name in ("out", "tmp", "home"):
        (folder / name).mkdir(parents=True)
    words = [word.format(inputs=inputs, port=port) for word in COMMANDS[command]]
    environment = os.environ | {"TMPDIR": str(folder / "tmp"), "HOME": str(folder / "home")}
    environment.setdefault("PASSERBY_MODELS", str(MODELS))
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        process = subprocess.Popen(
            [*PROGRAM, *words],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
            preexec_fn=begin,  # noqa: PLW1509 - it calls nothing but the system
        )
    return Run(folder, process, time.monotonic())


def begin() -> None:
    """As from a terminal: cores are allowed, and no signal is ignored, as it is under ``nohup``."""
    for number in {number for way in INTERRUPTIONS.values() for number in way} - {signal.SIGKILL}:
        signal.signal(number, signal.SIG_DFL)
    limit = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))


@contextlib.contextmanager
def receiver(target: Path) -> Iterator[int]:
    """Write down all that is sent to a port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here, target.open("wb") as file:
        here.bind(("127.0.0.1", 0))

        def receive() -> None:
            while datagram := here.recv(65536):
                file.write(datagram)

        thread = Thread(target=receive)
        thread.start()
        yield here.getsockname()[1]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", here.getsockname())
        thread.join()


@pytest.fixture(scope="module")
def lasts(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], float]:
    """How long a command lasts that nobody interrupts; it is looked through like any other."""
    known: dict[str, float] = {}

    def measure(command: str) -> float:
        if KILLS <= FEW:
            return USUAL_SECONDS
        if command not in known:
            folder = tmp_path_factory.mktemp("whole")
            with receiver(folder / "received") as port:
                run = start(command, inputs, folder, port)
                assert run.process.wait(280) in (0, 1), (folder / "stderr").read_text("utf-8")
            known[command] = time.monotonic() - run.started
            assert "Traceback" not in (folder / "stderr").read_text("utf-8")
            assert (finds(folder), run.partials(), run.left_over()) == ([], [], [])
        return known[command]

    return measure


@pytest.fixture(scope="module")
def tally() -> Iterator[Tally]:
    tally = Tally()
    yield tally
    print(f"\n{tally}")  # noqa: T201 - for those who run many


def moments() -> list[tuple[str, str, int]]:
    """Each command with each interruption in turn, as often as is asked for."""
    names, ways = list(COMMANDS), list(INTERRUPTIONS)
    return [
        (names[number % len(names)], ways[(number + number // len(names)) % len(ways)], number)
        for number in range(KILLS)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("command", "how", "number"), moments())
def test_an_interrupted_run_leaves_nothing_raw(
    inputs: Path,
    lasts: Callable[[str], float],
    tally: Tally,
    tmp_path: Path,
    command: str,
    how: str,
    number: int,
) -> None:
    moment = random.Random(number).uniform(0.1, 1.0) * lasts(command)
    with receiver(tmp_path / "received") as port:
        run = start(command, inputs, tmp_path, port)
        run.interrupt(how, moment)
        assert run.left_over() == []
    tally.runs += 1
    tally.finds += finds(tmp_path)
    assert tally.finds == []
    assert not list(tmp_path.glob("core*"))
    if how in CLEAN:
        assert run.partials() == []
        # Python itself prints a traceback while the program is being loaded.
        assert "in _run" not in (tmp_path / "stderr").read_text("utf-8")
    tally.partials[how] += len(run.partials())
    check_whole(tmp_path / "out")
    shutil.rmtree(tmp_path)


def check_whole(folder: Path) -> None:
    """What has its name is whole."""
    for path in folder.rglob("*.json"):
        json.loads(path.read_text("utf-8"))
    for path in (*folder.rglob("*.png"), *folder.rglob("*.mp4")):
        assert sum(1 for _ in pictures(path)) > 0
    if any(folder.rglob("*.pt")):
        torch = pytest.importorskip("torch")
        for path in folder.rglob("*.pt"):
            torch.load(path, weights_only=True)
