"""The local mail catcher: an SMTP server on loopback that keeps each message as a file.

It is a real server, so a newcomer sees the whole way of a mail; nothing leaves the machine.
"""

import asyncio
import os
import secrets
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from tools.environment import HOST, catcher_port, var_folder

_KEPT = 500


class MailFolder:
    """Keeps each message as one .eml file: first whole under another name, then renamed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}.eml"
        temporary = self._folder / f".{name}.part"
        temporary.write_bytes(_trace(envelope) + (envelope.original_content or b""))
        temporary.replace(self._folder / name)
        self._forget_the_oldest()
        return f"250 2.0.0 Kept as {name}"

    def _forget_the_oldest(self) -> None:
        for path in sorted(self._folder.glob("*.eml"))[:-_KEPT]:
            path.unlink(missing_ok=True)


def _trace(envelope: Envelope) -> bytes:
    """What a last server writes on top: from whom and to whom it really went."""
    lines = [f"Return-Path: <{envelope.mail_from}>"]
    lines += [f"Delivered-To: {recipient}" for recipient in envelope.rcpt_tos]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace")


async def serve(port: int, folder: Path) -> None:
    """Take mail until the process is told to end."""
    loop = asyncio.get_running_loop()
    handler = MailFolder(folder)
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="catcher.localhost", loop=loop), HOST, port
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    os.umask(0o077)
    try:
        asyncio.run(serve(catcher_port(), var_folder() / "mail"))
    except OSError as error:
        sys.exit(f"The mail catcher cannot listen on port {catcher_port()}: {error.strerror}")
