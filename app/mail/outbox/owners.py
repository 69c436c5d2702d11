"""What a worker is called, and whether the one with that name is still there.

A name holds the host, the process and the moment the process began, so that a process number that
is used again is not taken for the one before it; and a mark of the running system, so that nobody
judges the processes of another machine or container.
"""

import hashlib
import os
import re
import socket
from functools import cache
from pathlib import Path

_PROC = Path("/proc")
# When a process has ended and nobody has asked for its end yet.
_ENDED = -1
_NAME = re.compile(r"(?P<host>.*):(?P<pid>\d+):(?P<begun>\d+)@(?P<system>[0-9a-f]{8})(/\d+)?")


def own_name() -> str:
    """Return the name of this process among workers."""
    return name_of(os.getpid())


def name_of(pid: int) -> str:
    """Return the name of a process of this machine, as it would say it of itself."""
    return f"{socket.gethostname()[:30]}:{pid}:{_begun(pid) or 0}@{_system()}"


def is_surely_dead(name: str) -> bool:
    """Tell whether that worker was a process of this very system and has ended."""
    parts = _NAME.fullmatch(name)
    if parts is None or parts["system"] != _system():
        return False
    pid = int(parts["pid"])
    begun = _begun(pid)
    return begun != int(parts["begun"]) if begun is not None else not _exists(pid)


@cache
def _system() -> str:
    """Return a mark of this boot of this machine and of this container; empty when unknown."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii")
        processes = (_PROC / "self/ns/pid").readlink()
    except OSError:
        return ""
    return hashlib.sha256(f"{boot}{processes}".encode()).hexdigest()[:8]


def _begun(pid: int) -> int | None:
    """Return when a process began, in ticks since boot; None when that cannot be known."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The second field is the program's name in brackets, and may hold anything.
    state, *fields = stat.rpartition(")")[2].split()
    return _ENDED if state == "Z" else int(fields[18])


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
