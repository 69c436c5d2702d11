"""On a Persian page every word is Persian, except those that stay Latin on purpose."""

import re
from collections.abc import Iterator
from gettext import NullTranslations

import pytest

from app.config import ROOT
from app.i18n import catalogs, locales
from app.mail.diagnosis.remedies import REMEDIES
from app.web.dev_mail import samples
from tests import people
from tests.page import Element, read
from tests.web.test_every_page import OF_ONE, PAGES, PANEL

IN_SENTENCES = frozenset(
    # Protocols and standards, which everybody writes so.
    "SMTP STARTTLS SSL TLS DNS SPF DKIM DMARC MX SRV PTR IPv4 IPv6 SHA AUTH HTTPS HTML JSON QR "
    # The word beside the Persian one, as settings of hosting companies have it.
    "Authentication Authenticated "
    # «mail.» is how the name of a server usually begins; this is printed on the key.
    "mail Caps Lock".split()
)
# Settings of hosting companies, of systems and of this one, named as they are called there.
TO_OWNERS = frozenset("PLAIN LOGIN SELinux Restrictions full chain".split())
VARIABLE = re.compile(r"PEYK_\w+|%\(\w+\)s")
# As browsers and systems call themselves: app/accounts/devices.py.
PROGRAMS = frozenset("Firefox Chrome Safari Edge Opera Linux Windows macOS iOS Android".split())
# Each language calls itself by its own name.
LANGUAGES = {row.name for row in locales.LOCALES.values()}
ALLOWED = IN_SENTENCES | PROGRAMS | LANGUAGES
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]*[A-Za-z0-9]")
# A hole that machine text fills where no markup is possible; and what a script will fill.
ISOLATED = re.compile("[\u2066-\u2068][^\u2069]*\u2069")
# What is read out or shown although it stands in no text, and what a script shows later.
SAID = (
    *("title", "alt", "label", "placeholder", "summary", "abbr"),
    *("aria-label", "aria-description", "aria-valuetext", "aria-roledescription"),
)
BUTTONS = frozenset({"submit", "reset", "button"})
MACHINE = frozenset({"code", "samp", "kbd", "script", "style"})


def latin(html: str) -> list[str]:
    """The Latin words that a reader meets outside islands of machine text."""
    words = (word for text in _said(read(html).root) for word in LATIN.findall(text))
    return sorted(set(words) - ALLOWED)


def _said(element: Element) -> Iterator[str]:
    yield from map(_bare, _attributes(element))
    for child in element.children:
        if isinstance(child, str):
            yield _bare(child)
        elif not _is_an_island(child):
            yield from _said(child)
        elif child.get("lang") in ("", "fa"):
            yield from map(_bare, _attributes(child))


def _bare(text: str) -> str:
    return ISOLATED.sub("", text)


def _attributes(element: Element) -> Iterator[str]:
    """What is shown of an element itself; an example inside a field of Latin letters is one."""
    is_latin = element.get("dir") == "ltr"
    # Of some time zones the language has no city (Asia/Calcutta); then it is the name's own.
    zone = element.get("value") if element.tag == "option" else ""
    is_zone = "/" in zone or zone == "UTC"
    left_out = ("placeholder",) if is_latin else ("label",) if is_zone else ()
    yield from (element.get(name) for name in SAID if name not in left_out)
    if element.tag == "input" and element.get("type") in BUTTONS:
        yield element.get("value")
    if element.tag == "meta" and element.get("name") == "description":
        yield re.sub(r"\S+@\S+", "", element.get("content"))
    # Sentences for scripts: more than one word, and no address or pattern of it.
    for name, value in element.attributes.items():
        if name.startswith("data-") and " " in value and not set(value) & set("{}/=@"):
            yield value


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


SARA = {"name": "سارا", "email": "sara@example.com"}
SARA |= dict.fromkeys(("password", "password_confirm"), people.PASSWORD)


@pytest.mark.parametrize("path", OF_ONE)
def test_a_page_of_one_thing_has_no_latin_word(nika, path):
    asked = people.register()
    message, user = people.mails()[0].id, people.everybody()[0].id
    where = path.format(user=user, pending=asked.pending_id, message=message)
    assert latin(nika.get(where).text) == []


def test_a_title_isolates_the_address_that_its_heading_isolates(nika):
    people.register()
    root = read(nika.get(f"/system/outbox/{people.mails()[0].id}").text).root
    assert "\u2066sara@example.com\u2069" in root.all("title")[0].text


def test_what_is_refused_and_what_waits_has_no_latin_word(client, token):
    send = {"csrf_token": token}
    assert latin(client.get("/nowhere").text) == []
    assert latin(client.post("/register").text) == []
    assert latin(client.post("/register", data=send).text) == []
    assert latin(client.post("/login", data=send | {"email": "a@b.example"}).text) == []
    assert client.post("/register", data=send | SARA).status_code == 303
    assert latin(client.get("/register/waiting").text) == []


@pytest.mark.parametrize("code", sorted(REMEDIES))
def test_no_diagnosis_tells_its_owner_latin_words(app, code):
    """What is meant for the support of a hosting company has the words of the protocol."""
    with locales.use("fa"):
        remedy = REMEDIES[code]
        said = f"{remedy.meaning} {remedy.advice}"
    assert set(LATIN.findall(VARIABLE.sub("", said))) <= ALLOWED | TO_OWNERS


def test_no_mail_has_a_latin_word(app):
    for name in samples.names():
        mail = samples.written(name, "fa")
        assert mail is not None, f"add {name} to app/accounts/mails/samples.py"
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


@pytest.mark.parametrize(
    "piece",
    [
        "<title>Word</title>",
        '<meta name="description" content="Word">',
        '<img src="x" alt="Word">',
        '<input placeholder="Word">',
        '<input type="submit" value="Word">',
        '<option value="x">Word</option>',
        '<optgroup label="Word"></optgroup>',
        '<button data-done="Word کپی شد">کپی</button>',
        '<input dir="ltr" aria-label="Word">',
    ],
)
def test_a_latin_word_is_found_wherever_it_is_shown(piece):
    assert latin(piece) == ["Word"]


def test_a_sentence_that_nobody_translated_is_found_on_its_page(client, monkeypatch):
    monkeypatch.setattr(locales, "catalog", NullTranslations)
    assert {"Sign", "password"} <= set(latin(client.get("/login?lang=fa").text))


def test_nothing_is_allowed_that_no_sentence_says():
    catalog = catalogs.read(catalogs.locale_path(ROOT, "fa"))
    said = {
        word
        for entry in catalogs.entries(catalog).values()
        for text in catalogs.texts(entry)
        for word in LATIN.findall(re.sub(r"%\(\w+\)s", "", text))
    }
    assert said >= IN_SENTENCES
