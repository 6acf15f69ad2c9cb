"""How much a store keeps of people, and under which protection."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from passerby.store import schema
from passerby.store.store import Store

__all__ = ["Holdings", "stored_holdings", "stored_protections"]


@dataclass(frozen=True, slots=True)
class Holdings:
    """How many of what there are.

    Attributes:
        tracks, snippets, signatures, persons: Numbers of rows.
        oldest: When the oldest track ended, microseconds of UTC; None if there is none.
    """

    tracks: int
    snippets: int
    signatures: int
    persons: int
    oldest: int | None


def stored_holdings(store: Store) -> Holdings:
    """Count what there is of people."""
    tables = (schema.track, schema.snippet, schema.signature, schema.person)
    with store.database.reading() as connection:
        numbers = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables
        ]
        oldest = connection.execute(select(func.min(schema.track.c.ended))).scalar()
    tracks, snippets, signatures, persons = numbers
    return Holdings(tracks, snippets, signatures, persons, oldest)


def stored_protections(store: Store) -> list[tuple[dict[str, Any], int]]:
    """Return what was done to hide people, and to how many pictures each."""
    wanted = (
        select(schema.protection.c.recipe, func.count(schema.snippet.c.id))
        .select_from(schema.protection.outerjoin(schema.snippet))
        .group_by(schema.protection.c.id)
        .order_by(schema.protection.c.id)
    )
    with store.database.reading() as connection:
        return [(json.loads(recipe), number) for recipe, number in connection.execute(wanted)]
