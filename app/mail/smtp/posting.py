"""Hand over messages in a conversation that stands: sender, recipient, body, final dot."""

from app.mail.smtp.conversation import Conversation
from app.mail.smtp.trouble import Cause, ConversationFailed, Stage, Trouble
from app.mail.smtp.wire import Deadline, Reply, dot_stuffed

# What the three replies to an envelope sent at once have to be.
_ENVELOPE = {
    Stage.SENDER: (250, 251, 252),
    Stage.RECIPIENT: (250, 251, 252),
    Stage.MESSAGE: (354,),
}


class Posting(Conversation):
    """The part of a conversation that carries mail."""

    def send(self, sender: str, recipient: str, data: bytes) -> Reply:
        """Hand over one message to one recipient; return the reply that accepted it.

        A session may send many, one after the other; each has the whole deadline.
        """
        self._deadline = Deadline.within(self.limits.total)
        if "PIPELINING" in self.extensions:
            self._envelope_at_once(sender, recipient, len(data))
            return self._hand_over(data)
        self.sender(sender, len(data))
        self.recipient(recipient)
        return self.message(data)

    def sender(self, address: str, size: int = 0) -> Reply:
        """Say who sends (MAIL FROM), and how much where the server wants to know."""
        with self._stage(Stage.SENDER):
            reply = self._command(self._mail_from(address, size))
            return self._expect_yes(Stage.SENDER, reply)

    def recipient(self, address: str) -> Reply:
        """Say to whom (RCPT TO); 251 and 252 are acceptance too."""
        with self._stage(Stage.RECIPIENT):
            reply = self._command(f"RCPT TO:<{address}>")
            return self._expect_yes(Stage.RECIPIENT, reply)

    def message(self, data: bytes) -> Reply:
        """Hand over the message (DATA) and return the reply to its final dot."""
        with self._stage(Stage.MESSAGE):
            self._expect(Stage.MESSAGE, self._command("DATA"), 354)
        return self._hand_over(data)

    def _envelope_at_once(self, sender: str, recipient: str, size: int) -> None:
        """Send MAIL, RCPT and DATA in one write and read the three replies (RFC 2920).

        The body waits for all three: a body and the next envelope in one write would save one
        more round trip, but stalls 40 ms a message at Postfix, which answers in two segments.
        """
        with self._stage(Stage.SENDER):
            lines = [self._mail_from(sender, size), f"RCPT TO:<{recipient}>", "DATA"]
            for line in lines:
                self.wire.note(f"C: {line}")
            block = "".join(f"{line}\r\n" for line in lines).encode("utf-8")
            self.wire.write(block, self._deadline, self.limits.command)
        failure: ConversationFailed | None = None
        for stage, codes in _ENVELOPE.items():
            try:
                self._expect(stage, self._next_reply(stage), *codes)
            except ConversationFailed as error:
                failure = failure or error
                if self._is_broken:
                    break
            else:
                # After a refusal a server that waits for a body can only be left.
                self._is_broken = failure is not None and stage is Stage.MESSAGE
        if failure:
            raise failure

    def _next_reply(self, stage: Stage) -> Reply:
        with self._stage(stage):
            return self.wire.reply(self._deadline, self.limits.command)

    def _hand_over(self, data: bytes) -> Reply:
        """Write the body and, in a write of its own, the final dot; return the reply to it.

        So it is known exactly whether the server could have taken the message when the
        connection breaks: before the dot it cannot have; after it, nobody knows (RFC 1047).
        """
        with self._stage(Stage.MESSAGE):
            self.wire.note(f"C: … {len(data)} bytes …")
            self.wire.write(dot_stuffed(data), self._deadline, self.limits.total)
            self.wire.write(b".\r\n", self._deadline, self.limits.command)
        self.wire.note("C: .")
        with self._stage(Stage.MESSAGE, after_dot=True):
            patience = self._patience_after_dot()
            reply = self.wire.reply(patience, self.limits.dot)
        if reply.code // 100 == 3:
            raise ConversationFailed(Trouble(Stage.MESSAGE, Cause.REPLY, reply, after_dot=True))
        return self._expect_yes(Stage.MESSAGE, reply)

    def _mail_from(self, address: str, size: int) -> str:
        limit = self.extensions.get("SIZE", "")
        if limit.isdecimal() and 0 < int(limit) < size:
            raise ConversationFailed(Trouble(Stage.SENDER, Cause.TOO_LARGE, detail=limit))
        parameter = f" SIZE={size}" if size and "SIZE" in self.extensions else ""
        return f"MAIL FROM:<{address}>{parameter}"

    def _patience_after_dot(self) -> Deadline:
        """A test ends in time whatever happens; delivery waits for the answer to the dot."""
        bounded = self.limits.dot <= self.limits.total
        return self._deadline if bounded else Deadline.within(self.limits.dot)
