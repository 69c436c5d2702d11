"""What every template may use, beside its own values."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from markupsafe import Markup, escape
from werkzeug.local import LocalProxy

from app.config import current_config
from app.core import site
from app.i18n import formats, locales
from app.i18n.locales import Locale
from app.i18n.text import _, _l
from app.web import navigation
from app.web.drawing import assets, markup, pieces, times
from app.web.forms.fields import faults
from app.web.lists import listing
from app.web.mail_state import alerts
from app.web.visitors import choices
from app.web.visitors.access import is_local_path, request_id

_THEMES: Final = {
    "dark": _l("Switch to dark"),
    "light": _l("Switch to light"),
    choices.SYSTEM: _l("Light or dark, like the device"),
}


def init_app(app: Flask) -> None:
    """Hand the templates their names."""
    app.jinja_env.globals.update(
        alerts=alerts.alerts,
        alternates=alternates,
        bounded=formats.bounded,
        brand=brand,
        code=markup.code,
        contact=contact,
        drawn_csrf=pieces.csrf,
        drawn_icon=pieces.icon,
        drawn_options=pieces.options,
        drawn_pill=pieces.pill,
        duration=formats.duration,
        email_link=markup.email_link,
        faults=faults,
        fill=markup.fill,
        fonts=assets.has_fonts,
        has_page=navigation.has_page,
        filtered_url=listing.filtered_url,
        here=here,
        is_filtered=listing.is_filtered,
        home_url=navigation.home_url,
        locale=LocalProxy(locales.current),
        ltr=markup.ltr,
        ltr_plain=markup.ltr_plain,
        name_plain=markup.name_plain,
        navigation=navigation.navigation,
        next_theme=choices.next_theme,
        next_theme_label=next_theme_label,
        number=formats.number,
        other_languages=other_languages,
        page_url=listing.page_url,
        percent=formats.percent,
        person=markup.person,
        plain_url=listing.plain_url,
        registration_open=registration_open,
        request_id=request_id,
        static_url=assets.static_url,
        theme=choices.theme,
        time_tag=times.moment,
    )
    app.jinja_env.filters.update(
        paragraphs=paragraphs, time_tag=times.moment, ltr=markup.ltr, plain=markup.plain
    )
    app.jinja_env.tests["latin"] = is_latin
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def brand() -> str:
    """The name of the system in the language of the page or mail."""
    return site.current().names.get(locales.current().code) or str(_("Support System"))


def registration_open() -> bool:
    """Whether anybody may register."""
    return site.current().registration_open


def contact() -> str:
    """Where people may ask when they are stuck; empty when nobody is named."""
    return site.current().contact


def here() -> str:
    """The page one is on, as a path that may be opened again; the start page when it may not.

    Found out once for a page: each of its switches asks.
    """
    if "here" not in g:
        g.here = next((path for path in _places() if path and is_local_path(path)), "/")
    return str(g.here)


def _places() -> Iterator[str]:
    """The page that was asked for; where a form was sent instead, the page it came from."""
    yield _without_language(request.full_path)
    referrer = urlsplit(request.referrer or "")
    yield referrer.path if referrer.netloc == request.host else ""


def other_languages() -> Iterator[Locale]:
    """The languages to which the reader may switch."""
    return (locale for locale in locales.offered().values() if locale != locales.current())


def alternates() -> Iterator[tuple[Locale, str]]:
    """This page in each language, for programs that look for it; only of pages for everybody."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method == "GET" and getattr(view, "access", "") == "public":
        page = current_config().public_url + request.path
        yield from ((each, f"{page}?lang={each.code}") for each in locales.LOCALES.values())


def next_theme_label() -> str:
    """What the theme button does next."""
    return str(_THEMES[choices.next_theme()])


def paragraphs(text: object) -> Markup:
    """Help as paragraphs: one text (blank lines part it), a list of texts, or ready markup."""
    if isinstance(text, Markup):
        return text
    texts = text if isinstance(text, list | tuple) else str(text).split("\n\n")
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in map(_escaped, texts))


def _escaped(text: object) -> Markup:
    """A lazy sentence is not a string yet, and only a string is escaped."""
    return text if isinstance(text, Markup) else escape(str(text))


def is_latin(text: object) -> bool:
    """Whether the text is machine words (SSL/TLS) that stay left to right on every page."""
    return str(text).isascii()


def _without_language(path: str) -> str:
    """The path without `?lang=`: the switch must not be overruled by the address."""
    if "lang" not in request.args:
        return path.rstrip("?")
    return request.path
