"""The environment in which `make run` starts Peyk: nothing that somebody has set is overruled."""

import os
import secrets
from pathlib import Path

from tools.steps import ROOT

HOST = "127.0.0.1"
_LAST_PORT = 65535


def given(name: str) -> str:
    """What somebody has set, in the environment or else in `.env`; empty when nobody has."""
    return os.environ.get(name) or _in_file(ROOT / ".env").get(name, "")


def web_threads() -> str:
    """How many threads the panel's server starts in each process, as the operators' guide says."""
    return given("PEYK_WEB_THREADS") or "128"


def var_folder() -> Path:
    """Where this machine's data stand: database, key, caught mail."""
    return Path(given("PEYK_INSTANCE_PATH") or ROOT / "var").absolute()


def own_database() -> Path:
    """The SQLite file that Peyk uses when it is told nothing else."""
    return var_folder() / "peyk.sqlite3"


def uses_own_database() -> bool:
    """Whether nobody has named another database."""
    return not given("DATABASE_URL")


def web_port() -> int:
    """The port of the panel."""
    return _port("PORT", 8000)


def catcher_port() -> int:
    """The port of the local mail catcher."""
    return _port("PEYK_CATCHER_PORT", 2525)


def refuser_port() -> int:
    """The port of the server that refuses everybody; only the demo has one."""
    return _port("PEYK_DEMO_PRIMARY_PORT", 2526)


def enter_demo() -> None:
    """Give the demo a folder and a database of its own, whatever is set for the real thing."""
    folder = ROOT / "var" / "demo"
    os.environ["PEYK_INSTANCE_PATH"] = str(folder)
    os.environ["DATABASE_URL"] = f"sqlite:///{folder / 'peyk.sqlite3'}"
    # Neither the wake-ups nor the alerts of the demo are those of the real thing.
    os.environ["REDIS_URL"] = os.environ["PEYK_ALERT_WEBHOOK_URL"] = ""


def development() -> dict[str, str]:
    """Everything that the programs of a local Peyk need, with a key of this machine's own."""
    environment = {"PYTHONUNBUFFERED": "1", **os.environ, "PEYK_MODE": "development"}
    environment["PEYK_WEB_THREADS"] = web_threads()
    if not given("PUBLIC_URL"):
        environment["PUBLIC_URL"] = f"http://{HOST}:{web_port()}"
    if not given("SECRET_KEY"):
        environment["SECRET_KEY"] = _secret_key(var_folder() / "secret_key")
    return environment


def _port(name: str, default: int) -> int:
    value = given(name) or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) <= _LAST_PORT:
        raise SystemExit(
            f"{name} must be a port, a number from 1 to {_LAST_PORT}. It is {value!r}."
        )
    return int(value)


def _in_file(path: Path) -> dict[str, str]:
    """The plain assignments of a `.env` file; the application itself reads the whole of it."""
    if not path.is_file():
        return {}
    lines = (line.strip().removeprefix("export ") for line in path.read_text("utf-8").splitlines())
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}


def _secret_key(path: Path) -> str:
    """This machine's key: made once, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.touch(mode=0o600, exist_ok=False)
        temporary.write_text(secrets.token_urlsafe(48), encoding="ascii")
        temporary.rename(path)
    return path.read_text(encoding="ascii").strip()
