"""Every route, without a session, with each role, and across groups of cameras."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, WebSocket
from fastapi.routing import APIRoute, APIWebSocketRoute
from fastapi.staticfiles import StaticFiles
from tests.serve.conftest import CAMERAS, USERS, Served
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from passerby.errors import ConfigError
from passerby.serve import static_files
from passerby.serve.access import Rule, check_rules, rule_of
from passerby.serve.app import ROUTERS, console_app
from passerby.store.site_key import read_site_key
from passerby.store.users import EVERY_CAMERA, ROLES

ROUTES = [
    (method, route.path, rule_of(route))
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods)
]


def may(roles: dict[str, str], rule: Rule) -> bool:
    """An independent reading of a rule."""
    if rule.role is None:
        return True
    rank = ROLES.index(rule.role)
    held = [group for group, role in roles.items() if ROLES.index(role) >= rank]
    return EVERY_CAMERA in held if rule.everywhere else bool(held)


def path_of(path: str) -> str:
    """A path whose parameters name nothing that is there."""
    for name in ("{version}", "{name}", "{camera}"):
        path = path.replace(name, "none")
    while "{" in path:
        start, _, rest = path.partition("{")
        path = start + "977" + rest.partition("}")[2]
    return path


def asked(served: Served, method: str, path: str, who: str | None, rule: Rule) -> httpx.Response:
    if rule.program:
        headers = {"authorization": f"Bearer {served.token(who)}"} if who else {}
        return httpx.request(method, served.address + path_of(path), headers=headers)
    browser = served.browser(who)
    if method == "POST":
        return browser.send_form(path_of(path))
    return browser.request(method, path_of(path))


@pytest.mark.parametrize(("method", "path", "rule"), ROUTES)
def test_nobody_comes_in_without_a_session(
    served: Served, method: str, path: str, rule: Rule
) -> None:
    answer = asked(served, method, path, None, rule)
    if rule.role is None and not rule.any_user:
        assert answer.status_code != 403
        assert not answer.headers.get("location", "").startswith("/login")
    elif rule.program:
        assert answer.status_code == 401
    else:
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login")


@pytest.mark.parametrize(("method", "path", "rule"), ROUTES)
def test_a_role_opens_what_its_rule_says_and_no_more(
    served: Served, method: str, path: str, rule: Rule
) -> None:
    if path == "/logout":
        return
    for who, roles in USERS.items():
        answer = asked(served, method, path, who, rule)
        assert answer.status_code < 500, who
        if not may(roles, rule):
            assert answer.status_code == 403, who
            assert "needs the role" in answer.text
        elif "{" not in path and not path.endswith("openapi.json"):
            assert "needs the role" not in answer.text, who


@pytest.mark.parametrize(
    ("method", "path", "rule"), [one for one in ROUTES if one[0] == "POST" and not one[2].program]
)
@pytest.mark.parametrize("fault", ["no key", "wrong key", "another origin", "no origin"])
def test_a_form_of_another_page_is_refused(
    served: Served, method: str, path: str, rule: Rule, fault: str
) -> None:
    if fault.endswith("key") and rule.role is None and not rule.any_user:
        return  # there is no session yet whose key it could have
    browser = served.browser("ada")
    headers = {"origin": "http://127.0.0.1:1"} if fault == "another origin" else {}
    key = {"no key": "", "wrong key": "x" * 43}.get(fault, browser.form_key)
    request = browser.build_request("POST", path_of(path), data={"form_key": key}, headers=headers)
    if fault == "no origin":
        del request.headers["origin"]
    answer = browser.send(request)
    assert answer.status_code == 403


def test_a_route_without_a_rule_keeps_the_console_from_starting() -> None:
    router = APIRouter()

    @router.get("/forgotten")
    def forgotten() -> str:
        return "open to all"

    with pytest.raises(ConfigError, match="/forgotten has no rule"):
        check_rules([*ROUTERS, router])


def test_a_socket_without_a_rule_keeps_the_console_from_starting() -> None:
    router = APIRouter()

    @router.websocket("/forgotten")
    async def forgotten(socket: WebSocket) -> None:
        await socket.accept()

    with pytest.raises(ConfigError, match="/forgotten has no rule"):
        check_rules([*ROUTERS, router])


def test_a_folder_that_is_handed_out_keeps_the_console_from_starting(tmp_path: Path) -> None:
    router = APIRouter()
    router.mount("/files", StaticFiles(directory=tmp_path))
    with pytest.raises(ConfigError, match="has no rule"):
        check_rules([*ROUTERS, router])


def test_the_application_answers_nothing_but_its_routers(served: Served) -> None:
    known = {route.path for router in ROUTERS for route in router.routes}
    app = console_app(served.console)
    assert {path for path in all_paths(app.routes) if path} == known
    for path in ("/docs", "/redoc", "/openapi.json", "/static", "/static/", "/favicon.ico"):
        assert httpx.get(served.address + path).status_code == 404, path


def all_paths(routes: Iterable[object]) -> Iterator[str]:
    """Paths of routes, those of routers that were included, too."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        yield from all_paths(inner.routes) if inner else [getattr(route, "path", repr(route))]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_no_route_takes_another_method(served: Served, method: str) -> None:
    for path in sorted({path for _, path, _ in ROUTES}):
        answer = served.browser("ada").request(method, path_of(path))
        assert answer.status_code in (404, 405), path


