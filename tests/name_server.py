"""A real name server on a loopback socket that knows only what a test tells it.

`NameServer({("example.com", "MX"): ["10 mail.example.com."]})`; any other question gets an answer
without records, and names in `unknown` do not exist. `silent=True` never answers.
"""

import socket
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset


@dataclass
class NameServer:
    """The server; start it with `with`."""

    records: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    silent: bool = False
    garbles: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="name server", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        self._thread.join(timeout=5)
        self._socket.close()

    @property
    def resolver(self) -> dns.resolver.Resolver:
        """A resolver that asks this server and no other."""
        made = dns.resolver.Resolver(configure=False)
        made.nameservers = ["127.0.0.1"]
        made.port = self._socket.getsockname()[1]
        return made

    def _serve(self) -> None:
        while not self._done.is_set():
            with suppress(TimeoutError):
                question, peer = self._socket.recvfrom(4096)
                answer = self._answer(question)
                if answer is not None:
                    self._socket.sendto(answer, peer)

    def _answer(self, question: bytes) -> bytes | None:
        query = dns.message.from_wire(question)
        name = query.question[0].name
        kind = dns.rdatatype.to_text(query.question[0].rdtype)
        plain = name.to_text().rstrip(".")
        self.asked.append((plain, kind))
        if self.silent:
            return None
        if self.garbles:
            return question[:2] + b"\xff" * 40
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if plain in self.unknown:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        if found := self.records.get((plain, kind)):
            answer.answer.append(dns.rrset.from_text_list(name, 60, "IN", kind, list(found)))
        return answer.to_wire()
