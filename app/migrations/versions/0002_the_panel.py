"""The panel.

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "mail_quarters",
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_primary", sa.Integer(), nullable=False),
        sa.Column("by_secondary", sa.Integer(), nullable=False),
        sa.Column("deferred", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ended_at", name=op.f("pk_mail_quarters")),
    )
    op.create_table(
        "outbox_deeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deed", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=320), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["outbox_id"],
            ["outbox_messages.id"],
            name=op.f("fk_outbox_deeds_outbox_id_outbox_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_deeds")),
    )
    with op.batch_alter_table("outbox_deeds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_deeds_outbox_id"), ["outbox_id"], unique=False)

    op.create_table(
        "recovery_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_recovery_tokens_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_recovery_tokens_digest")),
    )
    with op.batch_alter_table("recovery_tokens", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recovery_tokens_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_recovery_tokens_outbox_id"), ["outbox_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_recovery_tokens_user_id"), ["user_id"], unique=False)

    op.create_table(
        "user_words",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column(
            "word",
            sa.String(length=254).with_variant(sa.String(length=254, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["users.id"],
            name=op.f("fk_user_words_owner_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("owner_id", "word", name=op.f("pk_user_words")),
    )
    with op.batch_alter_table("user_words", schema=None) as batch_op:
        batch_op.create_index("ix_user_words_word", ["word", "owner_id"], unique=False)

    op.create_table(
        "pending_words",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column(
            "word",
            sa.String(length=254).with_variant(sa.String(length=254, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["pending_registrations.id"],
            name=op.f("fk_pending_words_owner_id_pending_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("owner_id", "word", name=op.f("pk_pending_words")),
    )
    with op.batch_alter_table("pending_words", schema=None) as batch_op:
        batch_op.create_index("ix_pending_words_word", ["word", "owner_id"], unique=False)

    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entries_target", ["target", "id"], unique=False)

    with op.batch_alter_table("delivery_attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("port", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(
            sa.Column("cause", sa.String(length=40), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("certificate", sa.String(length=160), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("fate", sa.String(length=8), server_default="", nullable=False)
        )

    with op.batch_alter_table("outbox_messages", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "recipient_key",
                sa.String(length=320).with_variant(
                    sa.String(length=320, collation="C"), "postgresql"
                ),
                server_default="",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("last_server", sa.String(length=16), nullable=True))
        batch_op.drop_index(batch_op.f("ix_outbox_messages_recipient"))
        batch_op.create_index(
            batch_op.f("ix_outbox_messages_created_at"), ["created_at"], unique=False
        )
        batch_op.create_index(
            "ix_outbox_messages_log", ["state", "kind", "last_server", "id"], unique=False
        )
        batch_op.create_index(
            "ix_outbox_messages_of_recipient", ["recipient_key", "id"], unique=False
        )

    with op.batch_alter_table("pending_registrations", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("invited", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
        )
        batch_op.add_column(sa.Column("invited_by", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_pending_registrations_invited_by_users"),
            "users",
            ["invited_by"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("smtp_servers", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("certificate_name", sa.String(length=255), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "trusted_certificate", sa.String(length=95), server_default="", nullable=False
            )
        )
        batch_op.add_column(
            sa.Column("offered_at", sa.String(length=300), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "offered_starttls", sa.Boolean(), server_default=sa.text("(false)"), nullable=False
            )
        )
        batch_op.add_column(
            sa.Column(
                "offered_mechanisms", sa.String(length=400), server_default="", nullable=False
            )
        )
        batch_op.add_column(
            sa.Column(
                "offered_certificate", sa.String(length=95), server_default="", nullable=False
            )
        )

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index("ix_users_role", ["role", "id"], unique=False)
        batch_op.create_index("ix_users_state", ["state", "id"], unique=False)

    op.execute("UPDATE outbox_messages SET recipient_key = lower(recipient), last_server = sent_by")


def downgrade() -> None:
    """Take this revision back."""
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index("ix_users_state")
        batch_op.drop_index("ix_users_role")

    with op.batch_alter_table("smtp_servers", schema=None) as batch_op:
        batch_op.drop_column("offered_certificate")
        batch_op.drop_column("offered_mechanisms")
        batch_op.drop_column("offered_starttls")
        batch_op.drop_column("offered_at")
        batch_op.drop_column("trusted_certificate")
        batch_op.drop_column("certificate_name")

    with op.batch_alter_table("pending_registrations", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_pending_registrations_invited_by_users"), type_="foreignkey"
        )
        batch_op.drop_column("invited_by")
        batch_op.drop_column("invited")

    with op.batch_alter_table("outbox_messages", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_messages_of_recipient")
        batch_op.drop_index("ix_outbox_messages_log")
        batch_op.drop_index(batch_op.f("ix_outbox_messages_created_at"))
        batch_op.create_index(
            batch_op.f("ix_outbox_messages_recipient"), ["recipient"], unique=False
        )
        batch_op.drop_column("last_server")
        batch_op.drop_column("recipient_key")

    with op.batch_alter_table("delivery_attempts", schema=None) as batch_op:
        batch_op.drop_column("fate")
        batch_op.drop_column("certificate")
        batch_op.drop_column("cause")
        batch_op.drop_column("port")

    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entries_target")

    with op.batch_alter_table("pending_words", schema=None) as batch_op:
        batch_op.drop_index("ix_pending_words_word")

    op.drop_table("pending_words")
    with op.batch_alter_table("user_words", schema=None) as batch_op:
        batch_op.drop_index("ix_user_words_word")

    op.drop_table("user_words")
    with op.batch_alter_table("recovery_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_tokens_user_id"))
        batch_op.drop_index(batch_op.f("ix_recovery_tokens_outbox_id"))
        batch_op.drop_index(batch_op.f("ix_recovery_tokens_expires_at"))

    op.drop_table("recovery_tokens")
    with op.batch_alter_table("outbox_deeds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_deeds_outbox_id"))

    op.drop_table("outbox_deeds")
    op.drop_table("mail_quarters")
