"""An SMTP server that takes everything at once: STARTTLS, AUTH, PIPELINING; counts, keeps nothing.

Run as a process of its own, so that it does not share the interpreter with what is measured:
`python -m bench.sink CERTIFICATE [ROUND_TRIP_MS]` prints its port. With `-` for a certificate it
offers neither STARTTLS nor AUTH.
"""

import asyncio
import ssl
import sys


class Sink:
    """One conversation."""

    def __init__(self, context: ssl.SSLContext | None, round_trip: float) -> None:
        self.context, self.round_trip = context, round_trip

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer until the other side hangs up; answers to lines that came together go together."""
        writer.write(b"220 sink ESMTP\r\n")
        try:
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"DATA":
                    await self._answer(reader, writer, b"354 go on\r\n")
                    await reader.readuntil(b"\r\n.\r\n")
                    await self._answer(reader, writer, b"250 2.0.0 queued\r\n")
                elif verb == b"STAR":
                    writer.write(b"220 go ahead\r\n")
                    await writer.drain()
                    await writer.start_tls(self.context)
                elif verb == b"QUIT":
                    writer.write(b"221 bye\r\n")
                    break
                else:
                    await self._answer(reader, writer, self._usual(verb))
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        writer.close()

    def _usual(self, verb: bytes) -> bytes:
        if verb == b"EHLO" and self.context is None:
            return b"250-sink\r\n250 PIPELINING\r\n"
        return _ANSWERS.get(verb, b"250 ok\r\n")

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes
    ) -> None:
        writer.write(answer)
        if self.round_trip and not reader._buffer:  # type: ignore[attr-defined]
            await asyncio.sleep(self.round_trip)
        await writer.drain()


_ANSWERS = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n",
    b"AUTH": b"235 welcome\r\n",
}


async def main(certificate: str, round_trip_ms: float) -> None:
    """Serve on a free port of loopback until the process is ended."""
    context = None
    if certificate != "-":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    sink = Sink(context, round_trip_ms / 1000)
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 0.0))
