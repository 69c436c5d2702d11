"""What some tests need beside Python: where it is, and what happens where it is missing.

On a developer's machine such a test is skipped and says how to get the thing; on the build
server (`CI=true`) nothing may be missing.
"""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent
_BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def missing(sentence: str) -> NoReturn:
    """Skip this test with the sentence; on the build server, fail with it."""
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def chromium() -> Path:
    """The browser of the system."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        missing("No browser: apt-get install chromium")
    return Path(found)


def axe() -> str:
    """The source of the accessibility checker, to be run inside a page."""
    path = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        missing("No axe-core: run `make setup`; it needs npm or the network")
    return path.read_text(encoding="utf-8")


def program(name: str, package: str) -> str:
    """A program of the system, such as `msgfmt` of the package `gettext`."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if found is None:
        missing(f"No {name}: apt-get install {package}")
    return found
