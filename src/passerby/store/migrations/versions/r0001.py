"""All tables of the first version."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "audit",
        sa.Column("n", _ID, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_audit"),
    )
    op.create_table(
        "batch",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
    )
    op.create_index("ix_batch_at", "batch", ["at"], unique=False)
    op.create_table(
        "camera",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_camera"),
        sa.UniqueConstraint("name", name="uq_camera_name"),
    )
    op.create_table(
        "erasure",
        sa.Column("id", _ID, nullable=False),
        sa.Column("track", _ID, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("camera", sa.Integer(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("rows_deleted", sa.BigInteger(), nullable=True),
        sa.Column("deleted_in", sa.BigInteger(), nullable=True),
        sa.Column("gone", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
        sa.UniqueConstraint("track", name="uq_erasure_track"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_erasure_gone", "erasure", ["gone"], unique=False)
    op.create_table(
        "hold",
        sa.Column("id", _ID, nullable=False),
        sa.Column("track", _ID, nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed", sa.BigInteger(), nullable=False),
        sa.Column("lifted", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_hold"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_hold_track", "hold", ["track"], unique=False)
    op.create_table(
        "identity_change",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("undone_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["identity_change.id"], name="fk_identity_change_undone_by"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_identity_change"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_model"),
        sa.UniqueConstraint("sha256", name="uq_model_sha256"),
    )
    op.create_table(
        "person",
        sa.Column("id", _ID, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "protection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_protection"),
        sa.UniqueConstraint("recipe", name="uq_protection_recipe"),
    )
    op.create_table(
        "store_info",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_store_info"),
    )
    op.create_table(
        "sweep",
        sa.Column("id", _ID, nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.BigInteger(), nullable=True),
        sa.Column("erased", sa.Integer(), nullable=True),
        sa.Column("overdue", sa.Integer(), nullable=True),
        sa.Column("pending", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sweep"),
    )
    op.create_table(
        "count_hour",
        sa.Column("camera", sa.Integer(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["camera"], ["camera.id"], name="fk_count_hour_camera"),
        sa.PrimaryKeyConstraint("camera", "zone", "kind", "hour", name="pk_count_hour"),
    )
    op.create_table(
        "retention",
        sa.Column("camera", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["camera"], ["camera.id"], name="fk_retention_camera"),
        sa.PrimaryKeyConstraint("camera", "purpose", name="pk_retention"),
    )
    op.create_table(
        "track",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("camera", sa.Integer(), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["camera"], ["camera.id"], name="fk_track_camera"),
        sa.PrimaryKeyConstraint("id", name="pk_track"),
    )
    op.create_index("ix_track_began", "track", ["began"], unique=False)
    op.create_index("ix_track_camera_began", "track", ["camera", "began"], unique=False)
    op.create_index(
        "ix_track_camera_purpose_ended", "track", ["camera", "purpose", "ended"], unique=False
    )
    op.create_table(
        "link",
        sa.Column("id", _ID, nullable=False),
        sa.Column("track", _ID, nullable=False),
        sa.Column("person", _ID, nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_by", _ID, nullable=False),
        sa.Column("closed_by", _ID, nullable=True),
        sa.ForeignKeyConstraint(["closed_by"], ["identity_change.id"], name="fk_link_closed_by"),
        sa.ForeignKeyConstraint(["opened_by"], ["identity_change.id"], name="fk_link_opened_by"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_link_person"),
        sa.ForeignKeyConstraint(["track"], ["track.id"], name="fk_link_track", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_link"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_link_closed_by", "link", ["closed_by"], unique=False)
    op.create_index("ix_link_opened_by", "link", ["opened_by"], unique=False)
    op.create_index("ix_link_person", "link", ["person"], unique=False)
    op.create_index("ix_link_track", "link", ["track"], unique=False)
    op.create_index(
        "uq_link_holding",
        "link",
        ["track"],
        unique=True,
        sqlite_where=sa.text("closed_by IS NULL AND state IN ('linked', 'confirmed')"),
        postgresql_where=sa.text("closed_by IS NULL AND state IN ('linked', 'confirmed')"),
    )
    op.create_table(
        "signature",
        sa.Column("id", _ID, nullable=False),
        sa.Column("track", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("quality", sa.Double(), nullable=False),
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("protection", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["model"], ["model.id"], name="fk_signature_model"),
        sa.ForeignKeyConstraint(["protection"], ["protection.id"], name="fk_signature_protection"),
        sa.ForeignKeyConstraint(
            ["track"], ["track.id"], name="fk_signature_track", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_signature"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_signature_track_at", "signature", ["track", "at"], unique=False)
    op.create_table(
        "snippet",
        sa.Column("id", _ID, nullable=False),
        sa.Column("track", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("quality", sa.Double(), nullable=False),
        sa.Column("protection", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["protection"], ["protection.id"], name="fk_snippet_protection"),
        sa.ForeignKeyConstraint(
            ["track"], ["track.id"], name="fk_snippet_track", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_snippet"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_snippet_track_at", "snippet", ["track", "at"], unique=False)
