"""A real HTTP server on loopback that answers notices as it is told."""

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme

# Beside a status: what else a receiver may do.
HANG, RESET, DRIP = "hang", "reset", "drip"


@dataclass
class Receiver:
    """What came in, and what is answered next; the last answer is given for ever."""

    answers: list[int | str] = field(default_factory=lambda: [200])
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def next_answer(self) -> int | str:
        """Take the next answer from the list."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def receiving(certificate: trustme.LeafCert | None = None) -> Iterator[Receiver]:
    """Yield a receiver that listens as long as the block lasts; over TLS with a certificate."""
    receiver = Receiver()
    handler = type("Handler", (_Handler,), {"receiver": receiver})
    server = _Server(("127.0.0.1", 0), handler)
    place = f"//127.0.0.1:{server.server_address[1]}/peyk?key=1"
    receiver.url = f"http:{place}"
    if certificate:
        receiver.url = f"https:{place}".replace("127.0.0.1", "localhost")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.done.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: a broken connection is what some tests want."""


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        """Write down what came and answer as told."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.received.append((dict(self.headers.items()) | {"path": self.path}, body))
        answer = self.receiver.next_answer()
        if isinstance(answer, int):
            self._answer(answer)
        elif answer == HANG:
            self.receiver.done.wait(10)
        elif answer == DRIP:
            self._drip()
        else:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()

    def do_GET(self) -> None:
        """Nobody should come here: redirects are not followed."""
        self.receiver.received.append(({"path": self.path}, b"GET"))
        self._answer(200)

    def log_message(self, *_args: Any) -> None:
        """Stay silent."""

    def _answer(self, status: int) -> None:
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def _drip(self) -> None:
        """Send a byte of the status line now and then, without an end."""
        try:
            while not self.receiver.done.wait(0.05):
                self.wfile.write(b"H")
                self.wfile.flush()
        except OSError:
            pass  # the other side has had enough
