"""E-mail addresses: one documented normal form, found without asking the network.

Plus signs and dots are part of an address; two addresses are the same when their keys are.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from app.i18n.normalise import human, machine

MAX_LENGTH = 254


class Reason(StrEnum):
    """Why a text is not an address; pages have a sentence for each."""

    NO_AT = "no_at"
    SEVERAL = "several"
    NON_ASCII_NAME = "non_ascii_name"
    TOO_LONG = "too_long"
    RESERVED = "reserved"
    DOMAIN = "domain"
    OTHER = "other"


class InvalidAddress(ValueError):
    """The text is not an address that mail can be sent to."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Address:
    """An address: `display` is for people, `ascii` for servers, `key` for comparison."""

    display: str
    ascii: str
    key: str


@lru_cache(maxsize=256)
def parse(text: str) -> Address:
    """Return the address in its normal form; hidden characters and outer blanks are ignored.

    One deed asks for the form of the same text several times: the last ones are remembered.

    Raises InvalidAddress for lists, display names, quoted or non-ASCII local parts, IP literals,
    special-use domains and whatever else cannot be one plain address.
    """
    text = machine(text)
    _refuse_the_obvious(text)
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as problem:
        raise InvalidAddress(_reason(text, str(problem))) from problem
    if machine(found.domain) != found.domain:
        # Written as xn--…, a domain may have digits that nobody can write otherwise: what is
        # stored for people would lead to another domain.
        raise InvalidAddress(Reason.DOMAIN)
    ascii_form = found.ascii_email or ""
    if not ascii_form or len(ascii_form) > MAX_LENGTH:
        raise InvalidAddress(Reason.TOO_LONG)
    local = found.ascii_local_part or found.local_part
    return Address(
        display=found.normalized,
        ascii=ascii_form,
        key=f"{local.casefold()}@{_without_twins(found.domain, found.ascii_domain)}",
    )


def masked(display: str) -> str:
    """Return an address that its owner recognises and nobody else can write to."""
    local, _, domain = display.rpartition("@")
    return f"{local[: min(2, len(local) // 3 or 1)]}•••@{domain}"


def _without_twins(domain: str, ascii_domain: str) -> str:
    """Return the domain for comparison: Arabic letters that look like Persian ones are these.

    Both may be registered, and nobody sees which of the two an address has.
    """
    persian = human(domain, "fa")
    if domain.isascii() or persian == domain:
        return ascii_domain.lower()
    return validate_email(f"name@{persian}", check_deliverability=False).ascii_domain.lower()


def _refuse_the_obvious(text: str) -> None:
    """Name the common mistakes before the library's long list."""
    if len(text) > MAX_LENGTH:
        raise InvalidAddress(Reason.TOO_LONG)
    if "@" not in text:
        raise InvalidAddress(Reason.NO_AT)
    if text.count("@") > 1 or any(sign in text for sign in ",;<> "):
        raise InvalidAddress(Reason.SEVERAL)
    if not text.partition("@")[0].isascii():
        raise InvalidAddress(Reason.NON_ASCII_NAME)


def _reason(text: str, said: str) -> Reason:
    """Sort what the library says into the few things that help a person."""
    if "special-use" in said:
        return Reason.RESERVED
    if "too long" in said:
        return Reason.TOO_LONG
    if not _is_plain_domain(text.partition("@")[2]):
        return Reason.DOMAIN
    return Reason.OTHER


def _is_plain_domain(domain: str) -> bool:
    """Whether the part after the @ alone would do."""
    try:
        validate_email(f"name@{domain}", check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return False
    return True
