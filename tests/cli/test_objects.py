"""Archives in a store of objects: read and written without a copy of anything raw on a disk."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import numpy as np
import pytest
from PIL import Image
from tests.cli.test_cut import MINUTES, filmed
from tests.cli.test_detect import scene

from passerby.cli.app import main
from passerby.cli.exit_codes import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE
from passerby.errors import ConfigError, InputError, OutputError
from passerby.files import object_reader, partial_object
from passerby.files.hashing import sha256_of
from passerby.files.object_store import object_exists, objects_below, remove_object, store_of
from passerby.files.partial_object import PartialObject, open_partial
from passerby.files.permit import ANEW, REPLACING
from passerby.files.plain import open_plain
from passerby.files.reading import reading_of
from passerby.locations import ObjectPath
from passerby.runs.anonymize.item_report import ItemReport
from passerby.runs.anonymize.run_record import Records
from passerby.runs.anonymize.shards import PLAN_FILE
from passerby.sinks import path_conflicts
from passerby.sources import expand, inputs, left_out

obstore = pytest.importorskip("obstore", reason="needs the extra objects")

Capture = pytest.CaptureFixture[str]
Film = Callable[..., Path]
Patch = pytest.MonkeyPatch

MARKER = bytes(np.random.default_rng(7).integers(236, 256, 96, np.uint8))
"""A line of 32 bright pixels that stands nowhere else."""


def at(patch: Patch, address: str) -> None:
    """Let the environment lead to a server."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        patch.delenv(name)
    patch.setenv("AWS_ENDPOINT", address)
    patch.setenv("AWS_ALLOW_HTTP", "true")
    patch.setenv("AWS_ACCESS_KEY_ID", "who")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    patch.setenv("AWS_REGION", "us-east-1")
    store_of.cache_clear()


@pytest.fixture
def bucket(object_server: str, monkeypatch: Patch, request: pytest.FixtureRequest) -> ObjectPath:
    at(monkeypatch, object_server)
    name = f"b{sha256(request.node.name.encode()).hexdigest()[:20]}"
    urlopen(Request(f"{object_server}/{name}", method="PUT")).close()
    return ObjectPath.parse(f"s3://{name}")


def put(path: ObjectPath, content: bytes) -> None:
    obstore.put(store_of(path.bucket), path.key, content)


def keys(folder: ObjectPath) -> list[str]:
    return [str(one.relative_to(folder)) for one, _ in objects_below(folder)]


def walking(frame: int) -> list[tuple[int, int, int, int, int]]:
    return [(20 + frame, 10, 10, 40, 255)]


@pytest.fixture
def archive(film: Film, bright_people: None, bucket: ObjectPath, tmp_path: Path) -> Path:
    """Films and pictures, on the disk and in the bucket, below ``in``."""
    folder = tmp_path / "archive"
    for number in range(3):
        film(f"archive/{number}.mkv", walking, frames=6 + 3 * number)
    Image.new("RGB", (34, 24), (200, 90, 40)).save(folder / "still.png")
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("no picture, and not taken for one")
    for path in folder.iterdir():
        put(bucket / "in" / path.name, path.read_bytes())
    return folder


def anonymize(source: object, output: object, report: Path, *words: str) -> int:
    fixed = ["anonymize", str(source), "-o", str(output), "--report", str(report), "--quiet"]
    return main([*fixed, "--codec", "ffv1", *words])


def essence(report: Path) -> list[dict[str, Any]]:
    """What a report says of each input, but for where it lay and how long it took."""
    items: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["items"]
    for item in items:
        del item["seconds"]
        for side in ("input", "output"):
            name = item[side]["name"]
            item[side]["name"] = name and name.rpartition("/")[2]
        item["error"] = item["error"] and item["error"].rpartition("/")[2].partition("(")[0]
    return items


