"""Huey's threads, as they run inside a process of ours."""

import logging
import time

from huey.api import Huey
from huey.consumer import Consumer as HueyConsumer
from huey.consumer import Worker as HueyWorker

# In seconds: how often a store is polled that cannot call us.
_FIRST_POLL, _LATER_POLLS = 0.1, 0.3
_COMPLAINTS = 60.0


class Worker(HueyWorker):  # type: ignore[misc]
    """A thread that closes its connections to the store before it ends."""

    def shutdown(self) -> None:
        """Close what belongs to this thread."""
        super().shutdown()
        self.huey.storage.close()


class Consumer(HueyConsumer):  # type: ignore[misc]
    """Threads that take wake-ups; the signals are left to the process around them."""

    worker_class = Worker

    def __init__(self, huey: Huey, workers: int) -> None:
        super().__init__(huey, workers=workers, initial_delay=_FIRST_POLL, max_delay=_LATER_POLLS)

    def _set_signal_handlers(self) -> None:
        """Leave the signals alone."""


class _Seldom(logging.Filter):
    """Lets one complaint a minute through: a store that is away is asked several times a second."""

    def __init__(self) -> None:
        super().__init__()
        self._silent_until = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the line may be written."""
        if not str(record.msg).startswith("Error reading"):
            return True
        now = time.monotonic()
        if now < self._silent_until:
            return False
        self._silent_until = now + _COMPLAINTS
        return True


for _name in ("Worker", "Scheduler"):
    logging.getLogger(f"huey.consumer.{_name}").addFilter(_Seldom())
