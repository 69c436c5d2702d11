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


class UnknownKind(PeykError):
    """The outbox names a kind of mail that this version does not know."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of mail: how it finds its words, and what follows when a server accepted it."""

    name: str
    write: Writer
    accepted: Acceptance | None = None


def mail(name: str, accepted: Acceptance | None = None) -> Callable[[Writer], Kind]:
    """Make a kind of mail from the function that writes it.

    The function returns None when the mail has lost its point. `accepted` runs in the
    transaction that writes the acceptance down.
    """

    def decorate(write: Writer) -> Kind:
        return Kind(name, write, accepted)

    return decorate


def register(app: Flask, kinds: Iterable[Kind]) -> None:
    """Tell the application which kinds of mail there are."""
    app.extensions["peyk.kinds"] = {kind.name: kind for kind in kinds}


def get(name: str) -> Kind:
    """Return the kind of that name, or raise `UnknownKind`."""
    kinds = cast(dict[str, Kind], current_app.extensions["peyk.kinds"])
    if name not in kinds:
        raise UnknownKind(name)
    return kinds[name]


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
