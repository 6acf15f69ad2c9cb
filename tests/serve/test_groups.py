"""Every route across groups of cameras: whoever holds a role for some sees nothing of the others.

Each route of the console is in one of these tables. A new one is in none, and that is red.
"""

from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest
from fastapi.routing import APIRoute
from tests.serve.conftest import CAMERAS, Served

from passerby.serve.access import rule_of
from passerby.serve.app import ROUTERS
from passerby.store.approvals import open_requests, request_approval
from passerby.store.browsing import best_pictures
from passerby.store.holds import place_hold, read_holds
from passerby.store.identities import read_links

ROUTES = {
    (method, route.path): rule_of(route)
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in route.methods
}

Things = dict[str, Any]
"""What there is of a camera, by kind, and a track of whoever asks, ``own``."""


def things(served: Served, camera: str, own: str) -> Things:
    track, store = served.filled.tracks[1, camera], served.store
    (held,) = read_links(store, of_track=track)
    place_hold(store, [served.filled.tracks[2, camera]], "otto", "case 7")
    request_approval(store, "inga", "export", f"track {track}", "case 7")
    return {
        "track": track,
        "own": served.filled.tracks[4, own],
        "person": held.person,
        "snippet": best_pictures(store, [track])[track],
        "change": held.opened_by,
        "hold": next(
            one.number for one in read_holds(store) if one.track == served.filled.tracks[2, camera]
        ),
        "request": next(
            one.number for one in open_requests(store) if one.subject == f"track {track}"
        ),
        "camera": camera,
    }


Sent = tuple[str, dict[str, Any]]
"""An address, and what is sent to it: fields of a form, or JSON."""

OF_A_CAMERA: dict[tuple[str, str], Callable[[Things], Sent]] = {
    ("GET", "/tracks"): lambda one: (f"/tracks?camera={one['camera']}", {}),
    ("GET", "/tracks/{number}"): lambda one: (f"/tracks/{one['track']}", {}),
    ("GET", "/cameras/{camera}/latest.jpg"): lambda one: (
        f"/cameras/{one['camera']}/latest.jpg",
        {},
    ),
    ("GET", "/snippets/{number}.jpg"): lambda one: (f"/snippets/{one['snippet']}.jpg", {}),
    ("POST", "/tracks/{number}/lookalikes"): lambda one: (
        f"/tracks/{one['track']}/lookalikes",
        {"purpose": "case 7"},
    ),
    ("POST", "/search/picture"): lambda one: (f"/search/picture?camera={one['camera']}", {}),
    ("POST", "/tracks/{number}/join"): lambda one: (
        f"/tracks/{one['own']}/join",
        {"other": one["track"]},
    ),
    ("POST", "/tracks/{number}/{decision}"): lambda one: (
        f"/tracks/{one['track']}/reject",
        {"person": one["person"]},
    ),
    ("POST", "/persons/{person}/split"): lambda one: (
        f"/persons/{one['person']}/split",
        {"track": one["track"], "back": one["own"]},
    ),
    ("POST", "/changes/{change}/undo"): lambda one: (
        f"/changes/{one['change']}/undo",
        {"back": one["own"]},
    ),
    ("POST", "/export"): lambda one: ("/export", {"track": one["track"], "purpose": "case 7"}),
    ("POST", "/holds"): lambda one: ("/holds", {"track": one["track"], "reason": "case 7"}),
    ("POST", "/holds/{number}/lift"): lambda one: (f"/holds/{one['hold']}/lift", {}),
    ("POST", "/erase"): lambda one: (
        "/erase",
        {"person": one["person"], "reason": "case 7", "sure": "yes"},
    ),
    ("POST", "/approvals/{number}"): lambda one: (f"/approvals/{one['request']}", {}),
    ("GET", "/api/v1/tracks"): lambda one: (f"/api/v1/tracks?camera={one['camera']}", {}),
    ("GET", "/api/v1/tracks/{number}/way"): lambda one: (f"/api/v1/tracks/{one['track']}/way", {}),
    ("GET", "/api/v1/snippets/{number}"): lambda one: (f"/api/v1/snippets/{one['snippet']}", {}),
    ("POST", "/api/v1/tracks/{number}/confirm"): lambda one: (
        f"/api/v1/tracks/{one['track']}/confirm",
        {"person": one["person"]},
    ),
    ("POST", "/api/v1/tracks/{number}/reject"): lambda one: (
        f"/api/v1/tracks/{one['track']}/reject",
        {"person": one["person"]},
    ),
    ("POST", "/api/v1/changes/{number}/undo"): lambda one: (
        f"/api/v1/changes/{one['change']}/undo",
        {},
    ),
    ("POST", "/api/v1/tracks/{number}/lookalikes"): lambda one: (
        f"/api/v1/tracks/{one['track']}/lookalikes",
        {"purpose": "case 7"},
    ),
    ("POST", "/api/v1/export"): lambda one: (
        "/api/v1/export",
        {"tracks": [str(one["track"])], "reason": "case 7"},
    ),
    ("POST", "/api/v1/holds"): lambda one: (
        "/api/v1/holds",
        {"tracks": [str(one["track"])], "reason": "case 7"},
    ),
    ("POST", "/api/v1/erase"): lambda one: (
        "/api/v1/erase",
        {"tracks": [str(one["track"])], "reason": "case 7"},
    ),
}
"""Routes that name something of a camera: of a camera of others they are refused."""

