"""One signed POST to the receiver of alerts: bounded, verified, never redirected."""

import hashlib
import hmac
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from urllib.parse import SplitResult, urlsplit

from app.config import Config, current_config
from app.core import site
from app.core.errors import PeykError
from app.mail.smtp import address_policy, destinations, tls
from app.mail.smtp.address_policy import Policy, Ports
from app.mail.smtp.destinations import Address

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
_READ_AT_MOST = 4096
# What an administrator may name; the operator may name any port.
_USUAL_PORTS = Ports(((80, 80), (443, 443), (1024, 65535)))


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who hears of alerts: an address, the secret that signs, and whether the operator gave it."""

    url: str
    secret: str = field(repr=False)
    is_operators: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver answered; without a status, `trouble` says why there is none."""

    status: int | None = None
    trouble: str = ""

    @property
    def is_yes(self) -> bool:
        """Tell whether the receiver has the news."""
        return self.status is not None and 200 <= self.status < 300

    def __str__(self) -> str:
        return f"HTTP {self.status}" if self.status else self.trouble


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return what a receiver computes to know that it is us, and that it is now."""
    signed = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def receiver() -> Receiver | None:
    """Return who is told of alerts; None when nobody is."""
    settings = site.current()
    if not settings.webhook_url:
        return None
    is_operators = "webhook_url" in settings.locked
    return Receiver(settings.webhook_url, settings.webhook_secret, is_operators)


def post(body: bytes, delivery_id: str, to: Receiver | None) -> Answer:
    """Post the body, signed, to the receiver."""
    if to is None:
        return Answer(trouble="no address is configured")
    if not to.secret:
        return Answer(trouble="the secret is missing or cannot be read")
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Peyk",
        "X-Peyk-Delivery": delivery_id,
        "X-Peyk-Timestamp": timestamp,
        "X-Peyk-Signature": signature(to.secret, timestamp, body),
    }
    try:
        return Answer(_exchange(to, headers, body, current_config()))
    except (PeykError, OSError, http.client.HTTPException) as error:
        return Answer(trouble=f"{type(error).__name__}: {error}"[:200])


def _exchange(to: Receiver, headers: Mapping[str, str], body: bytes, config: Config) -> int:
    url = urlsplit(to.url)
    ends = time.monotonic() + TOTAL_SECONDS
    host = destinations.host_name(url.hostname or "")
    with _connected(_addresses(url, host, _policy(to, config))) as plain, _cut_off(plain, ends):
        connection = http.client.HTTPConnection(host)
        connection.sock = _secured(plain, host, config) if url.scheme == "https" else plain
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        connection.request("POST", path, body, {"Host": url.netloc, **headers})
        with connection.getresponse() as response:
            response.read(_READ_AT_MOST)
            return response.status


def _policy(to: Receiver, config: Config) -> Policy:
    ports = frozenset({_port(urlsplit(to.url))}) if to.is_operators else _USUAL_PORTS
    return replace(address_policy.policy_of(config), ports=ports)


def _port(url: SplitResult) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _addresses(url: SplitResult, host: str, policy: Policy) -> list[Address]:
    port = _port(url)
    return destinations.resolve(host, port, policy, timeout=CONNECT_SECONDS)


@contextmanager
def _connected(addresses: list[Address]) -> Iterator[socket.socket]:
    """Connect to the first judged address that answers, all of them within the time."""
    ends = time.monotonic() + CONNECT_SECONDS
    failure: OSError = TimeoutError("no address answered")
    for address in addresses:
        left = ends - time.monotonic()
        if left <= 0:
            break
        try:
            connected = socket.create_connection(address.sockaddr, timeout=left)
        except OSError as error:
            failure = error
            continue
        with connected:
            yield connected
            return
    raise failure


@contextmanager
def _cut_off(plain: socket.socket, ends: float) -> Iterator[None]:
    """End the conversation in time: a timeout of the socket alone begins anew with every byte."""
    left = max(ends - time.monotonic(), 0.1)
    plain.settimeout(left)
    # A copy of its own: TLS takes the descriptor away from the plain socket.
    twin = plain.dup()
    timer = threading.Timer(left, _shut, (twin,))
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        if timer.is_alive():
            raise
        raise TimeoutError("the receiver took too long") from error
    finally:
        timer.cancel()
        timer.join()
        twin.close()


def _shut(twin: socket.socket) -> None:
    with suppress(OSError):  # it may have ended meanwhile
        twin.shutdown(socket.SHUT_RDWR)


def _secured(plain: socket.socket, host: str, config: Config) -> ssl.SSLSocket:
    return tls.context(config.smtp_ca_file).wrap_socket(plain, server_hostname=host)
