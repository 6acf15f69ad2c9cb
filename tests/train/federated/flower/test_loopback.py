"""A server and its sites on this machine, over TLS with keys: what Flower carries, and refuses.

Needs Flower, which does not resolve beside what the other tests need: `make federated` installs it
into an environment of its own.
"""

import datetime as dt
import ssl
import threading
import time
import urllib.error
import urllib.request
from ipaddress import ip_address

import numpy as np
import pytest

pytest.importorskip("flwr", reason="Flower is not installed: `make federated` runs these")

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from passerby.errors import ConfigError, InputError, OutputError, PeerError
from passerby.models.reid.checkpoint import load_network
from passerby.train.federated.federation import Federation
from passerby.train.federated.flower.client import Server, take_part
from passerby.train.federated.flower.link import Address, opened
from passerby.train.federated.flower.server import Hosting, host
from passerby.train.federated.rules import FederationRules
from passerby.train.federated.shared import read_weights
from passerby.train.federated.site import federated_plan, terms_of_plan
from passerby.train.federated.start import start_network
from passerby.train.federated.update import Contribution

pytestmark = pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")
"""Flower's own."""

TERMS = {"model": "tiny", "rules": {"rounds": 2}}
ZEROS = {"a": np.zeros((2, 2), np.float32), "b": np.zeros(3, np.float32)}


class TinySite:
    """A site whose network is seven numbers, each of which grows by a step in every round."""

    def __init__(self, step=1.0, images=1, terms=TERMS):
        self.terms, self.names = terms, tuple(ZEROS)
        self.shapes = {name: part.shape for name, part in ZEROS.items()}
        self.step, self.images, self.learned, self.given = step, images, [], None

    def learn(self, number, given):
        self.learned.append(number)
        update = {name: np.full_like(part, self.step) for name, part in given.items()}
        return Contribution("", update, self.images)

    def finish(self, given):
        self.given = given
        return "model.pt"


class SilentSite(TinySite):
    """A site that takes a task and is never heard of again."""

    def learn(self, number, given):
        time.sleep(3600)


