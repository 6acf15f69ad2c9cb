"""A site that answers encrypted queries: scores beside NumPy's, limits, and what is refused."""

import datetime as dt
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import numpy as np
import pytest

pytest.importorskip("tenseal", reason="the extra `encrypted` is not installed")

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text
from tests.serve.conftest import CAMERAS, MODEL, Filled, Served, copied, serving

from passerby.cli import main
from passerby.cli.exit_codes import EXIT_OK, EXIT_USAGE
from passerby.errors import ConfigError, InputError, PeerError
from passerby.matching.encrypted.gallery import BLUR
from passerby.matching.encrypted.query_keys import QueryKeys
from passerby.matching.encrypted.remote import GalleryPlace, RemoteGallery, RemoteQuery
from passerby.models.lookup import model_sha256, resolve
from passerby.serve.encrypted_gallery import EncryptedGallery, GalleryOptions
from passerby.serve.encrypted_matching import KEY_BYTES, QUERY_BYTES
from passerby.serve.request_limits import RequestLimits
from passerby.store.audit import read_audit, verify_audit
from passerby.store.erasure import erase_tracks
from passerby.store.reading import stored_signatures, stored_track
from passerby.store.sessions import make_api_token, read_api_tokens, withdraw_api_token
from passerby.store.times import SECOND
from passerby.store.users import user_named

pytestmark = pytest.mark.slow  # keys of 256 numbers are drawn in each

PREFIX = "/api/v1/encrypted"
SHA = model_sha256(resolve(MODEL))
PLENTY = GalleryOptions(queries_a_day=1000)


@contextmanager
def galleries(filled: Filled, options: GalleryOptions = PLENTY, **more: Any) -> Iterator[Served]:
    """A console that answers encrypted queries."""
    with serving(filled, **more) as served:
        console = served.console
        console.gallery = EncryptedGallery(console.site, console.store, options)
        yield served


