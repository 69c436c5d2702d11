"""An SMTP server on loopback that lets nobody in: the broken primary of `make demo`.

It is a real server, so the connection test, the breaker and its probes show what they would show
with a hosting company whose password was changed.
"""

import asyncio
import signal
import sys

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tools.environment import HOST, refuser_port


class Nothing:
    """Takes no message; it does not come to that."""

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, _envelope: Envelope
    ) -> str:
        return "554 5.7.1 No mail is taken here"


def refuse(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, _given: object
) -> AuthResult:
    """Say no to every user name and password."""
    said = "535 5.7.8 Error: authentication failed"
    return AuthResult(success=False, handled=False, message=said)


async def serve(port: int) -> None:
    """Refuse until the process is told to end."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(
            Nothing(),
            hostname="mail.example.com",
            loop=loop,
            authenticator=refuse,
            auth_require_tls=False,
        ),
        HOST,
        port,
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    try:
        asyncio.run(serve(refuser_port()))
    except OSError as error:
        sys.exit(f"The refusing server cannot listen on port {refuser_port()}: {error.strerror}")