LISTS = {
    ("GET", "/"),
    ("GET", "/recent"),
    ("GET", "/tracks"),
    ("GET", "/search"),
    ("GET", "/counts"),
    ("GET", "/holds"),
    ("GET", "/approvals"),
    ("GET", "/api/v1/cameras"),
    ("GET", "/api/v1/tracks"),
    ("GET", "/api/v1/counts"),
    ("POST", "/search/picture"),
    ("POST", "/api/v1/search"),
}
"""Routes that list: nothing of a camera of others is in them."""

OF_THE_SITE = {
    *(("GET", path) for path in ("/static/{version}/{name}", "/login", "/setup", "/join")),
    *(("POST", path) for path in ("/login", "/logout", "/setup", "/join", "/account/password")),
    *(("GET", path) for path in ("/oidc/login", "/oidc/callback")),
    *(("GET", path) for path in ("/account", "/privacy", "/audit", "/users", "/metrics")),
    *(("GET", path) for path in ("/api/v1/openapi.json", "/api/v1/retention", "/api/v1/audit")),
    *(
        ("POST", path)
        for path in ("/audit/verify", "/users", "/tokens", "/tokens/{number}/withdraw")
    ),
    *(("POST", f"/users/{{number}}/{what}") for what in ("roles", "invite", "disable", "enable")),
}
"""Routes that show nothing of anybody who was seen: who may call them is in `test_access`."""

TRIED_ELSEWHERE = {
    ("GET", "/api/v1/encrypted"),
    ("POST", "/api/v1/encrypted/keys"),
    ("POST", "/api/v1/encrypted/scores"),
    *(route for route in ROUTES if route[1].startswith("/edit")),
}
"""Routes of matching under encryption, and of reports, which officers of all cameras alone may
open: `test_encrypted_matching` and `test_editing` ask across groups."""

ASKED = [("gero", "door", "hall"), ("ursa", "hall", "door")]
"""Who asks, for a camera of others, and one of their own."""


def test_every_route_is_in_a_table() -> None:
    tables = set(OF_A_CAMERA) | LISTS | OF_THE_SITE | TRIED_ELSEWHERE
    assert set(ROUTES) == tables, set(ROUTES) ^ tables
    assert not (set(OF_A_CAMERA) | LISTS) & OF_THE_SITE


def ask(served: Served, who: str, method: str, path: str, sent: dict[str, Any]) -> httpx.Response:
    if path.startswith(("/api/", "/metrics")):
        headers = {"authorization": f"Bearer {served.token(who)}", "x-purpose": "case"}
        body = {"json": sent} if sent else {"content": b"picture"} if "search" in path else {}
        return httpx.request(method, served.address + path, headers=headers, **body)
    browser = served.browser(who)
    if path.startswith("/search/picture"):
        headers = {"x-form-key": browser.form_key, "x-purpose": "case"}
        return browser.post(path, content=b"picture", headers=headers)
    return browser.send_form(path, **sent) if method == "POST" else browser.get(path)


@pytest.mark.parametrize(("who", "camera", "own"), ASKED)
@pytest.mark.parametrize(("method", "path"), sorted(OF_A_CAMERA))
def test_what_is_of_another_group_is_refused(
    served: Served, who: str, camera: str, own: str, method: str, path: str
) -> None:
    one = things(served, camera, own)
    before = read_links(served.store, past=True), read_holds(served.store)
    address, sent = OF_A_CAMERA[method, path](one)
    answer = ask(served, who, method, address, sent)
    assert answer.status_code == 403, answer.text
    assert "the role" in answer.text or "the right" in answer.text
    assert (read_links(served.store, past=True), read_holds(served.store)) == before
    if method == "GET":  # it is there, for those who may
        assert ask(served, "ada", method, address, sent).status_code == 200


@pytest.mark.parametrize(("who", "camera", "own"), ASKED)
@pytest.mark.parametrize(("method", "path"), sorted(LISTS))
def test_a_list_has_nothing_of_another_group(
    served: Served,
    monkeypatch: pytest.MonkeyPatch,
    who: str,
    camera: str,
    own: str,
    method: str,
    path: str,
) -> None:
    vector = np.ones(256, np.float32)
    monkeypatch.setattr(served.console.worker, "signature", lambda _content: vector)
    foreign = things(served, camera, own)
    answer = ask(served, who, method, path, {})
    if ROUTES[method, path].role == "officer" and who == "gero":
        assert answer.status_code == 403
        return
    assert answer.status_code == 200, answer.text
    theirs = [track for (_, name), track in served.filled.tracks.items() if name == camera]
    shown = [word for word in (camera, *map(str, theirs)) if word in answer.text]
    assert shown == []
    assert f"/snippets/{foreign['snippet']}.jpg" not in answer.text
    everything = ask(served, "ada", method, path, {})
    if path != "/approvals":  # which is there to be looked for
        assert any(str(word) in everything.text for word in (camera, *theirs))


def test_the_cameras_of_the_tests_are_of_two_groups() -> None:
    assert {camera for _, *both in ASKED for camera in both} < set(CAMERAS)