@pytest.fixture(scope="module")
def shared(filled_once: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A gallery for the tests that change nothing but its audit log."""
    with galleries(copied(filled_once, tmp_path_factory.mktemp("shared"))) as served:
        yield served


@pytest.fixture
def own(filled_once: Filled, tmp_path: Path) -> Iterator[Served]:
    """A gallery to change, which answers two queries a day."""
    with galleries(copied(filled_once, tmp_path), GalleryOptions(queries_a_day=2)) as served:
        yield served


def place(served: Served, who: str = "inga") -> GalleryPlace:
    return GalleryPlace(address=served.address, token=served.token(who), seconds=30)


def looked_for(seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=256)


def query(**where: Any) -> RemoteQuery:
    return RemoteQuery(signature=looked_for(), purpose="case 12", **where)


def expected(served: Served) -> dict[int, float]:
    """The cosine of each track, by loops over what the store has."""
    sums: dict[int, np.ndarray] = {}
    for part in stored_signatures(served.store, SHA):
        for track, quality, row in zip(part.tracks, part.qualities, part.vectors, strict=True):
            unit = row.astype(float) / np.sqrt((row.astype(float) ** 2).sum())
            sums[int(track)] = sums.get(int(track), 0) + quality * unit
    wanted = looked_for()
    return {
        track: float(row @ wanted / np.linalg.norm(row) / np.linalg.norm(wanted))
        for track, row in sums.items()
    }


def headers(served: Served, who: str = "inga") -> dict[str, str]:
    return {"authorization": f"Bearer {served.token(who)}", "x-purpose": "case%2012"}


# --- What it is for ---------------------------------------------------------------------------


def test_scores_are_those_of_the_store_in_clear(shared: Served) -> None:
    gallery = RemoteGallery(place(shared), SHA)
    whom, scores = gallery.match(query())
    truth = expected(shared)
    assert sorted(whom.tracks.tolist()) == sorted(truth)
    assert len(truth) == 12
    for row, track in enumerate(whom.tracks.tolist()):
        known = stored_track(shared.store, track)
        assert scores[row] == pytest.approx(truth[track], abs=BLUR)
        assert whom.cameras[whom.camera[row]] == known.camera
        assert whom.began[row] == known.began // SECOND


def test_several_queries_of_one_client(shared: Served) -> None:
    gallery = RemoteGallery(place(shared), SHA)
    first, second = (gallery.match(query())[1] for _ in "ab")
    assert first == pytest.approx(second, abs=2 * BLUR)
    assert not np.array_equal(first, second)  # blurred anew
    assert gallery.sent < 12_000_000
    assert gallery.received < 300_000


def test_the_coarse_step_is_in_clear(shared: Served) -> None:
    began = shared.filled.began
    gallery = RemoteGallery(place(shared), SHA)
    hall, _ = gallery.match(query(cameras=["hall"]))
    early, _ = gallery.match(query(until=began + 150 * SECOND))
    late, _ = gallery.match(query(since=began + 280 * SECOND, cameras=["hall", "door"]))
    none, scores = gallery.match(query(until=1))
    tracks = shared.filled.tracks
    assert {*hall.tracks.tolist()} == {tracks[person, "hall"] for person in range(1, 5)}
    assert {*early.tracks.tolist()} == {
        track
        for track in tracks.values()
        if stored_track(shared.store, track).began < began + 150 * SECOND
    }
    assert {*late.tracks.tolist()} == {
        tracks[person, camera]
        for person in range(1, 5)
        for camera in ("hall", "door")
        if stored_track(shared.store, tracks[person, camera]).ended >= began + 280 * SECOND
    }
    assert len(none) == len(scores) == 0


def test_a_role_for_some_cameras_sees_those(shared: Served) -> None:
    gallery = RemoteGallery(place(shared, "gero"), SHA)
    whom, _ = gallery.match(query())
    assert whom.cameras == ("hall", "stairs")
    with pytest.raises(PeerError, match="needs the role investigator for its camera"):
        gallery.match(query(cameras=["door"]))


def test_what_is_sent_holds_no_signature_and_no_score(
    shared: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str, bytes | None]] = []
    request = HTTPConnection.request

    def watched(self: HTTPConnection, method: str, url: str, body: Any, more: Any) -> None:
        sent.append((method, url.partition("?")[0], body))
        request(self, method, url, body, more)

    monkeypatch.setattr(HTTPConnection, "request", watched)
    gallery = RemoteGallery(place(shared), SHA)
    gallery.match(query())
    assert [(method, path) for method, path, _ in sent] == [
        ("GET", PREFIX),
        ("POST", f"{PREFIX}/keys"),
        ("POST", f"{PREFIX}/scores"),
    ]
    unit = looked_for() / np.linalg.norm(looked_for())
    for _, _, body in sent:
        for row in (looked_for(), unit):
            for kind in ("<f4", "<f8", ">f8"):
                assert row.astype(kind)[:2].tobytes() not in (body or b"")


def test_each_query_is_in_the_audit_log_before_it_is_computed(own: Served) -> None:
    gallery = RemoteGallery(place(own), SHA)
    gallery.match(query(cameras=["hall"]))
    url = f"{own.address}{PREFIX}/scores?keys={gallery._number}"
    answer = httpx.post(url, content=b"nonsense", headers=headers(own))
    assert answer.status_code == 422
    entries = [one for one in read_audit(own.store) if one.what == "match under encryption"]
    assert [(one.who, one.subject, one.purpose) for one in entries] == [
        ("inga", "4 tracks", "case 12"),
        ("inga", "12 tracks", "case 12"),
    ]
    verify_audit(own.store)


def test_who_was_erased_is_in_no_answer_and_no_memory(own: Served) -> None:
    gone = own.filled.tracks[2, "hall"]
    gallery = RemoteGallery(place(own), SHA)
    assert gone in gallery.match(query())[0].tracks
    kept = own.console.gallery
    assert kept is not None
    assert [gone in one.tracks for one in kept._blocks.values()] == [True]
    erase_tracks(own.store, [gone], "test", "request")
    whom, scores = gallery.match(query())
    assert gone not in whom.tracks
    assert len(scores) == 11
    assert [gone in one.tracks for one in kept._blocks.values()] == [False]
    assert gone not in kept._rows._rows
    assert gone not in kept._rows._parts


def test_two_persons(filled_once: Filled, tmp_path: Path) -> None:
    with galleries(copied(filled_once, tmp_path), two_persons=True) as served:
        gallery = RemoteGallery(place(served), SHA)
        with pytest.raises(PeerError, match="this site asks for two persons"):
            gallery.match(query())
        with served.store.database.reading() as connection:
            number = connection.execute(text("SELECT max(id) FROM approval")).scalar()
        assert served.browser("otto").send_form(f"/approvals/{number}").status_code == 303
        assert len(gallery.match(query())[0]) == 12


def test_tls(filled_once: Filled, tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    with galleries(copied(filled_once, tmp_path / "site"), tls=(certificate, key)) as served:
        token = served.token("inga")
        trusting = GalleryPlace(address=served.address, token=token, certificate=certificate)
        gallery = RemoteGallery(trusting, SHA)
        assert len(gallery.match(query())[0]) == 12
        with pytest.raises(PeerError, match=r"cannot be reached, or went away .*certificate"):
            RemoteGallery(GalleryPlace(address=served.address, token=token), SHA)
    with pytest.raises(ConfigError, match="is no certificate that can be read"):
        GalleryPlace(
            address="https://gallery.example", token="x", certificate=tmp_path / "none.pem"
        ).connection()


def self_signed(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "gallery")])
    today = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "own.pem", folder / "own.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def query_file(folder: Path, count: int = 1) -> str:
    """A file of signatures, as `passerby describe` writes it."""
    header = np.array(json.dumps({"model": MODEL, "model_sha256": SHA}))
    rows = np.stack([looked_for()] * count).astype(np.float32)
    labels = np.zeros(count, np.int64)
    np.savez(folder / "query.npz", features=rows, ids=labels, cameras=labels, header=header)
    return str(folder / "query.npz")


def test_the_command(
    shared: Served,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PASSERBY_TOKEN", shared.token("inga"))
    words = ["match", query_file(tmp_path), shared.address, "--encrypted", "--why", "case 12"]
    assert main([*words, "--camera", "hall", "--since", "2020-01-01", "--json"]) == EXIT_OK
    said = capsys.readouterr()
    assert "MB sent, keys included" in said.err
    truth = expected(shared)
    tracks = {shared.filled.tracks[person, "hall"] for person in range(1, 5)}
    wanted = sorted(tracks, key=lambda track: -truth[track])
    found = json.loads(said.out)
    assert [one["track"] for one in found] == [str(track) for track in wanted]
    assert [one["similarity"] for one in found] == pytest.approx(
        [truth[track] for track in wanted], abs=7e-4
    )
    assert {one["camera"] for one in found} == {"hall"}
    assert main([*words, "--most", "2"]) == EXIT_OK
    assert "seen (UTC)" in capsys.readouterr().out


def test_the_command_asks_no_more_than_is_answered(
    own: Served,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PASSERBY_TOKEN", own.token("inga"))
    words = ["match", query_file(tmp_path, 3), own.address, "--encrypted", "--why", "case 12"]
    assert main(words) == EXIT_USAGE
    assert "has 3 queries, and the gallery still answers 2 today" in capsys.readouterr().err


def test_serving_needs_to_be_told(monkeypatch: pytest.MonkeyPatch, own: Served) -> None:
    given: list[Any] = []
    monkeypatch.setattr(
        "passerby.cli.serve.serve_site", lambda *_, make_gallery, **__: given.append(make_gallery)
    )
    site = str(own.filled.folder / "site.toml")
    assert main(["serve", site]) == EXIT_OK
    assert main(["serve", site, "--encrypted-matching", "--queries-a-day", "3"]) == EXIT_OK
    assert given[0] is None
    made = given[1](own.console.site, own.store)
    assert (made.options.queries_a_day, made.dimension()) == (3, 256)


# --- What is refused --------------------------------------------------------------------------


def test_another_model_is_refused_by_both_sides(shared: Served) -> None:
    with pytest.raises(PeerError, match=r"has signatures of passerby-signature .* another network"):
        RemoteGallery(place(shared), "0" * 64)
    answer = httpx.post(
        f"{shared.address}{PREFIX}/keys?model_sha256={'0' * 64}",
        content=b"keys",
        headers=headers(shared),
    )
    assert answer.status_code == 409
    assert "describe the query with that network" in answer.json()["detail"]


def test_a_wrong_token_is_refused(shared: Served) -> None:
    with pytest.raises(
        PeerError, match="refuses: the token is wrong, was withdrawn or has expired"
    ):
        RemoteGallery(GalleryPlace(address=shared.address, token="passerby_no"), SHA)


@pytest.mark.parametrize("how", ["expired", "withdrawn"])
def test_a_token_that_is_over_is_refused(own: Served, how: str) -> None:
    user = user_named(own.store, "inga")
    assert user is not None
    token = make_api_token(own.store, user, how, 1, "test")
    (number,) = [one.number for one in read_api_tokens(own.store) if one.label == how]
    gallery = RemoteGallery(GalleryPlace(address=own.address, token=token), SHA)
    if how == "expired":
        with own.store.database.writing() as connection:
            connection.execute(text("UPDATE api_token SET expires = 1"))
    else:
        withdraw_api_token(own.store, number, "test")
    with pytest.raises(PeerError, match="the token is wrong, was withdrawn or has expired"):
        gallery.match(query())


def test_a_viewer_is_refused(shared: Served) -> None:
    with pytest.raises(PeerError, match="refuses: this needs the role investigator"):
        RemoteGallery(place(shared, "vera"), SHA)


def test_too_many_queries_in_a_day_are_refused_whoever_asks(own: Served) -> None:
    gallery = RemoteGallery(place(own), SHA)
    other = RemoteGallery(place(own, "ada"), SHA)
    assert gallery.queries_left == 2
    gallery.match(query())
    other.match(query())
    for one in (gallery, other):
        with pytest.raises(PeerError, match="answers 2 queries a day, of all users together"):
            one.match(query())
    gallery = RemoteGallery(place(own), SHA)
    assert gallery.queries_left == 0
    with own.store.database.writing() as connection:  # a day later
        connection.execute(text(f"UPDATE audit SET at = at - {86_400 * SECOND}"))
    gallery = RemoteGallery(place(own), SHA)
    assert gallery.queries_left == 2


def test_too_many_queries_or_keys_in_a_minute_are_refused(
    shared: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared.console, "limits", RequestLimits())
    url = f"{shared.address}{PREFIX}"
    for path, most, said in (("/scores", 30, "queries"), ("/keys", 6, "keys")):
        more = headers(shared)
        sent = [
            httpx.post(f"{url}{path}?model_sha256={SHA}", content=b"bad", headers=more)
            for _ in range(most + 1)
        ]
        assert [one.status_code for one in sent] == [422] * most + [429]
        assert f"too many {said} in a minute" in sent[-1].json()["detail"]


@pytest.mark.parametrize(("path", "most"), [("/scores", QUERY_BYTES), ("/keys", KEY_BYTES)])
def test_a_body_that_is_too_large_is_refused(shared: Served, path: str, most: int) -> None:
    url = f"{shared.address}{PREFIX}{path}?model_sha256={SHA}"
    answer = httpx.post(url, content=bytes(most + 1), headers=headers(shared))
    assert answer.status_code == 413
    assert f"at most {most / 1e6:.1f} MB" in answer.json()["detail"]


@pytest.mark.parametrize("content", [b"", b"\0" * 1000, bytes(range(256)) * 300])
def test_malformed_ciphertexts_and_keys_are_refused(shared: Served, content: bytes) -> None:
    gallery = RemoteGallery(place(shared), SHA)
    number = gallery._number
    url = f"{shared.address}{PREFIX}"
    scores = httpx.post(f"{url}/scores?keys={number}", content=content, headers=headers(shared))
    assert (scores.status_code, "\n" in scores.json()["detail"]) == (422, False)
    assert "is not an encrypted query" in scores.json()["detail"]
    keys = httpx.post(f"{url}/keys?model_sha256={SHA}", content=content, headers=headers(shared))
    assert (keys.status_code, "\n" in keys.json()["detail"]) == (422, False)


def test_keys_for_another_length_are_refused(shared: Served) -> None:
    url = f"{shared.address}{PREFIX}/keys?model_sha256={SHA}"
    sent = QueryKeys(176).evaluation_keys()
    answer = httpx.post(url, content=sent, headers=headers(shared))
    assert answer.status_code == 422
    assert "the gallery's have 256 numbers" in answer.json()["detail"]


def test_the_keys_of_somebody_else_are_refused(shared: Served) -> None:
    gallery = RemoteGallery(place(shared), SHA)
    url = f"{shared.address}{PREFIX}/scores?keys={gallery._number}"
    sent = gallery._keys.encrypted(looked_for())
    answer = httpx.post(url, content=sent, headers=headers(shared, "ada"))
    assert answer.status_code == 422
    assert "these keys are not known" in answer.json()["detail"]
    assert httpx.post(url, content=sent, headers=headers(shared)).status_code == 200


def test_keys_are_forgotten_when_many_others_have_come(shared: Served) -> None:
    first = RemoteGallery(place(shared), SHA)
    for _ in range(8):
        RemoteGallery(place(shared), SHA)
    with pytest.raises(PeerError, match="these keys are not known, or no longer"):
        first.match(query())


def test_a_query_without_a_purpose_is_refused(shared: Served) -> None:
    gallery = RemoteGallery(place(shared), SHA)
    with pytest.raises(PeerError, match="a search needs its purpose"):
        gallery.match(RemoteQuery(signature=looked_for(), purpose=" "))


@pytest.mark.parametrize(
    ("signature", "said"),
    [(np.full(256, np.nan), "holds NaN"), (np.zeros(256), "is 0"), (np.ones(176), "256 numbers")],
)
def test_a_signature_that_cannot_be_compared_is_not_sent(
    shared: Served, signature: np.ndarray, said: str
) -> None:
    gallery = RemoteGallery(place(shared), SHA)
    with pytest.raises(InputError, match=said):
        gallery.match(RemoteQuery(signature=signature, purpose="case 12"))


def test_a_site_that_does_not_match_under_encryption_says_so(
    filled_once: Filled, tmp_path: Path
) -> None:
    with (
        serving(copied(filled_once, tmp_path)) as served,
        pytest.raises(PeerError, match="it does not match under encryption"),
    ):
        RemoteGallery(place(served), SHA)


def test_a_site_without_signatures_says_so(own: Served) -> None:
    erase_tracks(own.store, list(own.filled.tracks.values()), "test", "request")
    with pytest.raises(PeerError, match="refuses: this site has no signatures yet"):
        RemoteGallery(place(own), SHA)


# --- A server that is none --------------------------------------------------------------------


@contextmanager
def listening(*answers: bytes) -> Iterator[str]:
    """Something that gives each connection an answer, whatever it asks, and ends it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for answer in answers:
                connection, _ = server.accept()
                with connection:
                    connection.recv(65_536)
                    connection.sendall(answer)

        thread = Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def reply(body: bytes, status: str = "200 OK", more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n{more}\r\n".encode() + body


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"", "went away"),
        (b"SSH-2.0\r\n", "went away"),
        (reply(b"x" * 50)[:-20], "went away"),
        (reply(b"<html>"), "is no gallery of passerby"),
        (reply(b"[1]"), "is no gallery of passerby"),
        (reply(b'{"scheme": "x"}'), "is no gallery of passerby"),
        (reply(b"", "302 Found", "location: http://127.0.0.1:1/\r\n"), "status 302"),
        (reply(b"oh", "500 Internal Server Error"), "status 500"),
    ],
)
def test_a_server_that_makes_no_sense_or_goes_away(answer: bytes, said: str) -> None:
    with listening(answer) as address, pytest.raises(PeerError, match=said) as caught:
        RemoteGallery(GalleryPlace(address=address, token="secret"), SHA)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_another_version_is_refused() -> None:
    terms = b'{"scheme":"x-1","model":"m","model_sha256":"0","dimension":4,"queries_left":1}'
    with (
        listening(reply(terms)) as address,
        pytest.raises(PeerError, match="computes by x-1, this version by ckks-8192"),
    ):
        RemoteGallery(GalleryPlace(address=address, token="x"), SHA)


def test_a_server_that_stays_silent_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(PeerError, match=r"went away .*timed out"):
            RemoteGallery(GalleryPlace(address=address, token="x", seconds=0.2), SHA)


def test_a_server_that_ends_between_two_queries(filled_once: Filled, tmp_path: Path) -> None:
    with galleries(copied(filled_once, tmp_path)) as served:
        gallery = RemoteGallery(place(served), SHA)
        gallery.match(query())
    with pytest.raises(PeerError, match="cannot be reached, or went away"):
        gallery.match(query())


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://gallery.example:8765", "sent the token for all to read: use https://"),
        ("ftp://gallery.example", "is no address of a gallery"),
        ("https://", "is no address of a gallery"),
        ("https://me:pass@gallery.example", "is no address of a gallery"),
    ],
)
def test_addresses_that_are_refused(address: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        GalleryPlace(address=address, token="x")
    assert "pass@" not in str(caught.value)


def test_cameras_of_the_site(shared: Served) -> None:
    """The names that other tests take for granted."""
    assert shared.console.cameras == CAMERAS
