"""The usual ports of a mail server as seen from here: open, closed, silent, and what speaks."""

import socket
import ssl
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from app.core.errors import PeykError
from app.mail.smtp.destinations import Address
from app.mail.smtp.endpoint import Endpoint
from app.mail.smtp.findings import Door, PortSeen, Speaks
from app.mail.smtp.network import Network
from app.mail.smtp.wire import Closed, Deadline, Garbled, Wire

USUAL = (465, 587, 25, 2525)
LOOK_UP_SECONDS = 5.0
_CONNECT_SECONDS = 2.5
_TALK_SECONDS = 2.0
_ANSWER_SECONDS = 1.0


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


def behind_silence(
    network: Network, place: Address, endpoint: Endpoint, deadline: Deadline
) -> Speaks:
    """Say what is behind a port that did not greet: TLS, another service, or nothing to know.

    Services that wait for a question, as those of the web do, give themselves away when they get
    one of ours: what they answer is no SMTP. Nothing of it is kept.
    """
    for first in (Speaks.TLS, Speaks.SMTP):
        try:
            with network.connect(place, deadline.allows(_TALK_SECONDS)) as connection:
                return _after_silence(Wire(connection, []), first, endpoint, deadline)
        except (OSError, PeykError):
            continue
    return Speaks.NOTHING


def _after_silence(wire: Wire, first: Speaks, endpoint: Endpoint, deadline: Deadline) -> Speaks:
    """Encrypt where that is to be tried, then ask once, without waiting to be greeted again."""
    try:
        if first is Speaks.TLS:
            wire.start_tls(trusting_context(), endpoint.host, deadline, _TALK_SECONDS)
        wire.command(f"EHLO {endpoint.ehlo_name}\r\n", deadline, _ANSWER_SECONDS)
    except Garbled:
        return Speaks.OTHER
    except (TimeoutError, Closed):
        if not wire.certificate:
            raise
    finally:
        wire.close()
    return first


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
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
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
