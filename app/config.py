"""Configuration: read once from the environment, typed; refuses to start with the mend.

What an administrator changes while Peyk runs (servers, sender) is data, not configuration.
"""

import ipaddress
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.here import application

Mode = Literal["production", "development", "testing"]
WorkerPlace = Literal["process", "thread"]
InTwoSteps = Literal["nobody", "admins", "everybody"]

ROOT = Path(__file__).resolve().parent.parent
MIN_SECRET_LENGTH = 32
MIN_TOKEN_LENGTH = 16
PASSWORD_FLOOR, PASSWORD_CEILING = 8, 64
# "dev" and "test" only as words: one random key in five hundred has them among its letters.
_SAMPLE = re.compile(
    r"change.?me|secret|example|sample|development|testing|(?<![a-z0-9])(?:dev|tests?)(?![a-z0-9])",
    re.IGNORECASE,
)
_NEW_KEY = "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
_PREFIX = "PEYK_"
_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?", re.ASCII)

# Those of mail, and those that any program may open; as ranges.
USUAL_PORTS = ((25, 26), (465, 465), (587, 587), (1024, 65535))


class ConfigError(Exception):
    """The environment is not usable; the text says which variable and how to mend it."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that is decided before Peyk starts."""

    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    public_url: str = "http://127.0.0.1:8000"
    mode: Mode = "production"
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    redis_url: str | None = field(default=None, repr=False)
    instance_path: Path = ROOT / "var"
    allowed_hosts: tuple[str, ...] = ()
    proxy_count: int = 0
    rate_limits: bool = True
    password_min_length: int = 12
    require_second_factor: InTwoSteps = "nobody"
    # None: administrators decide, in the settings of the system.
    time_zone: str | None = None
    ehlo_name: str = "localhost"
    log_level: str = "INFO"
    smtp_private_hosts: str = "allow"
    smtp_ports: tuple[tuple[int, int], ...] = USUAL_PORTS
    smtp_ca_file: Path | None = None
    smtp_control_host: str = ""
    worker: WorkerPlace = "process"
    worker_threads: int = 2
    # As many as the server of the panel was told to start in each process.
    web_threads: int = 8
    retention_days: int | None = None
    alert_webhook_url: str | None = None
    alert_webhook_secret: str = field(default="", repr=False)
    metrics_token: str = field(default="", repr=False)
    security_contact: str = ""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> "Config":
        """Read the environment; raise `ConfigError` with a sentence that says the mend."""
        mode = _choice(env, "PEYK_MODE", "production", ("production", "development", "testing"))
        instance_path = Path(env.get("PEYK_INSTANCE_PATH") or ROOT / "var").absolute()
        public_url = _public_url(env, mode)
        return cls(
            mode=cast(Mode, mode),
            secret_key=_secret_key(env, mode),
            secret_key_fallbacks=_former_keys(env, mode),
            database_url=_database_url(env, instance_path),
            redis_url=_redis_url(env),
            public_url=public_url,
            instance_path=instance_path,
            allowed_hosts=_listed(env, "PEYK_ALLOWED_HOSTS"),
            proxy_count=_number(env, "PEYK_PROXY_COUNT", 0, 0, 10),
            rate_limits=_choice(env, "PEYK_RATE_LIMITS", "on", ("on", "off")) == "on",
            password_min_length=_number(
                env, "PEYK_PASSWORD_MIN_LENGTH", 12, PASSWORD_FLOOR, PASSWORD_CEILING
            ),
            require_second_factor=cast(
                InTwoSteps,
                _choice(
                    env, "PEYK_REQUIRE_SECOND_FACTOR", "nobody", ("nobody", "admins", "everybody")
                ),
            ),
            time_zone=_time_zone(env),
            ehlo_name=_ehlo_name(env, public_url),
            log_level=_choice(env, "PEYK_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
            smtp_private_hosts=_private_hosts(env),
            smtp_ports=_ports(env),
            smtp_ca_file=_authorities(env, "PEYK_SMTP_CA_FILE"),
            smtp_control_host=env.get("PEYK_SMTP_CONTROL_HOST", "").strip().lower(),
            worker=cast(WorkerPlace, _choice(env, "PEYK_WORKER", "process", ("process", "thread"))),
            worker_threads=_number(env, "PEYK_WORKER_THREADS", 2, 1, 16),
            web_threads=_number(env, "PEYK_WEB_THREADS", 8, 1, 512),
            retention_days=_retention_days(env),
            alert_webhook_url=_webhook_url(env),
            alert_webhook_secret=_secret(env, "PEYK_ALERT_WEBHOOK_SECRET"),
            metrics_token=_secret(env, "PEYK_METRICS_TOKEN"),
            security_contact=_contact(env),
            environment={k: v for k, v in env.items() if k.startswith("PEYK_SMTP_") or k == "PORT"},
        )

    @property
    def is_https(self) -> bool:
        """Tell whether people reach Peyk over HTTPS."""
        return self.public_url.startswith("https://")

    @property
    def public_host(self) -> str:
        """Return the host name (without a port) under which people reach Peyk."""
        return urlsplit(self.public_url).hostname or "localhost"

    def wants_second_factor(self, *, is_admin: bool) -> bool:
        """Tell whether the operator demands that such a person signs in in two steps."""
        demanded = self.require_second_factor
        return demanded == "everybody" or (demanded == "admins" and is_admin)

    @property
    def own_ports(self) -> frozenset[int]:
        """Return the ports at which Peyk itself listens, as far as it knows them."""
        listens = self.environment.get("PORT", "")
        named = {int(listens)} if listens.isascii() and listens.isdigit() else set[int]()
        return frozenset(named | {port for port in (urlsplit(self.public_url).port,) if port})


def current_config() -> Config:
    """Return the configuration of the application in whose context this runs."""
    return cast(Config, application().extensions["peyk.config"])


def _secret_key(env: Mapping[str, str], mode: str) -> str:
    key = env.get("SECRET_KEY", "").strip()
    if not key:
        raise ConfigError(f"SECRET_KEY is not set. Make one with: {_NEW_KEY}")
    if mode == "production" and (weakness := _weakness(key)):
        raise ConfigError(f"SECRET_KEY {weakness}. Make one with: {_NEW_KEY}")
    return key


def _former_keys(env: Mapping[str, str], mode: str) -> tuple[str, ...]:
    """Return the keys that still open what they sealed, cookies too: so none may be guessable."""
    keys = _listed(env, "SECRET_KEY_FALLBACKS")
    for key in keys if mode == "production" else ():
        if weakness := _weakness(key):
            raise ConfigError(
                f"A key in SECRET_KEY_FALLBACKS {weakness}. Take it out: people sign in once more, "
                "and Peyk says which secrets have to be typed again."
            )
    return keys


def _weakness(key: str) -> str:
    if len(key) < MIN_SECRET_LENGTH:
        return f"is too short: {len(key)} characters, at least {MIN_SECRET_LENGTH} are needed"
    if len(set(key)) < 10 or _SAMPLE.search(key):
        return "looks like a sample"
    return ""


def _database_url(env: Mapping[str, str], instance_path: Path) -> str:
    text = env.get("DATABASE_URL", "").strip()
    if not text:
        return f"sqlite:///{instance_path / 'peyk.sqlite3'}"
    if text.startswith(("postgres://", "postgresql://")):
        text = "postgresql+psycopg://" + text.split("://", 1)[1]
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise ConfigError(_DATABASE_MEND) from error
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ConfigError(_DATABASE_MEND)
    return text


_DATABASE_MEND = (
    "DATABASE_URL is not usable. Write sqlite:///PATH/peyk.sqlite3 or "
    "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE, or leave it out for SQLite under var/."
)


def _redis_url(env: Mapping[str, str]) -> str | None:
    text = env.get("REDIS_URL", "").strip()
    if text and not text.startswith(("redis://", "rediss://", "unix://")):
        raise ConfigError("REDIS_URL must look like redis://HOST:6379/0, or be left out.")
    return text or None


def _public_url(env: Mapping[str, str], mode: str) -> str:
    text = env.get("PUBLIC_URL", "").strip().rstrip("/")
    if not text and mode != "production":
        return "http://127.0.0.1:8000"
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ConfigError(
            "PUBLIC_URL is missing or not usable. Write the address under which people reach "
            "Peyk, for example https://support.yourdomain.com; links in mails begin with it."
        )
    return text


def _ehlo_name(env: Mapping[str, str], public_url: str) -> str:
    """Return the name with which we greet servers: never a guess by DNS, which may hang."""
    name = env.get("PEYK_SMTP_EHLO_NAME", "").strip()
    if any(c.isspace() or not c.isascii() or not c.isprintable() for c in name):
        raise ConfigError("PEYK_SMTP_EHLO_NAME must be a host name such as support.example.com.")
    host = name or urlsplit(public_url).hostname or "localhost"
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return host
    return f"[IPv6:{literal}]" if literal.version == 6 else f"[{literal}]"


def _retention_days(env: Mapping[str, str]) -> int | None:
    is_given = bool(env.get("PEYK_RETENTION_DAYS", "").strip())
    return _number(env, "PEYK_RETENTION_DAYS", 90, 1, 3650) if is_given else None


def _time_zone(env: Mapping[str, str]) -> str | None:
    name = env.get("PEYK_TIME_ZONE", "").strip()
    if not name:
        return None
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f"PEYK_TIME_ZONE is not a known zone: {name}. Write for example Asia/Tehran."
        ) from error
    return name


