"""How mail stands, in words and colours: one row for each situation, for banner and tile alike."""

import re
from dataclasses import dataclass
from typing import Final

from flask_babel import LazyString
from markupsafe import Markup

from app.i18n.formats import bounded
from app.i18n.text import _, _l, _n
from app.mail.diagnosis import diagnosis
from app.mail.models import Role
from app.mail.status.glance import COUNTED_TO
from app.mail.status.queries import Overview, Situation
from app.web.drawing.markup import fill
from app.web.mail_state import mail_now
from app.web.words.remedy_words import explained

_SHOWN = 300
_REPLY = re.compile(r"[2-5]\d\d\b")


@dataclass(frozen=True, slots=True)
class Look:
    """What is shown about a situation: colour, icon, a word, and, when it disturbs, a banner."""

    kind: str
    icon: str
    word: LazyString
    title: LazyString | None = None
    text: LazyString | None = None


LOOKS: Final = {
    Situation.WORKS: Look("ok", "check", _l("Working")),
    Situation.NOT_TESTED: Look("warn", "clock", _l("Not tested")),
    Situation.SECONDARY_CARRIES: Look(
        "warn",
        "standby",
        _l("Secondary in use"),
        _l("The primary SMTP does not work; mail goes through the secondary"),
        _l("People get their mail. As soon as the primary answers again, it takes over by itself."),
    ),
    Situation.SECONDARY_FAILS: Look(
        "warn",
        "alert",
        _l("Secondary failing"),
        _l("The secondary SMTP does not work"),
        _l("Mail goes through the primary; if that one fails too, nobody gets mail."),
    ),
    Situation.NO_SERVER_WORKS: Look(
        "bad",
        "cross",
        _l("Failing"),
        _l("No mail leaves the system: no SMTP server works"),
        _l("Nothing is lost: mail waits and is sent by itself when a server works again."),
    ),
    Situation.NO_WORKER: Look(
        "bad",
        "pause",
        _l("Stopped"),
        _l("No mail leaves the system: the sending process is not running"),
        _l("Whoever runs this installation must start the sending process; mail waits until then."),
    ),
    Situation.OFF: Look(
        "bad",
        "pause",
        # i18n: the state of sending as a whole.
        _l("Off"),
        _l("SMTP is switched off"),
        _l(
            "The system sends no mail, and nobody can finish a registration. Mail waits until then."
        ),
    ),
    Situation.NOT_SET_UP: Look(
        "bad",
        "alert",
        _l("Not set up"),
        _l("SMTP is not set up yet"),
        _l("Without a mail server nobody can finish a registration. Enter the server to begin."),
    ),
    Situation.NO_ACTIVE_SERVER: Look(
        "bad",
        "pause",
        _l("No active server"),
        _l("No mail leaves the system: neither SMTP server is active"),
        _l("Switch the primary or the secondary on; mail waits until then."),
    ),
}


def waiting_word(overview: Overview) -> str:
    """How many mails wait, for a mark on a tile; empty when none does."""
    count = overview.waiting
    if not count:
        return ""
    # i18n: a mark on a tile, without a full stop; what waits is not yet accepted by a mail server.
    word: str = _n(
        "%(shown)s mail waits", "%(shown)s mails wait", count, shown=bounded(count, COUNTED_TO)
    )
    return word


def waiting_line(overview: Overview) -> str:
    """How many mails wait, as a sentence; empty when none does."""
    count = overview.waiting
    if not count:
        return ""
    # i18n: on banners; "waiting" means not yet accepted by a mail server.
    line: str = _n(
        "%(shown)s mail is waiting.",
        "%(shown)s mails are waiting.",
        count,
        shown=bounded(count, COUNTED_TO),
    )
    return line


def cause_line(overview: Overview) -> Markup | None:
    """What the failing server's last failure means; nothing when it is not known."""
    said = (overview.last_stage, overview.last_cause, overview.last_reply)
    cause = meaning(*said, overview.failing)
    return fill(_("Last cause: %(cause)s"), cause=cause) if cause is not None else None


def words_line(overview: Overview) -> Markup | None:
    """What the failing server said last, in its own words."""
    return server_words(overview.last_reply)


def meaning(stage: str, cause: str, reply: str, role: Role | None) -> Markup | None:
    """What a failure that was written down means; nothing when it is not known."""
    known = diagnosis.of_record(stage, cause, reply)
    if known is None:
        return None
    settings = mail_now.glance().settings
    server = settings.secondary if role is Role.SECONDARY else settings.primary
    return explained(known, server, settings.sender_for(server))


def server_words(said: str) -> Markup | None:
    """A server's own words as an island; hidden characters go, they could turn the line round.

    What is not a reply is our system's word for a failure, which the cause says better.
    """
    if not _REPLY.match(said):
        return None
    shown = "".join(sign if sign.isprintable() else " " for sign in said)
    return Markup('<samp class="wire" dir="ltr">{}</samp>').format(shown[:_SHOWN])
