"""What an attempt's explanation named at its time.

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    with op.batch_alter_table("delivery_attempts") as table:
        table.add_column(sa.Column("details", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("delivery_attempts") as table:
        table.drop_column("details")
