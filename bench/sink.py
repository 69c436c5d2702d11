"""An SMTP server that takes everything at once: STARTTLS, AUTH, PIPELINING; counts, keeps nothing.

Run as a process of its own, so that it does not share the interpreter with what is measured:
`python -m bench.sink CERTIFICATE [ROUND_TRIP_MS]` prints its port. With `-` for a certificate it
offers neither STARTTLS nor AUTH. A thread for each connection and blocking reads: what the sink
itself costs should be as little as it can be in Python.
"""

import socket
import ssl
import sys
import threading
import time

_CHUNK = 65_536


class Conversation:
    """One conversation; answers to lines that came together go together (RFC 2920, 3.2)."""

    def __init__(
        self, connection: socket.socket, context: ssl.SSLContext | None, round_trip: float
    ) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket, self._context, self._round_trip = connection, context, round_trip
        self._unread, self._answers = b"", b""

    def hold(self) -> None:
        """Answer until the other side hangs up."""
        try:
            self._answers = b"220 sink ESMTP\r\n"
            while line := self._until(b"\r\n"):
                self._answer(line[:4].upper())
        except (OSError, EOFError):
            pass
        self._socket.close()

    def _answer(self, verb: bytes) -> None:
        if verb == b"DATA":
            self._answers += b"354 go on\r\n"
            self._until(b"\r\n.\r\n")
            self._answers += b"250 2.0.0 queued\r\n"
        elif verb == b"STAR" and self._context:
            self._answers += b"220 go ahead\r\n"
            self._say()
            self._socket = self._context.wrap_socket(self._socket, server_side=True)
        elif verb == b"QUIT":
            self._answers += b"221 bye\r\n"
            self._say()
            raise EOFError
        elif verb == b"EHLO" and self._context is None:
            self._answers += b"250-sink\r\n250 PIPELINING\r\n"
        else:
            self._answers += _ANSWERS.get(verb, b"250 ok\r\n")

    def _until(self, end: bytes) -> bytes:
        """Read as far as that; whoever waits here has first said what he has to say."""
        while end not in self._unread:
            self._say()
            received = self._socket.recv(_CHUNK)
            if not received:
                raise EOFError
            self._unread += received
        found, _, self._unread = self._unread.partition(end)
        return found + end

    def _say(self) -> None:
        if self._answers:
            if self._round_trip:
                time.sleep(self._round_trip)
            self._socket.sendall(self._answers)
            self._answers = b""


_ANSWERS = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n",
    b"AUTH": b"235 welcome\r\n",
}


def main(certificate: str, round_trip_ms: float) -> None:
    """Serve on a free port of loopback until the process is ended."""
    context = None
    if certificate != "-":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            conversation = Conversation(server.accept()[0], context, round_trip_ms / 1000)
            threading.Thread(target=conversation.hold, daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 0.0)