class FailingSite(TinySite):
    """A site that cannot read its own pictures."""

    def learn(self, number, given):
        raise InputError("/cameras/hall/anna.jpg cannot be read")


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Address:
    """A certificate for this machine that vouches for itself."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now, day = dt.datetime.now(dt.UTC), dt.timedelta(days=1)
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "server.crt").write_bytes(certificate.public_bytes(pem))
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "server.key").write_bytes(key.private_bytes(pem, *private))
    files = {"certificate": folder / "server.crt", "key": folder / "server.key"}
    return Address(host="127.0.0.1", port=0, **files)


class InThread(threading.Thread):
    """Something that ends with a result or an error, and tells lines meanwhile."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self.lines, self.result, self._work = [], None, work
        self.start()

    def run(self):
        try:
            self.result = self._work(self.lines.append)
        except Exception as error:  # noqa: BLE001 - looked at by the test
            self.result = error

    def told(self, start, seconds=60):
        """Wait for a line; returns it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for line in list(self.lines):
                if line.startswith(start):
                    return line
            time.sleep(0.05)
        raise AssertionError(f"no line {start!r} but {self.lines}, {self.result!r}")

    def ended(self, seconds=60):
        """Wait for the end; returns what came of it."""
        self.join(seconds)
        assert not self.is_alive(), self.lines
        return self.result


@pytest.fixture
def federation_of(address, tmp_path):
    """Start a server of tiny sites, and let sites join it."""
    names = "gate", "hall", "yard"
    keys = {name: ec.generate_private_key(ec.SECP384R1()) for name in names}

    class Started:
        def __init__(self, fewest, patience=60.0, rounds=2, federation=None, terms=TERMS):
            self.federation = federation or Federation(dict(ZEROS), tuple(ZEROS))
            public = {name: key.public_key() for name, key in keys.items()}
            hosting = Hosting(address=address, keys=public, fewest=fewest, patience=patience)
            state = tmp_path / "state.pt"
            self.server = InThread(
                lambda tell: host(self.federation, rounds, terms, state, hosting, tell)
            )
            self.port = int(self.server.told("waiting for").rpartition(" ")[2])

        def join(self, name, site, rounds=2, key=None):
            server = Server(
                address=f"127.0.0.1:{self.port}",
                authority=address.certificate,
                key=key or keys[name],
                patience=5,
            )
            return InThread(lambda tell: take_part(site, rounds, server, tell))

    return Started


def test_sites_learn_and_get_the_mean(federation_of):
    started, hall, yard = federation_of(2), TinySite(1.0, 1), TinySite(4.0, 2)
    joined = [started.join("hall", hall), started.join("yard", yard)]
    assert [one.ended() for one in joined] == ["model.pt"] * 2
    assert started.server.ended() is None
    assert hall.learned == yard.learned == [1, 2]
    for site in (hall, yard):
        np.testing.assert_allclose(site.given["a"], 2 * (1 + 2 * 4) / 3, rtol=1e-6)
    assert started.server.lines[-1].startswith("round 2 of 2: hall, yard (")


def test_nan_and_poison_are_refused_and_told(federation_of):
    started = federation_of(3, rounds=1)
    sites = {"gate": TinySite(1.0), "hall": TinySite(np.nan), "yard": TinySite(1.0)}
    joined = [started.join(name, site, 1) for name, site in sites.items()]
    for one in joined:
        one.ended()
    assert started.server.told("hall: update refused: it has numbers that are NaN")
    np.testing.assert_allclose(sites["gate"].given["a"], 1.0)


def test_a_poisoned_update_is_refused_by_its_norm(federation_of):
    started = federation_of(3, rounds=1)
    sites = {"gate": TinySite(1.0), "hall": TinySite(1.0), "yard": TinySite(1e6)}
    for one in [started.join(name, site, 1) for name, site in sites.items()]:
        one.ended()
    assert started.server.told("yard: update refused: its norm is 2.65e+06")
    np.testing.assert_allclose(sites["gate"].given["a"], 1.0)


def test_a_site_that_falls_silent_costs_no_more_than_the_patience(federation_of):
    started, hall = federation_of(2, patience=6.0, rounds=1), TinySite()
    started.join("yard", SilentSite(), 1)
    joined = started.join("hall", hall, 1)
    assert joined.ended() == "model.pt"
    assert started.server.told("yard: no answer in this round")
    np.testing.assert_allclose(hall.given["a"], 1.0)


def test_a_site_that_fails_says_at_home_why_and_not_to_the_server(federation_of):
    started = federation_of(2, rounds=1)
    failing = started.join("yard", FailingSite(), 1)
    started.join("hall", TinySite(), 1).ended()
    assert "anna.jpg" in failing.told("/cameras/hall")
    assert started.server.told("yard:") == "yard: it does not take part: round 1 failed"
    assert not [line for line in started.server.lines if "anna" in line]


def test_a_site_on_other_terms_is_refused_in_one_line_at_both_ends(federation_of):
    started = federation_of(2, rounds=1)
    other = TinySite(terms={**TERMS, "model": "huge"})
    refused, hall = started.join("yard", other, 1), started.join("hall", TinySite(), 1)
    error = refused.ended()
    assert isinstance(error, PeerError)
    assert "model is 'tiny' there and 'huge' here" in str(error)
    assert hall.ended() == "model.pt"
    line = started.server.told("yard: it does not take part")
    assert line.endswith("model is 'tiny' there and 'huge' here")
    assert other.learned == []


def test_a_key_that_is_not_in_the_list_is_refused(federation_of):
    started = federation_of(1)
    stranger = started.join("yard", TinySite(), key=ec.generate_private_key(ec.SECP384R1()))
    error = stranger.ended()
    assert isinstance(error, PeerError)
    assert "does not know the key of this site" in str(error)
    for one in ("gate", "hall"):
        started.join(one, TinySite())
    started.server.ended()
    assert len(started.federation.rounds) == 2


def test_a_server_that_nobody_vouches_for_is_refused(federation_of, address, tmp_path):
    started = federation_of(1)
    key = ec.generate_private_key(ec.SECP384R1())
    server = Server(address=f"127.0.0.1:{started.port}", authority=None, key=key, patience=1)
    with pytest.raises(PeerError, match="nobody who is trusted vouches for"):
        take_part(TinySite(), 2, server, lambda line: None)


def test_a_server_that_comes_back_goes_on(federation_of, tmp_path):
    first = federation_of(2, rounds=1)
    for one in [first.join(name, TinySite(), 1) for name in ("hall", "yard")]:
        one.ended()
    first.server.ended()
    resumed = Federation(dict(ZEROS), tuple(ZEROS))
    resumed.resume(TERMS, tmp_path / "state.pt")
    second, hall = federation_of(2, federation=resumed), TinySite()
    for one in [second.join("hall", hall), second.join("yard", TinySite())]:
        one.ended()
    assert hall.learned == [2]
    np.testing.assert_allclose(hall.given["b"], 2.0)


def status(port, path, certificate):
    """Ask for something without a key; returns the status of the answer."""
    headers = {"Content-Type": "application/protobuf"}
    request = urllib.request.Request(f"https://127.0.0.1:{port}{path}", b"", headers)
    context = ssl.create_default_context(cafile=str(certificate))
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, context=context, timeout=10)
    with caught.value as answer:
        return answer.code


def test_only_what_sites_need_is_served(address):
    """Whoever reaches Flower's own server may start runs; here nothing else answers."""
    with opened(address, {}) as link:
        for path in ("/docs", "/openapi.json", "/v1/control/start-run", "/v1/runtime/get-nodes"):
            assert status(link.port, path, address.certificate) == 404
        assert status(link.port, "/v1/fleet/pull-messages", address.certificate) == 401