# --- Sockets ----------------------------------------------------------------------------------

SOCKETS = [
    (route.path, rule_of(route))
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIWebSocketRoute)
]


@contextmanager
def socket(
    served: Served, path: str, who: str | None, **changes: str
) -> Iterator[ClientConnection]:
    browser = served.browser(who)
    key = changes.get("form_key", browser.form_key)
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    headers = {"cookie": cookies, **({"host": changes["host"]} if "host" in changes else {})}
    with connect(
        f"{served.address.replace('http', 'ws')}{path_of(path)}?form_key={key}",
        origin=changes.get("origin", served.address) or None,
        additional_headers=headers,
        proxy=None,
    ) as one:
        yield one


@pytest.mark.parametrize(("path", "rule"), SOCKETS)
@pytest.mark.parametrize("who", [None, *USERS])
def test_a_socket_opens_to_whom_its_rule_says_and_shows_their_cameras(
    served: Served, path: str, rule: Rule, who: str | None
) -> None:
    roles = {} if who is None else USERS[who]
    if who is None or not may(roles, rule):
        with pytest.raises(InvalidStatus) as caught, socket(served, path, who):
            pass
        assert caught.value.response.status_code == 403
        return
    if "{" in path:  # what it is about is not there
        with pytest.raises(InvalidStatus) as caught, socket(served, path, who):
            pass
        assert caught.value.response.status_code == 403
        return
    groups = {"": set(CAMERAS), "ground": {"hall", "stairs"}, "upper": {"door"}}
    seen = {camera for group in roles for camera in groups[group]}
    with socket(served, path, who) as one:
        assert set(json.loads(one.recv(10))["cameras"]) == seen


@pytest.mark.parametrize(("path", "rule"), SOCKETS)
@pytest.mark.parametrize(
    "changes",
    [
        {"form_key": ""},
        {"form_key": "x" * 43},
        {"form_key": "%00%ff"},
        {"origin": ""},
        {"origin": "null"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:1"},
    ],
)
def test_a_socket_of_another_page_is_refused(
    served: Served, path: str, rule: Rule, changes: dict[str, str]
) -> None:
    with pytest.raises(InvalidStatus) as caught, socket(served, path, "ada", **changes):
        pass
    assert caught.value.response.status_code == 403


@pytest.mark.parametrize(("path", "rule"), SOCKETS)
def test_a_socket_is_no_page(served: Served, path: str, rule: Rule) -> None:
    for who in (None, "ada"):
        assert served.browser(who).get(path_of(path)).status_code == 404


# --- Files ------------------------------------------------------------------------------------

STATIC = sorted(
    one for one in Path(static_files.__file__).with_name("static").rglob("*") if one.is_file()
)


@pytest.mark.parametrize("who", [None, *USERS])
def test_files_of_style_and_script_are_open_to_all_and_nothing_else_is_handed_out(
    served: Served, who: str | None
) -> None:
    browser, version = served.browser(who), static_files.static_version
    for path in STATIC:
        answer = browser.get(f"/static/{version}/{path.name}")
        assert answer.status_code == 200
        assert answer.content == path.read_bytes()
        assert browser.get(f"/static/older/{path.name}").status_code == 404
    for name in (
        *("../static_files.py", "..%2fstatic_files.py", "%2e%2e/app.py", "..%5capp.py"),
        *("../templates/base.html", "templates/base.html", "base.html", "editor.js", ".", ""),
        *("console.css%00", "console.css/", "/etc/passwd", "%2fetc%2fpasswd", "console.py"),
    ):
        assert browser.get(f"/static/{version}/{name}").status_code in (404, 307), name


def test_files_hold_no_secret_and_name_nobody_elsewhere(served: Served) -> None:
    key = read_site_key(served.console.site.store.key_file).text.encode()
    for path in STATIC:
        content = path.read_bytes()
        assert key not in content
        addresses = re.findall(rb"https?://[^\s\"'`$]+", content)
        assert {one for one in addresses if b"w3.org" not in one} == set()


def test_another_name_of_this_machine_is_refused(served: Served) -> None:
    answer = httpx.get(served.address + "/login", headers={"host": "evil.example"})
    assert answer.status_code == 421


def test_every_answer_has_the_headers(served: Served) -> None:
    for path in ("/login", "/nowhere", "/"):
        headers = httpx.get(served.address + path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
