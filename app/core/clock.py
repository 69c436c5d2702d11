"""The one clock. Tests replace `now`; nobody else asks the system for the time."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)
