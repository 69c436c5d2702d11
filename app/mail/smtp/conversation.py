"""What every stage of a conversation needs: one wire, one deadline, failures that know their stage.

Whatever goes wrong inside a stage becomes `ConversationFailed`, which says where and why.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self

from app.core.errors import PeykError
from app.mail.smtp import trouble
from app.mail.smtp.endpoint import Endpoint, Limits
from app.mail.smtp.trouble import Cause, ConversationFailed, Stage, Trouble
from app.mail.smtp.wire import Deadline, Reply, Wire

_GOODBYE = 2.0


class Conversation:
    """A conversation with one server. Not for several threads at once."""

    def __init__(self, endpoint: Endpoint, limits: Limits | None = None) -> None:
        self.endpoint = endpoint
        self.limits = limits or Limits()
        self.transcript: list[str] = []
        self.extensions: dict[str, str] = {}
        self._wire: Wire | None = None
        self._is_broken = False
        self._deadline = Deadline.within(self.limits.total)

    @property
    def wire(self) -> Wire:
        """Return the wire of a connected session."""
        if self._wire is None:
            raise RuntimeError("the session is not connected")
        return self._wire

    def recover(self) -> bool:
        """Bring the session back to where a message may begin; False when it is of no use any more.

        After any refusal the server may still hold half an envelope, so it is told to forget it.
        """
        return self._still_says("RSET", 250)

    def is_alive(self) -> bool:
        """Ask a session that has rested whether the server is still there."""
        return self._still_says("NOOP", *range(200, 300))

    def close(self) -> None:
        """Say goodbye, unless the line is dead, and hang up; no message depends on it any more."""
        if self._wire is None:
            return
        with suppress(OSError, PeykError):
            if not self._is_broken:
                self._wire.command("QUIT", Deadline.within(_GOODBYE), _GOODBYE)
        self._wire.close()
        self._wire = None

    def hang_up(self) -> None:
        """End the conversation from another thread: whoever waits for the server waits no more."""
        self._is_broken = True
        if self._wire is not None:
            self._wire.hang_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _still_says(self, line: str, *codes: int) -> bool:
        if self._is_broken or self._wire is None:
            return False
        try:
            return self.wire.command(line, Deadline.within(_GOODBYE), _GOODBYE).code in codes
        except (OSError, PeykError):
            self._is_broken = True
            return False

    def _command(self, line: str, shown: str = "") -> Reply:
        return self.wire.command(line, self._deadline, self.limits.command, shown)

    def _expect(self, stage: Stage, reply: Reply, *codes: int) -> Reply:
        if reply.code not in codes:
            raise ConversationFailed(Trouble(stage, Cause.REPLY, reply))
        return reply

    def _expect_yes(self, stage: Stage, reply: Reply) -> Reply:
        return self._expect(stage, reply, *range(200, 300))

    @contextmanager
    def _stage(self, stage: Stage, *, after_dot: bool = False) -> Iterator[None]:
        """Turn whatever goes wrong inside into a failure that knows its stage."""
        try:
            yield
        except ConversationFailed:
            raise
        except (OSError, PeykError, ValueError) as error:
            self._is_broken = True
            raise ConversationFailed(trouble.of(stage, error, after_dot=after_dot)) from error
