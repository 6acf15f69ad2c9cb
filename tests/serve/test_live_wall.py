"""The live wall: newest pictures of the cameras that somebody may see, and of no others."""

import asyncio
import json
import struct
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from threading import Thread
from time import monotonic, sleep

import cv2
import numpy as np
import pytest
from tests.serve.conftest import CAMERAS, Served
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from passerby.protection import BLACK
from passerby.serve import live_wall
from passerby.serve.live_cameras import Watching
from passerby.site.live_view import LivePicture, LiveView, live_place
from passerby.store.site_key import read_site_key
from passerby.store.users import set_roles, user_named
from passerby.types import Frame, seal

GREYS = {"hall": 60, "stairs": 120, "door": 200}


@pytest.fixture
def filming(served: Served, tmp_path, monkeypatch) -> Iterator[None]:
    """All cameras of the site, each of which sees a grey of its own."""
    monkeypatch.setattr("passerby.site.live_view.gettempdir", lambda: str(tmp_path))
    site = served.console.site
    key = read_site_key(site.store.key_file)
    views = {camera: LiveView(live_place(site, camera, key)) for camera in CAMERAS}
    goes_on = True

    def film():
        while goes_on:
            for camera, view in views.items():
                image = np.full((48, 64, 3), GREYS[camera], np.uint8)
                view.show(seal(Frame(image), image, BLACK))
            sleep(0.02)

    thread = Thread(target=film)
    thread.start()
    yield
    goes_on = False
    thread.join()
    for view in views.values():
        view.close()


@contextmanager
def socket(served: Served, who: str | None, **changes: str) -> Iterator[ClientConnection]:
    browser = served.browser(who)
    key = changes.get("form_key", browser.form_key)
    address = served.address.replace("http", "ws") + f"/live?form_key={key}"
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    with connect(
        address,
        origin=changes.get("origin", served.address),
        additional_headers={"cookie": cookies},
        proxy=None,
    ) as one:
        yield one


def seen(one: ClientConnection, cameras: Collection[str]) -> dict[str, int]:
    """The grey of each camera, from pictures until all of these were seen, and a dozen more."""
    names = json.loads(one.recv(10))["cameras"]
    greys, more, until = {}, 12, monotonic() + 20
    while more and monotonic() < until:
        message = one.recv(10)
        place, _released = struct.unpack_from(">Bq", message)
        image = cv2.imdecode(np.frombuffer(message[9:], np.uint8), cv2.IMREAD_COLOR)
        greys[names[place]] = round(float(image.mean()))
        one.send(bytes([place]))
        more -= set(cameras) <= set(greys)
    return greys


def read_on(one: ClientConnection) -> None:
    while True:
        one.recv(10)


@pytest.mark.parametrize(
    ("who", "cameras"),
    [("vera", CAMERAS), ("gero", ("hall", "stairs")), ("ursa", ("door",)), ("ada", CAMERAS)],
)
def test_everybody_sees_the_cameras_of_their_groups(served, filming, who, cameras):
    with socket(served, who) as one:
        greys = seen(one, cameras)
    assert set(greys) == set(cameras)
    for camera, grey in greys.items():
        assert grey == pytest.approx(GREYS[camera], abs=3)


@pytest.mark.parametrize(
    ("who", "changes"),
    [
        (None, {}),
        ("nobu", {}),
        ("vera", {"origin": "http://evil.example"}),
        ("vera", {"form_key": "x" * 43}),
        ("vera", {"form_key": ""}),
    ],
)
def test_a_socket_of_nobody_or_of_another_page_is_refused(served, who, changes):
    with pytest.raises(InvalidStatus) as caught, socket(served, who, **changes):
        pass
    assert caught.value.response.status_code == 403


def test_a_role_that_is_withdrawn_ends_the_pictures(served, filming, monkeypatch):
    monkeypatch.setattr(live_wall, "_LOOK_AGAIN", 0.2)
    user = user_named(served.store, "gero")
    with socket(served, "gero") as one:
        assert set(seen(one, ["hall", "stairs"])) == {"hall", "stairs"}
        try:
            set_roles(served.store, user, {}, "test")
            with pytest.raises(ConnectionClosed) as caught:
                read_on(one)
        finally:
            set_roles(served.store, user, {"ground": "investigator"}, "test")
    assert caught.value.rcvd.code == 1008


def test_a_camera_is_read_once_and_no_more_when_nobody_looks(served, filming):
    live = served.console.live
    with socket(served, "vera") as one, socket(served, "ada") as other:
        assert seen(one, CAMERAS).keys() == seen(other, CAMERAS).keys() == set(CAMERAS)
        assert live._read == set(CAMERAS)
        assert len(live._watching) == 2
    until = monotonic() + 10
    while live._read or live._watching:
        assert monotonic() < until
        sleep(0.02)


def test_no_picture_is_sent_before_the_last_one_was_drawn(served, filming):
    with socket(served, "ursa") as one:
        assert json.loads(one.recv(10)) == {"cameras": ["door"]}
        one.recv(10)
        with pytest.raises(TimeoutError):
            one.recv(0.5)
        for junk in (b"\xff", b"", "text"):
            one.send(junk)
        with pytest.raises(TimeoutError):
            one.recv(0.3)
        one.send(b"\x00")
        one.recv(10)


def test_a_browser_that_is_slow_gets_the_newest_picture():
    async def taken():
        watching = Watching(frozenset(["hall"]), asyncio.get_running_loop())
        for number in range(5):
            watching.show("hall", LivePicture(number, b""))
        await asyncio.sleep(0)
        assert watching.news.is_set()
        first = watching.take(["hall"])
        assert not watching.news.is_set()
        return first, watching.take(["hall"])

    assert asyncio.run(taken()) == ({"hall": LivePicture(4, b"")}, {})
