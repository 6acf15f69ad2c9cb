"""A twin holds the same pictures; a run that was stopped goes on; a bad file stops no other."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from passerby.datasets import ReidDataset, read_dataset
from passerby.errors import ConfigError, InputError, OutputError
from passerby.pipeline.settings import Settings
from passerby.twins import copy as picture_copies
from passerby.twins import twin as module
from passerby.twins.manifest import MANIFEST, read_manifest, write_manifest
from passerby.twins.twin import make_twin

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
    monkeypatch.setattr("passerby.runtime.workers._BATCH", 1)
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
    with pytest.raises(ConfigError, match="was started with other settings: name another folder"):
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
    assert problem.startswith("the twin lacks 1 query image (query/0007_c1s1_000001_00.jpg)")
    head = json.loads((tmp_path / "twin" / MANIFEST).read_text(encoding="utf-8").splitlines()[0])
    assert not head["complete"]


def test_a_manifest_that_cannot_be_read_is_refused(dataset: ReidDataset, tmp_path: Path) -> None:
    (tmp_path / "twin").mkdir()
    (tmp_path / "twin" / MANIFEST).write_text("mine\n", encoding="utf-8")
    with pytest.raises(InputError, match="is no manifest of this version"):
        make_twin(dataset, tmp_path / "twin", TOP)


# --- What lies outside stays as it is --------------------------------------------------------


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names(folder)}


@pytest.mark.parametrize("place", ["query", "bounding_box_test"])
def test_a_link_in_the_twin_is_refused_and_nothing_is_written(
    dataset: ReidDataset, tmp_path: Path, place: str
) -> None:
    before = contents(dataset.root)
    (tmp_path / "twin").mkdir()
    (tmp_path / "twin" / place).symlink_to(dataset.root / place)
    write_manifest(tmp_path / "twin" / MANIFEST, {"manifest": 1}, [])
    with pytest.raises(OutputError, match=f"{place} is a link"):
        make_twin(dataset, tmp_path / "twin", TOP)
    assert contents(dataset.root) == before


@pytest.mark.parametrize("workers", [1, 2])
def test_a_link_put_into_the_twin_meanwhile_is_refused(
    dataset: ReidDataset, tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the twin was looked through, and before the first picture is written."""
    monkeypatch.setattr("passerby.runtime.workers._BATCH", 1)
    before = contents(dataset.root)
    spread = module.spread

    def swapped(*words: Any, **options: Any) -> Any:
        (tmp_path / "twin" / "query").symlink_to(dataset.root / "query")
        return spread(*words, **options)

    monkeypatch.setattr(module, "spread", swapped)
    twin = make_twin(dataset, tmp_path / "twin", TOP, workers=workers)
    (failure,) = twin.failures
    assert "query is a link, which may lead out" in failure.reason
    assert contents(dataset.root) == before


def test_another_folder_in_the_twins_place_is_refused(
    dataset: ReidDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("passerby.runtime.workers._BATCH", 1)
    before = contents(dataset.root)
    twin = tmp_path / "twin"

    def swap(done: int, _total: int) -> None:
        if done == 1:
            twin.rename(tmp_path / "moved")
            twin.symlink_to(dataset.root)

    with pytest.raises(OutputError, match="twin became another folder during the run"):
        make_twin(dataset, twin, TOP, progress=swap)
    assert contents(dataset.root) == before


def test_a_link_to_a_picture_is_replaced_not_followed(dataset: ReidDataset, tmp_path: Path) -> None:
    before = contents(dataset.root)
    twin = tmp_path / "twin"
    make_twin(dataset, twin, TOP)
    good = contents(twin)
    for name in (names(dataset.root)[0], names(dataset.root)[1]):
        (twin / name).rename(tmp_path / Path(name).name)
        (twin / name).symlink_to(tmp_path / Path(name).name)
    (twin / names(dataset.root)[2]).unlink()
    (twin / names(dataset.root)[2]).symlink_to(dataset.root / names(dataset.root)[2])
    assert make_twin(dataset, twin, TOP).kept == 1
    assert contents(twin) == good
    assert not any(path.is_symlink() for path in twin.rglob("*"))
    assert contents(dataset.root) == before


def test_two_runs_do_not_mix(dataset: ReidDataset, tmp_path: Path) -> None:
    def again(done: int, _total: int) -> None:
        if done == 2:
            with pytest.raises(OutputError, match="is being written into by another run"):
                make_twin(dataset, tmp_path / "twin", Settings.of(regions="frame"))

    make_twin(dataset, tmp_path / "twin", TOP, progress=again)
    make_twin(dataset, tmp_path / "one", TOP)
    assert contents(tmp_path / "twin") == contents(tmp_path / "one")


def test_what_a_killed_run_left_is_removed(dataset: ReidDataset, tmp_path: Path) -> None:
    make_twin(dataset, tmp_path / "twin", TOP)
    before = names(tmp_path / "twin")
    (tmp_path / "twin" / "query" / ".0007.jpg.partial-0123abcd").touch()
    make_twin(dataset, tmp_path / "twin", TOP)
    assert names(tmp_path / "twin") == before


def test_a_manifest_does_not_vouch_for_what_lies_elsewhere(
    dataset: ReidDataset, tmp_path: Path
) -> None:
    twin = tmp_path / "twin"
    make_twin(dataset, twin, TOP)
    head, entries = read_manifest(twin / MANIFEST)
    entry = next(iter(entries.values()))
    write_manifest(twin / MANIFEST, head, [replace(entry, path=f"../market/{entry.path}")])
    with pytest.raises(InputError, match="is no manifest of this version"):
        make_twin(dataset, twin, TOP)
    (dataset.root / "readme.txt").write_text("text")
    (twin / "readme.txt").write_text("text")
    text = hashlib.sha256(b"text").hexdigest()
    write_manifest(
        twin / MANIFEST, head, [replace(entry, path="readme.txt", sha256=text, source_sha256=text)]
    )
    assert make_twin(dataset, twin, TOP).kept == 0
    assert "readme.txt" not in read_manifest(twin / MANIFEST)[1]


def test_a_picture_that_changes_while_it_is_read_is_its_failure(
    dataset: ReidDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decode = picture_copies.ImageSource

    def grow(path: Path) -> object:
        source = decode(path)
        if path.name.startswith("0007"):
            with path.open("ab") as file:
                file.write(b"more")
        return source

    monkeypatch.setattr(picture_copies, "ImageSource", grow)
    twin = make_twin(dataset, tmp_path / "twin", TOP)
    assert len(twin.failures) == len(twin.entries) == 2
    assert all("was changed or replaced" in failure.reason for failure in twin.failures)
    assert not list((tmp_path / "twin").rglob("0007*"))
