"""When next: pure. Growing delays with jitter, so that a crowd does not come back at once."""

from datetime import datetime, timedelta

DELAYS = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
)
LIFETIME = timedelta(hours=72)
UNKNOWN_HOLD = timedelta(minutes=15)
JITTER = 0.2


def next_attempt_at(rounds: int, failed_at: datetime, chance: float) -> datetime:
    """Return when to try again after that many charged rounds; `chance` is from 0 to 1."""
    delay = DELAYS[min(max(rounds, 1), len(DELAYS)) - 1]
    return failed_at + delay * (1 + JITTER * (2 * chance - 1))
