"""How long what is kept, by camera and purpose."""

from sqlalchemy import delete, insert, select

from passerby.errors import ConfigError
from passerby.store.audit import record
from passerby.store.schema import camera as camera_table
from passerby.store.schema import retention
from passerby.store.store import Store

__all__ = ["COUNT_PURPOSE", "read_retention", "set_retention"]

COUNT_PURPOSE = "counts"
"""The purpose by which counts of hours are kept, which hold nobody."""


def set_retention(store: Store, camera: str, purpose: str, seconds: int, who: str) -> None:
    """Say for how long tracks of a camera are kept for a purpose; it holds from the next sweep on.

    Args:
        store: Where.
        camera: Name of the camera, which is made if it is new.
        purpose: What the camera is watched for; `COUNT_PURPOSE` for what is counted.
        seconds: From the end of a track to its erasure.
        who: Decides it.

    Raises:
        ConfigError: If it is no time.
    """
    if seconds <= 0:
        raise ConfigError(f"a retention must be longer than nothing, not {seconds} s")
    with store.database.writing() as connection:
        named = select(camera_table.c.id).where(camera_table.c.name == camera)
        number = connection.execute(named).scalar()
        if number is None:
            made = insert(camera_table).returning(camera_table.c.id)
            number = connection.execute(made, {"name": camera}).scalar_one()
        place = (retention.c.camera == number) & (retention.c.purpose == purpose)
        before = connection.execute(select(retention.c.seconds).where(place)).scalar()
        if before == seconds:
            return
        connection.execute(delete(retention).where(place))
        row = {"camera": number, "purpose": purpose, "seconds": seconds}
        connection.execute(insert(retention), row)
        subject = f"camera {camera}, purpose {purpose}: {before or 'none'} -> {seconds} s"
        record(connection, store.site_key, who, "set retention", subject)


def read_retention(store: Store) -> dict[tuple[str, str], int]:
    """Return the seconds for which tracks are kept, by camera and purpose."""
    wanted = select(camera_table.c.name, retention.c.purpose, retention.c.seconds).join(
        camera_table
    )
    with store.database.reading() as connection:
        return {(name, purpose): seconds for name, purpose, seconds in connection.execute(wanted)}
