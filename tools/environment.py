"""The environment in which `make run` starts Peyk: nothing that somebody has set is overruled."""

import os
import secrets
from pathlib import Path

from tools.steps import ROOT

HOST = "127.0.0.1"
_LAST_PORT = 65535


def var_folder() -> Path:
    """Where this machine's data stand: database, key, caught mail."""
    return Path(os.environ.get("PEYK_INSTANCE_PATH") or ROOT / "var").absolute()


def web_port() -> int:
    """The port of the panel."""
    return _port("PORT", 8000)


def catcher_port() -> int:
    """The port of the local mail catcher."""
    return _port("PEYK_CATCHER_PORT", 2525)


def development() -> dict[str, str]:
    """Everything that the programs of a local Peyk need, with a key of this machine's own."""
    defaults = {
        "PUBLIC_URL": f"http://{HOST}:{web_port()}",
        "PEYK_CATCHER_PORT": str(catcher_port()),
        "PYTHONUNBUFFERED": "1",
    }
    in_file = _named_in(ROOT / ".env")
    environment = {name: value for name, value in defaults.items() if name not in in_file}
    environment |= os.environ
    if "SECRET_KEY" not in in_file and not environment.get("SECRET_KEY"):
        environment["SECRET_KEY"] = _secret_key(var_folder() / "secret_key")
    return environment | {"PEYK_MODE": "development"}


def _port(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) <= _LAST_PORT:
        raise SystemExit(
            f"{name} must be a port, a number from 1 to {_LAST_PORT}. It is {value!r}."
        )
    return int(value)


def _named_in(path: Path) -> set[str]:
    """The variables that a `.env` file sets; the application itself reads their values."""
    if not path.is_file():
        return set()
    lines = (line.strip().removeprefix("export ") for line in path.read_text().splitlines())
    return {line.split("=", 1)[0].strip() for line in lines if "=" in line and line[0] != "#"}


def _secret_key(path: Path) -> str:
    """This machine's key: made once, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.touch(mode=0o600, exist_ok=False)
        temporary.write_text(secrets.token_urlsafe(48), encoding="ascii")
        temporary.rename(path)
    return path.read_text(encoding="ascii").strip()
