"""Batches that are written together leave what they leave one by one."""

import random

import pytest
from tests.store.conftest import NOON, ORIGIN, frame, vector

from passerby.store.reading import stored_counts, stored_signatures, stored_snippets, stored_tracks
from passerby.store.retention import COUNT_PURPOSE, set_retention
from passerby.store.store import Store
from passerby.store.times import SECOND
from passerby.store.write_batch import WriteBatch


def life(camera: str, seed: int) -> list[WriteBatch]:
    """What a camera hands on in some minutes, in which its process is started anew."""
    rng = random.Random(seed)
    batches, tracks, at = list[WriteBatch](), list[int](), NOON
    for step in range(25):
        at += rng.randrange(1, 3) * SECOND
        batch = WriteBatch(started=camera if step == 0 or rng.random() < 0.1 else None)
        if batch.started:
            tracks = []
        if len(tracks) < 2 or rng.random() < 0.4:
            tracks.append(batch.begin_track(camera, at, "follow"))
        for track in tracks:
            if rng.random() < 0.5:
                batch.add_snippet(track, at + 1, frame(step), 1)
                batch.add_signature(track, at + 1, vector(step), frame(step), ORIGIN, 1)
        what = rng.random()
        if what < 0.3 and len(tracks) > 1:
            batch.join_track(tracks.pop(), tracks[0], [at + 1])
        elif what < 0.4:
            batch.withdraw_track(tracks.pop())
        elif what < 0.7:
            batch.end_track(tracks.pop(0), at + 2, began=at - 60 * SECOND)
            batch.count(camera, "", "enter", at)
        batches.append(batch)
    return batches


def kept(store: Store, camera: str) -> list[object]:
    """What the store has of a camera, whatever numbers it has."""
    tracks = [one for one in stored_tracks(store) if one.camera == camera]
    found: list[object] = [
        (
            one.began,
            one.ended,
            one.live,
            sorted((two.at, two.jpeg) for two in stored_snippets(store, one.number)),
            sorted(
                (at, row.tobytes())
                for two in stored_signatures(store, ORIGIN.model_sha256, track=one.number)
                for at, row in zip(two.at, two.vectors, strict=True)
            ),
        )
        for one in tracks
    ]
    counts = stored_counts(store, since=0, until=1 << 62)
    return [sorted(found, key=repr), sorted(row[1:] for row in counts if row[0] == camera)]


@pytest.mark.parametrize("seed", range(4))
def test_together_is_one_by_one(store: Store, seed: int) -> None:
    for camera in ("hall", "door"):
        set_retention(store, camera, COUNT_PURPOSE, 3600, "test")
    for batch in life("hall", seed):
        store.add(batch)
    together = life("door", seed)
    for size in (3, 25):  # the second time, some have come before
        with store.adding() as (connection, writer):
            writer.add_together(connection, [*together[:size], together[0]])
    one_by_one, at_once = kept(store, "hall"), kept(store, "door")
    assert one_by_one[0]
    assert one_by_one == at_once
