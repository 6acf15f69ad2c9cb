"""Bad input, end to end: one clear line, the right exit code, nothing half-written, nothing raw."""

import ctypes
import errno
import io
import json
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import cycle, islice
from pathlib import Path
from threading import Thread

import av
import numpy as np
import pytest
from PIL import Image

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_OK, EXIT_USAGE

Film = Callable[..., Path]
Make = Callable[..., Path]
Capture = pytest.CaptureFixture[str]

PROGRAM = [sys.executable, "-c", "import sys; from passerby.cli import main; sys.exit(main())"]


class Bench:
    """A folder in which the command is run; knows what was there before, and what came."""

    def __init__(self, folder: Path, capsys: Capture) -> None:
        self.folder = folder
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self._capsys = capsys

    def files(self) -> set[str]:
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*")}

    def run(self, *words: object) -> tuple[int, list[str], set[str]]:
        """Anonymize the top of pictures: the exit code, the lines told, the files that came."""
        before = self.files()
        self._capsys.readouterr()
        code = main(["anonymize", "--regions", "top", *map(str, words)])
        printed = self._capsys.readouterr()
        assert printed.out == ""
        assert list(self.temporary.iterdir()) == []
        assert before <= self.files()
        return code, [line for line in printed.err.splitlines() if line], self.files() - before

    def refused(self, code: int, told: str, *words: object) -> None:
        """Run, and expect one clear line and nothing else."""
        actual, lines, came = self.run(*words)
        assert (actual, len(lines), came) == (code, 1, set()), lines
        assert told in lines[0]


@pytest.fixture
def bench(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = Bench(tmp_path, capsys)
    monkeypatch.setattr(tempfile, "tempdir", str(bench.temporary))
    monkeypatch.chdir(tmp_path)
    return bench


def picture(path: Path, mode: str = "RGB", size: tuple[int, int] = (32, 24)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size).save(path)
    return path


def size(name: str) -> tuple[int, int]:
    with Image.open(name) as image:
        return image.size


# --- Files that are not what they should be ------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty (0 bytes)"),
        (b"This is a letter, not a video.\n" * 40, "neither a picture nor a video"),
        (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n", "neither a picture nor a video"),
        (bytes(5000), "neither a picture nor a video"),
        (b"\x89PNG\r\n\x1a\n", "is damaged"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "is damaged"),
    ],
)
@pytest.mark.parametrize("name", ["a.mp4", "a.jpg", "[/b] 50%.mkv"])
def test_a_file_of_another_kind(bench: Bench, content: bytes, told: str, name: str) -> None:
    Path("in", name).parent.mkdir(parents=True)
    Path("in", name).write_bytes(content)
    output = f"out{Path(name).suffix}"
    actual, lines, came = bench.run(Path("in", name), "-o", output)
    assert (actual, len(lines), came) == (EXIT_FAILED, 1, set()), lines
    # What begins as a picture and is none is called damaged; a few bytes of one may be neither.
    assert told in lines[0] or "neither a picture nor a video" in lines[0]
    assert name in lines[0]


@pytest.mark.parametrize("name", ["gone.mp4", "gone/", "no/such/folder/a.jpg", "a\nb.mp4"])
def test_a_file_that_is_not_there(bench: Bench, name: str) -> None:
    actual, lines, came = bench.run(name, "-o", "out.mp4")
    assert (actual, came) == (EXIT_FAILED, set())
    assert "does not exist: check the path" in lines[-1]


def test_a_folder_without_anything_in_it(bench: Bench) -> None:
    Path("empty").mkdir()
    bench.refused(EXIT_FAILED, "has no pictures or videos", "empty", "-o", "out")
    Path("empty", "letter.txt").touch()
    bench.refused(EXIT_FAILED, "has no pictures or videos", "empty", "-o", "out")


