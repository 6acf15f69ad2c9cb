"""Logging in by a provider of OpenID Connect, which these tests start on loopback."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tests.serve.conftest import Filled, Served, copied, serving

from passerby.errors import ConfigError
from passerby.site.settings import read_site
from passerby.store.audit import read_audit
from passerby.store.users import EVERY_CAMERA, disable_user, user_named

pytest.importorskip("authlib", reason="needs the extra oidc")
jwt = pytest.importorskip("joserfc.jwt", reason="needs the extra oidc")
jwk = pytest.importorskip("joserfc.jwk", reason="needs the extra oidc")

SECRET = "of the console"


class Provider(ThreadingHTTPServer):
    """A small provider: whoever comes is somebody, and is sent back at once."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.key = jwk.RSAKey.generate_key(2048, {"kid": "one"})
        self.shown = [self.key]
        self.claims: dict[str, Any] = {}
        self.changes: dict[str, Any] = {}
        self.algorithm = "RS256"
        self.codes: dict[str, dict[str, str]] = {}
        self.says = ""

    def token(self, asked: dict[str, str]) -> str:
        moment = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "passerby",
            "sub": "1",
            "iat": moment,
            "exp": moment + 60,
            "nonce": asked["nonce"],
            **self.claims,
            **self.changes,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        key = jwk.OctKey.import_key(SECRET) if self.algorithm == "HS256" else self.key
        head = {"alg": self.algorithm, "kid": "one"}
        return str(jwt.encode(head, claims, key, algorithms=[self.algorithm]))


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        path, asked = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if path == "/.well-known/openid-configuration":
            issuer = self.server.issuer
            self._say(
                {
                    "issuer": self.server.says or issuer,
                    "authorization_endpoint": f"{issuer}/authorize",
                    "token_endpoint": f"{issuer}/token",
                    "jwks_uri": f"{issuer}/keys",
                }
            )
        elif path == "/keys":
            self._say({"keys": [one.as_dict(private=False) for one in self.server.shown]})
        else:
            one = {name: values[0] for name, values in asked.items()}
            assert one["response_type"] == "code"
            assert one["code_challenge_method"] == "S256"
            code = f"code-{len(self.server.codes)}"
            self.server.codes[code] = one
            self.send_response(302)
            self.send_header("location", f"{one['redirect_uri']}?code={code}&state={one['state']}")
            self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        said = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.server.codes.pop(said.get("code", ""), None)
        hashed = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
        basic = base64.b64encode(f"passerby:{SECRET.replace(' ', '+')}".encode()).decode()
        plain = base64.b64encode(f"passerby:{SECRET}".encode()).decode()
        known = self.headers["authorization"] in (f"Basic {basic}", f"Basic {plain}")
        if asked is None or challenge != asked["code_challenge"] or not known:
            self._say({"error": "invalid_grant"}, 400)
            return
        token = self.server.token(asked)
        self._say({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def _say(self, values: dict[str, Any], status: int = 200) -> None:
        content = json.dumps(values).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def provider() -> Iterator[Provider]:
    one = Provider()
    one.claims = {"preferred_username": "mia", "groups": ["ground-staff", "others"]}
    thread = Thread(target=one.serve_forever)
    thread.start()
    yield one
    one.shutdown()
    thread.join()
    one.server_close()


def oidc_site(provider: Provider) -> str:
    return f"""
[oidc]
issuer = "{provider.issuer}"
client_id = "passerby"
client_secret_file = "oidc.secret"
title = "the town"
[[oidc.roles]]
value = "ground-staff"
role = "viewer"
cameras = "ground"
[[oidc.roles]]
value = "watch"
role = "officer"
"""


@pytest.fixture
def served(filled_once: Filled, tmp_path: Path, provider: Provider) -> Iterator[Served]:
    filled = copied(filled_once, tmp_path)
    site = filled.folder / "site.toml"
    site.write_text(site.read_text() + oidc_site(provider))
    (filled.folder / "oidc.secret").write_text(SECRET + "\n")
    with serving(filled) as one:
        yield one


def browser(served: Served) -> httpx.Client:
    return httpx.Client(base_url=served.address, follow_redirects=True)


def test_whom_the_provider_vouches_for_is_let_in_with_the_roles_of_its_claim(
    served: Served, provider: Provider
) -> None:
    name = f"mia@127.0.0.1:{provider.server_port}"
    with browser(served) as one:
        assert "Log in by the town" in one.get("/login").text
        answer = one.get("/oidc/login")
        assert (answer.status_code, "Logged in" in answer.text) == (200, True)
        assert "passerby_oidc" not in one.cookies
        assert one.get("/cameras/hall/latest.jpg").status_code == 200
        assert one.get("/cameras/door/latest.jpg").status_code == 403
    mia = user_named(served.store, name)
    assert mia is not None
    assert mia.roles == {"ground": "viewer"}
    entries = [(entry.who, entry.what) for entry in read_audit(served.store, limit=10_000)]
    assert (
        entries[-3:]
        == [
            ("provider", "add user"),
            (name, "log in"),
        ]
        or ("provider", "add user") in entries
    )
    provider.claims["groups"] = "watch"
    with browser(served) as one:
        one.get("/oidc/login")
        assert one.get("/privacy").status_code == 200
    mia = user_named(served.store, name)
    assert mia is not None
    assert mia.roles == {EVERY_CAMERA: "officer"}


@pytest.mark.parametrize("groups", [None, [], "", ["others"], 5, {"watch": 1}, [["watch"]]])
def test_who_has_no_role_there_has_none_here(
    served: Served, provider: Provider, groups: object
) -> None:
    provider.claims["groups"] = groups
    with browser(served) as one:
        assert one.get("/oidc/login").status_code == 403
        assert one.get("/").url.path == "/login"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "http://elsewhere.example"},
        {"aud": "another console"},
        {"aud": None},
        {"exp": 1000},
        {"exp": None},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"preferred_username": None},
    ],
)
def test_a_token_that_is_not_for_this_log_in_lets_nobody_in(
    served: Served, provider: Provider, changes: dict[str, object]
) -> None:
    provider.changes = changes
    with browser(served) as one:
        assert one.get("/oidc/login").status_code in (403, 422)
        assert one.get("/").url.path == "/login"


