"""On a Persian page every word is Persian, except those that stay Latin on purpose."""

import re
from collections.abc import Iterator

import pytest

from app.i18n import locales
from app.web.dev_mail import samples
from tests.page import Element, read
from tests.web.test_every_page import PAGES, PANEL

# Protocols, standards and units that everybody writes so; and the other languages' own names.
ALLOWED = frozenset(
    # «mail.» is how the name of a server usually begins; the help says so.
    "mail SMTP STARTTLS SSL TLS DNS SPF DKIM DMARC MX SRV PTR TXT CNAME IP IPv4 IPv6 HTML CSV "
    "SHA QR URL PDF UTC AUTH Authentication Authenticated Firefox Chrome Chromium Safari Edge "
    "Linux Windows macOS iOS Android HTTP HTTPS API JSON HMAC English".split()
)
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]*[A-Za-z0-9]")
# A hole that machine text fills where no markup is possible; and what a script will fill.
ISOLATED = re.compile("[\u2066-\u2068][^\u2069]*\u2069")
SAID = ("title", "aria-label", "alt")
MACHINE = frozenset({"code", "samp", "kbd", "script", "style"})


def latin(html: str) -> list[str]:
    """The Latin words that a reader meets outside islands of machine text."""
    words = (word for text in _said(read(html).root) for word in LATIN.findall(text))
    return sorted(set(words) - ALLOWED)


def _said(element: Element) -> Iterator[str]:
    for name in SAID:
        yield ISOLATED.sub("", element.get(name))
    for child in element.children:
        if isinstance(child, str):
            yield ISOLATED.sub("", child)
        elif not _is_an_island(child):
            yield from _said(child)


def _is_an_island(element: Element) -> bool:
    """Machine text, another language, or what people have typed themselves."""
    other = element.get("lang") not in ("", "fa")
    return other or element.tag in MACHINE or element.get("dir") in ("ltr", "auto")


@pytest.mark.parametrize("path", sorted(PAGES))
def test_a_public_page_has_no_latin_word(client, path):
    assert latin(client.get(f"{path}?lang=fa").text) == []


@pytest.mark.parametrize("path", sorted(PANEL))
def test_a_page_of_the_panel_has_no_latin_word(nika, path):
    assert latin(nika.get(f"{path}?lang=fa").text) == []


def test_no_mail_has_a_latin_word(app):
    for name in samples.names():
        mail = samples.written(name, "fa")
        assert mail is not None, f"add {name} to app/accounts/mail_samples.py"
        assert latin(mail.html) == [], name
        lines = [ISOLATED.sub("", line) for line in (mail.subject, *mail.text.splitlines())]
        prose = " ".join(line for line in lines if re.search("[آ-ی]", line))
        assert set(LATIN.findall(re.sub(r"\S+@\S+|https?://\S+", "", prose))) <= ALLOWED, name


@pytest.mark.parametrize("code", sorted(locales.LOCALES))
def test_plain_text_stands_on_its_own(app, code):
    """Every paragraph begins in the direction of its language; links stand alone on their lines."""
    rtl = locales.get(code).direction == "rtl"
    for name in samples.names():
        text = samples.written(name, code).text
        for line in filter(None, text.splitlines()):
            if re.match(r"https?://\S+$|[\d-]+$", line):
                continue
            assert "http" not in line, (name, line)
            first = re.search(r"[^\W\d_]", line)
            assert first, (name, line)
            assert (first[0] > "\u0590") == rtl, (name, line)


def test_a_latin_word_would_be_found():
    page = '<p>سلام Dear <code>x</code> <bdi dir="ltr">mail.example.com</bdi></p>'
    assert latin(page) == ["Dear"]
    assert latin('<a title="Close" href="/x">بستن</a> SMTP') == ["Close"]
