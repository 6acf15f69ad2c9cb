"""Bad input, and things at the wrong moment: nothing is done twice, nothing leaks or breaks."""

import sqlite3
import struct
import sys
import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import event
from tests.serve.conftest import (
    CAMERAS,
    Browser,
    Filled,
    Served,
    add_batch,
    copied,
    serving,
)
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from passerby.serve import live_wall
from passerby.serve.access import SESSION_COOKIE
from passerby.serve.request_limits import RequestLimits
from passerby.site.site_store import open_site_store
from passerby.store import sessions
from passerby.store.audit import read_audit
from passerby.store.browsing import TrackFilter, list_tracks
from passerby.store.identities import link_tracks, read_changes, read_links
from passerby.store.reading import snippet_moments, stored_tracks
from passerby.store.sessions import make_api_token, withdraw_api_token
from passerby.store.times import SECOND
from passerby.store.users import disable_user, enable_user, set_password, user_named
from passerby.store.write_batch import WriteBatch
from passerby.synth.gallery import Gallery, portraits


@pytest.fixture
def fresh(filled_once: Filled, tmp_path: Path) -> Iterator[Served]:
    """A console of a test's own."""
    with serving(copied(filled_once, tmp_path)) as one:
        yield one


def seen_on(page: str) -> str:
    return page.partition('name="seen" value="')[2].partition('"')[0]


# --- Tokens and sessions ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer passerby_",
        "Bearer passerby_" + "x" * 43,
        "Bearer " + "x" * 5000,
        "Bearer \xff\xfe",
        "Bearer passerby_\x00",
        "Basic dmVyYTpwYXNzd29yZA==",
        "Token {token}",
        "Bearer {token}x",
        "Bearer {token_upper}",
        "Bearer {hash}",
        "Bearer {session}",
    ],
)
def test_what_is_no_token_lets_nobody_in(served: Served, said: str) -> None:
    token = served.token("vera")
    said = said.format(
        token=token,
        token_upper=token.upper(),
        hash=sessions._hashed(token),  # what a thief of the data base has
        session=served.browser("vera").cookies[SESSION_COOKIE],
    )
    address = f"{served.address}/api/v1/cameras"
    try:
        answer = httpx.get(address, headers={"authorization": said.encode("latin-1")})
    except (httpx.LocalProtocolError, httpx.RemoteProtocolError):
        return  # the server has closed the line
    assert answer.status_code in (400, 401)


def test_tokens_end_with_their_user_and_when_they_are_withdrawn(fresh: Served) -> None:
    vera = user_named(fresh.store, "vera")
    assert vera is not None
    address = f"{fresh.address}/api/v1/cameras"

    def status(token: str) -> int:
        return httpx.get(address, headers={"authorization": f"bearer {token}"}).status_code

    first, second = (make_api_token(fresh.store, vera, name, 1, "ada") for name in "ab")
    assert [status(first), status(second)] == [200, 200]
    withdraw_api_token(fresh.store, 1, "ada")
    assert sorted([status(first), status(second)]) == [200, 401]
    disable_user(fresh.store, vera, "ada")
    enable_user(fresh.store, vera, "ada")
    assert [status(first), status(second)] == [401, 401]


def test_guesses_of_tokens_are_limited(fresh: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh.console, "limits", RequestLimits())
    wrong = {"authorization": "Bearer guess"}
    with httpx.Client(base_url=fresh.address) as program:
        codes = [program.get("/api/v1/cameras", headers=wrong).status_code for _ in range(62)]
    assert codes == [401] * 60 + [429] * 2