def test_copies_and_report_are_those_of_files(
    archive: Path, bucket: ObjectPath, tmp_path: Path
) -> None:
    assert anonymize(archive, tmp_path / "safe", tmp_path / "disk.json") == EXIT_FAILED  # broken
    out = bucket / "out"
    assert anonymize(bucket / "in", out, tmp_path / "objects.json") == EXIT_FAILED
    assert keys(out) == ["0.mkv", "1.mkv", "2.mkv", "still.png"]
    for name in keys(out):
        assert sha256_of(out / name) == sha256_of(tmp_path / "safe" / name)
    assert essence(tmp_path / "objects.json") == essence(tmp_path / "disk.json")
    text = (tmp_path / "objects.json").read_text(encoding="utf-8")
    assert f'"{bucket}/in/0.mkv"' in text
    assert "hidden" not in text


def test_one_object_and_copies_on_a_disk(archive: Path, bucket: ObjectPath, tmp_path: Path) -> None:
    assert anonymize(bucket / "in/0.mkv", bucket / "safe.mkv", tmp_path / "1.json") == EXIT_OK
    words = ["--overwrite"]
    assert anonymize(bucket / "in/0.mkv", tmp_path / "safe.mkv", tmp_path / "2.json") == EXIT_OK
    assert sha256_of(bucket / "safe.mkv") == sha256_of(tmp_path / "safe.mkv")
    disk = archive / "0.mkv"
    assert anonymize(disk, bucket / "safe.mkv", tmp_path / "3.json", *words) == EXIT_OK
    assert anonymize(f"file://{disk}", tmp_path / "4.mkv", tmp_path / "4.json") == EXIT_OK
    assert sha256_of(tmp_path / "4.mkv") == sha256_of(tmp_path / "safe.mkv")


def test_objects_are_not_replaced_unasked(
    archive: Path, bucket: ObjectPath, tmp_path: Path, capsys: Capture
) -> None:
    put(bucket / "out/0.mkv", b"mine")
    report = tmp_path / "report.json"
    assert anonymize(bucket / "in/0.mkv", f"{bucket}/out/", report) == EXIT_FAILED
    assert "add --overwrite or name another" in capsys.readouterr().err
    assert open_plain(bucket / "out/0.mkv").read() == b"mine"
    assert anonymize(bucket / "in/0.mkv", f"{bucket}/out/", report, "--overwrite") == EXIT_OK
    assert anonymize(bucket / "in/0.mkv", f"{bucket}/in/", report, "--overwrite") == EXIT_FAILED
    assert "is an input and would be overwritten" in capsys.readouterr().err


@pytest.mark.parametrize("large", [False, True])
def test_an_object_appears_only_when_it_is_complete(
    bucket: ObjectPath, monkeypatch: Patch, *, large: bool
) -> None:
    if large:  # sent in parts
        monkeypatch.setattr(partial_object, "_AT_ONCE", 1 << 20)
    content = os.urandom(6 << 20)
    target = bucket / "copy.mp4"
    partial = open_partial(target)
    partial.file.write(content)
    assert not object_exists(target)
    partial.commit()
    assert open_plain(target).read() == content
    again = open_partial(target, ANEW)
    again.file.write(content[:9] if not large else content[::-1])
    with pytest.raises(OutputError, match="exists: add --overwrite"):
        again.commit()
    assert open_plain(target).read() == content
    thrown = open_partial(bucket / "other.mp4")
    thrown.file.write(b"half")
    thrown.abort()
    assert keys(bucket) == ["copy.mp4"]
    with open_partial(target, REPLACING) as file:
        file.write(b"new")
    assert open_plain(target).read() == b"new"


def test_a_run_goes_on(
    archive: Path, bucket: ObjectPath, tmp_path: Path, monkeypatch: Patch
) -> None:
    """What is finished, and has not changed since, is not fetched or made again."""
    out, report = bucket / "out", tmp_path / "report.json"
    commit, made = PartialObject.commit, list[ObjectPath]()

    def dying(partial: PartialObject) -> None:
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(partial._target)
        commit(partial)

    monkeypatch.setattr(PartialObject, "commit", dying)
    assert anonymize(bucket / "in", out, report, "--resume") == EXIT_INTERRUPTED

    def noting(partial: PartialObject) -> None:
        made.append(partial._target)
        commit(partial)

    monkeypatch.setattr(PartialObject, "commit", noting)
    remove_object(bucket / "in/broken.jpg")
    assert anonymize(bucket / "in", out, report, "--resume") == EXIT_OK
    assert len(made) == len(set(made)) == len(keys(out)) == 4
    assert len(essence(report)) == 4