def test_nothing_to_anonymize(bench: Bench) -> None:
    bench.refused(EXIT_USAGE, "nothing to anonymize: name a file")


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["mp4", "avi", "mkv", "ts"])
def test_a_video_that_is_cut_off(bench: Bench, make_video: Make, ending: str) -> None:
    source = make_video(f"a.{ending}", frames=90, noise=True)
    content = source.read_bytes()
    source.write_bytes(content[: len(content) * 2 // 3 + 1])
    hint = "neither a picture" if ending == "mp4" else "--salvage keeps"
    bench.refused(EXIT_FAILED, hint, source, "-o", "out.mp4")
    code, lines, came = bench.run(source, "-o", "out.mp4", "--salvage")
    assert code == EXIT_FAILED
    if ending == "mp4":  # its index was in the part that is missing
        assert came == set()
        return
    assert came == {"out.mp4"}
    assert any("is damaged" in line for line in lines)


def test_a_broken_picture_in_a_folder_of_good_ones(bench: Bench) -> None:
    for number in range(4):
        picture(Path("in", f"{number}.jpg"), size=(64, 64))
    Path("in", "2.jpg").write_bytes(Path("in", "2.jpg").read_bytes()[:300])
    code, lines, came = bench.run("in", "-o", "out")
    assert code == EXIT_FAILED
    assert came == {"out", "out/0.jpg", "out/1.jpg", "out/3.jpg"}
    assert lines[-2] == "passerby: 3 of 4 inputs done"
    assert lines[-1].startswith("passerby: failed: in/2.jpg is damaged")


# --- Pictures of every sort ----------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["I;16", "CMYK", "RGBA", "LA", "1", "P", "L", "LAB"])
def test_every_sort_of_picture_works(bench: Bench, mode: str) -> None:
    source = picture(Path(f"a.{'tif' if mode in ('CMYK', 'LAB') else 'png'}"), mode)
    code, _, came = bench.run(source, "-o", "out.png")
    assert (code, came) == (EXIT_OK, {"out.png"})
    assert size("out.png") == (32, 24)


def test_a_picture_of_fractions_is_refused(bench: Bench) -> None:
    bench.refused(EXIT_FAILED, "a.tif", picture(Path("a.tif"), "F"), "-o", "out.png")


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "webp", "bmp", "tif"])
def test_a_single_pixel_works(bench: Bench, ending: str) -> None:
    source = picture(Path(f"a.{ending}"), size=(1, 1))
    assert bench.run(source, "-o", f"out.{ending}")[0] == EXIT_OK


def png(width: int, height: int, data: bytes) -> bytes:
    """A PNG that claims to have so many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [20_000, 2**31 - 1])
def test_a_picture_of_too_many_pixels(bench: Bench, side: int) -> None:
    Path("a.png").write_bytes(png(side, side, zlib.compress(bytes(1_000_000))))
    bench.refused(EXIT_FAILED, "cut or shrink it first", "a.png", "-o", "out.png")


def test_an_animation_of_too_many_pixels(bench: Bench) -> None:
    memory = io.BytesIO()
    Image.new("P", (3000, 3000)).save(memory, "GIF")
    content = memory.getvalue()
    start = content.index(b"\x2c\0\0\0\0")  # the one picture, up to the trailer
    Path("a.gif").write_bytes(content[:start] + content[start:-1] * 30 + b";")
    bench.refused(EXIT_FAILED, "30 frames of 3000x3000 pixels", "a.gif", "-o", "out.gif")


# --- Permissions and disks -----------------------------------------------------------------


@contextmanager
def bound_by_permissions() -> Iterator[None]:
    """Make root obey permissions, by laying down two of its capabilities (Linux)."""
    if os.geteuid() != 0:
        yield
        return
    library = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    kept, without = (ctypes.c_uint32 * 6)(), (ctypes.c_uint32 * 6)()
    if not hasattr(library, "capset") or library.capget(header, kept):
        pytest.skip("root reads and writes everything here")
    without[:] = kept
    without[0] &= ~0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    library.capset(header, without)
    try:
        yield
    finally:
        library.capset(header, kept)


def test_a_file_that_may_not_be_read(bench: Bench) -> None:
    source = picture(Path("a.png"))
    source.chmod(0)
    with bound_by_permissions():
        bench.refused(EXIT_FAILED, "cannot be read: check its permissions", "a.png")


def test_a_folder_that_may_not_be_read(bench: Bench) -> None:
    picture(Path("in", "a.png"))
    Path("in").chmod(0)
    try:
        with bound_by_permissions():
            code = main(["anonymize", "in", "-o", "out", "--regions", "top"])
    finally:
        Path("in").chmod(0o700)
    told = bench._capsys.readouterr().err
    assert code == EXIT_FAILED
    assert told == "passerby: in cannot be read: check its permissions\n"
    assert not Path("out").exists()


@pytest.mark.parametrize("output", ["shut/out.png", "shut/deep/out.png"])
def test_a_folder_that_may_not_be_written_to(bench: Bench, output: str) -> None:
    picture(Path("a.png"))
    Path("shut").mkdir()
    Path("shut").chmod(0o500)
    with bound_by_permissions():
        bench.refused(EXIT_FAILED, "check", "a.png", "-o", output)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """A disk with so much room, as far as this process can tell."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, previous)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["mp4", "mkv", "avi", "ts"])
