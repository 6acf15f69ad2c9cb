"""A site's side of a federation: waits for tasks, learns, and answers.

It runs its own code alone, and sends nothing but answers to tasks.
"""

import time
from dataclasses import dataclass
from math import inf, isinf
from pathlib import Path

import httpx
import numpy as np
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from flwr.app import Message

from passerby.errors import PasserbyError, PeerError
from passerby.train.federated.flower.line import SiteLine, connected
from passerby.train.federated.flower.messages import (
    SiteAnswer,
    Tell,
    as_answer,
    flat,
    task_of,
    unflat,
)
from passerby.train.federated.rules import disagreement
from passerby.train.federated.shared import SharedWeights
from passerby.train.federated.site import Site

__all__ = ["Server", "take_part"]

_PAUSE = 0.5
_NOTHING = np.zeros(0, np.float32)


@dataclass(frozen=True, kw_only=True)
class Server:
    """Which server a site learns with.

    Attributes:
        address: Host and port.
        authority: PEM file of who vouches for its certificate; None for those the system trusts.
        key: Of the site.
        patience: Seconds to try again when the server is away.
    """

    address: str
    authority: Path | None
    key: EllipticCurvePrivateKey
    patience: float


def take_part(site: Site, rounds: int, server: Server, tell: Tell) -> Path:
    """Learn with a server until all rounds are done; if it is away, wait for it.

    Args:
        site: What learns.
        rounds: How many there are.
        server: With whom.
        tell: Gets one line about whatever happens.

    Returns:
        The path of the site's network.

    Raises:
        PeerError: If the server stays away, does not know the site, or learns on other terms.
    """
    authority = None if server.authority is None else str(server.authority)
    until = time.monotonic() + server.patience
    while True:
        try:
            with connected(server.address, authority, server.key) as line:
                until = inf
                tell(f"connected to {server.address}")
                return _tasks_done(site, rounds, line, tell)
        except httpx.HTTPError as error:
            until = time.monotonic() + server.patience if isinf(until) else until
            if time.monotonic() > until:
                raise PeerError(
                    f"{server.address} cannot be reached ({error}): check the address, and run "
                    "the same command to go on"
                ) from error
        time.sleep(_PAUSE)


def _tasks_done(site: Site, rounds: int, line: SiteLine, tell: Tell) -> Path:
    """Do one task after another until the last is done."""
    while True:
        message = line.receive()
        if message is None:
            time.sleep(_PAUSE)
            continue
        task = task_of(message)
        problem = disagreement(site.terms, dict(task.terms))
        if problem:
            line.send(Message(as_answer(SiteAnswer(0, problem, _NOTHING)), reply_to=message))
            raise PeerError(f"the server learns on other terms: {problem}: ask who runs it")
        given = unflat(task.numbers, site.shapes)
        if task.round > rounds:
            path = site.finish(given)
            line.send(Message(as_answer(SiteAnswer(0, "", _NOTHING)), reply_to=message))
            return path
        answer = _learned(site, task.round, given, tell)
        line.send(Message(as_answer(answer), reply_to=message))


def _learned(site: Site, number: int, given: SharedWeights, tell: Tell) -> SiteAnswer:
    """Learn for a round; where that fails, the server is told no more than that it did."""
    try:
        learned = site.learn(number, given)
    except PasserbyError as error:
        tell(str(error))
        return SiteAnswer(0, f"round {number} failed", _NOTHING)
    return SiteAnswer(learned.images, "", flat(learned.update, site.names))
