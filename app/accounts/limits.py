"""How often a stranger may ask for something; counted before any work is done."""

import ipaddress
import math
from datetime import timedelta

from app.core import rate_limit
from app.core.addresses import MAX_LENGTH, InvalidAddress, parse
from app.core.errors import TooOften
from app.core.rate_limit import Limit
from app.i18n import normalise

_HOUR = timedelta(hours=1)

REGISTER_PER_IP = Limit("register.ip", 20, _HOUR)
REGISTER_PER_ADDRESS = Limit("register.address", 10, _HOUR)
RESEND_PER_ADDRESS = Limit("resend.address", 5, _HOUR)
RESEND_PER_IP = Limit("resend.ip", 20, _HOUR)
RESEND_BY_ALL = Limit("resend.all", 600, _HOUR)
CORRECT_PER_ATTEMPT = Limit("correct.attempt", 5, _HOUR)
ACTIVATE_PER_IP = Limit("activate.ip", 60, timedelta(minutes=1))
CODE_PER_IP = Limit("code.ip", 30, timedelta(minutes=1))
CODE_PER_ATTEMPT = Limit("code.attempt", 20, _HOUR)
RECOVER_PER_ADDRESS = Limit("recover.address", 5, _HOUR)
RECOVER_PER_IP = Limit("recover.ip", 20, _HOUR)
RECOVER_BY_ALL = Limit("recover.all", 600, _HOUR)
FOLLOW_PER_IP = Limit("follow.ip", 60, timedelta(minutes=1))
SIGN_IN_PER_ACCOUNT = Limit("sign_in.account", 5, timedelta(minutes=5))
SIGN_IN_PER_IP = Limit("sign_in.ip", 30, timedelta(minutes=1))
# Six digits are guessed in half a million tries: fifty a day, whoever tries and from wherever.
CODES_PER_USER = (
    Limit("code.user", 5, timedelta(minutes=5)),
    Limit("code.user.hour", 20, _HOUR),
    Limit("code.user.day", 50, timedelta(days=1)),
)
RECOVERY_CODES_PER_IP = Limit("recovery_code.ip", 20, _HOUR)
SIGN_IN_FROM_KNOWN = Limit("sign_in.known", 10, timedelta(minutes=5))
SIGN_IN_FROM_KNOWN_A_DAY = Limit("sign_in.known.day", 100, timedelta(days=1))
CONFIRM_PER_SESSION = Limit("confirm.session", 5, timedelta(minutes=5))
CONFIRM_PER_USER = Limit("confirm.user", 20, _HOUR)
CHANGE_ADDRESS_PER_USER = Limit("change_address.user", 5, _HOUR)
CHANGE_ADDRESS_PER_ADDRESS = Limit("change_address.address", 5, _HOUR)
# So many of what all share are free for each neighbourhood.
FREE = 3

Counted = rate_limit.Wanted


def spend(*counted: Counted) -> None:
    """Take one of each, or raise `TooOften` with the time to wait."""
    # A wait of no time at all is false, and still one: the token is not there.
    if (wait := rate_limit.take(*counted)) is not None:
        raise TooOften(seconds(wait))


def spend_of_all(limit: Limit, ip: str) -> None:
    """Take one of what all share, or raise `TooOften`; the first ones of a neighbourhood are free.

    Otherwise a few machines that ask without end would use up everybody's.
    """
    free = Limit(f"{limit.name}.free", FREE, limit.per)
    if rate_limit.take((free, network(ip, 48))) is not None:
        spend((limit, "all"))


def seconds(wait: timedelta) -> int:
    """Return a time to wait as whole seconds, at least one."""
    return max(1, math.ceil(wait.total_seconds()))


def give_back(*counted: Counted) -> None:
    """Undo `spend`, in the caller's transaction, for a try that turned out well; no other."""
    for limit, key in counted:
        rate_limit.give_back(limit, key)


def account_key(text: str) -> str:
    """Return what counts as one account when tries to sign in are counted, for any text whatever.

    Another spelling is another account, and whoever owns that forgives nothing to this one.
    """
    try:
        return parse(text).key
    except InvalidAddress:
        return normalise.machine(text[:MAX_LENGTH]).casefold()[:MAX_LENGTH]


def address_key(text: str) -> str:
    """Return what counts as one mailbox when mails are counted, for any text whatever.

    Dots and what follows a plus make another address, but the same mailbox gets the mail.
    """
    local, at, domain = account_key(text).rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}" if at else domain


def origin(ip: str, ipv6_prefix: int = 64) -> str:
    """Return what counts as one place to ask from: an IPv4 address, or a household's IPv6 /64.

    One machine may have all the addresses of its /64, a new one for each try; whoever rents one
    may have a /48.
    """
    return network(ip, ipv6_prefix) if ":" in ip else ip


def network(ip: str, ipv6_prefix: int = 64) -> str:
    """Return the neighbourhood of an address: what one household or office shares.

    With a prefix of 48 it is all that somebody gets who rents a machine.
    """
    try:
        found = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    prefix = 24 if isinstance(found, ipaddress.IPv4Address) else ipv6_prefix
    return str(ipaddress.ip_network(f"{found}/{prefix}", strict=False))