def test_a_disk_too_small_for_the_video(bench: Bench, make_video: Make, ending: str) -> None:
    source = make_video("a.mkv", frames=60, noise=True)
    with files_of_at_most(3000):
        bench.refused(EXIT_FAILED, "the disk is full", source, "-o", f"out.{ending}")


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tif", "bmp", "gif"])
def test_a_disk_too_small_for_the_picture(bench: Bench, ending: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (90, 90, 3)).astype(np.uint8)
    Image.fromarray(noise).save("a.png")
    with files_of_at_most(1000):
        bench.refused(EXIT_FAILED, "the disk is full", "a.png", "-o", f"out.{ending}")


@pytest.mark.parametrize("beside", ["report", "save-detections"])
def test_a_disk_too_small_for_what_lies_beside(
    bench: Bench, film: Film, bright_people: None, beside: str
) -> None:
    source = film("a.mkv", lambda frame: [(20, 10, 10, 40, 255)], frames=200)
    with files_of_at_most(9_000):
        code, lines, came = bench.run(
            *(source, "-o", "out.mp4", f"--{beside}", "x.json", "--regions", "people")
        )
    assert code == EXIT_FAILED
    assert came <= {"out.mp4"}
    full = [line for line in lines if "File too large" in line or "disk is full" in line]
    assert len(full) == len(set(full)) >= 1
    assert "Traceback" not in " ".join(lines)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 64 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    with suppress(OSError):
        if subprocess.run(mount, capture_output=True, check=False).returncode == 0:
            yield place
            subprocess.run(["umount", str(place)], check=True)
            return
    pytest.skip("no file system may be mounted here")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["out.mp4", "out.mkv", "out.png", "out.jpg"])
def test_a_real_full_disk(bench: Bench, small_disk: Path, make_video: Make, name: str) -> None:
    if name.endswith(("png", "jpg")):
        noise = np.random.default_rng(0).integers(0, 256, (400, 400, 3)).astype(np.uint8)
        source = Path("a.png")
        Image.fromarray(noise).save(source)
    else:
        source = make_video("a.mkv", size=(128, 96), frames=60, noise=True)
    bench.refused(EXIT_FAILED, "the disk is full", source, "-o", small_disk / name)


# --- Outputs and options -------------------------------------------------------------------


def test_an_output_that_exists(bench: Bench) -> None:
    picture(Path("a.png"))
    Path("out.png").write_text("precious", encoding="utf-8")
    bench.refused(EXIT_FAILED, "out.png exists: add --overwrite", "a.png", "-o", "out.png")
    assert Path("out.png").read_text(encoding="utf-8") == "precious"
    assert bench.run("a.png", "-o", "out.png", "--overwrite")[0] == EXIT_OK
    assert size("out.png") == (32, 24)


