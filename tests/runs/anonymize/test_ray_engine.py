"""Work handed out to Ray's workers: the copies and the report of one machine."""

import importlib
import json
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_USAGE
from passerby.errors import ConfigError
from passerby.files.hashing import sha256_of
from passerby.files.partial import PartialFile
from passerby.media import Input
from passerby.pipeline.settings import Settings
from passerby.runs.anonymize import ray_engine
from passerby.runs.anonymize.basis import basis_of_settings, given_files, used_models
from passerby.runs.anonymize.journal import journal_path

Capture = pytest.CaptureFixture[str]
Film = Callable[..., Path]
Patch = pytest.MonkeyPatch

MARKER = bytes(np.random.default_rng(7).integers(0, 256, 96, np.uint8))
"""A line of 32 pixels that stands nowhere else."""


def walking(frame: int) -> list[tuple[int, int, int, int, int]]:
    return [(20 + frame // 4, 10, 16, 40, 255)]


@pytest.fixture
def archive(film: Film, tmp_path: Path) -> Path:
    for number in range(5):
        film(f"archive/{number}.mkv", walking, frames=40 + 3 * number)
    image = np.full((64, 96, 3), 90, np.uint8)
    image[10:50, 20:52] = np.frombuffer(MARKER, np.uint8).reshape(32, 3)
    Image.fromarray(image[:, :, ::-1]).save(tmp_path / "archive/marked.bmp")
    (tmp_path / "archive/broken.jpg").write_bytes(b"no picture")
    return tmp_path / "archive"


def essence(report: Path) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["items"]
    for item in items:
        del item["seconds"]
        item["output"]["name"] = item["output"]["name"] and Path(item["output"]["name"]).name
    return items


def descendants(parent: int) -> Iterator[int]:
    """All processes that a process has started, and that those have."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and parent_of(int(entry.name)) == parent:
            yield int(entry.name)
            yield from descendants(int(entry.name))


def parent_of(process: int) -> int:
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except OSError:  # it has ended
        return 0
    return int(stat.rpartition(")")[2].split()[1])


def files_with_marker() -> list[str]:
    """Where the marker lies: in shared memory, and in whatever file Ray's processes have open."""
    found = []
    for process in descendants(os.getpid()):
        try:
            links = list(Path(f"/proc/{process}/fd").iterdir())
        except OSError:  # it has ended, or lets nobody look
            continue
        for link in links:
            try:
                name = str(link.readlink())
                if name.startswith(("/dev/shm", "/tmp", "/memfd")) and MARKER in link.read_bytes():
                    found.append(name)
            except OSError:  # it is a pipe, or was closed
                continue
    return found


def listening() -> list[str]:
    """The addresses on which Ray's processes listen, as the system writes them."""
    inodes = set()
    for process in descendants(os.getpid()):
        try:
            links = [str(link.readlink()) for link in Path(f"/proc/{process}/fd").iterdir()]
        except OSError:
            continue
        inodes |= {link[8:-1] for link in links if link.startswith("socket:[")}
    rows = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text(encoding="ascii").splitlines()[1:]
    ]
    return [row[1].partition(":")[0] for row in rows if row[3] == "0A" and row[9] in inodes]


LOOPBACK = {
    "0100007F",
    "00000000000000000000000001000000",
    "0000000000000000FFFF00000100007F",
}


@pytest.mark.slow
def test_a_cluster_makes_what_one_machine_makes_though_a_worker_is_killed(
    archive: Path,
    people_and_heads_model: str,
    tmp_path: Path,
    monkeypatch: Patch,
    capsys: Capture,
) -> None:
    """And it is seen by nobody: it listens on loopback, and holds no pixel in shared memory."""
    if find_spec("ray") is None:
        pytest.skip("needs the extra ray")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # read when it is imported
    ray = importlib.import_module("ray")

    def anonymize(name: str, *words: str) -> int:
        fixed = ["anonymize", str(archive), "-o", str(tmp_path / name), "--quiet", *words]
        fixed += ["--report", str(tmp_path / f"{name}.json"), "--codec", "ffv1", "--resume"]
        return main([*fixed, "--model", people_and_heads_model, "--size", "96"])

    assert anonymize("one") == EXIT_FAILED  # broken.jpg
    monkeypatch.setattr(ray_engine, "_work", dying_once(ray_engine._work, tmp_path / "killed"))
    shutdown, leaks, addresses = ray.shutdown, list[list[str]](), list[str]()

    def inspected() -> None:
        leaks.append(files_with_marker())
        addresses.extend(listening())
        raw = (archive / "marked.bmp").read_bytes() * 10
        held = ray.put(raw)
        leaks.append(files_with_marker())  # the search finds what is there
        del held
        shutdown()

    monkeypatch.setattr(ray, "shutdown", inspected)
    assert anonymize("many", "--engine", "ray", "--workers", "2") == EXIT_FAILED
    assert (tmp_path / "killed").exists()
    assert capsys.readouterr().out == ""
    assert essence(tmp_path / "many.json") == essence(tmp_path / "one.json")
    names = {path.name for path in (tmp_path / "one").iterdir()}
    assert names == {path.name for path in (tmp_path / "many").iterdir()}
    assert len(names) == 6
    for name in names:
        assert sha256_of(tmp_path / "one" / name) == sha256_of(tmp_path / "many" / name)
    assert not journal_path(tmp_path / "many.json").exists()
    tracks = [track for item in essence(tmp_path / "many.json") for track in item["tracks"]]
    assert len(tracks) >= 5
    assert leaks[0] == []
    assert leaks[1]
    assert addresses
    assert set(addresses) <= LOOPBACK


def dying_once(work: Callable[..., Any], sign: Path) -> Callable[..., Any]:
    """The same, but the first worker that begins a copy is killed while it writes it."""

    def _work(job: Any, shared: Any) -> Any:
        try:
            sign.touch(exist_ok=False)
        except FileExistsError:
            return work(job, shared)
        PartialFile(job[1])
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    return _work


def shared_with(settings: Settings) -> ray_engine._Shared:
    basis = basis_of_settings(settings, used_models(settings), given_files(settings))
    return ray_engine._Shared((), settings, json.loads(json.dumps(basis)), None)


@pytest.mark.parametrize(
    ("part", "name"), [("models", "passerby-people"), ("versions", "passerby"), ("files", "box")]
)
def test_a_worker_that_differs_is_refused(tmp_path: Path, part: str, name: str) -> None:
    settings = Settings.of(report=str(tmp_path / "report.json"))
    shared = shared_with(settings)
    other = {**shared.basis, part: {**shared.basis[part], name: "another"}}
    job = Input("a.png", tmp_path / "a.png"), tmp_path / "b.png"
    done = ray_engine._work(job, replace(shared, basis=other))
    assert done.item is None
    assert f"has other {part}.{name}" in (done.refusal or "")
    with pytest.raises(ConfigError, match="install the same versions and networks on all"):
        ray_engine._finished(fake_ray(done), None, *job)


def fake_ray(answer: object) -> Any:
    class RayError(Exception):
        pass

    def get(_ready: object) -> object:
        if answer is None:
            raise RayError("the worker died")
        return answer

    return SimpleNamespace(get=get, exceptions=SimpleNamespace(RayError=RayError))


def test_an_input_whose_workers_are_all_lost_fails_alone(tmp_path: Path) -> None:
    job = Input("a.png", tmp_path / "a.png"), tmp_path / "b.png"
    item, entry = ray_engine._finished(fake_ray(None), None, *job)
    assert item.status == entry.record["status"] == "failed"
    assert entry.record["error"] == "a.png: its worker was lost 4 times: see its machine's log"
    assert list(entry.frames()) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--engine", "ray", "--shard", "1/2", "--report", "r.json"], "ray shares out files"),
        (["--workers", "2"], "workers are those of ray: add engine ray"),
        (["--engine", "dask"], "engine"),
    ],
)
def test_what_does_not_go_together(
    words: Sequence[str], told: str, tmp_path: Path, capsys: Capture
) -> None:
    assert main(["anonymize", "a.png", "-o", str(tmp_path / "b.png"), *words]) == EXIT_USAGE
    assert told in capsys.readouterr().err


def test_live_streams_and_paths_that_other_machines_do_not_know(
    tmp_path: Path, monkeypatch: Patch
) -> None:
    with pytest.raises(ConfigError, match="camera:0 is a live stream"):
        ray_engine.check_jobs([(Input("camera:0", None), "udp://127.0.0.1:5000")])
    relative = [(Input("a.png", Path("a.png")), tmp_path / "b.png")]
    ray_engine.check_jobs(relative)
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:6379")
    with pytest.raises(ConfigError, match="by absolute paths"):
        ray_engine.check_jobs(relative)


def test_the_extra_is_named(monkeypatch: Patch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    wanted = pytest.raises(ConfigError, match=r"pip install 'passerby\[ray\]'")
    with wanted, ray_engine._cluster(None):
        pass