@pytest.mark.parametrize("fault", ["another key", "a secret in the place of a key", "no signature"])
def test_a_token_that_the_provider_has_not_signed_lets_nobody_in(
    served: Served, provider: Provider, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    if fault == "another key":
        provider.shown = [jwk.RSAKey.generate_key(2048, {"kid": "one"})]
    elif fault == "no signature":
        whole = Provider.token

        def unsigned(self: Provider, asked: dict[str, str]) -> str:
            body = whole(self, asked).split(".")[1]
            head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
            return f"{head}.{body}."

        monkeypatch.setattr(Provider, "token", unsigned)
    else:
        provider.algorithm = "HS256"
    with browser(served) as one:
        assert one.get("/oidc/login").status_code == 422
        assert one.get("/").url.path == "/login"


def test_a_log_in_that_began_elsewhere_or_comes_back_twice_is_refused(served: Served) -> None:
    with httpx.Client(base_url=served.address) as one, browser(served) as other:
        there = one.get("/oidc/login").headers["location"]
        back = httpx.get(there).headers["location"]
        assert other.get(back).status_code == 403  # another browser, without the cookie
        assert other.get("/oidc/callback").status_code == 403
        assert other.get("/oidc/callback?state=x&code=y").status_code == 403
        kept = one.cookies["passerby_oidc"]
        assert one.get(back).status_code == 200
        one.cookies.set("passerby_oidc", kept, path="/oidc")
        assert one.get(back).status_code == 403


def test_a_code_that_was_stolen_is_worth_nothing_without_the_verifier(served: Served) -> None:
    with (
        httpx.Client(base_url=served.address) as one,
        httpx.Client(base_url=served.address) as thief,
    ):
        code = httpx.get(one.get("/oidc/login").headers["location"]).headers["location"]
        code = parse_qs(urlsplit(code).query)["code"][0]
        there = thief.get("/oidc/login").headers["location"]
        state = parse_qs(urlsplit(there).query)["state"][0]
        assert thief.get(f"/oidc/callback?state={state}&code={code}").status_code == 422


def test_who_is_kept_out_here_stays_out(served: Served, provider: Provider) -> None:
    with browser(served) as one:
        one.get("/oidc/login")
        mia = user_named(served.store, f"mia@127.0.0.1:{provider.server_port}")
        assert mia is not None
        disable_user(served.store, mia, "ada")
        assert one.get("/oidc/login").status_code == 403


def test_a_provider_that_is_another_or_silent_is_told(served: Served, provider: Provider) -> None:
    with browser(served) as one:
        provider.says = "http://elsewhere.example"
        assert one.get("/oidc/login").status_code == 422
        provider.says = ""
        provider.shown = []
        assert one.get("/oidc/login").status_code == 422
        provider.shutdown()
        provider.server_close()
        assert one.get("/oidc/login").status_code == 503


def test_a_site_without_a_provider_has_no_such_page(filled_once: Filled, tmp_path: Path) -> None:
    with serving(copied(filled_once, tmp_path)) as served, browser(served) as one:
        assert "Log in by" not in one.get("/login").text
        assert one.get("/oidc/login").status_code == 404
        assert one.get("/oidc/callback?state=x&code=y").status_code == 404


def test_a_site_file_that_names_an_unknown_group_or_role_is_refused(
    filled_once: Filled, tmp_path: Path, provider: Provider
) -> None:
    filled = copied(filled_once, tmp_path)
    site = filled.folder / "site.toml"
    whole = site.read_text()
    for old, new in (('"ground"\n', '"cellar"\n'), ('"viewer"', '"king"'), ("http://", "ftp://")):
        text = oidc_site(provider)
        assert old in text
        site.write_text(whole + text.replace(old, new, 1))
        with pytest.raises(ConfigError, match="oidc"):
            read_site(site)
