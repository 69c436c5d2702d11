"""A Postfix of its own for the tests: a real mail server on loopback, in a temporary folder.

It takes mail for every address, asks no name server, and puts each message into one maildir.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.programs import (
    accepts_connections,
    account,
    free_port,
    is_root,
    scratch_folder,
    wait_until,
)

_MAIN = """\
compatibility_level = 3.6
myhostname = postfix.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
multi_instance_enable = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
disable_dns_lookups = yes
smtp_dns_support_level = disabled
alias_maps =
alias_database =
local_transport = error:no local mail here
virtual_transport = virtual
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:box/
virtual_mailbox_base = {folder}/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
message_size_limit = {size_limit}
mailbox_size_limit = 0
virtual_mailbox_limit = 0
biff = no
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


class PostfixMissing(Exception):
    """No Postfix can be started here; the text says how to get one."""


@dataclass(frozen=True, slots=True)
class Postfix:
    """A running Postfix: where it listens and what it has delivered."""

    host: str
    port: int
    folder: Path

    def messages(self) -> list[EmailMessage]:
        """Every delivered message, oldest first."""
        paths = (self.folder / "mail" / "box" / "new").glob("*")
        ordered = sorted(paths, key=lambda path: path.stat().st_mtime_ns)
        return [_parsed(path) for path in ordered]

    def wait_for(self, count: int, seconds: float = 10) -> list[EmailMessage]:
        """The delivered messages, as soon as there are that many."""
        wait_until(
            lambda: len(self.messages()) >= count, seconds, f"{count} messages did not arrive"
        )
        return self.messages()

    def log(self) -> str:
        """What Postfix wrote about its work."""
        return (self.folder / "maillog").read_text(encoding="utf-8", errors="replace")


@contextmanager
def temporary_postfix(port: int | None = None, size_limit: int = 10_240_000) -> Iterator[Postfix]:
    """Run a Postfix for the length of the block."""
    program = _program()
    with scratch_folder("postfix") as folder:
        server = Postfix("127.0.0.1", port or free_port(), folder)
        _lay_out(server, size_limit)
        _run(program, folder, "start")
        try:
            wait_until(lambda: accepts_connections(server.port), 60, "Postfix did not listen")
            yield server
        finally:
            _run(program, folder, "stop")


def _program() -> str:
    program = shutil.which("postfix", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if program is None:
        raise PostfixMissing("No Postfix: apt-get install postfix (choose no configuration).")
    if not is_root():
        raise PostfixMissing("Postfix starts only as root; run these tests in a container.")
    if account("postfix") is None:
        raise PostfixMissing("Postfix is installed, but its account `postfix` is missing.")
    return program


def _lay_out(server: Postfix, size_limit: int) -> None:
    """Write the configuration and the folders with the owners that Postfix insists on."""
    owner = account("postfix")
    assert owner is not None
    folder = server.folder
    folder.chmod(0o755)
    for name in ("queue", "data", "mail"):
        (folder / name).mkdir()
    for name in ("data", "mail"):
        os.chown(folder / name, owner.pw_uid, owner.pw_gid)
    main = _MAIN.format(folder=folder, uid=owner.pw_uid, gid=owner.pw_gid, size_limit=size_limit)
    (folder / "main.cf").write_text(main, encoding="ascii")
    (folder / "master.cf").write_text(_MASTER.format(port=server.port), encoding="ascii")


def _run(program: str, folder: Path, command: str) -> None:
    done = subprocess.run(
        [program, "-c", folder, command],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MAIL_LOGTAG": "peyk"},
    )
    if done.returncode:
        raise PostfixMissing(f"postfix {command} failed: {(done.stdout + done.stderr).strip()}")


def _parsed(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)
