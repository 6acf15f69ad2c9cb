"""Machines with cameras that hand over sealed batches, with rights to do no more than that."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_OWN = "machine = CAST(session_user AS text)"
_MINE = f"SELECT mine.camera FROM machine_camera AS mine WHERE mine.{_OWN}"  # noqa: S608  (fixed)
_MAY = f"{_OWN} AND camera IN ({_MINE})"
_LAPSED = "until < extract(epoch FROM clock_timestamp()) * 1000000"

_POLICIES = {
    "machine_camera": [f"FOR SELECT USING ({_OWN})"],
    "queue_key": [f"FOR SELECT USING ({_OWN})"],
    "queue_batch": [f"FOR INSERT WITH CHECK ({_OWN})"],
    "queue_done": [],
    "camera_lease": [
        "FOR SELECT USING (true)",
        f"FOR INSERT WITH CHECK ({_MAY})",
        f"FOR UPDATE USING ({_OWN} OR {_LAPSED}) WITH CHECK ({_MAY})",
    ],
}
"""What a role that was let into a table may see and do there; the owner may do everything."""


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "machine_camera",
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("camera", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("machine", "camera", name="pk_machine_camera"),
    )
    op.create_table(
        "camera_lease",
        sa.Column("camera", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("holder", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("camera", name="pk_camera_lease"),
    )
    op.create_table(
        "queue_key",
        sa.Column("id", _ID, nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_queue_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_queue_key_machine", "queue_key", ["machine"], unique=False)
    op.create_table(
        "queue_batch",
        sa.Column("id", _ID, nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("outbox", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_queue_batch"),
        sa.UniqueConstraint(
            "machine", "outbox", "number", name="uq_queue_batch_machine_outbox_number"
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "queue_done",
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("outbox", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("machine", "outbox", name="pk_queue_done"),
    )
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, policies in _POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for number, policy in enumerate(policies):
            op.execute(f"CREATE POLICY machine_{number} ON {table} {policy}")
