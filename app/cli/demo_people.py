"""Believable people for the demo: Persian and English names, addresses that belong to nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from app.core.addresses import Address, parse

# Domains that nobody can own (RFC 2606): a mail to them reaches no person.
DOMAINS = ("example.com", "example.org", "example.net", "negar.example", "bazaar.example")
RESERVED = ("example.com", "example.org", "example.net")
RESERVED_ENDINGS = ("example", "test", "invalid", "localhost")
_PERSIAN_SHARE = 0.75

_PERSIAN_GIVEN = (
    "سارا=sara مریم=maryam زهرا=zahra نیلوفر=niloufar شیرین=shirin الهام=elham لیلا=leila "
    "نازنین=nazanin پریسا=parisa مهسا=mahsa آرزو=arezou رویا=roya سمیرا=samira یاسمن=yasaman "
    "علی=ali رضا=reza حسین=hossein امیر=amir کاوه=kaveh آرش=arash بهرام=bahram سیاوش=siavash "
    "مهدی=mehdi پویا=pouya کیان=kian فرهاد=farhad داریوش=dariush سینا=sina بابک=babak یاشار=yashar"
)
_PERSIAN_FAMILIES = (
    "احمدی=ahmadi محمدی=mohammadi رضایی=rezaei حسینی=hosseini کریمی=karimi موسوی=mousavi "
    "جعفری=jafari صادقی=sadeghi رحیمی=rahimi ابراهیمی=ebrahimi هاشمی=hashemi نوری=nouri "
    "کاظمی=kazemi قاسمی=ghasemi اکبری=akbari یزدانی=yazdani شریفی=sharifi فرهمند=farahmand "
    "تهرانی=tehrani بهرامی=bahrami جلالی=jalali مرادی=moradi زمانی=zamani پارسا=parsa"
)
_ENGLISH_GIVEN = (
    "Emma Oliver Grace Henry Sophie James Alice Daniel Clara Thomas Julia Samuel Hannah Peter"
).split()
_ENGLISH_FAMILIES = (
    "Walker Bennett Hughes Clarke Foster Morgan Reed Shaw Turner Ellis Porter Hayes Brooks Lane"
).split()


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of the demo."""

    name: str
    address: Address
    locale: str


def people(chance: Random) -> Iterator[Somebody]:
    """Make people without end, no two with one address."""
    known: set[str] = set()
    while True:
        name, given, family, locale = _named(chance)
        for mark in ("", *map(str, range(2, 100))):
            address = parse(f"{given}.{family}{mark}@{chance.choice(DOMAINS)}")
            if address.key not in known:
                known.add(address.key)
                yield Somebody(name, address, locale)
                break


def is_reserved(email: str) -> bool:
    """Tell whether an address lies in a domain that nobody can own."""
    domain = email.rpartition("@")[2].lower()
    is_one = any(domain == own or domain.endswith(f".{own}") for own in RESERVED)
    return is_one or domain.rpartition(".")[2] in RESERVED_ENDINGS


def _named(chance: Random) -> tuple[str, str, str, str]:
    if chance.random() < _PERSIAN_SHARE:
        given, latin_given = chance.choice(_PERSIAN_GIVEN.split()).split("=")
        family, latin_family = chance.choice(_PERSIAN_FAMILIES.split()).split("=")
        return f"{given} {family}", latin_given, latin_family, "fa"
    given, family = chance.choice(_ENGLISH_GIVEN), chance.choice(_ENGLISH_FAMILIES)
    return f"{given} {family}", given.lower(), family.lower(), "en"