def test_shards_share_a_bucket(
    archive: Path, bucket: ObjectPath, tmp_path: Path, capsys: Capture
) -> None:
    remove_object(bucket / "in/broken.jpg")
    assert anonymize(bucket / "in", bucket / "one", tmp_path / "one.json") == EXIT_OK
    parts = [tmp_path / f"{number}.json" for number in (1, 2)]
    for number, part in enumerate(parts, 1):
        words = ["--shard", f"{number}/2"]
        assert anonymize(bucket / "in", bucket / "out", part, *words) == EXIT_OK
    assert main(["report", "merge", *map(str, parts), "-o", str(tmp_path / "all.json")]) == EXIT_OK
    assert essence(tmp_path / "all.json") == essence(tmp_path / "one.json")
    assert keys(bucket / "out") == [PLAN_FILE, *keys(bucket / "one")]
    third = anonymize(
        bucket / "in", bucket / "out", tmp_path / "3.json", *("--shard", "1/3"), "--overwrite"
    )
    assert third == EXIT_USAGE
    assert "is filled by 2 shards" in capsys.readouterr().err


def test_a_film_that_is_cut_is_joined_in_a_bucket(
    bright_people: None, bucket: ObjectPath, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    disk = filmed(tmp_path / "in/street.mkv")
    put(bucket / "in/street.mkv", disk.read_bytes())
    for source, out in ((disk.parent, tmp_path / "safe"), (bucket / "in", bucket / "safe")):
        parts = [tmp_path / f"{number}.json" for number in (1, 2)]
        for number, part in enumerate(parts, 1):
            words = ["--shard", f"{number}/2", "--cut", MINUTES, "--overwrite"]
            assert anonymize(source, out, part, *words) == EXIT_OK
        merged = tmp_path / f"all-{len(str(out))}.json"
        assert main(["report", "merge", *map(str, parts), "-o", str(merged)]) == EXIT_OK
        for part in parts:
            part.unlink()
    assert sha256_of(bucket / "safe/street.mkv") == sha256_of(tmp_path / "safe/street.mkv")


def test_boxes_are_found_in_objects(
    built_in_alone: str, bucket: ObjectPath, tmp_path: Path
) -> None:
    disk = tmp_path / "scene.png"
    Image.fromarray(scene()).save(disk)
    put(bucket / "scene.png", disk.read_bytes())
    found = {}
    for name, source in {"disk": disk, "object": bucket / "scene.png"}.items():
        path = tmp_path / f"{name}.json"
        assert main(["detect", str(source), "-o", str(path), "--quiet"]) == EXIT_OK
        found[name] = path.read_text(encoding="utf-8").replace(str(source), "")
    assert json.loads(found["disk"]) == json.loads(found["object"])
    assert '"bbox"' in found["object"]


# --- Nothing raw on a disk --------------------------------------------------------------------


def on_disk(folder: Path) -> list[str]:
    """Where the marker lies: in a folder, or in any file that this process has open."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    files += [path for path in Path("/proc/self/fd").iterdir() if is_disk_file(path)]
    return [str(path) for path in files if MARKER in path.read_bytes()]


def is_disk_file(path: Path) -> bool:
    try:
        return path.is_file() and str(path.readlink()).startswith("/")
    except OSError:  # closed meanwhile
        return False


def test_raw_pixels_lie_on_no_disk(
    bucket: ObjectPath, bright_people: None, tmp_path: Path, monkeypatch: Patch
) -> None:
    image = np.full((64, 96, 3), 90, np.uint8)
    image[10:50, 20:52] = np.frombuffer(MARKER, np.uint8).reshape(32, 3)
    source = tmp_path.parent / f"{tmp_path.name}-source.bmp"
    Image.fromarray(image[:, :, ::-1]).save(source)
    raw = source.read_bytes()
    source.unlink()
    assert raw.count(MARKER) == 40
    put(bucket / "in/who.bmp", raw)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "planted").write_bytes(raw)
    assert on_disk(tmp_path)  # the search finds what is there
    (tmp_path / "planted").unlink()
    seen = list[list[str]]()
    read = object_reader.ObjectReader.read
    commit = PartialObject.commit

    def watched_read(reader: object_reader.ObjectReader, size: int = -1) -> bytes:
        seen.append(on_disk(tmp_path))
        return read(reader, size)

    def watched_commit(partial: PartialObject) -> None:
        partial.file.flush()
        seen.append(on_disk(tmp_path))
        commit(partial)

    monkeypatch.setattr(object_reader.ObjectReader, "read", watched_read)
    monkeypatch.setattr(PartialObject, "commit", watched_commit)
    words = ["--regions", "people", "--self-check"]
    report = tmp_path / "report.json"
    assert anonymize(bucket / "in", bucket / "out", report, *words) == EXIT_OK
    assert len(seen) > 3
    assert not any(seen)
    copy = open_plain(bucket / "out/who.bmp").read()
    assert len(copy) > 10_000
    assert MARKER not in copy


# --- What goes wrong --------------------------------------------------------------------------


def refused(capsys: Capture, source: object, output: object) -> str:
    """Run a command that must fail with one line on the error stream."""
    assert main(["anonymize", str(source), "-o", str(output), "--quiet"]) in (
        EXIT_USAGE,
        EXIT_FAILED,
    )
    told = capsys.readouterr().err.strip()
    assert "Traceback" not in told
    assert len(told.splitlines()) == 1
    return told


def test_without_credentials(capsys: Capture, monkeypatch: Patch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "GOOGLE_", "AZURE_"))]:
        monkeypatch.delenv(name)
    store_of.cache_clear()
    told = refused(capsys, "s3://closed/in", tmp_path / "out")
    assert "s3://closed needs credentials, and the environment has none: set AWS_ACC" in told
    assert "GOOGLE_APPLICATION_CREDENTIALS" in refused(capsys, "gs://closed/in", tmp_path / "out")
    assert "AZURE_STORAGE_ACCOUNT_NAME" in refused(capsys, "az://closed/in", tmp_path / "out")


@pytest.mark.parametrize(
    "address", ["s3://key:secret@bucket/in", "s3://bucket?token=secret", "s3://"]
)
def test_addresses_hold_no_credentials(capsys: Capture, tmp_path: Path, address: str) -> None:
    told = refused(capsys, address, tmp_path / "out")
    assert "names a bucket and a key" in told
    assert "secret" not in told


def test_what_is_not_there(bucket: ObjectPath, capsys: Capture, tmp_path: Path) -> None:
    assert "does not exist: check the address" in refused(capsys, bucket / "no", tmp_path / "out")
    told = refused(capsys, "s3://nobucket/in", tmp_path / "out")
    assert "there is no bucket s3://nobucket: check its name" in told
    put(bucket / "notes/a.txt", b"text")
    assert "has no pictures or videos in it" in refused(capsys, bucket / "notes", tmp_path / "out")
    put(bucket / "empty.png", b"")
    assert "is empty (0 bytes)" in refused(capsys, bucket / "empty.png", f"{tmp_path}/out/")


def test_a_bucket_to_write_into_that_is_not_there(
    archive: Path, capsys: Capture, tmp_path: Path
) -> None:
    told = refused(capsys, archive / "0.mkv", "s3://nobucket/out/")
    assert "there is no bucket s3://nobucket" in told


def test_nobody_answers(capsys: Capture, monkeypatch: Patch, tmp_path: Path) -> None:
    at(monkeypatch, "http://127.0.0.1:9")
    told = refused(capsys, "s3://bucket/in", tmp_path / "out")
    assert "cannot be reached or broke off" in told


def test_an_object_that_changes(bucket: ObjectPath) -> None:
    put(bucket / "film.mp4", bytes(3 << 20))
    reader, reading = open_plain(bucket / "film.mp4"), reading_of(bucket / "film.mp4")
    assert reader.read(10) == bytes(10)
    reading.check()
    put(bucket / "film.mp4", bytes(range(256)) * (3 << 12))
    reader.seek(2 << 20)
    with pytest.raises(InputError, match="was changed or replaced while it was read"):
        reader.read(10)
    with pytest.raises(InputError, match="was changed or replaced while it was read"):
        reading.check()


def test_a_film_that_changes_leaves_no_copy(
    archive: Path, bucket: ObjectPath, monkeypatch: Patch, capsys: Capture
) -> None:
    end = Records.end

    def and_replaced(records: Records, item: ItemReport) -> None:
        put(bucket / "in/0.mkv", b"another one")
        end(records, item)

    monkeypatch.setattr(Records, "end", and_replaced)
    assert "was changed or replaced" in refused(capsys, bucket / "in/0.mkv", f"{bucket}/out/")
    assert keys(bucket / "out") == []


@contextmanager
def broken_store(body: bytes, claimed: int, status: int = 200) -> Iterator[str]:
    """A server that claims a size, and breaks off, or refuses."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.answer(200 if status == 200 else status, claimed)

        def do_GET(self) -> None:
            self.answer(status, claimed)
            self.wfile.write(body)

        def answer(self, code: int, size: int) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(size))
            self.send_header("ETag", '"one"')
            self.send_header("Last-Modified", "Tue, 01 Dec 2026 00:00:00 GMT")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_read_that_breaks_off(monkeypatch: Patch) -> None:
    with broken_store(b"too little", 5000) as address:
        at(monkeypatch, address)
        reader = open_plain(ObjectPath.parse("s3://bucket/film.mp4"))
        with pytest.raises(InputError, match=r"broke off|cut off"):
            reader.read(100)


