"""The kinds of mail. The outbox keeps a name and what it is about; words are made when sent.

So no token and no body ever rests in the database, settings and the life of a link are those of
the moment of sending, and a mail that has lost its point is cancelled instead of sent.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import Flask, current_app

from app.core.errors import PeykError
from app.i18n import locales


@dataclass(frozen=True, slots=True)
class MailRequest:
    """What the outbox knows of a mail: about whom or what, to whom, in which language."""

    outbox_id: int
    about: int
    to: str
    locale: str


@dataclass(frozen=True, slots=True)
class Words:
    """What is written: a subject and the template (`mail/<template>.html` and `.txt`)."""

    template: str
    subject: str
    context: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """The finished words of one mail."""

    subject: str
    text: str
    html: str


Writer = Callable[[MailRequest], Words | None]
Acceptance = Callable[[MailRequest, datetime], None]
Again = Callable[[int], int | None]


class UnknownKind(PeykError):
    """The outbox names a kind of mail that this version does not know."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of mail: how it finds its words, what follows acceptance, how one asks for another."""

    name: str
    write: Writer
    accepted: Acceptance | None = None
    again: Again | None = None


def mail(
    name: str, accepted: Acceptance | None = None, again: Again | None = None
) -> Callable[[Writer], Kind]:
    """Make a kind of mail from the function that writes it.

    The function returns None when the mail has lost its point. `accepted` runs in the
    transaction that writes the acceptance down. `again` queues a fresh mail about the same thing,
    in the caller's transaction, or returns None when that has lost its point.
    """

    def decorate(write: Writer) -> Kind:
        return Kind(name, write, accepted, again)

    return decorate


def register(app: Flask, kinds: Iterable[Kind]) -> None:
    """Tell the application which kinds of mail there are."""
    app.extensions["peyk.kinds"] = {kind.name: kind for kind in kinds}


def get(name: str) -> Kind:
    """Return the kind of that name, or raise `UnknownKind`."""
    if name not in _known():
        raise UnknownKind(name)
    return _known()[name]


def names() -> list[str]:
    """Return the names of all kinds."""
    return list(_known())


def accepted(name: str) -> Acceptance | None:
    """Return what follows when a server accepted a mail of that kind; of old kinds nothing."""
    return _known()[name].accepted if name in _known() else None


def again(name: str) -> Again | None:
    """Return how a fresh mail of that kind is asked for; None where nobody else may."""
    return _known()[name].again if name in _known() else None


def _known() -> dict[str, Kind]:
    return cast(dict[str, Kind], current_app.extensions["peyk.kinds"])


def compose(name: str, request: MailRequest) -> Written | None:
    """Write a mail in its reader's language, or return None when it has lost its point."""
    with locales.use(request.locale) as locale:
        words = get(name).write(request)
        if words is None:
            return None
        context = {**words.context, "locale": locale, "subject": words.subject}
        html = current_app.jinja_env.get_template(f"mail/{words.template}.html")
        text = current_app.jinja_env.get_template(f"mail/{words.template}.txt")
        return Written(words.subject, text.render(context).strip() + "\n", html.render(context))
