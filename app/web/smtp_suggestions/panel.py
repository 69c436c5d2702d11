"""The found settings as the page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Self

from markupsafe import Markup

from app.core import addresses
from app.i18n import locales
from app.i18n.formats import number
from app.i18n.text import _
from app.mail.discovery import providers
from app.mail.discovery.discovery import Discovery
from app.mail.discovery.scoring import Judged, Mark
from app.mail.models import Encryption, Role
from app.mail.smtp.destinations import NotAHost, host_name
from app.web.drawing.markup import fill, ltr, ltr_plain, plain
from app.web.smtp import hosting_report
from app.web.smtp_suggestions import words

# What speaks neither for nor against has a tone of its own; the rest is a warning.
_TONES = {Mark.MATCHES: "for", Mark.SHARED: "note"}


@dataclass(frozen=True, slots=True)
class Choice:
    """Settings to fill into the form; they travel through the page as one word."""

    host: str
    port: int
    encryption: Encryption
    requires_auth: bool
    username: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what a button of the page sent, or return None for anything else."""
        try:
            host, port, encryption, sign_in, username = text.split(" ")
            name, number = host_name(host), int(port)
            mailbox = addresses.parse(username).ascii
            found = cls(name, number, Encryption(encryption), sign_in == "sign-in", mailbox)
        except (ValueError, NotAHost):
            return None
        return found if 1 <= number <= 65535 and str(found) == text else None

    def __str__(self) -> str:
        sign_in = "sign-in" if self.requires_auth else "open"
        return f"{self.host} {self.port} {self.encryption.value} {sign_in} {self.username}"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One place where a mail server answered."""

    choice: Choice
    encryption: Any
    is_recommended: bool
    reasons: Sequence[tuple[str, Markup]]
    note: Markup


@dataclass(frozen=True, slots=True)
class Panel:
    """What the card shows: what was found, what was tried, what to ask the host, what went in."""

    role: Role = Role.PRIMARY
    domain: str = ""
    provider: str = ""
    suggestions: Sequence[Suggestion] = ()
    tried: Sequence[tuple[str, Any]] = ()
    requests: Sequence[tuple[str, str]] = ()
    filled: Choice | None = None
    is_finished: bool = False


def of(search: Discovery, role: Role) -> Panel:
    """Return what a finished search came to."""
    public = providers.of_domain(search.domain)
    return Panel(
        role=role,
        domain=search.domain,
        provider=public.name if public else "",
        suggestions=[_suggestion(one, search.username) for one in search.ranking],
        tried=sorted(
            ((_place(one), words.OUTCOMES[one.look.outcome]) for one in search.tried),
            key=itemgetter(0),
        ),
        requests=[
            (code, _request(code, search.domain))
            for code in hosting_report.languages()
            if not public
        ],
        is_finished=True,
    )


def progress(judged: Judged, done: int, total: int) -> dict[str, Any]:
    """Return one line of the stream: a place that was looked at; of those that answer as HTML."""
    candidate = judged.look.candidate
    html = Markup("<li>{}</li>").format(ltr(_place(judged))) if judged.is_usable else ""
    return {
        "stage": "candidate",
        "state": "found" if judged.is_usable else "failed",
        "host": candidate.host,
        "port": candidate.port,
        "encryption": judged.look.encryption.value if judged.is_usable else "",
        "done": done,
        "total": total,
        "message": str(words.OUTCOMES[judged.look.outcome]),
        "html": html,
    }


def progress_words(done: int, total: int, found: int) -> str:
    """Say how far a search has got."""
    return _(
        "%(done)s of %(total)s places checked, mail servers found: %(found)s",
        done=number(done),
        total=number(total),
        found=number(found),
    )


def as_json(suggestion: Suggestion) -> dict[str, Any]:
    """Return a suggestion of the stream's last line, for scripts."""
    choice = suggestion.choice
    return {
        "host": choice.host,
        "port": choice.port,
        "encryption": choice.encryption.value,
        "requires_auth": choice.requires_auth,
        "username": choice.username,
        "recommended": suggestion.is_recommended,
        "reasons": [plain(reason) for _tone, reason in suggestion.reasons],
        "note": plain(suggestion.note),
    }


def _suggestion(judged: Judged, username: str) -> Suggestion:
    look = judged.look
    holes = {"provider": ltr(look.candidate.provider), "called": ltr(look.called)}
    marks = [
        (_TONES.get(mark, "against"), fill(words.MARKS[mark], **holes)) for mark in judged.marks
    ]
    reason = ("for", fill(words.REASONS[look.candidate.reason], **holes))
    return Suggestion(
        choice=Choice(
            host=look.candidate.host,
            port=look.candidate.port,
            encryption=look.encryption,
            requires_auth=judged.requires_auth,
            username=username,
        ),
        encryption=words.ENCRYPTIONS[look.encryption],
        is_recommended=judged.is_recommended,
        reasons=[*marks[:1], reason, *marks[1:]],
        note=fill(words.NOTES[look.candidate.note], **holes),
    )


def _place(judged: Judged) -> str:
    return f"{judged.look.candidate.host}:{judged.look.candidate.port}"


def _request(locale: str, domain: str) -> str:
    """Return a text that asks the hosting company for the settings, in one language."""
    with locales.use(locale) as language:
        shown = ltr_plain(domain) if language.direction == "rtl" else domain
        words_of_it = _(
            "Hello, we would like to send mail from a mailbox of %(domain)s with our own system. "
            "Please tell us the name of the outgoing mail server (SMTP), its port, whether it "
            "wants SSL/TLS or STARTTLS, and whether the user name is the whole e-mail address. The "
            "server needs a certificate that is valid for this name.",
            domain=shown,
        )
        return str(words_of_it)