def test_a_certificate_that_is_none_is_refused(address, tmp_path):
    (tmp_path / "none.pem").write_text("nothing")
    wrong = Address(host="127.0.0.1", port=0, certificate=tmp_path / "none.pem", key=address.key)
    with pytest.raises(ConfigError, match=r"none\.pem"), opened(wrong, {}):
        pass


def test_a_port_that_is_taken_is_said(address):
    with opened(address, {}) as link:
        taken = Address(
            host="127.0.0.1", port=link.port, certificate=address.certificate, key=address.key
        )
        with pytest.raises(OutputError, match="give another --address"), opened(taken, {}):
            pass


def test_what_flower_carries_is_what_sites_would_learn_in_one_process(
    federated, make_site, federation_of, tmp_path
):
    rules = FederationRules(rounds=2)
    plan = federated_plan(federated, rules)
    here = Federation.begun(start_network(plan), keep_batchnorm=False)
    there = Federation.begun(start_network(plan), keep_batchnorm=False)
    cameras = {"hall": 1, "yard": 2}
    alone = {name: make_site(camera, rules) for name, camera in cameras.items()}
    for number in (1, 2):
        here.end_round([site.learn(number, here.weights, name) for name, site in alone.items()])
    sites = [
        (name, make_site(camera, rules, tmp_path / f"remote-{name}"))
        for name, camera in cameras.items()
    ]
    started = federation_of(2, federation=there, terms=terms_of_plan(plan, rules))
    joined = [started.join(name, site) for name, site in sites]
    paths = [one.ended(240) for one in joined]
    assert started.server.ended() is None
    for name, weights in here.weights.items():
        np.testing.assert_array_equal(there.weights[name], weights)
    network = load_network(paths[0])
    own = read_weights(network, here.names)
    for name in here.names:
        np.testing.assert_array_equal(own[name], here.weights[name])
