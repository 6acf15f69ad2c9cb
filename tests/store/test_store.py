"""A store keeps whole batches, once, and what was acknowledged; on both databases."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from tests.store.conftest import HOUR, NOON, ORIGIN, frame, vector

from passerby.errors import ConfigError, PrivacyError, StoreError
from passerby.protection import UNKNOWN
from passerby.store.adding import Added
from passerby.store.reading import (
    stored_counts,
    stored_signatures,
    stored_snippets,
    stored_track,
    stored_tracks,
)
from passerby.store.site_key import SiteKey
from passerby.store.store import Store, create_store, open_store
from passerby.store.write_batch import WriteBatch
from passerby.types import Frame


def filled(camera: str = "hall", at: int = NOON, seed: int = 0) -> tuple[WriteBatch, int]:
    """A batch with a track of two snippets and two signatures that has ended."""
    batch = WriteBatch()
    track = batch.begin_track(camera, at, "follow")
    for number in range(2):
        picture = frame(seed + number)
        batch.add_snippet(track, at + number, picture, quality=number)
        batch.add_signature(track, at + number, vector(seed + number), picture, ORIGIN, number)
    batch.end_track(track, at + 5)
    return batch, track


def test_what_was_added_is_read_back(store: Store) -> None:
    batch, track = filled()
    assert store.add(batch) == Added(tracks=1, snippets=2, signatures=2)
    kept = stored_track(store, track)
    assert (kept.camera, kept.purpose, kept.live) == ("hall", "follow", False)
    assert (kept.began, kept.ended) == (NOON, NOON + 5)
    snippets = stored_snippets(store, track)
    assert [(one.at, one.quality) for one in snippets] == [(NOON, 0), (NOON + 1, 1)]
    expected = cv2.imencode(".jpg", frame(1).image, [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
    assert snippets[1].jpeg == expected.tobytes()
    (signatures,) = stored_signatures(store, ORIGIN.model_sha256)
    assert signatures.tracks.tolist() == [track, track]
    assert np.array_equal(signatures.vectors, [vector(0), vector(1)])
    assert [one.quality for one in stored_snippets(store, track, best=1)] == [1]


def test_few_opened_keys_are_kept_in_memory(store: Store) -> None:
    """A run of weeks opens millions; the others are unwrapped again."""
    drawn = store.keys.new(600)
    assert len(store.keys._open) == 512
    sealed = [one.cipher.encrypt(bytes(12), b"somebody", None) for one in drawn]
    for key, content in zip(drawn, sealed, strict=True):
        found = store.keys.get(key.number)
        assert found is not None
        assert found.cipher.decrypt(bytes(12), content, None) == b"somebody"
    assert len(store.keys._open) == 512


def test_a_track_grows_over_several_batches(store: Store) -> None:
    first = WriteBatch()
    track = first.begin_track("hall", NOON, "follow")
    store.add(first)
    assert [one.number for one in stored_tracks(store, live=True)] == [track]
    second = WriteBatch()
    second.add_snippet(track, NOON + 7, frame(), 1)
    store.add(second)
    assert (stored_track(store, track).ended, stored_track(store, track).live) == (NOON + 7, True)
    last = WriteBatch()
    last.end_track(track, NOON + 3)  # its last sign was later
    store.add(last)
    assert (stored_track(store, track).ended, stored_track(store, track).live) == (NOON + 7, False)


def test_a_batch_that_comes_twice_is_kept_once(store: Store) -> None:
    batch, track = filled()
    batch.count("hall", "", "enter", NOON, 3)
    store.add(batch)
    again = pickle.loads(pickle.dumps(batch))
    assert store.add(again) == Added(again=True)
    assert len(stored_snippets(store, track)) == 2
    assert stored_counts(store, since=0, until=NOON + HOUR)[0][-1] == 3


def test_a_batch_is_kept_as_a_whole_or_not_at_all(store: Store) -> None:
    batch, track = filled()
    batch.begin_track("hall", NOON, "advertising")
    with pytest.raises(StoreError, match="no retention for the purpose 'advertising'"):
        store.add(batch)
    assert stored_tracks(store) == []
    good, track = filled(seed=4)
    store.add(good)
    assert len(stored_snippets(store, track)) == 2


def test_what_belongs_to_no_track_is_left_out_and_counted(store: Store) -> None:
    batch, _ = filled()
    batch.add_snippet(12, NOON, frame(), 1)
    batch.end_track(13, NOON)
    assert store.add(batch) == Added(tracks=1, snippets=2, signatures=2, left_out=2)


def test_counts_of_an_hour_are_added_up(store: Store) -> None:
    for at in (NOON + 1, NOON + 2, NOON + HOUR):
        batch = WriteBatch()
        batch.count("hall", "left", "enter", at, 2)
        batch.count("hall", "left", "enter", at)
        store.add(batch)
    assert stored_counts(store, since=0, until=NOON + 9 * HOUR) == [
        ("hall", "left", "enter", NOON, 6),
        ("hall", "left", "enter", NOON + HOUR, 3),
    ]


def test_tracks_are_found_by_camera_and_time(store: Store) -> None:
    numbers = []
    for camera, at in (("hall", NOON), ("door", NOON + HOUR), ("hall", NOON + 2 * HOUR)):
        batch, track = filled(camera, at)
        store.add(batch)
        numbers.append(track)

    def found(**wanted: object) -> set[int]:
        return {one.number for one in stored_tracks(store, **wanted)}

    assert found() == set(numbers)
    assert found(cameras=["hall"]) == {numbers[0], numbers[2]}
    assert found(since=NOON + 5, until=NOON + HOUR) == {numbers[0]}
    assert found(since=NOON + 6, until=NOON + HOUR + 1) == {numbers[1]}
    assert found(cameras=[]) == set()
    assert [one.number for one in stored_tracks(store, limit=1)] == [min(numbers)]
    assert found(after=min(numbers)) == set(numbers) - {min(numbers)}


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (Frame(np.zeros((4, 4, 3), np.uint8)), "raw pixels are never stored"),
        (np.zeros((4, 4, 3), np.uint8), "raw pixels are never stored"),
        (frame(protection=UNKNOWN), "not known what was done"),
    ],
    ids=["raw", "array", "weak"],
)
def test_only_what_hides_people_enters(picture: object, said: str) -> None:
    batch = WriteBatch()
    with pytest.raises(PrivacyError, match=said):
        batch.add_snippet(1, NOON, picture, 1)  # type: ignore[arg-type]
    with pytest.raises(PrivacyError, match=said):
        batch.add_signature(1, NOON, vector(), picture, ORIGIN, 1)  # type: ignore[arg-type]
    assert not batch.snippets
    assert not batch.signatures


@pytest.mark.parametrize("images", ["raw", ""])
def test_signatures_of_raw_pictures_are_refused(images: str) -> None:
    with pytest.raises(PrivacyError, match="is never stored"):
        WriteBatch().add_signature(1, NOON, vector(), frame(), replace(ORIGIN, images=images), 1)


@pytest.mark.parametrize("bad", [np.zeros(0), np.zeros((2, 3)), np.array([1.0, np.nan])])
def test_what_is_no_signature_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(ConfigError, match="one row of finite numbers"):
        WriteBatch().add_signature(1, NOON, bad, frame(), ORIGIN, 1)


def test_a_signature_of_an_unnamed_network_is_refused() -> None:
    with pytest.raises(ConfigError, match="without its network's hash"):
        WriteBatch().add_signature(1, NOON, vector(), frame(), replace(ORIGIN, model_sha256=""), 1)


def test_only_a_run_adds_and_there_is_one(opened: Callable[..., Store]) -> None:
    reader = opened()
    with pytest.raises(ConfigError, match="only the run of a site adds"):
        reader.add(WriteBatch())
    first = opened(run=True)
    with pytest.raises(StoreError, match="in use by"):
        opened(run=True)
    first.close()
    opened(run=True)


def test_a_copy_of_the_keys_lets_no_second_run_in(
    site: SimpleNamespace, store: Store, tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere" / "copy.keys"
    copy.parent.mkdir()
    copy.write_bytes(site.keys.read_bytes())
    with pytest.raises(StoreError, match="in use by"):
        open_store(site.address, site.key, copy, run=True)
    store.close()
    open_store(site.address, site.key, copy, run=True).close()


def test_the_store_outlives_its_process(opened: Callable[..., Store], store: Store) -> None:
    batch, track = filled()
    store.add(batch)
    store.close()
    assert len(stored_snippets(opened(), track)) == 2


def test_nothing_is_made_over_a_store(site: SimpleNamespace) -> None:
    with pytest.raises(StoreError, match="there is a store"):
        create_store(site.address, SiteKey.new(), site.keys.with_name("other.keys"))


def test_another_key_does_not_open_it(site: SimpleNamespace) -> None:
    with pytest.raises(ConfigError, match="the site's key does not fit"):
        open_store(site.address, SiteKey.new(), site.keys)


def test_without_its_keys_it_cannot_be_opened(site: SimpleNamespace) -> None:
    site.keys.unlink()
    with pytest.raises(StoreError, match="without them nothing"):
        open_store(site.address, site.key, site.keys)


def test_keys_of_another_store_are_refused(site: SimpleNamespace, tmp_path: Path) -> None:
    create_store(str(tmp_path / "other.sqlite"), site.key)
    with pytest.raises(StoreError, match="are not those of"):
        open_store(site.address, site.key, tmp_path / "other.keys")


def test_keys_older_than_the_rows_are_refused(site: SimpleNamespace, store: Store) -> None:
    """New tracks would be given numbers of keys that others have."""
    store.add(filled()[0])
    old = site.keys.read_bytes()
    store.add(filled()[0])
    store.close()
    site.keys.write_bytes(old)
    with pytest.raises(StoreError, match="are older than the rows"):
        open_store(site.address, site.key, site.keys)


def test_a_file_that_holds_no_keys_is_refused(site: SimpleNamespace) -> None:
    site.keys.write_bytes(b"x" * 64)
    with pytest.raises(ConfigError, match="not a file of keys"):
        open_store(site.address, site.key, site.keys)


def test_there_is_no_store_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store"):
        open_store(str(tmp_path / "none.sqlite"), SiteKey.new())


@pytest.mark.parametrize(
    ("address", "said"),
    [("mysql://host/site", "not mysql"), ("postgresql://host/site", "say where")],
)
def test_addresses_that_name_no_store_are_refused(address: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        open_store(address, SiteKey.new())
