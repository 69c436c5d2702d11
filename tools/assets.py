"""The font and, for the tests, the checkers of pages and styles: fetched by npm, not kept in git.

A machine without Node gets npm from PyPI, into an environment that is thrown away afterwards; only
where the tests want the checkers it stays, since these are programs for Node.
"""

import hashlib
import shutil
import sys
import tempfile
import venv
from pathlib import Path

from tools.steps import ROOT, Step, StepFailed, run

VENDOR = ROOT / "app" / "static" / "vendor"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
NODE = ROOT / "var" / "node"
_PACKAGE = ROOT / "node_modules" / "@fontsource-variable" / "vazirmatn"
_FONTS = {
    "vazirmatn-arabic-wght-normal.woff2": (
        "84a382e46c30fb4f73d0e3800c16d0af15888e2731e57fa5f93e2c29a2c6a957"
    ),
    "vazirmatn-latin-wght-normal.woff2": (
        "d29c041cd4294af893cf3c01dfab6d47202c667ab55d702f68782599918c651d"
    ),
}
_LICENCE = "vazirmatn-LICENSE.txt"
_INPUTS = (ROOT / "package.json", ROOT / "package-lock.json", ROOT / "requirements-npm.txt")
_NPM_FLAGS = ("--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1")
_NO_FONT = "the pages use the fonts of the system; the next start tries again."


def step(*, with_checker: bool) -> Step:
    """The step that puts the font in place, and the checker when the tests want it."""
    outputs = [VENDOR / name for name in (*_FONTS, _LICENCE)]
    return Step(
        name="assets-for-tests" if with_checker else "assets",
        title="Font, checkers of pages and styles" if with_checker else "Font",
        work=lambda: fetch(with_checker=with_checker),
        inputs=_INPUTS,
        outputs=[*outputs, AXE] if with_checker else outputs,
        optional=True,
    )


def fetch(*, with_checker: bool) -> None:
    """Let npm fetch what the lock file names, then copy the font to the static files."""
    wanted = () if with_checker or AXE.exists() else ("--omit=dev",)
    mend = f"npm could not fetch it; {_NO_FONT}"
    if shutil.which("npm") or with_checker:
        fetch_into(ROOT, mend, wanted)
    else:
        with tempfile.TemporaryDirectory(prefix="peyk-npm-") as folder:
            _with_npm_in(Path(folder), ROOT, wanted, mend)
    _copy_font()


def fetch_into(place: Path, mend: str, flags: tuple[str, ...] = ()) -> None:
    """Let npm fetch what the lock file of a folder names; whatever brings npm stays, with Node."""
    if npm := shutil.which("npm"):
        run([npm, "ci", f"--prefix={place}", *_NPM_FLAGS, *flags], mend)
    else:
        _with_npm_in(NODE, place, flags, mend)


def node() -> str | None:
    """Where Node is: the system's, or what the set-up has put here for the checkers."""
    ours = NODE / "bin" / "node"
    return shutil.which("node") or (str(ours) if ours.exists() else None)


def _with_npm_in(folder: Path, place: Path, flags: tuple[str, ...], mend: str) -> None:
    venv.create(folder, with_pip=True, clear=True)
    programs = folder / "bin"
    pip = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--no-input"]
    pip += ["--disable-pip-version-check", "--retries=1", "--timeout=20", "--require-hashes"]
    run([*pip, "-r", ROOT / "requirements-npm.txt"], f"there is no npm here; {_NO_FONT}")
    run([programs / "npm", "ci", f"--prefix={place}", *_NPM_FLAGS, *flags], mend)


def _copy_font() -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, wanted in _FONTS.items():
        content = (_PACKAGE / "files" / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != wanted:
            raise StepFailed(f"{name} is not the file that was reviewed; {_NO_FONT}")
        (VENDOR / name).write_bytes(content)
    shutil.copyfile(_PACKAGE / "LICENSE", VENDOR / _LICENCE)


if __name__ == "__main__":
    try:
        fetch(with_checker="--with-checker" in sys.argv)
    except StepFailed as failure:
        raise SystemExit(str(failure)) from failure
