"""The settings of the system, and an audit in which everything is found quickly.

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "site_settings",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("registration_open", sa.Boolean(), nullable=False),
        sa.Column("link_hours", sa.Integer(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("webhook_url", sa.String(length=2000), nullable=False),
        sa.Column("sealed_webhook_secret", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=320), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_settings")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entries_event"))
        batch_op.create_index("ix_audit_entries_event", ["event", "id"], unique=False)
        batch_op.create_index("ix_audit_entries_actor", ["actor", "id"], unique=False)
        batch_op.create_index(
            "ix_audit_entries_actor_event", ["actor", "event", "id"], unique=False
        )


def downgrade() -> None:
    """Take this revision back."""
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entries_actor_event")
        batch_op.drop_index("ix_audit_entries_actor")
        batch_op.drop_index("ix_audit_entries_event")
        batch_op.create_index(batch_op.f("ix_audit_entries_event"), ["event"], unique=False)
    op.drop_table("site_settings")
