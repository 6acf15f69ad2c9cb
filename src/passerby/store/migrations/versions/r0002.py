"""Tables of the console: users, their roles, sessions, tokens and invitations, and approvals."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "console_user",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_console_user"),
        sa.UniqueConstraint("name", name="uq_console_user_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "console_role",
        sa.Column("user", _ID, nullable=False),
        sa.Column("cameras", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        _user_reference("console_role"),
        sa.PrimaryKeyConstraint("user", "cameras", name="pk_console_role"),
    )
    op.create_table(
        "console_session",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("user", _ID, nullable=False),
        sa.Column("form_key", sa.Text(), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        _user_reference("console_session"),
        sa.PrimaryKeyConstraint("token", name="pk_console_session"),
    )
    op.create_index("ix_console_session_user", "console_session", ["user"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("id", _ID, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("user", _ID, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        _user_reference("api_token"),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("token", name="uq_api_token_token"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "invitation",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("user", _ID, nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        _user_reference("invitation"),
        sa.PrimaryKeyConstraint("token", name="pk_invitation"),
    )
    op.create_table(
        "approval",
        sa.Column("id", _ID, nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("approved", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("used", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_approval"),
        sqlite_autoincrement=True,
    )


def _user_reference(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_user"
    return sa.ForeignKeyConstraint(["user"], ["console_user.id"], name=name, ondelete="CASCADE")
