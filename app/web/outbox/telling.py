"""One message with its whole story, in words: what happened, what was decided, what comes next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import url_for
from flask_babel import LazyString
from markupsafe import Markup, escape

from app.accounts.people import correspondents
from app.accounts.people.correspondents import Whom
from app.i18n.formats import number
from app.i18n.text import _, _l
from app.mail.diagnosis.remedies.words import Remedy
from app.mail.diagnosis.replies import Outcome
from app.mail.log import story
from app.mail.log.story import Story
from app.mail.models import DeliveryAttempt, OutboxDeed, OutboxMessage, Role
from app.mail.outbox.by_hand import COPY, Deed
from app.mail.smtp.trouble import Stage
from app.web.drawing.markup import fill, ltr
from app.web.drawing.pieces import Mark
from app.web.mail_state import mail_now
from app.web.navigation import has_page
from app.web.outbox import words
from app.web.outbox.standing import now_lines
from app.web.smtp.hosting_report import TITLES
from app.web.words import mail_kinds
from app.web.words.remedy_words import fill_markup, holes

_LONGEST = 1000
# A story of so many events is told whole; of a longer one the middle waits to be opened.
_TOLD_WHOLE, _BEGINNING, _END = 12, 2, 4
_LOOKS: Final = {
    Outcome.ACCEPTED: ("done", "check"),
    Outcome.UNKNOWN: ("warn-step", "alert"),
}
_DECIDED: Final = {
    Deed.RETRY: _l("%(who)s had it tried again."),
    Deed.CANCEL: _l("%(who)s cancelled it."),
    Deed.SETTLE: _l("%(who)s marked it as sent."),
    Deed.RESEND: _l("%(who)s had a fresh mail sent: %(other)s"),
    COPY: _l("It is the fresh mail that %(who)s had sent instead of %(other)s"),
}
_LATER: Final = _l("There is nothing to do: it is tried again by itself.")
_ANOTHER_ADDRESS: Final = _l(
    "Ask the person, by another way, for an address that takes mail; then send a fresh mail."
)
_ACTORS: Final = {"console": _l("The console"), "system": _l("The system")}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    at: datetime
    look: str
    icon: str
    title: object
    facts: Sequence[tuple[object, object]] = ()
    wire: str = ""
    meaning: Markup | None = None
    advice: Markup | None = None
    technical: Markup | None = None
    suspicion: Markup | None = None
    warning: object = ""
    took: object = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """Everything the page of one message shows."""

    message: OutboxMessage
    mark: Mark
    kind: str | Markup
    whom: Whom | None
    whom_url: str
    now: Sequence[Markup]
    events: Sequence[Event]
    possible: Sequence[Deed]
    can_be_resent: bool
    tries: int

    @property
    def chapters(self) -> tuple[Sequence[Event], Sequence[Event], Sequence[Event]]:
        """Return the beginning, the middle and the end; a short story is all beginning."""
        if len(self.events) <= _TOLD_WHOLE:
            return self.events, (), ()
        return self.events[:_BEGINNING], self.events[_BEGINNING:-_END], self.events[-_END:]

    @property
    def is_undecided(self) -> bool:
        """Tell whether nobody knows what became of it, and an administrator may decide."""
        return Deed.SETTLE in self.possible


def tell(number_of_message: int) -> Telling:
    """Return the story of a message; raise `NotFound`."""
    told = story.of(number_of_message)
    message = told.message
    whom = correspondents.whom(message.kind, message.about)
    return Telling(
        message,
        words.mark(message.state, len(told.attempts)),
        mail_kinds.kind_word(message.kind),
        whom,
        _url_of(whom),
        now_lines(told),
        sorted(_events(told), key=lambda event: event.at),
        told.possible,
        told.can_be_resent,
        len(told.attempts),
    )


def _url_of(whom: Whom | None) -> str:
    if whom and whom.user_id and has_page("users.show"):
        return url_for("users.show", user_id=whom.user_id)
    if whom and whom.pending_id and has_page("users.attempt"):
        return url_for("users.attempt", pending_id=whom.pending_id)
    return ""


def _events(told: Story) -> Iterator[Event]:
    yield Event(told.message.created_at, "", "outbox", _("It was put into the outbox."))
    for attempt in told.attempts:
        yield _tried(attempt, told.message)
    for deed in told.deeds:
        yield _decided(deed)


def _decided(deed: OutboxDeed) -> Event:
    who = fill(_ACTORS[deed.actor]) if deed.actor in _ACTORS else ltr(deed.actor)
    other = _link_to(deed.other_id) if deed.other_id else ltr("–")
    known = {str(name): sentence for name, sentence in _DECIDED.items()}
    sentence: LazyString | str = known.get(deed.deed, deed.deed)
    return Event(deed.at, "", "user", fill(sentence, who=who, other=other))


def _link_to(message_id: int) -> Markup:
    words_of_it = _("mail %(number)s", number=number(message_id))
    url = url_for("outbox.show", message_id=message_id)
    return Markup('<a href="{}">{}</a>').format(url, words_of_it)


def _tried(attempt: DeliveryAttempt, message: OutboxMessage) -> Event:
    outcome = Outcome(attempt.outcome)
    look, icon = _LOOKS.get(outcome, ("fail", "cross"))
    meaning, advice, technical = _explained(attempt, message)
    repeated = _("It may have arrived twice, because nobody knew whether it had arrived before.")
    return Event(
        at=attempt.at,
        look=look,
        icon=icon,
        title=words.OUTCOMES[outcome],
        facts=list(_facts(attempt)),
        wire=_clean(story.said(attempt)) if attempt.code else "",
        meaning=meaning,
        advice=advice,
        technical=technical,
        suspicion=_suspicion(attempt),
        warning=repeated if attempt.may_be_duplicate else "",
        took=_took(timedelta(milliseconds=attempt.duration_ms)),
    )


def _facts(attempt: DeliveryAttempt) -> Iterator[tuple[object, object]]:
    place = f"{attempt.host}:{attempt.port}" if attempt.port else attempt.host
    server = words.SERVERS[Role(attempt.server)]
    yield _("Server"), Markup("{} ({})").format(str(server), ltr(place))
    if attempt.outcome != Outcome.ACCEPTED:
        yield _("Stage"), TITLES[Stage(attempt.stage)]
    if attempt.tls:
        yield _("Encryption"), ltr(attempt.tls)
    if attempt.certificate.count("|") == 2:
        name, issuer, until = (part or "–" for part in attempt.certificate.split("|"))
        certificate = _("%(name)s, issued by %(issuer)s, valid until %(until)s")
        filled = fill(certificate, name=ltr(name), issuer=ltr(issuer), until=ltr(until))
        yield _("Certificate"), filled


def _explained(
    attempt: DeliveryAttempt, message: OutboxMessage
) -> tuple[Markup | None, Markup | None, Markup | None]:
    """What a failure means, what helps and how experts say it: the table of the connection test."""
    found = story.diagnosis_of(attempt)
    if found is None:
        return None, None, None
    settings = mail_now.glance().settings
    server = settings.server(Role(attempt.server))
    port = str(attempt.port or server.port)
    known = {**found.details, "host": attempt.host, "port": port, "recipient": message.recipient}
    known["place"] = f"{attempt.host}:{port}"
    filled = holes(server, settings.sender_for(server), **known)
    return (
        fill_markup(found.remedy.meaning, **filled),
        fill_markup(_advice(attempt, found.remedy), **filled),
        fill_markup(found.remedy.technical, **filled),
    )


def _suspicion(attempt: DeliveryAttempt) -> Markup | None:
    found = story.suspicion_of(attempt)
    if found is None:
        return None
    words = (found.remedy.meaning, found.remedy.advice, found.remedy.technical)
    return Markup(" ").join(fill_markup(one, **found.details) for one in words)


def _advice(attempt: DeliveryAttempt, remedy: Remedy) -> object:
    """What helps; the test would say "take another recipient", which nobody can do here."""
    if remedy.field != "recipient":
        return remedy.advice
    return _LATER if attempt.outcome == Outcome.RECIPIENT_TEMPORARY else _ANOTHER_ADDRESS


def _took(span: timedelta) -> Markup:
    ms = round(span / timedelta(milliseconds=1))
    if ms < 10_000:
        return escape(_("%(ms)s ms", ms=number(ms)))
    return escape(_("%(count)s s", count=number(round(ms / 1000))))


def _clean(said: str) -> str:
    """The server's own words without what nobody sees: it could turn the line round."""
    return "".join(sign if sign.isprintable() else " " for sign in said)[:_LONGEST]
