"""A twin holds the same pictures; a run that was stopped goes on; a bad file stops no other."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from passerby.datasets import ReidDataset, read_dataset
from passerby.errors import ConfigError, InputError
from passerby.pipeline import twin as module
from passerby.pipeline.manifest import MANIFEST, read_manifest
from passerby.pipeline.settings import Settings
from passerby.pipeline.twin import make_twin

TOP = Settings.of(regions="top")


@pytest.fixture
def dataset(market: Path) -> ReidDataset:
    return read_dataset(market)


def names(folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in files)


def test_the_twin_holds_all_pictures_and_a_manifest(dataset: ReidDataset, tmp_path: Path) -> None:
    target, calls = tmp_path / "twin", []
    twin = make_twin(dataset, target, TOP, progress=lambda *call: calls.append(call))
    originals = [name for name in names(dataset.root) if name != "readme.txt"]
    assert names(target) == sorted([*originals, MANIFEST])
    head, entries = read_manifest(target / MANIFEST)
    assert list(entries) == originals
    assert (twin.kept, twin.failures, twin.problems) == (0, [], [])
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert (head["complete"], head["images"], head["with_faces"]) == (True, 4, None)
    assert (head["dataset"], head["index_sha256"]) == ("market1501", dataset.sha256)
    assert head["settings"]["cover"]["regions"] == ["top"]
    assert head["models"] == {}


def test_more_processes_make_the_same_twin(
    dataset: ReidDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("passerby.workers.BATCH", 1)
    make_twin(dataset, tmp_path / "one", TOP)
    make_twin(dataset, tmp_path / "two", TOP, workers=2)
    for name in names(tmp_path / "one"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.fixture
def stopped(
    dataset: ReidDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Path]:
    """Stop a run after its second picture."""

    def run() -> Path:
        def two(work: Callable[..., list[object]], names: list[str], _: int) -> Iterator[object]:
            for name in names[:2]:
                yield from work([name])
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(module, "spread", two)
            with pytest.raises(KeyboardInterrupt):
                make_twin(dataset, tmp_path / "twin", TOP)
        return tmp_path / "twin"

    return run


def test_a_run_that_was_stopped_goes_on(
    dataset: ReidDataset, tmp_path: Path, stopped: Callable[[], Path]
) -> None:
    target = stopped()
    head, entries = read_manifest(target / MANIFEST)
    assert not head["complete"]
    assert len(entries) == 2
    with (target / MANIFEST).open("a", encoding="utf-8") as file:
        file.write('{"path": "bounding_')
    first = target / next(iter(entries))
    before = first.stat().st_mtime_ns
    twin = make_twin(dataset, target, TOP)
    assert (twin.kept, len(twin.entries), twin.problems) == (2, 4, [])
    assert first.stat().st_mtime_ns == before
    make_twin(dataset, tmp_path / "other", TOP)
    for name in names(target):
        assert (target / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_what_was_changed_since_is_done_again(dataset: ReidDataset, tmp_path: Path) -> None:
    target = tmp_path / "twin"
    make_twin(dataset, target, TOP)
    good = (target / "query" / "0007_c1s1_000001_00.jpg").read_bytes()
    raw = (dataset.root / "query" / "0007_c1s1_000001_00.jpg").read_bytes()
    (target / "query" / "0007_c1s1_000001_00.jpg").write_bytes(raw)
    (target / "bounding_box_test" / "0007_c2s1_000001_00.jpg").unlink()
    other = dataset.root / "bounding_box_test" / "0000_c2s1_000002_00.jpg"
    other.write_bytes(raw)
    twin = make_twin(dataset, target, TOP)
    assert twin.kept == 1
    assert (target / "query" / "0007_c1s1_000001_00.jpg").read_bytes() == good
    assert (target / "bounding_box_test" / other.name).read_bytes() == good


def test_other_settings_are_refused(dataset: ReidDataset, tmp_path: Path) -> None:
    make_twin(dataset, tmp_path / "twin", TOP)
    with pytest.raises(ConfigError, match="was begun with other settings: name another folder"):
        make_twin(dataset, tmp_path / "twin", Settings.of(regions="frame"))


def test_a_bad_picture_stops_no_other(dataset: ReidDataset, tmp_path: Path) -> None:
    bad = dataset.root / "query" / "0007_c1s1_000001_00.jpg"
    bad.write_bytes(bad.read_bytes()[:300])
    (dataset.root / "query" / "0008_c1s1_000001_00.jpg").write_bytes(
        (dataset.root / "bounding_box_test" / "0007_c2s1_000001_00.jpg").read_bytes()
    )
    twin = make_twin(read_dataset(dataset.root), tmp_path / "twin", TOP)
    assert [failure.path for failure in twin.failures] == ["query/0007_c1s1_000001_00.jpg"]
    assert len(twin.entries) == 4
    (problem,) = twin.problems
    assert problem.startswith("the twin lacks 1 query images (query/0007_c1s1_000001_00.jpg)")
    head = json.loads((tmp_path / "twin" / MANIFEST).read_text(encoding="utf-8").splitlines()[0])
    assert not head["complete"]


def test_a_manifest_that_cannot_be_read_is_refused(dataset: ReidDataset, tmp_path: Path) -> None:
    (tmp_path / "twin").mkdir()
    (tmp_path / "twin" / MANIFEST).write_text("mine\n", encoding="utf-8")
    with pytest.raises(InputError, match="is no manifest of this version"):
        make_twin(dataset, tmp_path / "twin", TOP)
