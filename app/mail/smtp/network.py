"""The way out: look-ups and connections, all under the operator's policy.

The session and the second looks go through it, so a test can put another network in its place.
"""

import socket
from collections.abc import Sequence
from dataclasses import dataclass

from app.mail.smtp import destinations, name_service
from app.mail.smtp.address_policy import Policy
from app.mail.smtp.destinations import Address
from app.mail.smtp.name_service import Records


def connected(address: Address, seconds: float) -> socket.socket:
    """Return a socket that is connected to an address which was judged before."""
    connection = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect((address.ip, address.port))
    except OSError:
        connection.close()
        raise
    return connection


@dataclass(frozen=True, slots=True)
class Network:
    """The network as this machine sees it."""

    policy: Policy

    def resolve(self, host: str, port: int, seconds: float) -> Sequence[Address]:
        """Return the judged addresses of a name."""
        return destinations.resolve(host, port, self.policy, timeout=seconds)

    def connect(self, address: Address, seconds: float) -> socket.socket:
        """Return a connected socket."""
        return connected(address, seconds)

    def records(self, name: str, kind: str, seconds: float) -> Records:
        """Ask the name service for records of one kind."""
        return name_service.records(name, kind, seconds)
