"""What the pages about languages show."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString

from app.config import ROOT
from app.core import site
from app.i18n import locales, progress
from app.i18n.locales import EVERYTHING, Locale
from app.i18n.progress import Gap, Progress, Share
from app.i18n.text import _l

_MOST = 200
AREAS: Mapping[str, LazyString] = {
    "public": _l("Registration, sign-in, links"),
    "account": _l("The account of a person"),
    "mails": _l("Mails"),
    "frame": _l("Frame and errors of all pages"),
    "smtp": _l("SMTP settings and their help"),
    "diagnoses": _l("What can be wrong with a mail server"),
    "panel": _l("The rest of the panel"),
    "development": _l("Pages for developers"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One area of a language."""

    name: str
    title: str
    share: Share
    is_promised: bool


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the list."""

    locale: Locale
    progress: Progress
    parts: tuple[Part, ...]
    is_default: bool

    @property
    def is_source(self) -> bool:
        """Whether the sentences are written in it."""
        return self.locale.code == locales.SOURCE


@dataclass(frozen=True, slots=True)
class Gaps:
    """What a language lacks, of one area or of all, as many as a page can hold."""

    language: Language
    area: str
    items: tuple[Gap, ...]
    total: int

    @property
    def path(self) -> str:
        """The file in which a translator fills them."""
        return f"translations/{self.language.locale.code}/LC_MESSAGES/messages.po"


def languages() -> list[Language]:
    """Return all languages, that of the site first."""
    default = site.current().locale
    found = [_language(locale, default) for locale in locales.LOCALES.values()]
    return sorted(found, key=lambda each: not each.is_default)


def gaps(locale: Locale, area: str) -> Gaps:
    """Return what this language lacks in an area; an unknown area is all of them."""
    language = _language(locale, site.current().locale)
    area = area if area in AREAS else ""
    items = [gap for gap in language.progress.gaps if not area or area in gap.areas]
    return Gaps(language, area, tuple(items[:_MOST]), len(items))


def _language(locale: Locale, default: str) -> Language:
    found = progress.of(ROOT, locale)
    promised = set(AREAS) if EVERYTHING in locale.whole else set(locale.whole)
    parts = (
        Part(name, str(title), found.areas[name], name in promised)
        for name, title in AREAS.items()
        if name in found.areas
    )
    return Language(locale, found, tuple(parts), locale.code == default)
