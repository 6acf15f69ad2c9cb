"""The newest picture of a camera, for who has the secret, and nothing raw on the way."""

import stat
import threading
from pathlib import Path
from time import monotonic, sleep, time_ns

import cv2
import numpy as np
import pytest

from passerby.errors import OutputError, PrivacyError
from passerby.protection import BLACK
from passerby.site import live_view
from passerby.site.live_view import LivePlace, LiveView, live_pictures
from passerby.types import Frame, seal

SECRET = b"s" * 32


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "live"
    return LivePlace(str(folder / "camera"), SECRET)


def frame(grey, index=0):
    """A grey picture with something bright that was covered."""
    image = np.full((48, 64, 3), grey, np.uint8)
    image[10:30, 20:40] = 0
    return seal(Frame(image), image, BLACK)


def eventually(true, seconds=10.0):
    until = monotonic() + seconds
    while not true():
        assert monotonic() < until
        sleep(0.005)


def decoded(picture):
    return cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR)


@pytest.fixture
def view(place):
    made = LiveView(place)
    yield made
    made.close()


def test_viewers_see_the_newest_picture_covered(place, view):
    pictures = live_pictures(place)
    before = time_ns() // 1000
    shown = []
    reader = threading.Thread(target=lambda: shown.append(next(pictures)))
    reader.start()
    eventually(lambda: view._viewers == 1)
    view.show(frame(180))
    reader.join(10)
    seen = decoded(shown[0])
    assert seen.shape == (48, 64, 3)
    assert abs(int(seen[2, 2].mean()) - 180) < 6
    assert seen[15:27, 25:37].max() < 40
    assert before <= shown[0].released <= time_ns() // 1000


def test_who_is_slow_misses_pictures_and_sees_the_newest(place, view):
    pictures = live_pictures(place)
    first = []
    reader = threading.Thread(target=lambda: first.append(next(pictures)))
    reader.start()
    eventually(lambda: view._viewers == 1)
    view.show(frame(20))
    reader.join(10)
    for grey in range(40, 240, 2):
        view.show(frame(grey))
    rest = [int(decoded(next(pictures))[2, 2].mean())]
    while rest[-1] < 232:
        rest.append(int(decoded(next(pictures))[2, 2].mean()))
    assert rest == sorted(rest)


def test_nothing_is_encoded_while_nobody_looks(place, view, monkeypatch):
    def refused(*_):
        raise AssertionError

    monkeypatch.setattr("passerby.site.live_view.snippet_jpeg", refused)
    view.show(frame(100))
    assert view._frame is None


def test_each_picture_is_encoded_once_however_many_look(place, view, monkeypatch):
    made, encode = [], live_view.snippet_jpeg

    def counted(sealed, quality):
        made.append(sealed)
        return encode(sealed, quality)

    monkeypatch.setattr(live_view, "snippet_jpeg", counted)
    seen = []
    readers = [
        threading.Thread(target=lambda: seen.append(next(live_pictures(place)))) for _ in range(3)
    ]
    for reader in readers:
        reader.start()
    eventually(lambda: view._viewers == 3)
    view.show(frame(90))
    for reader in readers:
        reader.join(10)
    assert len(seen) == 3
    assert len(made) == 1


def test_without_the_secret_there_is_no_picture(place, view):
    assert list(live_pictures(place._replace(secret=b"x" * 32))) == []


def test_where_no_camera_runs_there_is_no_picture(place):
    assert list(live_pictures(place)) == []


def test_a_camera_that_ends_ends_the_pictures(place):
    view, seen = LiveView(place), []
    reader = threading.Thread(target=lambda: seen.extend(live_pictures(place)))
    reader.start()
    eventually(lambda: view._viewers == 1)
    view.show(frame(90))
    eventually(lambda: len(seen) == 1)
    view.close()
    reader.join(10)
    assert not reader.is_alive()


def test_a_new_process_takes_over_the_socket_of_a_killed_one(place):
    LiveView(place)._listener._listener._unlink.cancel()  # as if it were killed
    view = LiveView(place)
    seen = []
    reader = threading.Thread(target=lambda: seen.append(next(live_pictures(place))))
    reader.start()
    eventually(lambda: view._viewers == 1)
    view.show(frame(50))
    reader.join(10)
    assert len(seen) == 1
    view.close()


def test_no_more_than_so_many_look_at_once(place, view, monkeypatch):
    monkeypatch.setattr("passerby.site.live_view._MOST_VIEWERS", 1)
    first = threading.Thread(target=lambda: next(live_pictures(place)))
    first.start()
    eventually(lambda: view._viewers == 1)
    assert list(live_pictures(place)) == []
    view.show(frame(50))
    first.join(10)


@pytest.mark.parametrize("fault", ["others may enter", "a link", "a file"])
def test_a_folder_that_is_not_this_users_alone_is_refused(tmp_path, fault):
    folder = tmp_path / "live"
    if fault == "others may enter":
        folder.mkdir()
        folder.chmod(0o755)
    elif fault == "a link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.touch()
    with pytest.raises(OutputError, match="no live view"):
        LiveView(LivePlace(str(folder / "camera"), SECRET))


def test_the_folder_is_made_for_this_user_alone(place, view):
    mode = Path(place.address).parent.stat().st_mode
    assert stat.S_IMODE(mode) == 0o700


def test_raw_and_weakly_covered_pictures_are_not_sent(place, view):
    image = np.zeros((8, 8, 3), np.uint8)
    for one in (Frame(image), seal(Frame(image), image)):
        view._frame, view._number = one, view._number + 1
        with pytest.raises(PrivacyError):
            next(view._pictures())
