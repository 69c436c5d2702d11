"""Set Peyk up in this folder: packages, font, catalogs, database. Quick when nothing changed."""

import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools import assets, environment
from tools.steps import ROOT, Step, StepFailed, carry_out, run

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
_OFFLINE = "The packages could not be installed. Is PyPI (or your mirror of it) reachable?"


def main(arguments: Sequence[str]) -> int:
    """Set up what running needs, or with `--tests` what the tests need."""
    try:
        prepare(for_tests="--tests" in arguments)
    except StepFailed as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    return 0


def prepare(*, for_tests: bool = False, more: Sequence[Step] = ()) -> None:
    """Carry out the steps, then say how long it took."""
    begun = time.monotonic()
    print("Setting up Peyk", flush=True)
    running = () if for_tests else (_database(), *more)
    carry_out(
        [_packages(for_tests=for_tests), assets.step(with_checker=for_tests), _catalogs(), *running]
    )
    print(f"  Ready after {time.monotonic() - begun:.1f} s.", flush=True)


def flask(*words: str, mend: str) -> str:
    """Run a command of the application and answer with what it printed."""
    command = [str(PYTHON), "-m", "flask", "--app", "wsgi", *words]
    return run(command, mend, environment=environment.development())


def quietly(*words: str, mend: str) -> None:
    """Run a command of the application whose words nobody needs."""
    flask(*words, mend=mend)


def _packages(*, for_tests: bool) -> Step:
    names = ["requirements.txt", *(["requirements-dev.txt"] if for_tests else [])]
    files = [ROOT / name for name in names]
    return Step(
        name="packages-for-tests" if for_tests else "packages",
        title="Python packages",
        work=lambda: _install(files),
        inputs=files,
        outputs=[PYTHON],
    )


def _install(files: Sequence[Path]) -> None:
    if not _is_usable():
        _create_environment()
    wanted = [word for file in files for word in ("-r", file)]
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
    ]
    run([*pip, "--require-hashes", *wanted], _OFFLINE)


def _is_usable() -> bool:
    """Whether .venv belongs to this folder and this Python; both go wrong when it is copied."""
    settings = VENV / "pyvenv.cfg"
    version = f"version = {sys.version_info.major}.{sys.version_info.minor}."
    pip = VENV / "bin" / "pip"
    if not (PYTHON.exists() and pip.is_file() and settings.is_file()):
        return False
    return version in settings.read_text() and str(VENV) in pip.read_text().splitlines()[0]


def _create_environment() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    mend = "Python cannot make environments here. On Debian: apt-get install python3-venv"
    run([sys.executable, "-m", "venv", VENV], mend)


def _catalogs() -> Step:
    catalogs = sorted((ROOT / "translations").glob("*/LC_MESSAGES/*.po"))
    return Step(
        name="catalogs",
        title="Translations",
        work=lambda: quietly("i18n", "compile", mend="The translations could not be compiled."),
        inputs=catalogs,
        outputs=[path.with_suffix(".mo") for path in catalogs],
    )


def _database() -> Step:
    """Bring the tables up to date; only of the file that is ours we know that it still is."""
    is_ours = environment.uses_own_database()
    migrations = sorted((ROOT / "app" / "migrations" / "versions").glob("*.py"))
    return Step(
        name="database",
        title="Database",
        work=lambda: quietly("db", "upgrade", mend="The database could not be brought up to date."),
        inputs=migrations if is_ours else (),
        outputs=[environment.own_database()],
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
