"""Pin the newest packages that the .in files allow, with hashes, for every platform."""

import sys
import tempfile
import venv
from pathlib import Path

from tools.steps import Step, StepFailed, carry_out, run

_FILES = ("requirements", "requirements-dev", "requirements-npm")
_FLAGS = ("--universal", "--python-version=3.11", "--generate-hashes", "--no-annotate")


def main() -> int:
    """Make each requirements file anew, with uv from a throw-away environment."""
    with tempfile.TemporaryDirectory(prefix="peyk-lock-") as folder:
        try:
            carry_out([_uv(Path(folder)), *(_pins(Path(folder), name) for name in _FILES)])
        except StepFailed as failure:
            print(f"\n{failure}", file=sys.stderr)
            return 1
    return 0


def _uv(folder: Path) -> Step:
    def install() -> None:
        venv.create(folder, with_pip=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input"]
        run([*pip, "--disable-pip-version-check", "uv"], "uv could not be installed.")

    return Step(name="uv", title="uv, for this once", work=install)


def _pins(folder: Path, name: str) -> Step:
    def compile_() -> None:
        command = [str(folder / "bin" / "uv"), "pip", "compile", "--quiet", "--upgrade", *_FLAGS]
        command += ["--no-header", "--output-file", f"{name}.txt", f"{name}.in"]
        run(command, f"{name}.in cannot be satisfied.")

    return Step(name=name, title=f"{name}.txt", work=compile_)


if __name__ == "__main__":
    raise SystemExit(main())
