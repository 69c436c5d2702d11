"""Sessions, browsers, and changes to an account.

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply this revision."""
    _create_browsers()
    _create_changes()
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("delete_at", _MOMENT, nullable=True))
        batch_op.create_index(batch_op.f("ix_users_delete_at"), ["delete_at"], unique=False)

    # What was remembered had no secret of its own: everybody signs in once more.
    op.execute("UPDATE user_sessions SET ended_at = seen_at WHERE ended_at IS NULL AND remember")
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.drop_column("remember")
        batch_op.add_column(sa.Column("confirmed_at", _MOMENT, nullable=True))
        batch_op.add_column(sa.Column("remembered_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_user_sessions_remembered_id_remembered_browsers"),
            "remembered_browsers",
            ["remembered_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_index(
            batch_op.f("ix_user_sessions_remembered_id"), ["remembered_id"], unique=False
        )

    op.create_table(
        "kept_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["user_sessions.id"],
            name=op.f("fk_kept_forms_session_id_user_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_forms")),
        sa.UniqueConstraint("digest", name=op.f("uq_kept_forms_digest")),
    )
    _index("kept_forms", "session_id", "expires_at")


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("kept_forms")
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_sessions_remembered_id"))
        batch_op.drop_constraint(
            batch_op.f("fk_user_sessions_remembered_id_remembered_browsers"), type_="foreignkey"
        )
        batch_op.drop_column("remembered_id")
        batch_op.drop_column("confirmed_at")
        batch_op.add_column(
            sa.Column("remember", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
        )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_delete_at"))
        batch_op.drop_column("delete_at")
    for table in (
        "account_links",
        "address_changes",
        "stranger_tries",
        "remembered_browsers",
        "known_browsers",
    ):
        op.drop_table(table)


def _create_browsers() -> None:
    op.create_table(
        "known_browsers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        _of_a_person("known_browsers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_browsers")),
        sa.UniqueConstraint("digest", "user_id", name=op.f("uq_known_browsers_digest")),
    )
    _index("known_browsers", "user_id", "seen_at")
    op.create_table(
        "remembered_browsers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_digest", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        _of_a_person("remembered_browsers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remembered_browsers")),
        sa.UniqueConstraint("series_digest", name=op.f("uq_remembered_browsers_series_digest")),
    )
    _index("remembered_browsers", "user_id", "ends_at")
    op.create_table(
        "stranger_tries",
        sa.Column("account", sa.String(length=254), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("touched_at", _MOMENT, nullable=False),
        sa.Column("open_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_stranger_tries")),
    )
    _index("stranger_tries", "touched_at")


def _create_changes() -> None:
    op.create_table(
        "address_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("old_email", sa.String(length=254), nullable=False),
        sa.Column("old_email_key", sa.String(length=254), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("confirmed_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("keep_until", _MOMENT, nullable=False),
        _of_a_person("address_changes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_changes")),
    )
    _index("address_changes", "user_id", "keep_until")
    op.create_table(
        "account_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("about", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_account_links_digest")),
    )
    _index("account_links", "about", "outbox_id", "expires_at")


def _of_a_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id_users"), ondelete="CASCADE"
    )


def _index(table: str, *columns: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column in columns:
            batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)