def test_a_failure_does_not_take_the_old_output_away(bench: Bench) -> None:
    Path("a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    Path("out.png").write_text("precious", encoding="utf-8")
    assert bench.run("a.png", "-o", "out.png", "--overwrite")[0] == EXIT_FAILED
    assert Path("out.png").read_text(encoding="utf-8") == "precious"


def test_two_inputs_with_one_output(bench: Bench) -> None:
    picture(Path("in", "a.png"))
    picture(Path("in2", "a.png"))
    told = "would be written by both in/a.png and in2/a.png"
    bench.refused(EXIT_FAILED, told, "in/a.png", "in2/a.png", "-o", "out")


def test_an_output_that_is_an_input(bench: Bench) -> None:
    picture(Path("a.png"))
    told = "is an input and would be overwritten"
    bench.refused(EXIT_FAILED, told, "a.png", "-o", "a.png", "--overwrite")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--operator", "blackot"], "blackot"),
        (["--regions", "feet"], "feet"),
        (["--strength", "much"], "much"),
        (["--preset", "nobody-2020"], "nobody-2020"),
        (["--quality", "900"], "quality"),
        (["--codec", "mpeg1"], "codec"),
        (["--audio", "loud"], "audio"),
        (["--every", "0"], "every"),
        (["--threshold", "2"], "threshold"),
        (["--size", "8193"], "only the long side in pixels, 32 to 8192"),
        (["--size", "640x480"], "only the long side in pixels, 32 to 8192"),
        (["--keep", "one"], "keep"),
        (["--keep", "1", "--only", "2"], "exclude each other"),
        (["--leave-zone", "1,2"], "zone"),
        (["--cover-time", "late"], "time"),
        (["--lookahead", "nan"], "lookahead"),
        (["--no-such-option"], "--no-such-option"),
        (["--save-detections", "x.doc"], "end it with .txt or .json"),
    ],
)
def test_an_unknown_value(bench: Bench, words: Sequence[str], told: str) -> None:
    picture(Path("a.png"))
    code, lines, came = bench.run("a.png", "-o", "out.png", *words)
    assert (code, len(lines), came) == (EXIT_USAGE, 1, set()), lines
    assert told in lines[0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-o", "out.xyz"], "cannot be written: use one of"),
        (["-o", "out.mp4"], "an image cannot be written as .mp4"),
        (["-o", "a.png/out.png"], "check"),
        (["--detections", "gone.txt"], "gone.txt"),
    ],
)
def test_an_output_or_file_that_cannot_be(bench: Bench, words: Sequence[str], told: str) -> None:
    picture(Path("a.png"))
    bench.refused(EXIT_FAILED, told, "a.png", *words)


