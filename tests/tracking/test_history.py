"""Where one track is: on straight lines that are known exactly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.tracking import TrackingSettings
from passerby.tracking.history import LEAST_EXTENSION, History, TrackPlace

SETTINGS = TrackingSettings()
LOOK = 0.125
START = np.array([100, 50, 140, 170], np.float32)
VELOCITY = np.array([40, 8, 48, 16], np.float32)  # the person walks and comes nearer


def true_box(time: float) -> np.ndarray:
    return (START + VELOCITY * np.float32(time)).astype(np.float32)


def seen_at(*times: float) -> History:
    history = History()
    for time in times:
        history.add(time, true_box(time), 0.9)
    return history


def looks(first: float, last: float) -> list[float]:
    return np.arange(first, last + LOOK / 2, LOOK).tolist()


def one_place(history: History, time: float) -> TrackPlace:
    (place,) = history.at(time, SETTINGS)
    return place


def contains(outer: np.ndarray, inner: np.ndarray, slack: float = 1e-2) -> bool:
    low = outer[:2] <= inner[:2] + slack
    return bool(low.all() and (outer[2:] >= inner[2:] - slack).all())


def with_margin(place: TrackPlace) -> np.ndarray:
    return place.box + np.array([-1, -1, 1, 1]) * place.margin


# --- Seen and between two sightings --------------------------------------------------------


def test_on_a_straight_line_sight_and_expectation_agree() -> None:
    history = seen_at(*looks(0, 2))
    for time in history.times:
        place = one_place(history, time)
        assert place.seen
        assert place.margin == 0
        np.testing.assert_allclose(place.box, true_box(time), atol=1e-2)


@given(
    before=st.integers(1, 12),
    after=st.integers(1, 12),
    gap=st.floats(0.1, 2),
    share=st.floats(0.01, 0.99),
)
def test_a_gap_is_filled_with_the_true_box(
    before: int, after: int, gap: float, share: float
) -> None:
    """However many sightings there are on either side."""
    earlier = looks(0, LOOK * (before - 1))
    later = [earlier[-1] + gap + time for time in looks(0, LOOK * (after - 1))]
    place = one_place(seen_at(*earlier, *later), earlier[-1] + share * gap)
    assert not place.seen
    np.testing.assert_allclose(place.box, true_box(earlier[-1] + share * gap), atol=0.05)


def test_the_margin_grows_with_the_time_to_the_nearest_sighting() -> None:
    history = seen_at(0, 2)
    for time, away in ((0.1, 0.1), (0.5, 0.5), (1, 1), (1.7, 0.3)):
        place = one_place(history, time)
        height = place.box[3] - place.box[1]
        assert place.margin == pytest.approx(SETTINGS.growth * away * height, rel=1e-3)


def test_a_filled_box_is_no_surer_than_the_less_sure_of_its_neighbours() -> None:
    history = History()
    history.add(0, START, 0.3)
    history.add(1, START, 0.8)
    assert one_place(history, 0.5).score == 0.3


def test_who_turns_back_between_two_looks_is_covered_there_and_where_others_expect_them() -> None:
    """Walks right and then left, at 0.8 heights a second: 1.4 m/s for somebody of 1.75 m."""
    speed, turn = 96, 1 + LOOK / 2

    def turning(time: float) -> np.ndarray:
        return START + np.array([1, 0, 1, 0]) * speed * (turn - abs(time - turn))

    history = History()
    for time in looks(0, 2):
        history.add(time, turning(time).astype(np.float32), 0.9)
    places = history.at(turn, SETTINGS)
    off = [turning(turn)[0] - place.box[0] for place in places]
    assert len(places) == 2
    assert min(off) == pytest.approx(speed * LOOK / 2)  # what nobody saw
    assert [place.margin for place in places] == pytest.approx(
        [SETTINGS.growth * LOOK / 2 * 120] * 2
    )
    assert not any(place.seen for place in places)


# --- Before the first and after the last sighting ------------------------------------------


@pytest.mark.parametrize(("away", "covered"), [(0.05, True), (0.39, True), (0.41, False)])
def test_a_track_leads(away: float, covered: bool) -> None:
    places = seen_at(*looks(0, 2)).at(-away, SETTINGS)
    assert [place.seen for place in places] == [False] * covered
    for place in places:
        assert contains(with_margin(place), true_box(-away))


@pytest.mark.parametrize(("away", "covered"), [(0.05, True), (0.59, True), (0.61, False)])
def test_a_track_holds(away: float, covered: bool) -> None:
    places = seen_at(*looks(0, 2)).at(2 + away, SETTINGS)
    assert [place.seen for place in places] == [False] * covered
    for place in places:
        assert contains(with_margin(place), true_box(2 + away))


@pytest.mark.parametrize("direction", [-1, 1])
@pytest.mark.parametrize(
    ("lived", "reach"), [(0, LEAST_EXTENSION), (0.25, LEAST_EXTENSION), (0.375, 0.375)]
)
def test_a_short_track_is_extended_by_the_time_it_lived(
    lived: float, reach: float, direction: int
) -> None:
    history = seen_at(*looks(0, lived))
    end = 0 if direction < 0 else lived
    assert history.at(end + direction * (reach - 0.01), SETTINGS)
    assert not history.at(end + direction * (reach + 0.01), SETTINGS)


def test_nothing_is_extended_where_it_is_not_wanted() -> None:
    settings = TrackingSettings(lead=0, hold=0)
    history = seen_at(*looks(0, 1))
    assert history.at(-0.01, settings) == []
    assert history.at(1.01, settings) == []


def test_a_track_seen_once_stays_where_it_was() -> None:
    place = one_place(seen_at(5), 5.2)
    np.testing.assert_array_equal(place.box, true_box(5))
    assert place.margin == pytest.approx(SETTINGS.growth * 0.2 * 160, rel=1e-3)


def test_a_box_that_shrinks_at_the_edge_of_the_frame_does_not_shrink_away() -> None:
    """Left to right, out of a frame 200 pixels wide."""
    history = History()
    for step in range(9):
        left = 120 + 8 * step
        history.add(step * LOOK, np.array([left, 0, min(left + 60, 200), 150], np.float32), 0.9)
    last = history.boxes[-1]
    place = one_place(history, 8 * LOOK + 0.5)
    assert place.box[2] - place.box[0] == pytest.approx(last[2] - last[0])
    assert place.box[0] > last[0]


@pytest.mark.parametrize("apart", [1e-6, 1e-3, 0.02])
def test_a_box_that_trembles_is_not_thrown_out_of_the_frame(apart: float) -> None:
    history = History()
    history.add(1, START, 0.9)
    history.add(1 + apart, START + 4, 0.9)
    for time in (0.8, 1.2):
        assert np.abs(one_place(history, time).box - START).max() < 20


def test_a_long_hold_lasts_as_long_as_it_should() -> None:
    settings = TrackingSettings(hold=10)
    history = seen_at(*looks(0, 20))
    history.forget_before(29, span=2)
    (place,) = history.at(29.9, settings)
    expected = true_box(20)[:2] + np.array([44, 12]) * 9.9
    np.testing.assert_allclose(place.box[:2], expected, rtol=1e-3)
    assert history.at(30.1, settings) == []


# --- Sightings that are wrong --------------------------------------------------------------


def standing(sights: dict[int, np.ndarray], count: int = 17) -> History:
    """Somebody who stands still, but is seen otherwise at some looks."""
    history = History()
    for look in range(count):
        history.add(look * LOOK, sights.get(look, START).astype(np.float32), 0.9)
    return history


@pytest.mark.parametrize("hidden", [[8], [7, 8], [7, 8, 9]])
def test_who_is_half_hidden_for_some_looks_is_covered_in_full(hidden: list[int]) -> None:
    lower_half = START + np.array([0, 60, 0, 0])
    history = standing(dict.fromkeys(hidden, lower_half))
    for look in hidden:
        sight, expected = history.at(look * LOOK, SETTINGS)
        assert sight.seen
        np.testing.assert_array_equal(sight.box, lower_half)
        assert not expected.seen
        np.testing.assert_allclose(expected.box, START)


def test_who_is_merged_with_a_neighbour_has_a_place_of_their_own() -> None:
    both = START + np.array([0, -60, 40, 0])  # a taller neighbour on the right
    sight, expected = standing({8: both}).at(8 * LOOK, SETTINGS)
    np.testing.assert_array_equal(sight.box, both)
    np.testing.assert_allclose(expected.box, START)


@given(st.lists(st.integers(-3, 3), min_size=4, max_size=4))
def test_a_box_that_trembles_a_little_is_one_place_that_holds_both(tremor: list[int]) -> None:
    seen = START + np.array(tremor)
    (place,) = standing({8: seen}).at(8 * LOOK, SETTINGS)
    assert place.seen
    assert contains(place.box, seen)
    assert contains(place.box, START)


def test_sightings_far_away_in_time_do_not_count() -> None:
    """Who walked otherwise two seconds ago is expected by what is near."""
    history = History()
    for look in range(-40, 41):
        time = look * LOOK
        box = START if abs(time) <= 1 else START + 500
        history.add(time, box, 0.9)
    np.testing.assert_allclose(one_place(history, 0).box, START)
    np.testing.assert_allclose(one_place(history, LOOK / 2).box, START)


# --- Memory --------------------------------------------------------------------------------


@given(
    times=st.lists(st.integers(0, 400), min_size=1, max_size=80, unique=True).map(sorted),
    now=st.integers(0, 400),
    later=st.integers(0, 80),
)
def test_what_is_forgotten_matters_to_no_later_frame(
    times: list[int], now: int, later: int
) -> None:
    """Which the timeline relies on: it forgets after each frame, frames go on in time."""
    times_in_seconds = [time / 16 for time in times]
    full, short = seen_at(*times_in_seconds), seen_at(*times_in_seconds)
    short.forget_before(now / 16, span=2 * SETTINGS.window)
    time = (now + later) / 16
    for kept, place in zip(short.at(time, SETTINGS), full.at(time, SETTINGS), strict=True):
        np.testing.assert_allclose(kept.box, place.box, atol=0.05)
        assert (kept.seen, kept.score) == (place.seen, place.score)
        assert kept.margin == pytest.approx(place.margin, rel=1e-3)
    assert short.lived == pytest.approx(full.lived)


def test_little_is_remembered() -> None:
    history = History()
    for step in range(1000):
        history.add(step / 10, START, 0.9)
        history.forget_before(step / 10, span=2)
        assert len(history.times) == len(history.boxes) == len(history.scores) <= 22
    assert history.lived == pytest.approx(99.9)
