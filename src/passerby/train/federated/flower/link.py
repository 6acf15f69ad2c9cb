"""The server's end of the line: sites reach it by HTTPS and prove who they are by their keys.

Flower's SuperLink also lets whoever reaches it start runs, and hands sites code to execute. Of it,
only what carries messages to and from known sites is served.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from fastapi import FastAPI
from flwr.app import Message
from flwr.app.message import make_message
from flwr.common.constant import NOOP_ACCOUNT_NAME, NOOP_FLWR_AID, SUPERLINK_NODE_ID
from flwr.server.superlink.linkstate import LinkStateFactory
from flwr.supercore.constant import FLWR_IN_MEMORY_DB_NAME, NOOP_FEDERATION_ID, TaskType
from flwr.supercore.error import http_error_translator
from flwr.supercore.inflatable.inflatable_object import iterate_object_tree
from flwr.supercore.inflatable.inflatable_utils import inflate_object_from_contents
from flwr.supercore.object_store import ObjectStoreFactory
from flwr.supercore.primitives.asymmetric import public_key_to_bytes
from flwr.supercore.protobuf.translation import ProtobufTranslationMiddleware
from flwr.supercore.task_identity import TaskIdentity
from flwr.superlink.federation import NoOpFederationManager
from flwr.superlink.routers.fleet.node_auth import NodeAuthMiddleware
from flwr.superlink.routers.fleet.router import router
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware

from passerby.errors import ConfigError, OutputError
from passerby.train.federated.flower.parcel import packed

__all__ = ["Address", "ServerLink", "opened"]

_PAUSE = 0.1
_START = 30.0
"""Seconds that the server may take until it listens."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a server listens, and how it proves who it is.

    Attributes:
        host: Name or number.
        port: 0 for any that is free.
        certificate: PEM file of its chain.
        key: PEM file of its private key.
    """

    host: str
    port: int
    certificate: Path
    key: Path


class ServerLink:
    """Carries messages to sites that are there, and their answers back.

    Attributes:
        sites: Names by the numbers that Flower gives them.
        port: On which it listens.
    """

    def __init__(
        self,
        state: Any,  # noqa: ANN401 - Flower's
        sites: Mapping[int, str],
        task: int,
        run: int,
        port: int,
    ) -> None:
        self._state, self._task, self._run = state, task, run
        self.sites = sites
        self.port = port

    def present(self) -> list[int]:
        """Return the numbers of the sites that are connected, in the order of their names."""
        self._state.acknowledge_task_heartbeat(self._task)
        return sorted(self._state.get_nodes(self._run), key=self.sites.__getitem__)

    def send_and_receive(
        self, messages: Iterable[Message], *, timeout: float | None = None
    ) -> list[Message]:
        """Send messages, and wait for the answers of those who are still there.

        Args:
            messages: One for each site at most.
            timeout: Seconds to wait at most; None for as long as a site is connected.
        """
        waiting = {self._sent(message): message.metadata.dst_node_id for message in messages}
        until = time.monotonic() + timeout if timeout is not None else None
        answers: list[Message] = []
        while waiting and (until is None or time.monotonic() < until):
            there = set(self.present())  # asked first: what one said before it left counts
            for answer in self._answered(set(waiting)):
                del waiting[answer.metadata.reply_to_message_id]
                answers.append(answer)
            gone = [asked for asked, node in waiting.items() if node not in there]
            for asked in gone:
                del waiting[asked]
            time.sleep(_PAUSE)
        return answers

    def _sent(self, message: Message) -> str:
        """Lay a message and what it holds out for its site."""
        state, parcel = self._state, packed(message)
        session = state.start_session(self._run)
        state.store_message_and_object_tree(parcel.head, parcel.tree, session)
        for name, part in parcel.parts.items():
            state.store_object(self._run, session, name, part.deflate())
        return str(parcel.head.metadata.message_id)

    def _answered(self, asked: set[str]) -> Iterator[Message]:
        """Yield the answers whose parts have all arrived."""
        state, store = self._state, self._state.object_store
        for head in state.get_message_res(message_ids=asked, run_id=self._run):
            name = head.metadata.message_id
            if head.has_error():
                yield head
                continue
            parts = {one.object_id: b"" for one in iterate_object_tree(store.get_object_tree(name))}
            until = time.monotonic() + _START
            while not all(parts.values()) and time.monotonic() < until:
                state.acknowledge_task_heartbeat(self._task)
                parts = {one: store.get(one) or b"" for one in parts}
                time.sleep(_PAUSE)
            if all(parts.values()):
                whole = inflate_object_from_contents(name, parts)
                yield make_message(metadata=head.metadata, content=whole.content)
            state.delete_messages(message_ins_ids={head.metadata.reply_to_message_id})
            store.delete(name)


@contextmanager
def opened(address: Address, keys: Mapping[str, EllipticCurvePublicKey]) -> Iterator[ServerLink]:
    """Listen for sites until it is left.

    Args:
        address: Where.
        keys: Of the sites that may come, by their names.

    Raises:
        ConfigError: If the certificate or its key cannot be used.
        OutputError: If the address cannot be listened on.
    """
    factory = LinkStateFactory(
        FLWR_IN_MEMORY_DB_NAME, NoOpFederationManager(), ObjectStoreFactory(FLWR_IN_MEMORY_DB_NAME)
    )
    state = factory.state()
    sites = {
        state.create_node(NOOP_FLWR_AID, NOOP_ACCOUNT_NAME, public_key_to_bytes(key), 0): name
        for name, key in keys.items()
    }
    run = state.create_run(
        None, None, None, {}, NOOP_FEDERATION_ID, None, NOOP_FLWR_AID, TaskType.SERVER_APP
    )
    task = state.get_run_info(run_ids=[run])[0].primary_task_id
    state.claim_task(task)
    state.activate_task(task)
    TaskIdentity.run_id, TaskIdentity.task_id, TaskIdentity.node_id = run, task, SUPERLINK_NODE_ID
    with _served(_application(factory), address) as port:
        yield ServerLink(state, sites, task, run, port)


def _application(factory: LinkStateFactory) -> FastAPI:
    """Return the part of Flower's server that sites need, behind the check of their keys."""
    application = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[
            Middleware(BaseHTTPMiddleware, dispatch=http_error_translator),
            Middleware(ProtobufTranslationMiddleware),
            Middleware(NodeAuthMiddleware),
        ],
    )
    application.state.linkstate_factory = factory
    application.state.enable_supernode_auth = True
    application.state.fleet_event_log_plugin = None
    application.include_router(router)
    return application


@contextmanager
def _served(application: FastAPI, address: Address) -> Iterator[int]:
    try:
        config = uvicorn.Config(
            application,
            host=address.host,
            port=address.port,
            ssl_certfile=str(address.certificate),
            ssl_keyfile=str(address.key),
            access_log=False,
            log_config=None,
            lifespan="off",
            ws="none",
        )
        config.load()
    except OSError as error:
        raise ConfigError(
            f"{address.certificate} and {address.key} cannot be used ({error}): give a PEM "
            "certificate and its key"
        ) from error
    server = uvicorn.Server(config)

    def serve() -> None:
        with suppress(SystemExit):  # how uvicorn ends where it cannot listen
            server.run()

    thread = threading.Thread(target=serve, name="federation", daemon=True)
    thread.start()
    until = time.monotonic() + _START
    while not server.started and thread.is_alive() and time.monotonic() < until:
        time.sleep(_PAUSE)
    if not server.started:
        raise OutputError(f"cannot listen on {address.host}:{address.port}: give another --address")
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
