"""What the processes of a running Peyk have spent of the processor, and what measuring spends."""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")
_OURSELVES = "client and sink"


def by_part(url: str) -> Mapping[str, float]:
    """Return milliseconds of CPU so far: of panel and worker at this address, and of ourselves."""
    spent = {"panel": 0.0, "worker": 0.0, _OURSELVES: _of(_PROC / "self")}
    told = f"PUBLIC_URL={url}".encode()
    for process in _PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if told in (process / "environ").read_bytes().split(b"\0"):
                command = (process / "cmdline").read_bytes().split(b"\0")
                spent["worker" if b"worker" in command else "panel"] += _of(process)
    return spent


def _of(process: Path) -> float:
    """Of one process, in its own code and in the kernel's."""
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS * 1000
