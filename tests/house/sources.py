"""The project as text: which files there are, and what each module imports."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"


@cache
def files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, in git."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def find(pattern: str, paths: Iterator[Path] | list[Path]) -> list[str]:
    """Every line that matches, as `file:line: text`: a failure then names the place."""
    matcher = re.compile(pattern)
    return [
        f"{shown(path)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(text(path).splitlines(), start=1)
        if matcher.search(line)
    ]


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the application by its dotted name; migrations stand alone."""
    paths = [p for p in APP.rglob("*.py") if p.relative_to(APP).parts[0] != "migrations"]
    return {_dotted(path): ast.parse(text(path)) for path in sorted(paths)}


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(tree: ast.AST) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """The import statements of this code: every rule about them asks, one walk finds them."""
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


@cache
def imported(tree: ast.AST) -> frozenset[str]:
    """The modules of ours that this code imports, as precisely as the import says."""
    found: set[str] = set()
    for node in imports(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif node.module:
            longer = {f"{node.module}.{alias.name}" for alias in node.names}
            ours = longer & modules().keys()
            found |= ours | (set() if ours == longer else {node.module})
    return frozenset(name for name in found if name == "app" or name.startswith("app."))


def hidden_imports(tree: ast.AST) -> list[int]:
    """The lines of imports inside functions."""
    if not any(node.col_offset for node in imports(tree)):
        return []
    functions = (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return [
        inner.lineno
        for function in functions
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def taken_from(module: str, tree: ast.AST) -> set[str]:
    """The names that this code imports from a module."""
    return {
        alias.name
        for node in imports(tree)
        if isinstance(node, ast.ImportFrom) and node.module == module
        for alias in node.names
    }