def test_credentials_that_do_not_open(capsys: Capture, monkeypatch: Patch, tmp_path: Path) -> None:
    with broken_store(b"", 0, status=403) as address:
        at(monkeypatch, address)
        told = refused(capsys, "s3://bucket/film.mp4", tmp_path / "out.mp4")
    assert "the store refuses the credentials in the environment" in told
    assert "hidden" not in told


def test_keys_that_lead_out_of_a_folder_are_left_out(monkeypatch: Patch) -> None:
    """Whoever writes into a bucket says what its keys are."""
    found = ["in/a.png", "in/../../b.png", "in//c.png", "in/.hidden/d.png", "in/e..png", "in/f/"]
    listed = [(ObjectPath("memory://bucket", key), 5) for key in found]
    monkeypatch.setattr(inputs, "objects_below", lambda folder: iter(listed))
    monkeypatch.setattr(inputs, "is_object_folder", lambda folder: True)
    assert [one.name for one in expand(["memory://bucket/in"])] == [
        "memory://bucket/in/a.png",
        "memory://bucket/in/e..png",
    ]
    assert left_out(["memory://bucket/in"]) == [
        "1 hidden entry of folders left out, such as memory://bucket/in/.hidden/d.png",
        "3 objects left out: empty parts or dots in the key, such as memory://bucket/in/../../b.png",
    ]


def test_the_extra_is_named(monkeypatch: Patch, capsys: Capture, tmp_path: Path) -> None:
    store_of.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "obstore.store", None)
    monkeypatch.setitem(__import__("sys").modules, "obstore.exceptions", None)
    with pytest.raises(ConfigError, match=r"pip install 'passerby\[objects\]'"):
        store_of("s3://archive")


def test_names_of_objects_are_told_apart(tmp_path: Path) -> None:
    place = "memory://bucket/a.mp4"
    with pytest.raises(OutputError, match="is read and would be overwritten"):
        path_conflicts.check_apart([place], [place])
    path_conflicts.check_apart([place], ["memory://bucket/A.mp4", tmp_path])
