"""The usual ports of a mail server as seen from here: open, closed, silent, and what speaks."""

import socket
import ssl
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from app.core.errors import PeykError
from app.mail.destinations import Address
from app.mail.findings import Door, PortSeen, Speaks
from app.mail.network import Network
from app.mail.wire import Deadline, Wire

USUAL = (465, 587, 25, 2525)
LOOK_UP_SECONDS = 5.0
_CONNECT_SECONDS = 2.5
_TALK_SECONDS = 2.0


def look(
    network: Network, addresses: Sequence[Address], ports: Iterable[int], ehlo_name: str
) -> tuple[PortSeen, ...]:
    """Look at each port of the first address, all at once; five seconds at most."""
    if not addresses:
        return ()
    first = addresses[0]
    places = [Address(first.family, first.ip, port) for port in ports]
    with ThreadPoolExecutor(max_workers=len(places)) as pool:
        return tuple(pool.map(lambda place: look_at(network, place, ehlo_name), places))


def look_at(network: Network, place: Address, ehlo_name: str = "localhost") -> PortSeen:
    """Look at one port; no credentials are ever sent there."""
    if not network.policy.allows(place.parsed, place.port):
        return PortSeen(place.port, Door.FORBIDDEN)
    try:
        connection = network.connect(place, _CONNECT_SECONDS)
    except TimeoutError:
        return PortSeen(place.port, Door.SILENT)
    except OSError:
        return PortSeen(place.port, Door.CLOSED)
    with connection:
        first = Speaks.TLS if place.port == 465 else Speaks.SMTP
        return PortSeen(place.port, Door.OPEN, _speaks(connection, first, place, ehlo_name))


def speaks_tls(network: Network, place: Address, seconds: float = _TALK_SECONDS) -> bool:
    """Try one TLS handshake on a fresh socket, without looking at the certificate."""
    try:
        with network.connect(place, seconds) as connection:
            connection.settimeout(seconds)
            with trusting_context().wrap_socket(connection):
                return True
    except OSError:
        return False


def is_open(network: Network, place: Address, seconds: float = 1.5) -> bool | None:
    """Tell whether a port takes connections; None when the operator does not allow to ask.

    Any port of an allowed address may be compared with: nothing is said there, nothing is read.
    """
    if not network.policy.allows_address(place.parsed):
        return None
    try:
        network.connect(place, seconds).close()
    except OSError:
        return False
    return True


def trusting_context() -> ssl.SSLContext:
    """Return a context that looks at nothing: only for sockets that carry no secret."""
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


def _speaks(connection: socket.socket, expected: Speaks, place: Address, ehlo_name: str) -> Speaks:
    deadline = Deadline.within(_TALK_SECONDS)
    wire = Wire(connection, [])
    try:
        if expected is Speaks.TLS:
            wire.start_tls(trusting_context(), place.ip, deadline, _TALK_SECONDS)
        if wire.reply(deadline, _TALK_SECONDS).code != 220:
            return Speaks.OTHER
        offers = wire.command(f"EHLO {ehlo_name}", deadline, _TALK_SECONDS).text.upper()
    except (OSError, PeykError, ValueError):
        return Speaks.OTHER
    finally:
        wire.close()
    return Speaks.STARTTLS if expected is Speaks.SMTP and "STARTTLS" in offers else expected
