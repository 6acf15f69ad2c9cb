"""A site's end of the line to its server: Flower's requests, without what ends the process.

Flower's own client runs what a server sends, and leaves by force where it cannot connect.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from flwr.app import Message
from flwr.app.message import make_message
from flwr.common.constant import HEARTBEAT_DEFAULT_INTERVAL
from flwr.common.serde import message_from_proto, message_to_proto
from flwr.proto.fleet_pb2 import (
    ActivateNodeRequest,
    DeactivateNodeRequest,
    PullMessagesRequest,
    PushMessagesRequest,
)
from flwr.proto.heartbeat_pb2 import SendNodeHeartbeatRequest
from flwr.proto.node_pb2 import Node
from flwr.supercore.heartbeat import HeartbeatSender
from flwr.supercore.inflatable.inflatable_protobuf_utils import (
    make_confirm_message_received_fn_protobuf,
    make_pull_object_fn_protobuf,
    make_push_object_fn_protobuf,
)
from flwr.supercore.inflatable.inflatable_utils import (
    pull_and_inflate_object_from_tree,
    push_objects,
)
from flwr.supercore.interceptors.http.runtime_version import RuntimeVersionHttpInterceptor
from flwr.supercore.primitives.asymmetric import public_key_to_bytes
from flwr.supernode.fleet_http_client import FleetHttpClient
from flwr.supernode.node_auth_http_interceptor import NodeAuthHttpInterceptor

from passerby.errors import PeerError
from passerby.train.federated.flower.parcel import packed

__all__ = ["SiteLine", "connected"]


class SiteLine:
    """Tasks in, answers out.

    Errors of the connection are those of `httpx`.
    """

    def __init__(self, client: Any, node: Any) -> None:  # noqa: ANN401 - Flower's
        self._client, self._node = client, node

    def receive(self) -> Message | None:
        """Return the next task, or None if there is none."""
        response = self._client.PullMessages(PullMessagesRequest(node=self._node))
        if not response.messages_list:
            return None
        head = message_from_proto(response.messages_list[0])
        run = head.metadata.run_id
        whole = pull_and_inflate_object_from_tree(
            response.message_object_trees[0],
            make_pull_object_fn_protobuf(self._client.PullObject, self._node, run),
            make_confirm_message_received_fn_protobuf(
                self._client.ConfirmMessageReceived, self._node, run
            ),
        )
        return make_message(metadata=head.metadata, content=whole.content)

    def send(self, message: Message) -> None:
        """Send an answer."""
        run, parcel = message.metadata.run_id, packed(message)
        request = PushMessagesRequest(
            node=self._node,
            messages_list=[message_to_proto(parcel.head)],
            message_object_trees=[parcel.tree],
            clientapp_runtime_list=[0.0],
        )
        response = self._client.PushMessages(request)
        push_objects(
            dict(parcel.parts),
            make_push_object_fn_protobuf(
                self._client.PushObject, self._node, run, response.session_id
            ),
            object_ids_to_push=set(response.objects_to_push),
        )


@contextmanager
def connected(
    address: str, authority: str | None, key: EllipticCurvePrivateKey
) -> Iterator[SiteLine]:
    """Connect to a server, and tell it from time to time that the site is there.

    Args:
        address: Host and port.
        authority: PEM file of who vouches for the server; None for those the system trusts.
        key: Of the site.

    Raises:
        PeerError: If the server does not know the key, or nobody vouches for it.
    """
    interceptors = [
        RuntimeVersionHttpInterceptor(component_name="SuperNode"),
        NodeAuthHttpInterceptor(key, key.public_key()),
    ]
    with FleetHttpClient.from_server_address(
        address, insecure=False, root_certificates=authority, interceptors=interceptors
    ) as client:
        node = Node(node_id=_activated(client, key, address))
        heart = HeartbeatSender(_beat(client, node))
        heart.start()
        try:
            yield SiteLine(client, node)
        finally:
            heart.stop()
            with suppress(httpx.HTTPError, RuntimeError):
                client.DeactivateNode(DeactivateNodeRequest(node_id=node.node_id))


def _activated(client: Any, key: EllipticCurvePrivateKey, address: str) -> int:  # noqa: ANN401
    """Tell the server that the site is there; returns its number."""
    request = ActivateNodeRequest(
        public_key=public_key_to_bytes(key.public_key()),
        heartbeat_interval=HEARTBEAT_DEFAULT_INTERVAL,
    )
    try:
        return int(client.ActivateNode(request).node_id)
    except httpx.HTTPStatusError as error:
        raise PeerError(
            f"{address} does not know the key of this site: add it to the server's --sites"
        ) from error
    except httpx.ConnectError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise PeerError(
                f"nobody who is trusted vouches for {address}: give its --certificate"
            ) from error
        raise


def _beat(client: Any, node: Any) -> Callable[[], bool]:  # noqa: ANN401 - Flower's
    def beat() -> bool:
        request = SendNodeHeartbeatRequest(node=node, heartbeat_interval=HEARTBEAT_DEFAULT_INTERVAL)
        with suppress(httpx.HTTPError):
            return bool(client.SendNodeHeartbeat(request).success)
        return False

    return beat
