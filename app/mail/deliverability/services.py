"""What mail services and programs publish of themselves: SPF names and usual DKIM selectors."""

from dataclasses import dataclass

from app.mail.discovery import providers
from app.mail.discovery.providers import Provider


@dataclass(frozen=True, slots=True)
class Service:
    """One service: what to include, what else of its names counts as that, its selectors.

    An empty `include` means that it differs by region or customer: the service itself tells.
    """

    name: str
    include: str = ""
    kin: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()

    def is_named_in(self, names: frozenset[str]) -> bool:
        """Tell whether a record that includes these names lets the service send."""
        wanted = (self.include, *self.kin)
        return any(
            name == one or name.endswith(f".{one}") for name in names for one in wanted if one
        )


SERVICES = {
    "Gmail": Service("Google", "_spf.google.com", selectors=("google",)),
    "Microsoft 365": Service(
        "Microsoft 365", "spf.protection.outlook.com", selectors=("selector1", "selector2")
    ),
    "Zoho Mail": Service(
        "Zoho Mail", kin=("zoho.com", "zohomail.com", "zoho.eu", "zohomail.eu", "zoho.in"),
        selectors=("zoho", "zmail"),
    ),
    "Yandex": Service("Yandex", "_spf.yandex.net", ("yandex.net",), ("mail",)),
    "iCloud Mail": Service("iCloud Mail", "icloud.com", selectors=("sig1",)),
}  # fmt: skip

# What servers and panels call their first key, and then services by which mail is often sent.
# Zimbra and SmarterMail invent a name for each key, so theirs cannot be guessed.
SELECTORS = tuple(
    "default mail dkim x s1 s2 s selector1 selector2 selector k1 k2 k3 google key1 key2 key "
    "dkim1 dkim2 mx smtp email server main mta1 api pm mandrill mailjet zoho zmail sig1 fm1 "
    "fm2 fm3 protonmail mdaemon rsa ed25519 s1024 s2048 dkim2048 20230601".split()
)


def of_host(host: str) -> Service | None:
    """Return the service that a server belongs to, by the names that services publish."""
    return next(
        (
            _of(provider)
            for provider in providers.PROVIDERS
            for service in provider.services
            if service.host == host
        ),
        None,
    )


def of_exchanges(hosts: tuple[str, ...]) -> Service | None:
    """Return the service that receives the mail of a domain."""
    provider = providers.of_exchanges(hosts)
    return _of(provider) if provider else None


def selectors(known: tuple[Service | None, ...]) -> tuple[str, ...]:
    """Return the selectors worth a try, those of the services first."""
    first = [name for service in known if service for name in service.selectors]
    return tuple(dict.fromkeys((*first, *SELECTORS)))


def of_domain(domain: str) -> Service | None:
    """Return the service whose mailboxes have addresses in this domain."""
    provider = providers.of_domain(domain)
    return _of(provider) if provider else None


def _of(provider: Provider) -> Service:
    return SERVICES.get(provider.name, Service(provider.name))
