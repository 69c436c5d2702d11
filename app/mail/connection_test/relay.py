"""Hand things on from a thread that may wait for long, with a sign of life in between.

Who reads the answer of a slow deed may have left; a server only notices when it writes. So while
nothing comes, None comes, and when nobody reads any more the deed is ended.
"""

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

PAUSE = 0.5
Item = TypeVar("Item")


class _End(Exception):
    """The run is over; its cause, if it has one, goes on to the reader."""


def relayed(
    run: Callable[[], Iterator[Item]], cancel: Callable[[], None], pause: float | None = None
) -> Generator[Item | None, None, None]:
    """Yield what `run` yields in a thread of its own, and None after every `pause` of waiting."""
    came: queue.SimpleQueue[Item | _End] = queue.SimpleQueue()
    threading.Thread(target=_work, args=(run, came), name="connection-test", daemon=True).start()
    try:
        while True:
            try:
                item = came.get(timeout=PAUSE if pause is None else pause)
            except queue.Empty:
                yield None
                continue
            if isinstance(item, _End):
                if item.__cause__:
                    raise item.__cause__
                return
            yield item
    finally:
        cancel()


def _work(run: Callable[[], Iterator[Item]], came: "queue.SimpleQueue[Item | _End]") -> None:
    end = _End()
    try:
        for item in run():
            came.put(item)
    except Exception as error:  # noqa: BLE001  # it is raised again where the reader is
        end.__cause__ = error
    finally:
        came.put(end)
