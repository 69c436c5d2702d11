"""Where the people of the demo were signed in, and when they were last seen."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from app.accounts import tokens
from app.accounts.models import User, UserRole, UserSession, UserState
from app.accounts.sessions import LIVES

# Sessions are forgotten a month after their end; whoever was here earlier has none any more.
_REMEMBERED = timedelta(days=29)
_NEVER_SEEN_SHARE = 0.12
_MOST = 3
_BROWSERS = (
    (
        "Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/142.0.0.0 Mobile Safari/537.36"
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
    ),
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"
    ),
)
# Networks for documentation (RFC 5737).
_NETWORKS = ("198.51.100", "203.0.113")


def remember(users: Sequence[User], now: datetime, chance: Random) -> Iterator[UserSession]:
    """Give the sessions of those who may enter; some have never come back since they registered."""
    for user in users:
        if user.state == UserState.ACTIVE and chance.random() >= _NEVER_SEEN_SHARE:
            for _number in range(chance.randint(1, _MOST)):
                yield _session(user, now, chance)


def _session(user: User, now: datetime, chance: Random) -> UserSession:
    life = LIVES[UserRole(user.role)]
    since = min(now - user.created_at, _REMEMBERED)
    seen_at = now - since * chance.random() ** 2
    began_at = max(seen_at - life.whole * chance.random() / 2, user.created_at)
    ends_at = began_at + life.whole
    return UserSession(
        # Nobody knows the secret: it is random and thrown away.
        token_digest=tokens.digest(tokens.new()),
        user_id=user.id,
        created_at=began_at,
        seen_at=seen_at,
        idle_ends_at=min(seen_at + life.idle, ends_at),
        ends_at=ends_at,
        confirmed_at=began_at,
        ip=f"{chance.choice(_NETWORKS)}.{chance.randint(2, 250)}",
        user_agent=chance.choice(_BROWSERS),
    )
