"""The parts of the product, by the files in which their sentences stand.

How far a language is can then be said for each part, and a language may be whole for those who
only have an account long before somebody has translated the panel.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache

from babel.messages.catalog import Message


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the product; a file belongs to the first area with a pattern that fits."""

    name: str
    files: tuple[str, ...]


AREAS = (
    Area(
        "mails",
        ("templates/mail/*", "app/accounts/*", "app/mail/connection_test/trial.py"),
    ),
    Area(
        "public",
        (
            "templates/registration/*",
            "templates/account_links/*",
            "templates/recovery/*",
            "templates/invitations/*",
            "templates/sessions/new.html",
            "app/web/registration/*",
            "app/web/account_links/*",
            "app/web/words/account_words.py",
            "app/web/recovery/*",
            "app/web/invitations/*",
            "app/web/forms/new_password.py",
            "app/web/visitors/registrant.py",
            "app/web/sessions/*",
        ),
    ),
    Area(
        "account",
        (
            "templates/sessions/*",
            "templates/profile/*",
            "templates/confirmation/*",
            "templates/second_factor/*",
            "app/web/profile/*",
            "app/web/visitors/confirmation.py",
            "app/web/second_factor/*",
            "app/web/words/second_factor_words.py",
            "app/web/visitors/devices.py",
        ),
    ),
    Area(
        "smtp",
        (
            "templates/smtp_settings/*",
            "app/web/smtp/*",
            "app/web/connection_test/*",
            "app/web/words/remedy_words.py",
        ),
    ),
    Area(
        "diagnoses",
        (
            "app/mail/diagnosis/remedies/*",
            "app/web/words/remedy_families.py",
            "app/web/words/troubleshooting.py",
        ),
    ),
    Area("development", ("templates/dev_*", "app/web/dev_*")),
    Area(
        "frame",
        (
            "templates/base.html",
            "templates/public.html",
            "templates/errors/*",
            "templates/parts/alerts.html",
            "templates/parts/frame.html",
            "templates/parts/passwords.html",
            "templates/parts/ui.html",
            "app/i18n/*",
            "app/web/mail_state/alert*",
            "app/web/errors.py",
            "app/web/mail_state/mail_situation.py",
            "app/web/context.py",
            "app/web/forms/fields.py",
            "app/web/forms/drawn.py",
            "app/web/forms/validators.py",
            "app/web/navigation.py",
            "app/web/visitors/access.py",
        ),
    ),
    # What nobody else has claimed is seen by administrators.
    Area("panel", ("*",)),
)
NAMES = tuple(area.name for area in AREAS)


@cache
def of_file(path: str) -> str:
    """Return the area to which a file of the sources belongs."""
    return next(area.name for area in AREAS if any(fnmatch(path, each) for each in area.files))


def of(message: Message) -> frozenset[str]:
    """Return the areas in which a sentence is read; one without a place is of the panel."""
    return of_files(path for path, _line in message.locations)


def of_files(paths: Iterable[str]) -> frozenset[str]:
    """Return the areas of some files."""
    return frozenset(map(of_file, paths)) or frozenset({"panel"})
