"""Mail services whose settings are public knowledge: by the domain of an address or of its MX.

Only what the services themselves publish stands here. A hosting company needs no entry: its
servers are found through the domain's own records and usual names.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.mail.models import Encryption


class Note(StrEnum):
    """What has to be done at the service before its server lets anybody in."""

    NONE = ""
    APP_PASSWORD = "app_password"
    APP_PASSWORD_WITH_TWO_STEPS = "app_password_with_two_steps"
    SMTP_AUTH_SWITCH = "smtp_auth_switch"
    NO_PASSWORDS = "no_passwords"


@dataclass(frozen=True, slots=True)
class Service:
    """Where mail may be handed in."""

    host: str
    port: int
    encryption: Encryption


@dataclass(frozen=True, slots=True)
class Provider:
    """One service: the domains of its mailboxes, the names of its MX servers, where to hand in.

    All of them want the whole address as the user name.
    """

    name: str
    services: tuple[Service, ...]
    domains: frozenset[str] = frozenset()
    exchanges: tuple[str, ...] = ()
    note: Note = Note.NONE


def of_domain(domain: str) -> Provider | None:
    """Return the service whose mailboxes have addresses in this domain."""
    return next((one for one in PROVIDERS if domain in one.domains), None)


def of_exchanges(hosts: tuple[str, ...]) -> Provider | None:
    """Return the service that receives the mail of a domain, going by its MX servers."""
    return next(
        (one for one in PROVIDERS for host in hosts if _is_within(host, one.exchanges)), None
    )


def _is_within(host: str, suffixes: tuple[str, ...]) -> bool:
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in suffixes)


def _both(host: str) -> tuple[Service, ...]:
    return Service(host, 465, Encryption.TLS), Service(host, 587, Encryption.STARTTLS)


def _only_starttls(host: str) -> tuple[Service, ...]:
    return (Service(host, 587, Encryption.STARTTLS),)


PROVIDERS: tuple[Provider, ...] = (
    Provider(
        "Gmail",
        _both("smtp.gmail.com"),
        frozenset({"gmail.com", "googlemail.com"}),
        ("google.com", "googlemail.com"),
        Note.APP_PASSWORD,
    ),
    Provider(
        "Microsoft 365",
        _only_starttls("smtp.office365.com"),
        exchanges=("mail.protection.outlook.com", "mx.microsoft"),
        note=Note.SMTP_AUTH_SWITCH,
    ),
    Provider(
        "Outlook.com",
        _only_starttls("smtp-mail.outlook.com"),
        frozenset({"outlook.com", "hotmail.com", "live.com", "msn.com"}),
        note=Note.NO_PASSWORDS,
    ),
    Provider(
        "Yahoo",
        _both("smtp.mail.yahoo.com"),
        frozenset({"yahoo.com", "ymail.com", "rocketmail.com"}),
        ("yahoodns.net",),
        Note.APP_PASSWORD,
    ),
    Provider(
        "Zoho Mail",
        _both("smtp.zoho.com"),
        frozenset({"zoho.com", "zohomail.com"}),
        note=Note.APP_PASSWORD_WITH_TWO_STEPS,
    ),
    Provider(
        "Zoho Mail",
        _both("smtppro.zoho.com"),
        exchanges=("zoho.com",),
        note=Note.APP_PASSWORD_WITH_TWO_STEPS,
    ),
    Provider(
        "Zoho Mail",
        _both("smtppro.zoho.eu"),
        exchanges=("zoho.eu",),
        note=Note.APP_PASSWORD_WITH_TWO_STEPS,
    ),
    Provider(
        "Yandex",
        (Service("smtp.yandex.com", 465, Encryption.TLS),),
        frozenset({"yandex.com", "yandex.ru", "ya.ru"}),
        ("mx.yandex.net", "mx.yandex.ru"),
        Note.APP_PASSWORD,
    ),
    Provider(
        "iCloud Mail",
        _only_starttls("smtp.mail.me.com"),
        frozenset({"icloud.com", "me.com", "mac.com"}),
        ("mail.icloud.com",),
        Note.APP_PASSWORD,
    ),
)