@pytest.mark.parametrize("cookie", ["", "x", "x" * 4000, "passerby", "\x7f", "a; b=c", "%00"])
def test_what_is_no_session_lets_nobody_in(served: Served, cookie: str) -> None:
    headers = {"cookie": f"{SESSION_COOKIE}={cookie}"}
    answer = httpx.get(f"{served.address}/tracks", headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Ftracks")


def test_a_form_that_is_sent_again_after_logging_out_does_nothing(fresh: Served) -> None:
    browser, track = Browser(fresh, "inga"), fresh.filled.tracks[3, "stairs"]
    form = {"person": fresh.filled.persons[3], "form_key": browser.form_key}
    kept = dict(browser.cookies)
    other = Browser(fresh, "inga")
    foreign = other.post(f"/tracks/{track}/confirm", data=form)  # another session's key
    assert foreign.status_code == 403
    browser.send_form("/logout")
    replayed = httpx.post(
        f"{fresh.address}/tracks/{track}/confirm",
        data=form,
        cookies=kept,
        headers={"origin": fresh.address},
    )
    assert replayed.headers["location"].startswith("/login")
    assert read_links(fresh.store, of_track=track)[0].state == "proposed"
    browser.close()
    other.close()


@pytest.mark.parametrize("how", ["log out", "keep out", "change the password"])
def test_a_session_that_ends_closes_its_socket(
    fresh: Served, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(live_wall, "_LOOK_AGAIN", 0.2)
    browser = Browser(fresh, "gero")
    gero = user_named(fresh.store, "gero")
    assert gero is not None
    with wall(fresh, browser) as one:
        one.recv(10)
        match how:
            case "log out":
                browser.send_form("/logout")
            case "keep out":
                disable_user(fresh.store, gero, "ada")
            case _:
                set_password(fresh.store, gero, "another", "gero")
        with pytest.raises(ConnectionClosed) as caught:
            one.recv(20)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1008
    browser.close()


@contextmanager
def wall(served: Served, browser: Browser) -> Iterator[ClientConnection]:
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    with connect(
        f"{served.address.replace('http', 'ws')}/live?form_key={browser.form_key}",
        origin=served.address,
        additional_headers={"cookie": cookies},
        proxy=None,
    ) as one:
        yield one


# --- Two at a time ----------------------------------------------------------------------------


@pytest.mark.parametrize("round_", range(3))
def test_of_two_tabs_that_decide_at_once_one_is_told(fresh: Served, round_: int) -> None:
    """Both have seen the same page, and send their forms at the same moment."""
    person, track = fresh.filled.persons[1], fresh.filled.tracks[1, "door"]
    tabs = [Browser(fresh, name) for name in ("inga", "otto", "ada", "inga")]
    seen = seen_on(tabs[0].get(f"/tracks/{track}").text)
    ready = threading.Barrier(len(tabs))

    def decide(number: int) -> int:
        ready.wait()
        what = ("confirm", "reject")[number % 2]
        form = {"person": person, "seen": seen, "back": track}
        return tabs[number].send_form(f"/tracks/{track}/{what}", **form).status_code

    before = len(read_changes(fresh.store))
    with ThreadPoolExecutor(len(tabs)) as at_once:
        codes = sorted(at_once.map(decide, range(len(tabs))))
    assert codes == [303, 409, 409, 409]
    assert len(read_changes(fresh.store)) == before + 1
    for tab in tabs:
        tab.close()


def test_a_split_that_is_sent_twice_is_done_once(fresh: Served) -> None:
    browser, person = fresh.browser("inga"), fresh.filled.persons[2]
    hall, door = fresh.filled.tracks[2, "hall"], fresh.filled.tracks[2, "door"]
    seen = seen_on(browser.get(f"/tracks/{hall}").text)
    form = {"track": door, "seen": seen, "back": hall}
    codes = [browser.send_form(f"/persons/{person}/split", **form).status_code for _ in range(2)]
    assert codes == [303, 409]


# --- A full disk ------------------------------------------------------------------------------


@contextmanager
def full_disk(served: Served) -> Iterator[None]:
    """Let the file of the store not grow any more."""
    engine = served.store.database._engine
    is_full = True

    @event.listens_for(engine, "connect")
    def limited(connection: sqlite3.Connection, _record: object) -> None:
        if is_full:
            connection.execute("PRAGMA max_page_count=1").close()  # as many as it has

    engine.dispose()
    yield
    is_full = False
    engine.dispose()


def test_on_a_full_disk_pages_are_shown_and_nothing_is_done_unrecorded(
    fresh: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, track = Browser(fresh, "ada"), fresh.filled.tracks[1, "hall"]
    monkeypatch.setattr(sessions, "_NOTED_EVERY", -1)  # each page would note that it was asked for
    last = read_audit(fresh.store, limit=100_000)[-1].n
    with full_disk(fresh):
        filler = Path(fresh.filled.folder / "filler")
        codes = {}
        for _ in range(60):  # what is free in the file is used up first
            answer = officer.get(f"/tracks/{track}")
            codes[answer.status_code] = answer.text
            if answer.status_code != 200:
                break
        assert "disk is full" in codes[503], codes.keys()
        entries = read_audit(fresh.store, limit=100_000)
        for path in ("/", "/tracks", "/counts", "/search", "/privacy", "/audit", "/holds"):
            assert officer.get(path).status_code == 200, path
        for path, form in (
            (f"/tracks/{track}/lookalikes", {"purpose": "case 7"}),
            ("/export", {"track": track, "purpose": "case 7"}),
            (f"/tracks/{track}/confirm", {"person": fresh.filled.persons[1]}),
            ("/holds", {"track": track, "reason": "case 7"}),
        ):
            answer = officer.send_form(path, **form)
            assert answer.status_code == 503, path
            assert "disk is full" in answer.text
            assert answer.headers["content-type"].startswith("text/html")
        assert read_audit(fresh.store, limit=100_000) == entries
        assert not filler.exists()
    assert officer.get(f"/tracks/{track}").status_code == 200
    assert read_audit(fresh.store, limit=100_000)[-1].n > last
    officer.close()


# --- A crowd ----------------------------------------------------------------------------------


def test_ten_thousand_tracks_in_a_minute_are_shown_in_pages(fresh: Served) -> None:
    began = fresh.filled.began + 600 * SECOND
    for start in range(0, 10_000, 2000):
        batch = WriteBatch()
        for index in range(start, start + 2000):
            at = began + index * 6000  # 60 s over 10,000
            track = batch.begin_track(CAMERAS[index % 3], at, "matching")
            batch.end_track(track, at + 5 * SECOND)
        add_batch(fresh.filled, batch)
    browser = fresh.browser("vera")
    for path in ("/", "/recent", "/tracks", "/counts"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert len(answer.content) < 150_000, path
    headers = {"authorization": f"Bearer {fresh.token('vera')}"}
    listed: list[str] = []
    before: dict[str, str] = {}
    while True:
        query = {"limit": 500, **before}
        page = httpx.get(f"{fresh.address}/api/v1/tracks", params=query, headers=headers).json()
        listed += [one["track"] for one in page]
        if len(page) < 500:
            break
        before = {"before": f"{page[-1]['began']}-{page[-1]['track']}"}
    assert len(listed) == len(set(listed)) == 10_012
    newest = listed[:600]
    with open_site_store(fresh.filled.site) as store:
        (person,) = link_tracks(store, [(int(newest[0]), None, 1.0)], "matcher")
        link_tracks(store, [(int(one), person, 0.9) for one in newest[1:]], "matcher")
    page = browser.get(f"/tracks/{newest[300]}")
    assert page.text.count('<li class="stay') == 40
    assert 'class="stay here"' in page.text
    assert len(page.content) < 300_000


def test_pages_go_through_all_tracks_once(served: Served) -> None:
    everything = [one.number for one in stored_tracks(served.store)]
    found: list[int] = []
    before = None
    while page := list_tracks(served.store, TrackFilter(), before=before, limit=5):
        found += [one.track.number for one in page]
        before = page[-1].track.began, page[-1].track.number
    assert sorted(found) == sorted(everything)


@pytest.mark.parametrize(
    "query",
    ["before=x", "before=1-", "before=-1", "before=1-2-3", f"before={10**30}-1", "before=%00-1"],
)
def test_places_that_are_none_are_refused(served: Served, query: str) -> None:
    assert served.browser("vera").get(f"/tracks?{query}").status_code in (200, 422)
    headers = {"authorization": f"Bearer {served.token('vera')}"}
    answer = httpx.get(f"{served.address}/api/v1/tracks?{query}", headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize("number", [2**63, 10**19 - 1, 10**40, -1])
def test_numbers_that_no_store_holds_are_told_so(served: Served, number: int) -> None:
    browser = served.browser("ada")
    for path in (f"/tracks/{number}", f"/snippets/{number}.jpg"):
        assert browser.get(path).status_code in (404, 409, 422), path
    track = served.filled.tracks[1, "hall"]
    for path, form in (
        (f"/tracks/{number}/confirm", {"person": 1}),
        (f"/tracks/{track}/confirm", {"person": number}),
        (f"/tracks/{track}/join", {"other": number}),
        (f"/persons/{number}/split", {"track": track, "back": track}),
        (f"/changes/{number}/undo", {"back": track}),
        (f"/approvals/{number}", {}),
        (f"/holds/{number}/lift", {}),
        (f"/users/{number}/disable", {}),
        (f"/tokens/{number}/withdraw", {}),
        ("/export", {"track": number, "purpose": "x"}),
        ("/export", {"person": number, "purpose": "x"}),
        ("/erase", {"track": number, "reason": "x", "sure": "yes"}),
        ("/tokens", {"user": number, "label": "x", "days": 1}),
    ):
        answer = browser.send_form(path, **form)
        assert answer.status_code in (404, 409, 422), (path, answer.status_code)


# --- Uploads ----------------------------------------------------------------------------------


def png(width: int, height: int, rows: int | None = None) -> bytes:
    """A grey PNG that says how large it is, and holds so many rows; all of them by default."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    compressor = zlib.compressobj(9)
    row = bytes(width + 1)
    data = b"".join(compressor.compress(row) for _ in range(height if rows is None else rows))
    data += compressor.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def gif(frames: int, side: int) -> bytes:
    target = BytesIO()
    pictures = [Image.new("P", (side, side), number % 250) for number in range(frames)]
    pictures[0].save(target, "GIF", save_all=True, append_images=pictures[1:])
    return target.getvalue()


def saved(kind: str, size: tuple[int, int] = (64, 128)) -> bytes:
    target = BytesIO()
    noise = np.random.default_rng(7).integers(0, 256, (size[1], size[0], 3), np.uint8)
    Image.fromarray(noise).save(target, kind)
    return target.getvalue()


BOMBS = {
    "a PNG of 30,000x30,000": png(30_000, 30_000, rows=10),
    "a PNG of 6,000x6,000 that is whole": png(6000, 6000),
    "a PNG of 2^31-1 columns": png(2**31 - 1, 1, rows=0),
    "a PNG of no rows": png(64, 0, rows=0),
    "a GIF of 300 frames": gif(300, 600),
    "a BMP that says 50,000x50,000": b"BM"
    + struct.pack("<IHHI", 1000, 0, 0, 54)
    + struct.pack("<IiiHHIIiiII", 40, 50_000, 50_000, 1, 24, 0, 0, 0, 0, 0, 0)
    + bytes(900),
    "a TIFF that points at itself": b"II*\x00" + struct.pack("<IH", 8, 0) + struct.pack("<I", 8),
    "an SVG with an entity": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><svg>&b;</svg>",
    "a film": b"\x00\x00\x00\x18ftypmp42" + bytes(400),
    "a ZIP": b"PK\x03\x04" + bytes(100),
}
SMALL_BOMBS_MAY = {"a GIF of 300 frames"}
"""Which are read: the first frame of an animation is a picture."""


def upload(browser: Browser, content: bytes, purpose: str = "case%2012") -> httpx.Response:
    headers = {"x-form-key": browser.form_key, "x-purpose": purpose}
    return browser.post("/search/picture", content=content, headers=headers, timeout=120)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_by_its_head(served: Served, name: str) -> None:
    content = BOMBS[name]
    assert len(content) < 1_000_000
    answer = upload(served.browser("inga"), content)
    assert answer.status_code == (200 if name in SMALL_BOMBS_MAY else 422), answer.text
    worker = served.console.worker
    for process in worker_processes():
        status = Path(f"/proc/{process}/status").read_text()
        most = int(status.partition("VmHWM:")[2].split()[0]) // 1024
        assert most < 900, f"the process of queries took {most} MB"
    assert worker._pipe is not None  # and goes on


def worker_processes() -> list[str]:
    """Children of this process that describe pictures."""
    children: list[str] = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # a thread that has ended since
            children += (task / "children").read_text().split()
    return [one for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


KINDS = [saved(kind) for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A picture with some bytes changed, cut off, doubled or put elsewhere; or no picture."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(min_size=1, max_size=2000))
    content = bytearray(draw(st.sampled_from(KINDS)))
    for _ in range(draw(st.integers(1, 12))):
        place = draw(st.integers(0, min(len(content) - 1, draw(st.sampled_from([60, 10**6])))))
        match draw(st.integers(0, 3)):
            case 0:
                content[place] = draw(st.integers(0, 255))
            case 1:
                del content[place : place + draw(st.integers(1, 40))]
            case 2:
                content[place:place] = draw(st.binary(min_size=1, max_size=20))
            case _:
                del content[max(place, 1) :]
        if not content:
            return b"x"
    return bytes(content)


def test_damaged_pictures_are_described_or_refused_and_nothing_else(served: Served) -> None:
    browser = served.browser("inga")
    codes: set[int] = set()

    @given(content=damaged())
    @settings(
        max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    def try_it(content: bytes) -> None:
        answer = upload(browser, content)
        codes.add(answer.status_code)
        assert answer.status_code in (200, 422), answer.text

    try_it()
    assert codes <= {200, 422}
    assert {upload(browser, whole).status_code for whole in KINDS} == {200}


@pytest.mark.parametrize(
    "headers",
    [
        {"x-purpose": ""},
        {"x-purpose": "%"},
        {"x-purpose": "%ff%fe"},
        {"x-purpose": "x" * 201},
        {"x-purpose": "%20%20"},
    ],
)
def test_a_purpose_that_is_none_is_refused_before_the_picture_is_read(
    served: Served, headers: dict[str, str]
) -> None:
    before = read_audit(served.store, limit=100_000)[-1].n
    answer = upload(served.browser("inga"), KINDS[0], headers["x-purpose"])
    if answer.status_code == 200:  # odd letters are letters
        assert headers["x-purpose"] in ("%", "%ff%fe")
    else:
        assert answer.status_code == 422
        assert read_audit(served.store, limit=100_000)[-1].n == before


def test_a_body_without_an_end_is_cut_off(served: Served) -> None:
    browser = served.browser("inga")
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield bytes(65_536)

    headers = {"x-form-key": browser.form_key, "x-purpose": "case"}
    try:
        answer = browser.post("/search/picture", content=endless(), headers=headers)
        assert answer.status_code == 413
    except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        pass  # the line was closed
    assert sent < 60_000_000
    long = browser.post("/login", data={"name": "x" * 100_000, "password": "y"})
    assert long.status_code == 413


# --- What is written, and what leaves ---------------------------------------------------------


class WrittenFiles:
    """Which files this process opens to write, while it is asked to look."""

    def __init__(self) -> None:
        self.looks = False
        self.paths: set[str] = set()
        sys.addaudithook(self._hear)

    def _hear(self, name: str, values: tuple[object, ...]) -> None:
        if not self.looks or name not in ("open", "os.rename", "os.mkdir", "os.link", "os.symlink"):
            return
        path = values[0]
        flags = values[2] if name == "open" else 1
        if isinstance(flags, int) and flags & 3 and not isinstance(path, int):
            self.paths.add(str(path))


WRITTEN = WrittenFiles()


def test_no_request_writes_a_file_outside_the_store(fresh: Served) -> None:
    """All pages, a search, an export, a decision, a hold, an erasure, and a picture."""
    browser, tracks = fresh.browser("ada"), fresh.filled.tracks
    temporary = {path for path in Path("/tmp").glob("*") if path.is_file()}
    track = tracks[4, "hall"]
    WRITTEN.looks = True
    try:
        for path in ("/", "/tracks", f"/tracks/{track}", "/counts", "/privacy", "/audit", "/users"):
            assert browser.get(path).status_code == 200
        assert upload(browser, KINDS[0]).status_code == 200
        for path, form in (
            (f"/tracks/{track}/lookalikes", {"purpose": "case 7"}),
            ("/export", {"person": fresh.filled.persons[1], "purpose": "case 7"}),
            (f"/tracks/{track}/join", {"other": tracks[4, "door"]}),
            ("/holds", {"track": track, "reason": "case 7"}),
            ("/erase", {"track": tracks[3, "door"], "reason": "x", "sure": "yes"}),
            ("/users", {"name": "../../etc/passwd", "role-ground": "viewer"}),
            ("/audit/verify", {}),
        ):
            assert browser.send_form(path, **form).status_code in (200, 303), path
    finally:
        WRITTEN.looks = False
    folder = str(fresh.filled.folder)
    outside = {
        path for path in WRITTEN.paths if not path.startswith((folder, "/dev/null", "/proc"))
    }
    assert outside == set()
    assert {path for path in Path("/tmp").glob("*") if path.is_file()} == temporary
    for process in worker_processes():
        opened = [link.readlink() for link in Path(f"/proc/{process}/fd").iterdir()]
        assert [one for one in opened if one.is_file() and "/tmp" in str(one)] == []


def test_the_audit_hook_would_have_found_one(tmp_path: Path) -> None:
    WRITTEN.looks = True
    (tmp_path / "a").write_bytes(b"x")
    WRITTEN.looks = False
    assert str(tmp_path / "a") in WRITTEN.paths


def test_no_answer_shows_a_head_or_the_picture_that_was_uploaded(served: Served) -> None:
    """Heads of the people in the store, whose raw pixels are known, and a marker in an upload."""
    browser = served.browser("ada")
    marker = np.random.default_rng(99).integers(0, 256, (128, 64, 3), np.uint8)
    content = cv2.imencode(".png", marker)[1].tobytes()
    pieces = [content[60:100], content[-80:-40], marker[64, 5:45].tobytes()]
    assert upload(browser, content).status_code == 200
    paths = [
        "/",
        "/recent",
        "/tracks",
        "/search",
        "/counts",
        "/privacy",
        "/audit",
        "/holds",
        "/users",
    ]
    paths += [f"/tracks/{one}" for one in served.filled.tracks.values()]
    answers = [browser.get(path).content for path in paths]
    answers.append(
        browser.send_form("/export", person=served.filled.persons[1], purpose="x").content
    )
    headers = {"authorization": f"Bearer {served.token('ada')}"}
    answers += [
        httpx.get(served.address + path, headers=headers).content
        for path in ("/api/v1/tracks", "/api/v1/audit", "/metrics")
    ]
    for answer in answers:
        assert not any(piece in answer for piece in pieces)
    raw = {
        (one.identity, one.camera): one.crop
        for one in portraits(Gallery(people=4, cameras=3, images=3, seed=3))
    }
    shown = 0
    for (person, camera), track in served.filled.tracks.items():
        crop = raw[person, CAMERAS.index(camera) + 1]
        for snippet in snippets_of(served, track)[-1:]:
            jpeg = browser.get(f"/snippets/{snippet}.jpg").content
            image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
            left, top, right, bottom = map(int, crop.head_box)
            head = image[max(top, 0) : bottom, max(left, 0) : right]
            bare = crop.picture.pixels[max(top, 0) : bottom, max(left, 0) : right]
            assert head.mean() < 12
            assert bare.std() > 12  # there was something to see
            shown += 1
    assert shown == len(served.filled.tracks)


def snippets_of(served: Served, track: int) -> list[int]:
    return [number for number, _ in snippet_moments(served.store, track)]
