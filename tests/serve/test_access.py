"""Every route, without a session, with each role, and across groups of cameras."""

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from tests.serve.conftest import USERS, Served

from passerby.errors import ConfigError
from passerby.serve.access import Rule, check_rules, rule_of
from passerby.serve.app import ROUTERS
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


def test_another_name_of_this_machine_is_refused(served: Served) -> None:
    answer = httpx.get(served.address + "/login", headers={"host": "evil.example"})
    assert answer.status_code == 421


def test_every_answer_has_the_headers(served: Served) -> None:
    for path in ("/login", "/nowhere", "/"):
        headers = httpx.get(served.address + path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