def test_missing_models_name_the_command_to_run(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("PASSERBY_MODELS", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(variable, str(bench.temporary))
    picture(Path("a.png"))
    told = "run `passerby models pull"
    people = ["--regions", "people", "--model", "yolox-nano"]
    for words in (["--regions", "faces"], people):
        bench.refused(EXIT_FAILED, told, "a.png", "-o", "out.png", *words)


# --- Streams -------------------------------------------------------------------------------


def noise_as_jpeg(seed: int) -> bytes:
    """A picture that takes room in any file."""
    noise = np.random.default_rng(seed).integers(0, 256, (240, 320, 3)).astype(np.uint8)
    memory = io.BytesIO()
    Image.fromarray(noise).save(memory, "JPEG")
    return memory.getvalue()


@contextmanager
def dying_camera(pictures: int) -> Iterator[str]:
    """A camera that hangs up after some pictures, and does not answer again."""
    shots = [noise_as_jpeg(number) for number in range(4)]
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            connection, _ = server.accept()
            server.close()
            with connection:
                connection.recv(4096)
                mixed = b"Content-Type: multipart/x-mixed-replace; boundary=picture\r\n\r\n"
                connection.sendall(b"HTTP/1.0 200 OK\r\n" + mixed)
                for shot in islice(cycle(shots), pictures):
                    length = f"Content-Length: {len(shot)}\r\n\r\n".encode()
                    part = b"--picture\r\nContent-Type: image/jpeg\r\n" + length
                    connection.sendall(part + shot + b"\r\n")
                    time.sleep(0.02)

    thread = Thread(target=serve)
    thread.start()
    try:
        yield f"http://admin:secret@127.0.0.1:{server.getsockname()[1]}/video?token=secret"
    finally:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def test_a_stream_that_dies_leaves_nothing_and_no_password(bench: Bench) -> None:
    with dying_camera(pictures=9) as address:
        code, lines, came = bench.run(address, "-o", "out.mkv", "--retries", "0")
    assert (code, len(lines), came) == (EXIT_FAILED, 1, set()), lines
    assert "lost http://127.0.0.1:" in lines[0]
    assert "--salvage keeps" in lines[0]
    assert "secret" not in lines[0]


def test_a_stream_that_dies_can_be_salvaged(bench: Bench) -> None:
    with dying_camera(pictures=9) as address:
        words = [address, "-o", "out.mkv", "--retries", "0", "--salvage"]
        code, _, came = bench.run(*words)
    assert (code, came) == (EXIT_FAILED, {"out.mkv"})


def test_a_stream_that_is_not_there(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://admin:secret@127.0.0.1:{server.getsockname()[1]}/video"
    code, lines, came = bench.run(address, "-o", "out.mkv")
    assert (code, len(lines), came) == (EXIT_FAILED, 1, set()), lines
    assert "cannot open" in lines[0]
    assert "secret" not in lines[0]


# --- Interruption --------------------------------------------------------------------------


def group_is_gone(group: int) -> bool:
    """Whether no process of the group is left."""
    try:
        os.killpg(group, 0)
    except OSError as error:
        return error.errno == errno.ESRCH
    return False


def interrupted(
    folder: Path, number: signal.Signals, output: str, *words: object
) -> tuple[int, str]:
    """Start the program, send a signal as soon as something is written: exit code, what is told."""
    temporary = folder / "temporary"
    temporary.mkdir()
    with subprocess.Popen(
        [*PROGRAM, "anonymize", *map(str, words), "-o", output],
        cwd=folder,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            for _ in range(3000):
                if any(file.stat().st_size for file in folder.glob(f".{output}.partial-*")):
                    break
                assert process.poll() is None
                time.sleep(0.02)
            process.send_signal(number)
            _, told = process.communicate(timeout=30)
        finally:
            process.kill()
    assert group_is_gone(process.pid)
    assert list(temporary.iterdir()) == []
    temporary.rmdir()
    return process.returncode, told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code", "told"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_an_interrupted_video_leaves_nothing(
    film: Film, tmp_path: Path, number: signal.Signals, code: int, told: str
) -> None:
    source = film("a.mkv", lambda _: [], frames=600, size=(320, 240))
    slow = ["--operator", "noise", "--regions", "frame", "--report", "r.json", "--quiet"]
    line = f"passerby: {told}: nothing half-written was left"
    actual, lines = interrupted(tmp_path, number, "out.mp4", source, *slow)
    assert (actual, lines.strip()) == (code, line)
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_live_stream_that_is_stopped_leaves_a_whole_video(
    tmp_path: Path, number: signal.Signals
) -> None:
    with dying_camera(pictures=2000) as address:
        words = [address, "--regions", "top", "--report", "r.json"]
        code, told = interrupted(tmp_path, number, "out.ts", *words)
    assert code == EXIT_OK, told
    assert "secret" not in told
    assert {path.name for path in tmp_path.iterdir()} == {"out.ts", "r.json"}
    frames = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["summary"]["frames"]
    with av.open(str(tmp_path / "out.ts")) as container:
        assert sum(1 for _ in container.decode(video=0)) == frames > 0
