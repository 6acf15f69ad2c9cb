"""Where the frames of a film are searched: cases by hand, and synthetic people."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.detection.films import (
    FilmSearch,
    over_time,
    tallest,
    window_around,
    with_whole_people,
)
from passerby.detection.people import PeopleDetector
from passerby.detections import Detections, Kind
from passerby.errors import DetectionError
from passerby.geometry import PixelBox, intersection_over_union
from passerby.synth.camera import Camera
from passerby.synth.people import World
from passerby.synth.place import Place, Places
from passerby.types import Image

WIDTH, HEIGHT = 640, 480
EVERYTHING = 0, 0, WIDTH, HEIGHT
NOTHING = 0, 0, 0, 0


def street(level: int = 90, width: int = WIDTH, height: int = HEIGHT) -> Image:
    return np.full((height, width, 3), level, np.uint8)


def with_box(image: Image, box: PixelBox, level: int = 200) -> Image:
    left, top, right, bottom = box
    image = image.copy()
    image[top:bottom, left:right] = level
    return image


class Recorder:
    """A search that notes what it was asked, and finds what it is told to."""

    def __init__(self) -> None:
        self.found = Detections.none()
        self.asked: list[tuple[PixelBox, list[list[float]], bool]] = []
        self.fails = False

    def __call__(
        self, image: Image, window: PixelBox, known: Detections, *, from_afar: bool
    ) -> Detections:
        self.asked.append((window, known.boxes.tolist(), from_afar))
        if self.fails:
            raise DetectionError("lost")
        return Detections.joined(self.found, known)


@pytest.fixture
def search() -> Recorder:
    return Recorder()


@pytest.fixture
def film(search: Recorder) -> FilmSearch:
    return FilmSearch(search, lambda width, height: WIDTH / max(width, height))


def test_the_first_frame_is_searched_as_a_whole_and_from_afar(
    film: FilmSearch, search: Recorder
) -> None:
    film(street())
    assert search.asked == [(EVERYTHING, [], True)]


def test_where_nothing_changes_who_was_found_stays_until_the_fifth_look(
    film: FilmSearch, search: Recorder
) -> None:
    person = [30.0, 40.0, 60.0, 120.0]
    search.found = Detections.of([person])
    film(street())
    search.found = Detections.none()
    for _ in range(4):
        assert film(street()).boxes.tolist() == [person]
    film(street())
    assert search.asked[1:] == [(NOTHING, [person], False)] * 4 + [(EVERYTHING, [], True)]


def test_a_change_is_searched_with_what_is_around_it_and_who_is_there_is_not_taken_over(
    film: FilmSearch, search: Recorder
) -> None:
    here, there = [200.0, 160.0, 230.0, 240.0], [500.0, 300.0, 530.0, 380.0]
    search.found = Detections.of([here, there])
    film(street())
    search.found = Detections.none()
    film(with_box(street(), (220, 200, 240, 220)))
    # The change and the person who reaches into it: 200-240, 160-240. 48 pixels around, and then on
    # to multiples of 64.
    assert search.asked[1] == ((128, 64, 320, 320), [there], False)


def test_a_change_is_searched_once(film: FilmSearch, search: Recorder) -> None:
    changed = with_box(street(), (220, 200, 240, 220))
    for image in (street(), changed, changed):
        film(image)
    assert [window for window, _, _ in search.asked[1:]] == [(128, 128, 320, 320), NOTHING]


def test_where_most_changes_all_is_searched(film: FilmSearch, search: Recorder) -> None:
    film(street())
    film(with_box(street(), (60, 40, 600, 440)))
    assert search.asked[1] == (EVERYTHING, [], True)


def test_after_a_cut_all_is_searched_in_both_ways(film: FilmSearch, search: Recorder) -> None:
    search.found = Detections.of([[30, 40, 60, 120]])
    for image in (street(), street(30)):
        film(image)
    assert search.asked[1] == (EVERYTHING, [], True)


@pytest.mark.parametrize(
    ("kind", "height", "from_afar"),
    [
        (Kind.PERSON, 149, False),
        (Kind.PERSON, 151, True),
        (Kind.HEAD, 22, False),
        (Kind.HEAD, 23, True),
    ],
)
def test_after_somebody_large_the_next_look_is_from_afar_too(
    film: FilmSearch, search: Recorder, kind: Kind, height: int, from_afar: bool
) -> None:
    search.found = Detections.of([[30, 40, 60, 40 + height]], [0.1], kind)
    film(street())
    film(street())
    assert search.asked[1][2] is from_afar


@pytest.mark.parametrize(("height", "from_afar"), [(60, False), (100, False), (130, True)])
def test_where_somebody_large_may_have_come_it_looks_from_afar_at_once(
    film: FilmSearch, search: Recorder, height: int, from_afar: bool
) -> None:
    film(street())
    film(with_box(street(), (300, 100, 340, 100 + height), level=102))
    assert search.asked[1][2] is from_afar


def test_who_grows_little_by_little_is_looked_at_from_afar_in_time(
    film: FilmSearch, search: Recorder
) -> None:
    film(street())
    for half in (20, 30, 40, 60):
        film(with_box(street(), (300, 240 - half, 340, 240 + half)))
    assert [from_afar for _, _, from_afar in search.asked] == [True, False, False, False, True]


def test_what_changes_slowly_is_searched_once_it_has_changed(
    film: FilmSearch, search: Recorder
) -> None:
    for level in range(90, 104, 3):
        film(with_box(street(), (220, 200, 240, 220), level))
    assert [window != NOTHING for window, _, _ in search.asked] == [True, False, False, True, False]


def test_the_noise_of_a_camera_is_no_change(film: FilmSearch, search: Recorder) -> None:
    rng = np.random.default_rng(0)
    for _ in range(5):
        film(np.clip(street() + rng.normal(0, 8, (HEIGHT, WIDTH, 3)), 0, 255).astype(np.uint8))
    assert [window for window, _, _ in search.asked[1:]] == [NOTHING] * 4


def test_frames_of_another_size_begin_anew(film: FilmSearch, search: Recorder) -> None:
    search.found = Detections.of([[30, 40, 60, 120]])
    film(street())
    film(street(width=320, height=240))
    assert search.asked[1] == ((0, 0, 320, 240), [], True)


def test_what_a_failed_look_should_have_searched_is_searched_in_the_next(
    film: FilmSearch, search: Recorder
) -> None:
    changed = with_box(street(), (220, 200, 240, 220))
    film(street())
    search.fails = True
    with pytest.raises(DetectionError):
        film(changed)
    search.fails = False
    film(changed)
    assert search.asked[2] == search.asked[1]


def test_a_failed_first_look_leaves_all_to_the_next(film: FilmSearch, search: Recorder) -> None:
    search.fails = True
    for _ in range(3):
        with pytest.raises(DetectionError):
            film(street())
    assert search.asked == [(EVERYTHING, [], True)] * 3


@given(
    st.integers(0, 600),
    st.integers(0, 440),
    st.integers(10, 200),
    st.integers(10, 200),
    st.integers(30, 160),
)
def test_whatever_changes_is_searched(
    left: int, top: int, width: int, height: int, level: int
) -> None:
    search = Recorder()
    film = FilmSearch(search, lambda width, height: WIDTH / max(width, height))
    box = left, top, min(left + width, WIDTH), min(top + height, HEIGHT)
    film(street())
    film(with_box(street(), box, 90 + level))
    left, top, right, bottom = search.asked[1][0]
    # A cell of 10 pixels at the edge of the box may differ too little.
    low, high = np.array([left, top]), np.array([right, bottom])
    assert (low <= np.maximum(np.array(box[:2]) - 38, 0)).all()
    assert (high >= np.minimum(np.array(box[2:]) + 38, (WIDTH, HEIGHT))).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (7, 9), (1080, 1920)])
def test_frames_of_any_size(search: Recorder, size: tuple[int, int]) -> None:
    film = FilmSearch(search, lambda width, height: WIDTH / max(width, height))
    for level in (0, 0, 255):
        film(street(level, size[1], size[0]))
    whole = 0, 0, size[1], size[0]
    assert [window for window, _, _ in search.asked] == [whole, NOTHING, whole]


def test_patches_are_told_apart_and_gaps_bridged() -> None:
    cells = np.zeros((20, 20), np.bool_)
    assert tallest(cells) == 0
    cells[2:5, 3] = cells[7:9, 3] = True  # two cells apart: one patch of 7
    cells[14:20, 10] = True  # 6
    assert tallest(cells) == 7
    cells[6] = False
    cells[7, 3] = False
    assert tallest(cells) == 6


def test_a_window_ends_where_the_picture_does() -> None:
    core = np.array([[-20, 400, 30, 500]], np.float32)
    assert window_around(core, WIDTH, HEIGHT, 1.0) == (0, 320, 128, 480)
    assert window_around(2 * core, 2 * WIDTH, 2 * HEIGHT, 0.5) == (0, 640, 256, 960)


def test_nobody_who_is_touched_is_cut_but_others_stay_out() -> None:
    core = np.array([[0, 0, 10, 10]], np.float32)
    people = np.array([[10, 0, 20, 10], [0, 9, 5, 60]], np.float32)
    assert with_whole_people(core, people).tolist() == [[0, 0, 10, 60]]
    assert with_whole_people(core, people[:0]).tolist() == core.tolist()


def test_a_detector_that_knows_nothing_of_films_is_taken_as_it_is() -> None:
    def detector(_image: Image) -> Detections:
        return Detections.none()

    assert over_time(detector) is detector


# --- The network that comes with the package ---------------------------------------------------

APPROACH = [((9 - 1.15 * step, 0.2), np.pi) for step in range(8)]
PASSING_CLOSE_BY = [((1.3, 2.0 - 0.6 * step), -np.pi / 2) for step in range(5)]
APPEARING = [((60.0, 0.0), np.pi)] * 2 + [((1.2, 0.0), np.pi)] * 2


def frames(path: list[tuple[tuple[float, float], float]]) -> Iterator[tuple[Image, np.ndarray]]:
    """Frames in which somebody takes a path past a door camera, and the heads in each."""
    world = World.random(12, 2, obstacles=2)
    camera = Camera.looking_at((0, 0, 1.6), (5, 0, 1.3), name="door", size=(WIDTH, HEIGHT))
    view = world.view(camera)
    for index, (position, heading) in enumerate(path):
        walker = Place(0, position, heading, 1.2, 0.37 * index % 1)
        places: Places = (walker, Place(1, (7.0, 2.0), 1.0, 0.0, 0.0))
        shot = view.shot(world.bodies, places, index, index / 8)
        heads = [one.head_box for one in shot.sightings if one.head_visibility > 0.5]
        yield shot.image, np.array(heads, np.float32).reshape(-1, 4)


def found(heads: np.ndarray, detections: Detections) -> np.ndarray:
    boxes = detections.of_kind(Kind.HEAD).boxes
    best: np.ndarray = intersection_over_union(heads, boxes).max(axis=1, initial=0)
    return best > 0.4


@pytest.mark.slow
@pytest.mark.parametrize("path", [APPROACH, PASSING_CLOSE_BY, APPEARING])
def test_whom_a_still_shows_a_film_shows_too(
    path: list[tuple[tuple[float, float], float]],
) -> None:
    detector = PeopleDetector(threads=1)
    film, largest = detector.over_time(), 0.0
    for image, heads in frames(path):
        still, moving = found(heads, detector(image)), found(heads, film(image))
        assert (moving >= still).all()
        tall = heads[still, 3] - heads[still, 1]
        largest = max(largest, float(tall.max(initial=0)))
    assert largest > 100  # of 480: people who fill the picture were among them
