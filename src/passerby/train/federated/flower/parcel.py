"""A message as Flower sends it: what is written on it, and what is in it, part by part."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flwr.app import Message, Metadata, RecordDict
from flwr.app.message import make_message
from flwr.supercore.inflatable.inflatable_object import (
    get_all_nested_objects,
    get_object_tree,
    no_object_id_recompute,
)

__all__ = ["Parcel", "packed"]


class Parcel(NamedTuple):
    """A message in parts.

    Attributes:
        head: The message without its content.
        tree: Which parts it has.
        parts: By name.
    """

    head: Message
    tree: Any
    parts: Mapping[str, Any]


def packed(message: Message) -> Parcel:
    """Take a message apart; its head is named by what is in it."""
    written = message.metadata
    with no_object_id_recompute():
        metadata = Metadata(
            run_id=written.run_id,
            message_id=message.object_id,
            src_node_id=written.src_node_id,
            dst_node_id=written.dst_node_id,
            reply_to_message_id=written.reply_to_message_id,
            group_id=written.group_id,
            created_at=written.created_at,
            ttl=written.ttl,
            message_type=written.message_type,
        )
        head = make_message(metadata=metadata, content=RecordDict())
        return Parcel(head, get_object_tree(message), get_all_nested_objects(message))
