"""Numbered steps with their durations; what is up to date is not done again."""

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_STAMPS = ROOT / "var" / "setup"
_LAST_LINES = 15


class StepFailed(Exception):
    """A step could not be done; the text says what was tried and how it can be mended."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to set up. It is up to date while its inputs are the same and its outputs exist.

    `work` answers with a remark for the person at the terminal, or with nothing.
    """

    name: str
    title: str
    work: Callable[[], str | None]
    inputs: Sequence[Path] = ()
    outputs: Sequence[Path] = ()
    also: str = ""
    optional: bool = False

    @property
    def stamp(self) -> Path:
        """The file that remembers for which inputs the step was done."""
        return _STAMPS / self.name

    def fingerprint(self) -> str:
        """What the result depends on: the inputs, this Python, and the place of the project."""
        digest = hashlib.sha256(f"{ROOT} {sys.version_info[:2]} {self.also}".encode())
        for path in sorted(self.inputs):
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
        return digest.hexdigest()

    def is_done(self) -> bool:
        """Whether nothing has to be done."""
        if not self.inputs or not all(path.exists() for path in self.outputs):
            return False
        return self.stamp.is_file() and self.stamp.read_text() == self.fingerprint()


def carry_out(steps: Sequence[Step]) -> None:
    """Do the steps in order, each on its line; raise `StepFailed` at the first that fails."""
    for number, step in enumerate(steps, start=1):
        print(f"  [{number}/{len(steps)}] {step.title:<34} ", end="", flush=True)
        print(_outcome(step), flush=True)


def _outcome(step: Step) -> str:
    if step.is_done():
        return "up to date"
    begun = time.monotonic()
    try:
        remark = step.work()
    except StepFailed as failure:
        if not step.optional:
            print("failed", flush=True)
            raise
        # What can be done without needs no page of a package client's complaints.
        return f"left out: {str(failure).splitlines()[0]}"
    _remember(step)
    return f"done in {time.monotonic() - begun:.1f} s" + (f": {remark}" if remark else "")


def _remember(step: Step) -> None:
    if step.inputs:
        step.stamp.parent.mkdir(parents=True, exist_ok=True)
        step.stamp.write_text(step.fingerprint())


def run(
    command: Sequence[str | Path], mend: str, *, environment: dict[str, str] | None = None
) -> str:
    """Run a program quietly; when it fails, raise with the end of what it said and the mend."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        said = "\n".join(f"      {line}" for line in done.stdout.splitlines()[-_LAST_LINES:])
        raise StepFailed(f"{mend}\n{said}")
    return done.stdout
