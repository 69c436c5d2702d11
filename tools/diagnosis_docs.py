"""Write the guides that come from the table of diagnoses, or check that they are current.

`python -m tools.diagnosis_docs` writes `docs/troubleshooting.*.md` and `docs/diagnosis-codes.md`;
with `--check` it only compares. What stands in the latter from "Times" on is measured by
`python -m bench.connection_test` and kept.
"""

import sys
from collections import Counter
from pathlib import Path

from app import create_app
from app.config import ROOT, Config
from app.i18n import locales
from app.mail.diagnosis.remedies import REMEDIES
from app.web.words import troubleshooting
from tests.mail.test_every_code import REACHED, how

DOCS = ROOT / "docs"
_TIMES = "## Times"


def main(arguments: list[str]) -> int:
    """Write the files, or say which are stale and return 1."""
    config = Config("only to read the table " * 2, "sqlite://", mode="testing")
    with create_app(config).app_context():
        wanted = pages()
    stale = [path for path, text in wanted.items() if _kept(path) != text]
    if "--check" not in arguments:
        for path in stale:
            path.write_text(wanted[path], encoding="utf-8")
        return 0
    for path in stale:
        print(f"{path.relative_to(ROOT)} is stale: run `python -m tools.diagnosis_docs`")
    return 1 if stale else 0


def pages() -> dict[Path, str]:
    """Return every file with what has to stand in it; needs the application."""
    guides = {
        DOCS / f"troubleshooting.{code}.md": troubleshooting.guide(code) for code in locales.LOCALES
    }
    return {**guides, DOCS / "diagnosis-codes.md": codes()}


def _guide_of(locale: str) -> Path:
    return DOCS / f"troubleshooting.{locale}.md"


def codes() -> str:
    """Return the table of codes with the test that reaches each."""
    rows = [f"| `{code}` | {how(code)} | `{REACHED[code]}` |" for code in REMEDIES]
    reached = sum(code in REACHED for code in REMEDIES)
    head = [
        "# The diagnoses and their tests",
        "",
        "Written by `python -m tools.diagnosis_docs`; a test compares it. How a code is reached:",
        "",
        "- *socket*: over a real socket, with real TLS where it matters",
        "- *seam*: over the resolver or the connector, where no machine can stage it",
        "- *typed*: from what was entered",
        "- *page*: said by the page after a test",
        "",
        f"Reached: {reached} of {len(REMEDIES)} ({_shares()}).",
        "",
        "| code | how | test |",
        "|---|---|---|",
        *rows,
    ]
    return "\n".join(head) + "\n\n" + _times()


def _shares() -> str:
    """Return how many codes are reached in which way."""
    counted = Counter(map(how, REACHED))
    return ", ".join(f"{count} *{word}*" for word, count in counted.most_common())


def _times() -> str:
    found = _kept(DOCS / "diagnosis-codes.md").partition(_TIMES)
    return f"{_TIMES}{found[2]}" if found[1] else f"{_TIMES}\n"


def _kept(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
