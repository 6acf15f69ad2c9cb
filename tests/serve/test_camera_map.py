"""Which cameras are marked on the map, in which order, and how long the ways took."""

from pathlib import Path

import pytest

from passerby.serve.camera_map import camera_map
from passerby.site.settings import SiteSettings, read_site
from passerby.store.reading import StoredTrack
from passerby.store.times import SECOND

CAMERAS = ["hall", "stairs", "door"]


@pytest.fixture
def site(tmp_path: Path) -> SiteSettings:
    cameras = "".join(f'[[cameras]]\nname = "{one}"\nsource = "{one}.mp4"\n' for one in CAMERAS)
    pairs = "".join(
        f'[[neighbours]]\ncameras = ["{one}", "{other}"]\ntravel_seconds = [4, 25]\n'
        for one, other in (("hall", "stairs"), ("stairs", "door"))
    )
    (tmp_path / "site.toml").write_text(cameras + pairs)
    return read_site(tmp_path / "site.toml")


def stay(camera: str, began: int, ended: int) -> StoredTrack:
    return StoredTrack(began, camera, began * SECOND, ended * SECOND, False, "x")


def test_a_way_there_and_back_is_numbered_and_timed(site: SiteSettings) -> None:
    way = [stay("hall", 0, 10), stay("stairs", 19, 30), stay("hall", 60, 70)]
    found = camera_map(site, CAMERAS, way)
    assert [(one.name, one.visits) for one in found.nodes] == [
        ("hall", (1, 3)),
        ("stairs", (2,)),
        ("door", ()),
    ]
    assert [one.began for one in found.nodes] == [0, 19 * SECOND, None]
    assert [(one.walked, one.travel) for one in found.edges] == [
        (True, "took 9 s"),
        (False, "4-25 s"),
    ]


def test_only_cameras_that_are_shown_are_drawn(site: SiteSettings) -> None:
    way = [stay("hall", 0, 10), stay("stairs", 19, 30), stay("gone", 60, 70)]
    found = camera_map(site, ["hall", "door"], way)
    assert [one.name for one in found.nodes] == ["hall", "door"]
    assert found.edges == ()
    assert camera_map(site, [], []).nodes == ()


def test_cameras_in_a_line_and_in_a_ring_have_places_of_their_own(site: SiteSettings) -> None:
    for shown in (CAMERAS, ["door", "hall", "stairs"]):
        nodes = camera_map(site, shown, []).nodes
        assert len({(one.x, one.y) for one in nodes}) == 3
        assert all(0 <= one.x <= 100 and one.y > 0 for one in nodes)