def _private_hosts(env: Mapping[str, str]) -> str:
    text = env.get("PEYK_SMTP_PRIVATE_HOSTS", "").strip().lower() or "allow"
    if text in ("allow", "deny"):
        return text
    try:
        for part in text.split(","):
            ipaddress.ip_network(part.strip())
    except ValueError as error:
        raise ConfigError(
            "PEYK_SMTP_PRIVATE_HOSTS must be allow, deny, or a list of networks such as "
            "10.0.0.0/8, 192.168.1.0/24."
        ) from error
    return text


def _ports(env: Mapping[str, str]) -> tuple[tuple[int, int], ...]:
    text = env.get("PEYK_SMTP_PORTS", "").strip()
    if not text:
        return USUAL_PORTS
    found = [_PORTS.fullmatch(part) for part in text.replace(",", " ").split()]
    ranges = [(int(one[1]), int(one[2] or one[1])) for one in found if one]
    if None in found or not all(1 <= low <= high <= 65535 for low, high in ranges):
        raise ConfigError(
            "PEYK_SMTP_PORTS must be a list of ports such as 25, 465, 587, 2500-2599."
        )
    return tuple(ranges)


def _webhook_url(env: Mapping[str, str]) -> str | None:
    text = env.get("PEYK_ALERT_WEBHOOK_URL", "").strip()
    if not text:
        return None
    if not is_plain_url(text):
        raise ConfigError(
            "PEYK_ALERT_WEBHOOK_URL is not usable. Write an address such as "
            "https://monitor.yourdomain.com/peyk, without a user name, a password or a #."
        )
    if not env.get("PEYK_ALERT_WEBHOOK_SECRET", "").strip():
        raise ConfigError(
            "PEYK_ALERT_WEBHOOK_SECRET is not set, so the receiver at PEYK_ALERT_WEBHOOK_URL could "
            f"not know who calls. Make one with: {_NEW_KEY}"
        )
    return text


