"""Looking out for more mail for a moment after the last one, because people come in a row.

A turn that ends hangs up. The next mail would wait until a wake-up is taken up, and pay for another
greeting, encryption and sign-in. So one thread of a process keeps its turn open a little longer;
meanwhile the others need not look.
"""

import threading
import time

from app.mail.outbox import outbox

# In seconds.
PATIENCE = 1.0
_EVERY = 0.05

_post = threading.Lock()


def is_kept() -> bool:
    """Tell whether a thread of this process looks out now: it sees whatever is committed by now.

    When it goes it looks once more, at the end of its turn, so nothing falls between two looks.
    """
    return _post.locked()


def more_is_here(_stopping: threading.Event) -> bool:
    """Tell whether mail is due, without waiting for any."""
    return outbox.is_due()


def more_comes(stopping: threading.Event) -> bool:
    """Wait until mail is due; False when none comes soon, or when another thread looks out."""
    if outbox.is_due():
        return True
    if not _post.acquire(blocking=False):
        return False
    try:
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends and not stopping.wait(_EVERY):
            if outbox.is_due():
                return True
        return False
    finally:
        _post.release()
