"""A browser without script, made for measuring: what it costs itself is as little as can be.

It speaks HTTP over a bare socket: the clients of the standard library parse heads as mail, which
takes longer than all the rest of a request here.
"""

import re
import socket
import urllib.parse

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nSet-Cookie: ([^=]+)=([^;\r]*)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nLocation: ([^\r]+)", re.IGNORECASE)
_CHUNK = 65_536
_SECONDS = 60.0


class Visitor:
    """One browser with its cookies, on one connection."""

    def __init__(self, url: str) -> None:
        self._host = urllib.parse.urlsplit(url).netloc
        self._cookies: dict[str, str] = {}
        self._socket: socket.socket | None = None

    def open(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Open a page or send a form; return the status and where it leads, or the page."""
        request = self._request(path, form)
        try:
            head, page = self._ask(request)
        except (BrokenPipeError, ConnectionResetError, EOFError):
            self._hang_up()  # a rest too long for the server; browsers ask again too
            head, page = self._ask(request)
        for name, value in _COOKIE.findall(head):
            self._cookies[name.decode()] = value.decode()
        leads = _LOCATION.search(head)
        return int(head[9:12]), (leads[1] if leads else page).decode()

    def send(self, path: str, **form: str) -> tuple[int, str]:
        """Open a page, fill its form and send it there."""
        _status, page = self.open(path)
        found = TOKEN.search(page)
        assert found, page
        return self.open(path, {"csrf_token": found[1], **form})

    def _request(self, path: str, form: dict[str, str] | None) -> bytes:
        body = urllib.parse.urlencode(form or {}).encode()
        lines = [f"{'GET' if form is None else 'POST'} {path} HTTP/1.1", f"Host: {self._host}"]
        if self._cookies:
            lines.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self._cookies.items()))
        if form is not None:
            lines.append("Content-Type: application/x-www-form-urlencoded")
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join((*lines, "", "")).encode() + body

    def _ask(self, request: bytes) -> tuple[bytes, bytes]:
        """Send a request and return the head and the body of its answer."""
        if self._socket is None:
            host, _, port = self._host.partition(":")
            self._socket = socket.create_connection((host, int(port)), timeout=_SECONDS)
        self._socket.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more(self._socket)
        head, _, body = received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        assert length, head
        while len(body) < int(length[1]):
            body += self._more(self._socket)
        if b"\r\nConnection: close" in head:
            self._hang_up()
        return head, body

    def _more(self, connection: socket.socket) -> bytes:
        received = connection.recv(_CHUNK)
        if not received:
            raise EOFError("the server has hung up")
        return received

    def _hang_up(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
