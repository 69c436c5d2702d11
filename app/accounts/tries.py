"""Tries to sign in, counted before any hashing, for known names and unknown ones alike.

A stranger's try counts for the place it comes from, for the account, and for both together. A
browser known to the account has a counter of its own: no stranger can use that up.
"""

from dataclasses import dataclass

from app.accounts import known_browsers, limits, strangers, tokens
from app.accounts.limits import Counted
from app.core import addresses
from app.core.addresses import InvalidAddress
from app.core.errors import TooOften


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was counted: what is given back when it turns out well."""

    account: str
    counted: tuple[Counted, ...]
    is_known: bool

    def turned_out_well(self) -> None:
        """Give back, in the caller's transaction, what it cost its account, not its place."""
        limits.give_back(*self.counted)


def count(email: str, ip: str, browser: str) -> Try:
    """Count a try; raise `TooOften` with the time to wait."""
    account = limits.account_key(email)
    if known_browsers.knows(browser, _key(email)):
        whose = f"{tokens.digest(browser)}|{account}"
        of_known = (limits.SIGN_IN_FROM_KNOWN, limits.SIGN_IN_FROM_KNOWN_A_DAY)
        counted = tuple((limit, whose) for limit in of_known)
        limits.spend(*counted)
        return Try(account, counted, is_known=True)
    counted = ((limits.SIGN_IN_PER_ACCOUNT, f"{account}|{limits.network(ip)}"),)
    limits.spend((limits.SIGN_IN_PER_IP, limits.origin(ip)), *counted)
    if wait := strangers.take(account):
        raise TooOften(limits.seconds(wait))
    return Try(account, counted, is_known=False)


def _key(email: str) -> str:
    try:
        return addresses.parse(email).key
    except InvalidAddress:
        return ""
