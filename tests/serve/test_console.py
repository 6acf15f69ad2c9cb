"""What the console does: pages, decisions, searches, exports, erasures, and who is kept out."""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

import av
import cv2
import httpx
import numpy as np
import pytest
from tests.serve.conftest import (
    CAMERAS,
    PASSWORD,
    Browser,
    Filled,
    Served,
    add_batch,
    copied,
    serving,
)

from passerby.serve.query_worker import QueryWorker
from passerby.serve.request_limits import RequestLimits
from passerby.store import sessions
from passerby.store.audit import read_audit, verify_audit
from passerby.store.erasure import pending_erasures
from passerby.store.identities import read_changes, read_links
from passerby.store.users import EVERY_CAMERA, set_roles, user_named
from passerby.store.write_batch import WriteBatch


@pytest.fixture(scope="module")
def fresh(filled_once: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A console of which these tests change one thing after the other."""
    with serving(copied(filled_once, tmp_path_factory.mktemp("fresh")), two_persons=False) as one:
        yield one


def last_entries(served: Served, count: int) -> list[tuple[str, str, str]]:
    entries = read_audit(served.store, limit=10_000)[-count:]
    return [(one.who, one.what, one.purpose) for one in entries]


def seen_on(page: str) -> str:
    return page.partition('name="seen" value="')[2].partition('"')[0]


# --- Reading ----------------------------------------------------------------------------------


def test_the_list_is_filtered_and_paged(served: Served) -> None:
    browser = served.browser("vera")
    everything = browser.get("/tracks").text
    assert all(str(track) in everything for track in served.filled.tracks.values())
    one = browser.get("/tracks", params={"camera": "door"}).text
    shown = {key for key, track in served.filled.tracks.items() if str(track) in one}
    assert shown == {(person, "door") for person in range(1, 5)}
    unlinked = browser.get("/tracks", params={"person": "not linked"}).text
    assert str(served.filled.tracks[4, "hall"]) in unlinked
    assert str(served.filled.tracks[1, "hall"]) not in unlinked
    moment = datetime.fromtimestamp(
        (served.filled.began / 1e6) + 180, served.console.zone
    ).strftime("%Y-%m-%dT%H:%M:%S")
    later = browser.get("/tracks", params={"since": moment}).text
    assert str(served.filled.tracks[4, "door"]) in later
    assert str(served.filled.tracks[1, "door"]) not in later
    assert browser.get("/tracks", params={"since": "soon"}).status_code == 422


def test_a_way_shows_its_pictures_and_hides_other_groups(served: Served) -> None:
    track = served.filled.tracks[1, "hall"]
    whole = served.browser("vera").get(f"/tracks/{track}").text
    assert whole.count('class="stay') == 3
    assert "94 %" in whole
    part = served.browser("gero").get(f"/tracks/{track}").text
    assert part.count('class="stay') == 2
    assert "1 more before cameras that you may not see" in part
    door = served.filled.tracks[1, "door"]
    assert served.browser("gero").get(f"/tracks/{door}").status_code == 403
    assert last_entries(served, 2)[-1] == ("gero", "look at track", "")


def test_pictures_are_those_of_the_store_and_of_ones_cameras(served: Served) -> None:
    page = served.browser("ursa").get("/cameras/door/latest.jpg")
    assert page.content[:2] == b"\xff\xd8"
    assert served.browser("ursa").get("/cameras/hall/latest.jpg").status_code == 403
    image = cv2.imdecode(np.frombuffer(page.content, np.uint8), cv2.IMREAD_COLOR)
    assert image.shape == (128, 64, 3)


def test_counts_are_sums(served: Served) -> None:
    page = served.browser("vera").get("/counts").text
    assert "4 came, 4 went, 5.0 s in view on average" in page
    assert "<td>hall</td><td>stairs</td>" in page


def test_zones_are_listed_and_counted_once(filled_once: Filled, tmp_path: Path) -> None:
    with serving(copied(filled_once, tmp_path)) as served:
        batch = WriteBatch()
        at = served.filled.began
        for kind in ("enter", "leave", "to yard"):
            batch.count("hall", "gate", kind, at)
        batch.count("hall", "gate", "seconds in view", at, 3)
        add_batch(served.filled, batch)
        page = served.browser("vera").get("/counts", params={"day": day_of(served, at)}).text
        assert "4 came, 4 went, 5.0 s in view on average" in page  # the zone's own is not added
        assert "<td>gate</td>" in page
        assert "<td>gate</td><td>yard</td>" in page


def day_of(served: Served, at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1e6, served.console.zone):%Y-%m-%d}"


def test_days_of_the_past_are_counted_too(served: Served) -> None:
    browser = served.browser("vera")
    day = day_of(served, served.filled.began)
    assert browser.get("/counts", params={"day": day}).text.count(">4 came, 4 went") == 3
    before = day_of(served, served.filled.began - 86_400_000_000)
    page = browser.get("/counts", params={"day": before}).text
    assert page.count(">0 came, 0 went") == 3
    assert ">Later</a>" in page
    week = browser.get("/counts", params={"days": 7, "day": day}).text
    assert week.count(">4 came, 4 went") == 3
    for odd in ("soon", "9999-99-99", "x" * 500, "0001-01-01", "9999-12-31"):
        assert browser.get("/counts", params={"day": odd}).status_code == 422
        assert browser.get("/tracks", params={"since": odd}).status_code == 422


def test_the_first_page_says_what_waits(served: Served) -> None:
    page = served.browser("vera").get("/").text
    assert '<span class="figure">1</span><span>track waits for a decision' in page
    assert "overdue" not in page  # that is for officers
    assert "No sweep" in served.browser("otto").get("/").text
    listed = served.browser("vera").get("/tracks", params={"person": "to decide"}).text
    shown = {key for key, track in served.filled.tracks.items() if str(track) in listed}
    assert shown == {(3, "stairs")}
    assert "/tracks/" in served.browser("vera").get("/recent").text
    assert str(served.filled.tracks[4, "door"]) not in served.browser("gero").get("/recent").text


def test_the_privacy_page_says_what_there_is(served: Served) -> None:
    page = served.browser("otto").get("/privacy").text
    assert "No sweep has ever finished" in page
    assert "<dt>Tracks</dt><dd>12</dd>" in page
    assert "Not measured" in page


@pytest.mark.parametrize("passed", [True, False])
def test_the_privacy_page_says_what_an_attack_measured(
    filled_once: Filled, tmp_path: Path, passed: bool
) -> None:
    attack = {"name": "linkage", "measure": "rank-1", "direction": None, "value": 0.123}
    report = {"people": 60, "gate": {"passed": passed}, "attacks": [attack]}
    with serving(copied(filled_once, tmp_path), leak=report) as served:
        page = served.browser("otto").get("/privacy").text
    assert "on 60 people" in page
    assert "<td>linkage</td>" in page
    assert '<td class="number">0.123</td>' in page
    assert ("do not trust these figures" in page) is not passed


# --- Logging in -------------------------------------------------------------------------------


def test_a_password_lets_in_and_logging_out_ends_the_session(fresh: Served) -> None:
    with httpx.Client(base_url=fresh.address, headers={"origin": fresh.address}) as browser:
        wrong = browser.post("/login", data={"name": "vera", "password": "wrong"})
        assert wrong.status_code == 401
        assert last_entries(fresh, 1) == [("vera", "failed log in", "")]
        answer = browser.post(
            "/login", data={"name": "vera", "password": PASSWORD, "next": "//evil.example"}
        )
        assert answer.headers["location"] == "/"
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        page = browser.get("/").text
        key = page.partition('name="form_key" value="')[2].partition('"')[0]
        token = browser.cookies["passerby_session"]
        assert token not in (fresh.filled.folder / "site.sqlite").read_bytes().decode("latin-1")
        browser.post("/logout", data={"form_key": key})
        browser.cookies.set("passerby_session", token)
        assert browser.get("/").status_code == 303


def test_tries_are_limited_before_anything_is_hashed(
    fresh: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []
    fits = fresh.console.passwords.fits
    monkeypatch.setattr(fresh.console, "limits", RequestLimits())
    monkeypatch.setattr(
        fresh.console.passwords, "fits", lambda *both: hashed.append(1) or fits(*both)
    )
    sent = {"name": "otto", "password": "guess"}
    with httpx.Client(base_url=fresh.address, headers={"origin": fresh.address}) as browser:
        codes = [browser.post("/login", data=sent).status_code for _ in range(9)]
    assert codes == [401] * 6 + [429] * 3
    assert len(hashed) == 6


def test_a_session_ends_by_itself(fresh: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser(fresh, "vera")
    assert browser.get("/").status_code == 200
    monkeypatch.setattr(sessions, "IDLE_SECONDS", -1)
    assert browser.get("/").status_code == 303
    browser.close()


def test_a_role_that_is_withdrawn_is_gone_at_once(fresh: Served) -> None:
    browser = Browser(fresh, "gero")
    track = fresh.filled.tracks[4, "hall"]
    assert browser.get(f"/tracks/{track}").status_code == 200
    gero = user_named(fresh.store, "gero")
    assert gero is not None
    set_roles(fresh.store, gero, {}, "ada")
    assert browser.get(f"/tracks/{track}").status_code == 403
    set_roles(fresh.store, gero, {"ground": "investigator"}, "ada")
    browser.close()


def test_users_are_invited_changed_and_kept_out(fresh: Served) -> None:
    admin = fresh.browser("ada")
    page = admin.send_form("/users", name="nils", **{"role-upper": "viewer"}).text
    key = page.partition("/join?key=")[2].partition("<")[0]
    with httpx.Client(base_url=fresh.address, headers={"origin": fresh.address}) as browser:
        assert "Welcome, nils" in browser.get("/join", params={"key": key}).text
        short = browser.post("/join", data={"key": key, "password": "short", "again": "short"})
        assert short.status_code == 422
        joined = browser.post("/join", data={"key": key, "password": PASSWORD, "again": PASSWORD})
        assert joined.status_code == 303
        again = browser.post("/join", data={"key": key, "password": PASSWORD, "again": PASSWORD})
        assert again.status_code == 404
        assert browser.get("/cameras/door/latest.jpg").status_code == 200
        nils = user_named(fresh.store, "nils")
        assert nils is not None
        assert nils.roles == {"upper": "viewer"}
        admin.send_form(f"/users/{nils.number}/disable")
        assert browser.get("/").status_code == 303


def test_the_last_administrator_stays(fresh: Served) -> None:
    ada = user_named(fresh.store, "ada")
    assert ada is not None
    answer = fresh.browser("ada").send_form(f"/users/{ada.number}/roles")
    assert answer.status_code == 409
    assert user_named(fresh.store, "ada").roles == {EVERY_CAMERA: "administrator"}


def test_the_first_user_is_made_by_a_link_that_works_once(
    filled_once: Filled, tmp_path: Path
) -> None:
    filled = copied(filled_once, tmp_path)
    with serving(filled) as served:
        served.console.set_up_key = "of-the-terminal"
        with httpx.Client(base_url=served.address, headers={"origin": served.address}) as browser:
            fields = {"name": "first", "password": PASSWORD, "again": PASSWORD}
            wrong = browser.post("/setup", data={"key": "guessed", **fields})
            assert wrong.status_code == 404
            made = browser.post("/setup", data={"key": "of-the-terminal", **fields})
            assert made.headers["location"] == "/"
            assert browser.get("/users").status_code == 200
            again = browser.post("/setup", data={"key": "of-the-terminal", **fields})
            assert again.status_code == 404


# --- Deciding ---------------------------------------------------------------------------------


def test_a_proposal_is_confirmed_and_taken_back(fresh: Served) -> None:
    browser, person = fresh.browser("inga"), fresh.filled.persons[3]
    track = fresh.filled.tracks[3, "stairs"]
    hall = fresh.filled.tracks[3, "hall"]
    seen = seen_on(browser.get(f"/tracks/{hall}").text)
    answer = browser.send_form(f"/tracks/{track}/confirm", person=person, seen=seen, back=hall)
    assert answer.headers["location"] == f"/tracks/{hall}?done=confirm"
    (held,) = [one for one in read_links(fresh.store, of_track=track) if one.state == "confirmed"]
    assert held.person == person
    stale = browser.send_form(f"/tracks/{track}/reject", person=person, seen=seen, back=hall)
    assert stale.status_code == 409
    assert "meanwhile" in stale.text
    change = read_changes(fresh.store, limit=1000)[-1].number
    browser.send_form(f"/changes/{change}/undo", back=hall)
    assert [one.state for one in read_links(fresh.store, of_track=track)] == ["proposed"]
    replayed = browser.send_form(f"/changes/{change}/undo", back=hall)
    assert replayed.status_code == 409


def test_persons_are_split_and_joined(fresh: Served) -> None:
    browser, person = fresh.browser("inga"), fresh.filled.persons[2]
    first, last = fresh.filled.tracks[2, "hall"], fresh.filled.tracks[2, "door"]
    seen = seen_on(browser.get(f"/tracks/{first}").text)
    browser.send_form(f"/persons/{person}/split", track=last, seen=seen, back=first)
    (held,) = read_links(fresh.store, of_track=last)
    assert held.person != person
    seen = seen_on(browser.get(f"/tracks/{first}").text)
    browser.send_form(f"/tracks/{first}/join", other=last, seen=seen)
    (held,) = read_links(fresh.store, of_track=last)
    assert held.person == person


def test_tracks_of_nobody_are_joined_from_the_list_of_lookalikes(
    filled_once: Filled, tmp_path: Path
) -> None:
    with serving(copied(filled_once, tmp_path)) as served:
        browser, tracks = served.browser("inga"), served.filled.tracks
        hall, stairs, door = (tracks[4, camera] for camera in CAMERAS)
        page = browser.send_form(f"/tracks/{hall}/lookalikes", purpose="case 12").text
        assert page.count(f'action="/tracks/{hall}/join"') == 11
        assert browser.send_form(f"/tracks/{hall}/join", other=stairs).status_code == 303
        links = {track: read_links(served.store, of_track=track) for track in (hall, stairs)}
        assert links[hall][0].person == links[stairs][0].person
        assert browser.send_form(f"/tracks/{hall}/join", other=stairs).status_code == 409
        assert (
            served.browser("gero").send_form(f"/tracks/{hall}/join", other=door).status_code == 403
        )
        seen = seen_on(browser.get(f"/tracks/{hall}").text)
        assert browser.send_form(f"/tracks/{stairs}/join", other=door).status_code == 303
        stale = browser.send_form(f"/tracks/{hall}/join", other=tracks[3, "hall"], seen=seen)
        assert stale.status_code == 409
        assert "meanwhile" in stale.text


def test_another_group_decides_nothing(fresh: Served) -> None:
    browser, person = fresh.browser("gero"), fresh.filled.persons[1]
    door = fresh.filled.tracks[1, "door"]
    assert browser.send_form(f"/tracks/{door}/confirm", person=person).status_code == 403
    hall = fresh.filled.tracks[1, "hall"]
    split = browser.send_form(f"/persons/{person}/split", track=hall, back=hall)
    assert split.status_code == 403
    change = read_links(fresh.store, of_track=door)[0].opened_by
    assert browser.send_form(f"/changes/{change}/undo", back=hall).status_code == 403


# --- Searching --------------------------------------------------------------------------------


def test_the_same_person_looks_most_alike_and_the_purpose_is_written_down(served: Served) -> None:
    track = served.filled.tracks[4, "hall"]
    browser = served.browser("inga")
    assert browser.send_form(f"/tracks/{track}/lookalikes").status_code == 422
    page = browser.send_form(f"/tracks/{track}/lookalikes", purpose="case 12").text
    numbers = [one.partition('"')[0] for one in page.split('href="/tracks/')[2:]]
    assert {int(numbers[0]), int(numbers[1])} == {
        served.filled.tracks[4, "stairs"],
        served.filled.tracks[4, "door"],
    }
    assert ("inga", "search by track", "case 12") in last_entries(served, 3)


def test_a_search_sees_only_ones_cameras(served: Served) -> None:
    track = served.filled.tracks[4, "hall"]
    page = served.browser("gero").send_form(f"/tracks/{track}/lookalikes", purpose="x").text
    for person in range(1, 5):
        assert f"/tracks/{served.filled.tracks[person, 'door']}" not in page


def picture() -> bytes:
    image = np.full((128, 64, 3), 150, np.uint8)
    image[20:100, 20:44] = np.random.default_rng(0).integers(0, 256, (80, 24, 3))
    return cv2.imencode(".png", image)[1].tobytes()


def upload(browser: Browser, content: bytes, purpose: str = "case%2012") -> httpx.Response:
    headers = {"x-form-key": browser.form_key, "x-purpose": purpose}
    return browser.post("/search/picture", content=content, headers=headers, timeout=120)


def test_a_picture_is_described_in_another_process_and_not_kept(
    served: Served,
) -> None:
    before = {path: path.stat().st_size for path in Path("/tmp").glob("*")}
    answer = upload(served.browser("inga"), picture())
    assert answer.status_code == 200, answer.text
    assert answer.text.count("<li>") == 12
    assert last_entries(served, 1) == [("inga", "search by picture", "case 12")]
    new = set(Path("/tmp").glob("*")) - set(before)
    assert not any(path.is_file() for path in new)
    marker = picture()[60:120]
    kept = [path for path in served.filled.folder.rglob("*") if marker in path.read_bytes()]
    assert kept == []
    assert marker not in answer.content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        picture()[:200],
        b"GIF89a" + b"\xff\xff\xff\xff" + bytes(40),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_what_is_no_picture_is_refused(served: Served, content: bytes) -> None:
    answer = upload(served.browser("inga"), content)
    assert answer.status_code == 422


def test_a_picture_that_is_too_large_is_refused_before_it_is_read(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = []
    monkeypatch.setattr(QueryWorker, "signature", lambda *both: described.append(1))
    assert upload(served.browser("inga"), bytes(8_000_001)).status_code == 413
    assert upload(served.browser("inga"), picture(), purpose="").status_code == 422
    assert described == []


# --- Cases ------------------------------------------------------------------------------------


def test_an_export_is_whole_and_says_local_times(fresh: Served) -> None:
    person = fresh.filled.persons[1]
    browser = fresh.browser("inga")
    assert browser.send_form("/export", person=person).status_code == 422
    answer = browser.send_form("/export", person=person, purpose="request 13")
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert [one["camera"] for one in manifest["tracks"]] == list(CAMERAS)
        for track in manifest["tracks"]:
            assert track["began_local"].endswith(("+01:00", "+02:00"))
            for one in track["pictures"]:
                assert hashlib.sha256(archive.read(one["file"])).hexdigest() == one["sha256"]
        clip = manifest["clip"]
        content = archive.read(clip["file"])
        assert hashlib.sha256(content).hexdigest() == clip["sha256"]
        with av.open(BytesIO(content)) as container:
            shown = [float(one.pts * one.time_base) for one in container.decode(video=0)]
        assert len(shown) == 3 * (1 + 3)  # of each track a card and three pictures
        assert {one["seconds"] for one in clip["pictures"]} < set(shown)
        listed = [one["file"] for track in manifest["tracks"] for one in track["pictures"]]
        assert [one["file"] for one in clip["pictures"]] == listed
    assert re.fullmatch(
        r'attachment; filename="case-\d{4}-\d\d-\d\d-\d{4}.zip"',
        answer.headers["content-disposition"],
    )
    assert last_entries(fresh, 1) == [("inga", "export", "request 13")]


def test_what_is_held_is_not_erased_and_what_is_erased_is_gone(fresh: Served) -> None:
    officer, track = fresh.browser("otto"), fresh.filled.tracks[4, "door"]
    officer.send_form("/holds", track=track, reason="case 7")
    held = officer.send_form("/erase", track=track, reason="request 14", sure="yes")
    assert held.status_code == 409
    number = officer.get("/holds").text.partition("/holds/")[2].partition("/")[0]
    officer.send_form(f"/holds/{number}/lift")
    unsure = officer.send_form("/erase", track=track, reason="request 14")
    assert unsure.status_code == 422
    done = officer.send_form("/erase", track=track, reason="request 14", sure="yes")
    assert done.status_code == 200
    assert officer.get(f"/tracks/{track}").status_code == 409
    replayed = officer.send_form("/erase", track=track, reason="request 14", sure="yes")
    assert replayed.status_code == 409
    assert pending_erasures(fresh.store) == []


def test_the_audit_log_is_verified_and_a_change_is_found(fresh: Served) -> None:
    officer = fresh.browser("otto")
    assert (
        "entries verified"
        in officer.get(officer.send_form("/audit/verify").headers["location"]).text
    )
    assert verify_audit(fresh.store).n > 20


def test_two_persons_are_needed_where_a_site_asks_for_it(
    filled_once: Filled, tmp_path: Path
) -> None:
    with serving(copied(filled_once, tmp_path), two_persons=True) as served:
        inga, otto = served.browser("inga"), served.browser("otto")
        person = served.filled.persons[1]
        ask = {"person": person, "purpose": "request 13"}
        assert inga.send_form("/export", **ask).status_code == 409
        own = inga.send_form("/approvals/1")
        assert own.status_code == 409
        assert otto.send_form("/approvals/1").status_code == 303
        assert inga.send_form("/export", **ask).status_code == 200
        assert inga.send_form("/export", **ask).status_code == 409  # it is used up


@pytest.mark.parametrize(
    ("camera", "allowed_by", "refused_to"),
    [("door", ("otto", "ursa"), ("gero",)), ("hall", ("otto", "inga", "gero"), ("ursa",))],
)
def test_nobody_allows_what_they_may_not_do(
    filled_once: Filled,
    tmp_path: Path,
    camera: str,
    allowed_by: Sequence[str],
    refused_to: Sequence[str],
) -> None:
    """An export takes an investigator of the camera; so does the yes to it."""
    with serving(copied(filled_once, tmp_path), two_persons=True) as served:
        track, ada = served.filled.tracks[4, camera], served.browser("ada")
        for number, name in enumerate((*refused_to, *allowed_by), 1):
            asked = ada.send_form("/export", track=track, purpose=f"request {number}")
            assert asked.status_code == 409
            browser = served.browser(name)
            listed = f"request {number}" in browser.get("/approvals").text
            answer = browser.send_form(f"/approvals/{number}")
            assert (listed, answer.status_code) == ((name in allowed_by), 303 if listed else 403)
        assert ada.send_form("/erase", track=track, sure="yes", reason="old").status_code == 409
        number = len(refused_to) + len(allowed_by) + 1
        assert served.browser("inga").send_form(f"/approvals/{number}").status_code == 403
        assert served.browser("otto").send_form(f"/approvals/{number}").status_code == 303


# --- Programs ---------------------------------------------------------------------------------


def test_a_token_does_what_its_user_may_until_it_is_withdrawn(fresh: Served) -> None:
    admin = fresh.browser("ada")
    gero = user_named(fresh.store, "gero")
    assert gero is not None
    page = admin.send_form("/tokens", user=gero.number, label="program", days=1).text
    token = page.partition("<code>passerby_")[2].partition("<")[0]
    headers = {"authorization": f"Bearer passerby_{token}"}
    listed = httpx.get(f"{fresh.address}/api/v1/tracks", headers=headers).json()
    assert {one["camera"] for one in listed} == {"hall", "stairs"}
    number = admin.get("/users").text.partition("/tokens/")[2].partition("/")[0]
    admin.send_form(f"/tokens/{number}/withdraw")
    assert httpx.get(f"{fresh.address}/api/v1/tracks", headers=headers).status_code == 401


def test_a_token_that_is_over_is_worth_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"authorization": f"Bearer {served.token('vera')}"}
    assert httpx.get(f"{served.address}/api/v1/cameras", headers=headers).status_code == 200
    later = sessions.now() + 3 * 86_400_000_000
    monkeypatch.setattr(sessions, "now", lambda: later)
    assert httpx.get(f"{served.address}/api/v1/cameras", headers=headers).status_code == 401


def test_a_monitor_reads_figures(served: Served) -> None:
    headers = {"authorization": f"Bearer {served.token('otto')}"}
    text = httpx.get(f"{served.address}/metrics", headers=headers).text
    assert "passerby_tracks 12.0" in text
    assert "passerby_sweep_age_seconds -1.0" in text
    assert "passerby_console_request_seconds_count" in text
