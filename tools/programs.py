"""The programs that make up a running Peyk, started together and ended together."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

GRACE_SECONDS = 12.0


@dataclass(frozen=True, slots=True)
class Program:
    """A program to start, under the name by which its lines are shown."""

    name: str
    command: Sequence[str | Path]


@dataclass(frozen=True, slots=True)
class Running:
    """A started program, and the thread that repeats what it says."""

    name: str
    process: subprocess.Popen[str]
    reader: threading.Thread

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None


def start(program: Program, environment: Mapping[str, str], folder: Path) -> Running:
    """Start it in a session of its own, so that Ctrl-C reaches it through us, in order."""
    process = subprocess.Popen(
        [str(part) for part in program.command],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    reader = threading.Thread(target=_repeat, args=(program.name, process.stdout), daemon=True)
    reader.start()
    return Running(program.name, process, reader)


def _repeat(name: str, lines: IO[str] | None) -> None:
    if lines is None:
        return
    with lines:
        for line in lines:
            sys.stdout.write(f"{name:>8} | {line}")
            sys.stdout.flush()


def end(programs: Sequence[Running]) -> None:
    """Ask all of them to end, wait, and kill what did not listen."""
    for program in programs:
        if program.is_alive():
            program.process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for program in programs:
        try:
            program.process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"The {program.name} did not end in time; it is stopped by force.", flush=True)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.process.pid, signal.SIGKILL)
            program.process.wait()
        program.reader.join(timeout=2)


class Stop:
    """Set by Ctrl-C, by a TERM signal or by the closing of the terminal.

    A plain mark, not an Event: a signal may arrive while the Event's own lock is held by the very
    thread that has to handle it, and then both wait for ever.
    """

    def __init__(self) -> None:
        self._asked = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self._asked = True

    def is_asked(self) -> bool:
        """Whether somebody wants everything to end."""
        return self._asked

    def pause(self, seconds: float) -> None:
        """Wait a moment; who waits longer asks again whether to stop."""
        if not self._asked:
            time.sleep(seconds)


def first_dead(programs: Sequence[Running]) -> Running | None:
    """The program that ended although nobody asked it to."""
    return next((program for program in programs if not program.is_alive()), None)
