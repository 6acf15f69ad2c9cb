"""The server's side of a federation: asks sites to learn, round after round."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from flwr.app import Message

from passerby.errors import PeerError
from passerby.runtime.counting import counted
from passerby.train.federated.federation import Federation, Round
from passerby.train.federated.flower.link import Address, ServerLink, opened
from passerby.train.federated.flower.messages import (
    SiteAnswer,
    Task,
    Tell,
    as_task,
    flat,
    site_answer_of,
    unflat,
)
from passerby.train.federated.update import Contribution

__all__ = ["Hosting", "host"]

_PAUSE = 0.5
_FAREWELL = 300.0
"""Seconds that the last mean waits at most for a site that is away."""


@dataclass(frozen=True, kw_only=True)
class Hosting:
    """How sites are waited for.

    Attributes:
        address: Where they reach the server.
        keys: Of those that may come, by their names.
        fewest: Sites with which a round begins.
        patience: Seconds that a round waits for sites that are connected.
    """

    address: Address
    keys: Mapping[str, EllipticCurvePublicKey]
    fewest: int
    patience: float


def host(
    federation: Federation,
    rounds: int,
    terms: Mapping[str, Any],
    state: Path,
    hosting: Hosting,
    tell: Tell,
) -> None:
    """Go through all rounds that are left; the state is written after each.

    Args:
        federation: Is changed.
        rounds: How many there are in all.
        terms: That sites must agree on.
        state: File of the state.
        hosting: How sites are waited for.
        tell: Gets one line about whatever happens.

    Raises:
        ConfigError: If the certificate cannot be used.
        OutputError: If the address cannot be listened on, or the state not be written.
    """
    with opened(hosting.address, hosting.keys) as link:
        tell(f"waiting for {counted(hosting.fewest, 'site')} on port {link.port}")
        while federation.next_round <= rounds:
            _wait(link, hosting.fewest)
            asked = _asked(link, federation, terms)
            answers = link.send_and_receive(asked, timeout=hosting.patience)
            done = federation.end_round(*_contributions(answers, asked, link, federation))
            federation.keep(terms, state)
            for line in (*done.refused, _summary(done, rounds)):
                tell(line)
        _end(link, federation, terms, min(hosting.patience, _FAREWELL))


def _end(
    link: ServerLink, federation: Federation, terms: Mapping[str, Any], patience: float
) -> None:
    """Give the last mean to all who are there, and wait for those whose line broke just now."""
    served: set[int] = set()
    missing = set(federation.rounds[-1].sites)
    until = monotonic() + patience
    while True:
        asked = [
            message
            for message in _asked(link, federation, terms)
            if message.metadata.dst_node_id not in served
        ]
        answers = link.send_and_receive(asked, timeout=max(until - monotonic(), _PAUSE))
        served |= {one.metadata.src_node_id for one in answers if not one.has_error()}
        missing -= {link.sites[node] for node in served}
        if not missing or monotonic() > until:
            return
        sleep(_PAUSE)


def _summary(done: Round, rounds: int) -> str:
    """Say what came of a round."""
    sites = ", ".join(done.sites) or "nobody: the weights stay as they were"
    megabytes = (done.bytes_down + done.bytes_up) / 1e6
    return f"round {done.number} of {rounds}: {sites} ({megabytes:.1f} MB)"


def _wait(link: ServerLink, fewest: int) -> None:
    while len(link.present()) < fewest:
        sleep(_PAUSE)


def _asked(link: ServerLink, federation: Federation, terms: Mapping[str, Any]) -> list[Message]:
    """Write the same task for each site that is there."""
    weights = federation.weights
    task = as_task(Task(federation.next_round, terms, flat(weights, tuple(weights))))
    return [Message(task, dst_node_id=node, message_type="train") for node in link.present()]


def _contributions(
    answers: list[Message], asked: list[Message], link: ServerLink, federation: Federation
) -> tuple[list[Contribution], list[str]]:
    """Read what sites say; returns updates, and a line about each that sends none."""
    shapes = {name: federation.weights[name].shape for name in federation.names}
    learned, refused = [], []
    silent = {message.metadata.dst_node_id for message in asked}
    for message in answers:
        node = message.metadata.src_node_id
        silent.discard(node)
        site = link.sites[node]
        try:
            answer = _understood(message)
            learned.append(Contribution(site, unflat(answer.numbers, shapes), answer.images))
        except PeerError as error:
            refused.append(f"{site}: {error}")
    refused += [f"{link.sites[node]}: no answer in this round" for node in silent]
    return learned, sorted(refused)


def _understood(message: Message) -> SiteAnswer:
    """Read what a site learned.

    Raises:
        PeerError: If it says that it learned nothing, or makes no sense.
    """
    if message.has_error():
        raise PeerError(f"it failed: {message.error.reason}")
    answer = site_answer_of(message)
    if answer.refusal:
        raise PeerError(f"it does not take part: {answer.refusal}")
    return answer
