"""Pieces of markup that sentences carry: machine text isolated, left to right, escaped."""

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

from app.i18n import locales
from app.i18n.formats import listed
from app.i18n.locales import Locale

_LEFT_TO_RIGHT_ISOLATE, _FIRST_STRONG_ISOLATE, _END = "\u2066", "\u2068", "\u2069"
_ISLAND = re.compile("<bdi[^>]*>")


def ltr(text: object) -> Markup:
    """Machine text (host, address, port, reply) inside a sentence."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(text)


def ltr_list(text: str) -> Markup:
    """Several pieces of machine text, between commas or blanks, as a list of the language."""
    return listed(re.split(r"[,\s]+", text.strip(", ")))


def code(text: object) -> Markup:
    """Machine text that is to be copied or compared letter by letter."""
    return Markup('<code dir="ltr">{}</code>').format(text)


def attributes(given: Mapping[str, object]) -> Markup:
    """The attributes of an element: False leaves one out, True needs no value."""
    written = (
        f" {name}" if value is True else f' {name}="{escape(value)}"'
        for name, value in given.items()
        if value is not False
    )
    return Markup("".join(written))  # noqa: S704  # the names are ours, the values are escaped


def email_link(address: object) -> Markup:
    """An address on which a mail program can be opened."""
    return Markup('<a href="mailto:{0}" dir="ltr">{0}</a>').format(address)


def person(name: str) -> Markup:
    """A person's name inside a page; it may be an address, and then it is machine text."""
    return ltr(name) if "@" in name else Markup("<bdi>{}</bdi>").format(name)


def language(code: str) -> str:
    """A language inside a page, as the reader calls it; lists to choose from use its own name."""
    return locales.get(code).called_in(locales.current())


def in_language(text: str, locale: Locale) -> Markup:
    """Words of another language inside a page: read out and set as theirs."""
    return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(locale.tag, locale.direction, text)


def fill(sentence: object, **holes: object) -> Markup:
    """Fill the holes of a translated sentence with pieces of markup; everything else is escaped.

    `fill(_("Ask %(host)s."), host=ltr(host))`: the translation itself can bring no markup.
    """
    return escape(str(sentence)) % holes


def plain(sentence: object) -> str:
    """A sentence without its markup, for titles and for scripts; its islands stay isolated."""
    if not isinstance(sentence, Markup):
        return str(sentence)
    text = str(sentence).replace('<bdi dir="ltr">', _LEFT_TO_RIGHT_ISOLATE)
    text = _ISLAND.sub(_FIRST_STRONG_ISOLATE, text).replace("</bdi>", _END)
    return Markup(text).striptags()  # noqa: S704 - its other tags are taken away here


def ltr_plain(text: object) -> str:
    """Machine text where no markup is possible: titles, attributes, plain-text mails."""
    return f"{_LEFT_TO_RIGHT_ISOLATE}{text}{_END}"


def name_plain(text: object) -> str:
    """A person's name, in whatever script, where no markup is possible."""
    return f"{_FIRST_STRONG_ISOLATE}{text}{_END}"
