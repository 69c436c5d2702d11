"""The checkers of style sheets and of pages, programs for Node: `python -m tools.checkers`.

Without a word it checks the style sheets; with the name of a folder, the pages in it.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools import assets
from tools.steps import ROOT

_MODULES = ROOT / "node_modules"
_STYLELINT = _MODULES / "stylelint" / "bin" / "stylelint.mjs"
_HTML_VALIDATE = _MODULES / "html-validate" / "bin" / "html-validate.mjs"
_MISSING = "The checkers are not here: run `make setup`; it needs npm or the network."


class CheckersMissing(Exception):
    """Node or the checkers are not installed; the text says how to get them."""


def styles() -> str:
    """What is wrong with the style sheets; empty when nothing is."""
    files = sorted((ROOT / "app" / "static").glob("*.css"))
    return _run(_STYLELINT, ["--config", "tools/stylelint.json", *map(str, files)])


def pages(folder: Path) -> str:
    """What is wrong with the saved pages in a folder; empty when nothing is."""
    return _run(
        _HTML_VALIDATE,
        ["--config", "tools/html-validate.json", "--formatter", "text", f"{folder}/*.html"],
    )


def _run(program: Path, arguments: Sequence[str]) -> str:
    node = assets.node()
    if node is None or not program.is_file():
        raise CheckersMissing(_MISSING)
    done = subprocess.run(
        [node, str(program), *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return (done.stdout + done.stderr).strip() if done.returncode else ""


if __name__ == "__main__":
    try:
        sys.exit((pages(Path(sys.argv[1])) if len(sys.argv) > 1 else styles()) or 0)
    except CheckersMissing as missing:
        sys.exit(str(missing))
