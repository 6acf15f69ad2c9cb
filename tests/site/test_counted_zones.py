"""Stays in zones, against walks made by hand."""

import cv2
import numpy as np
import pytest
from pydantic import ValidationError
from tests.pipeline.test_camera_tracks import SIZE, result

from passerby.site.camera_watch import CameraWatch
from passerby.site.counted_zones import ZoneStay, zone_stays
from passerby.site.counting import ENTER, LEAVE, SECONDS, TO
from passerby.site.settings import CameraSettings, CountedZone
from passerby.tracking.tracklet import Tracklet

LEFT = CountedZone(name="left", polygon=((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
RIGHT = CountedZone(name="right", polygon=((0.6, 0), (1, 0), (1, 1), (0.6, 1)))
TRIANGLE = CountedZone(name="corner", polygon=((0, 1), (0.5, 1), (0, 0)))


def walk(*places: tuple[float, float]) -> Tracklet:
    """Feet at places, one look each half second."""
    x, y = np.array(places, np.float32).T
    boxes = np.stack([x - 5, y - 40, x + 5, y], axis=1)
    frames = np.arange(len(x))
    return Tracklet(frames, frames / 2, boxes, np.ones(len(x), np.float32), None)


def test_who_walks_from_one_zone_to_the_other_was_in_both() -> None:
    across = walk(*((x, 50.0) for x in range(0, 100, 10)))
    assert zone_stays(across, [RIGHT, LEFT], (100, 100)) == [
        ZoneStay("left", 0.0, 2.0),  # who stands on the edge is on one side of it
        ZoneStay("right", 3.0, 4.5),
    ]


def test_feet_count_and_not_heads() -> None:
    standing = walk(*[(10.0, 90.0)] * 4)
    assert zone_stays(standing, [TRIANGLE], (100, 100)) == [ZoneStay("corner", 0.0, 1.5)]
    assert zone_stays(walk(*[(40.0, 30.0)] * 4), [TRIANGLE], (100, 100)) == []


@pytest.mark.parametrize("seed", range(8))
def test_places_are_in_a_polygon_if_opencv_says_so(seed: int) -> None:
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 7))  # a star: sides do not cross
    shares = 0.5 + rng.uniform(0.1, 0.5, (7, 1)) * np.stack([np.cos(angles), np.sin(angles)], 1)
    zone = CountedZone(name="a", polygon=tuple(map(tuple, shares.tolist())))
    places = rng.uniform(0, 100, (200, 2)).astype(np.float32)
    corners = (shares * 100).astype(np.float32)
    known = [cv2.pointPolygonTest(corners, tuple(map(float, one)), False) > 0 for one in places]
    found = [bool(zone_stays(walk(tuple(one), tuple(one)), [zone], (100, 100))) for one in places]
    assert found == known
    assert 0 < sum(known) < 200


def test_a_step_over_the_edge_is_no_stay_and_a_moment_outside_no_end() -> None:
    assert zone_stays(walk((70, 9), (70, 9), (40, 9), (70, 9)), [LEFT], (100, 100)) == []
    looks = [(40.0, 9.0)] * 3 + [(70.0, 9.0)] * 3 + [(40.0, 9.0)] * 3
    assert zone_stays(walk(*looks), [LEFT], (100, 100)) == [
        ZoneStay("left", 0.0, 1.0),
        ZoneStay("left", 3.0, 4.0),
    ]


def test_a_camera_counts_its_zones_and_keeps_nobody() -> None:
    zones = (
        CountedZone(name="left", polygon=((0, 0), (0.5, 0), (0.5, 1), (0, 1))),
        CountedZone(name="right", polygon=((0.5, 0), (1, 0), (1, 1), (0.5, 1))),
    )
    camera = CameraSettings(name="hall", source="x", purpose="counting", zones=zones)
    watch = CameraWatch(camera, None, 0.2, SIZE, 0)
    for look in range(40):
        watch.add(result(look * 2, {1: 20 + 6 * look}), look / 5)
    batch = watch.flush()
    assert batch is not None
    sums = {(zone, kind): number for (_, zone, kind, _), number in batch.counted.items()}
    assert sums["left", ENTER] == sums["left", LEAVE] == sums["right", ENTER] == 1
    assert sums["left", TO + "right"] == 1
    assert ("right", TO + "left") not in sums
    assert 6 <= sums["left", SECONDS] + sums["right", SECONDS] <= 8
    assert [*batch.begun, *batch.snippets, *batch.signatures] == []


@pytest.mark.parametrize(
    "zones",
    [
        [{"name": "a", "polygon": [[0, 0], [1, 1]]}],
        [{"name": "a", "polygon": [[0, 0], [1, 1], [2, 0]]}],
        [{"name": "a", "polygon": [[0, 0], [1, 1], [1, 0]]}] * 2,
        [{"name": "a b", "polygon": [[0, 0], [1, 1], [1, 0]]}],
    ],
)
def test_zones_that_cannot_be_are_refused(zones: list[dict[str, object]]) -> None:
    with pytest.raises(ValidationError):
        CameraSettings.model_validate({"name": "hall", "source": "x", "zones": zones})
