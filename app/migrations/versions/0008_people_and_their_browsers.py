"""The time zone of a person, the browser in the audit, whom people may ask.

Revision: 0008
Follows: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.add_column("users", sa.Column("time_zone", sa.String(length=64), nullable=True))
    op.add_column("audit_entries", _text("browser", 60))
    op.add_column("site_settings", _text("contact", 254))


def downgrade() -> None:
    """Take this revision back."""
    op.drop_column("site_settings", "contact")
    op.drop_column("audit_entries", "browser")
    op.drop_column("users", "time_zone")


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), server_default="", nullable=False)
