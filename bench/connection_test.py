"""How long the connection test takes: a healthy, a dead, a silent, a dripping, a slow server.

`python -m bench.connection_test` prints the table that stands in docs/diagnosis-codes.md. It takes
about two minutes, for it waits as long as people would.
"""

import socket
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.config import Config
from app.mail.connection_test.probe import ConnectionTest, Probe
from app.mail.models import Encryption, Role
from app.mail.server_settings import Secret, ServerSettings
from app.mail.servers import connections
from app.mail.smtp.destinations import Address
from app.mail.smtp.network import Network
from tests.certificates import Authority
from tests.postbox import Postbox, nobody

DATA = b"Subject: test\r\n\r\nHello\r\n"
USER, PASSWORD = "support@example.com", "of-the-bench"


class Dropping(Network):
    """The network to a host whose firewall drops every packet."""

    def connect(self, address: Address, seconds: float) -> socket.socket:
        """Wait as long as one may, then give up."""
        del address
        time.sleep(seconds)
        raise TimeoutError


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        config = Config("x" * 40, "sqlite://", mode="testing", smtp_ca_file=authority.path)
        print("| server | code | first stage after | whole test |")
        print("|---|---|---|---|")
        context = authority.context("localhost")
        with Postbox(tls=context, credentials=(USER, PASSWORD)) as box:
            measure("healthy (STARTTLS, sign-in)", config, encrypted(box.port))
        with nobody() as port:
            measure("dead: refuses connections", config, plain(port))
        dropping = Dropping(connections.network_of(config).policy)
        measure("dead: drops every packet", config, plain(587), dropping)
        with Postbox(hang_at="GREETING") as box:
            measure("silent after the connection", config, plain(box.port))
        with Postbox(hang_at="MAIL") as box:
            measure("silent in the middle", config, plain(box.port))
        with Postbox(drip=1.0) as box:
            measure("drips one byte a second", config, plain(box.port))
        with Postbox(delay=6.0) as box:
            measure("tarpit: thinks six seconds each time", config, plain(box.port))


def measure(
    name: str, config: Config, server: ServerSettings, network: Network | None = None
) -> None:
    """Run one test and print its row."""
    test = ConnectionTest(server, "support@example.com", "nika@example.com", DATA)
    probe = Probe(test, config, network=network)
    started = time.perf_counter()
    moments: Sequence[float] = [time.perf_counter() - started for _report in probe.run()]
    whole = time.perf_counter() - started
    failure = probe.failure
    code = f"`{failure.code}`" if failure else "passed"
    print(f"| {name} | {code} | {moments[0]:.2f} s | {whole:.2f} s |", flush=True)


def plain(port: int) -> ServerSettings:
    """Return a server without encryption and without a sign-in."""
    made = ServerSettings(Role.PRIMARY, "127.0.0.1", port, Encryption.NONE, requires_auth=False)
    return replace(made, active=True)


def encrypted(port: int) -> ServerSettings:
    """Return a server with STARTTLS and a sign-in."""
    return ServerSettings(
        Role.PRIMARY, "localhost", port, username=USER, password=Secret(PASSWORD), active=True
    )


if __name__ == "__main__":
    main()
