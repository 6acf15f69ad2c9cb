"""People are found by a picture that is anonymized first, and every search is written down."""

import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from passerby.errors import InputError
from passerby.site import finding
from passerby.site.check import Checked, check_site
from passerby.site.finding import PictureSearch, find_people
from passerby.site.settings import SiteSettings
from passerby.store.audit import read_audit
from passerby.store.store import Store
from passerby.types import AnonymizedFrame

AddTrack = Callable[..., int]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "person.png"
    cv2.imwrite(str(path), np.full((128, 64, 3), 150, np.uint8))
    return path


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What is described; its signature is that of tracks that look like 1, and a little like 2."""
    frames: list[object] = []

    def signature(_describer: object, frame: object) -> np.ndarray:
        frames.append(frame)
        vector = np.zeros(256, np.float32)
        vector[[1, 2]] = 0.8, 0.6
        return vector

    monkeypatch.setattr(finding, "signature_of", signature)
    return frames


def searched(path: Path, **options: object) -> PictureSearch:
    return PictureSearch(path=path, who="oda", purpose="case 12", **options)


def test_the_most_alike_come_first_and_only_what_is_anonymized_is_described(
    site: SiteSettings,
    store: Store,
    add_track: AddTrack,
    picture: Path,
    described: list[object],
) -> None:
    second, first, _ = (
        add_track("hall", 0, 10, looks=2),
        add_track("stairs", 20, 30, looks=1),
        add_track("hall", 40, 50, looks=3),
    )
    found = find_people(site, store, searched(picture, count=2))
    assert [one.track.number for one in found] == [first, second]
    assert [round(one.similarity, 3) for one in found] == [0.8, 0.6]
    (frame,) = described
    assert isinstance(frame, AnonymizedFrame)
    assert frame.protection.weakness is None
    entry = read_audit(store)[-1]
    assert (entry.who, entry.what, entry.purpose) == ("oda", "search by picture", "case 12")


def test_an_index_in_half_the_memory_finds_them_too(
    site: SiteSettings,
    store: Store,
    add_track: AddTrack,
    picture: Path,
    described: list[object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("faiss", reason="the extra `faiss` is not installed")
    track = add_track("hall", 0, 10, looks=1)
    half = site.model_copy(update={"store": site.store.model_copy(update={"index": "half"})})
    (found,) = find_people(half, store, searched(picture, count=1))
    assert (found.track.number, found.similarity) == (track, pytest.approx(0.8, abs=1e-3))
    assert list(check_site(half))[-1] == Checked("index", "half")
    monkeypatch.setitem(sys.modules, "faiss", None)
    assert "passerby[faiss]" in str(list(check_site(half))[-1].problem)


def test_cameras_and_times_may_be_chosen(
    site: SiteSettings,
    store: Store,
    add_track: AddTrack,
    picture: Path,
    described: list[object],
) -> None:
    early, late = add_track("hall", 0, 10, looks=1), add_track("hall", 40, 50, looks=1)
    add_track("stairs", 20, 30, looks=1)
    here = find_people(site, store, searched(picture, cameras=["hall"]))
    assert {one.track.number for one in here} == {early, late}
    then = find_people(site, store, searched(picture, cameras=["hall"], since=30_000_000))
    assert [one.track.number for one in then] == [late]


def test_a_video_is_no_picture_of_a_person(
    site: SiteSettings, store: Store, make_video: Callable[..., Path]
) -> None:
    before = len(read_audit(store))
    with pytest.raises(InputError, match="is a video"):
        find_people(site, store, searched(make_video("film.mp4")))
    assert len(read_audit(store)) == before