def is_plain_url(text: str) -> bool:
    """Tell whether a text is a web address without a user name, a password or a fragment."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    is_visible = text.isascii() and text.isprintable() and " " not in text
    is_plain = not (parts.username or parts.password or parts.fragment)
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and (is_visible and is_plain and port != 0)
    )


def _contact(env: Mapping[str, str]) -> str:
    text = env.get("PEYK_SECURITY_CONTACT", "").strip()
    is_visible = text.isascii() and text.isprintable() and " " not in text
    if text and not (is_visible and text.startswith(("https://", "mailto:"))):
        raise ConfigError(
            "PEYK_SECURITY_CONTACT must be mailto:security@yourdomain.com or an https:// address, "
            "or be left out."
        )
    return text


def _secret(env: Mapping[str, str], name: str) -> str:
    text = env.get(name, "").strip()
    if text and (len(text) < MIN_TOKEN_LENGTH or not text.isascii() or not text.isprintable()):
        raise ConfigError(
            f"{name} must have at least {MIN_TOKEN_LENGTH} plain characters. "
            f"Make one with: {_NEW_KEY}"
        )
    return text


def _file(env: Mapping[str, str], name: str) -> Path | None:
    text = env.get(name, "").strip()
    if text and not Path(text).is_file():
        raise ConfigError(f"{name} names a file that does not exist: {text}")
    return Path(text) if text else None


def _authorities(env: Mapping[str, str], name: str) -> Path | None:
    """Return a file with certificates of authorities, after a look whether it is one."""
    path = _file(env, name)
    try:
        if path:
            ssl.create_default_context(cafile=path)
    except OSError as error:  # what OpenSSL raises is one, too
        raise ConfigError(
            f"{name} cannot be used: {path} must hold certificates that begin with "
            "-----BEGIN CERTIFICATE-----, and be readable."
        ) from error
    return path


def _listed(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in env.get(name, "").split(",") if part.strip())


def _choice(env: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = env.get(name, "").strip() or default
    for choice in allowed:
        if value.lower() == choice.lower():
            return choice
    raise ConfigError(f"{name} must be one of: {', '.join(allowed)}. It is {value!r}.")


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    value = env.get(name, "").strip() or str(default)
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise ConfigError(f"{name} must be a whole number from {low} to {high}. It is {value!r}.")
    return int(value)
