"""A text for the support of a hosting company: what was tried, from where, and what came of it."""

from collections.abc import Mapping

from app.config import current_config
from app.core import clock
from app.i18n import locales
from app.i18n.formats import format_datetime
from app.i18n.text import _, _l
from app.mail.connection_test.probe_steps import Ended, StageReport
from app.mail.smtp.trouble import Stage
from app.web.drawing.markup import name_plain
from app.web.words.remedy_words import fill_plain, mode

TITLES = {
    Stage.RESOLVE: _l("Find the server in DNS"),
    Stage.CONNECT: _l("Connect"),
    Stage.GREETING: _l("Greeting of the server"),
    Stage.ENCRYPT: _l("Encryption"),
    Stage.SIGN_IN: _l("Sign-in to the server"),
    Stage.SENDER: _l("Sender accepted"),
    Stage.RECIPIENT: _l("Recipient accepted"),
    Stage.MESSAGE: _l("Message accepted"),
}
_NOTHING = "–"


def languages() -> list[str]:
    """Return the languages of what is sent to a company: the reader's own, Persian, English."""
    return list(dict.fromkeys((locales.current().code, "fa", "en")))


def written(probe: Ended, failure: StageReport, locale: str, known: Mapping[str, str]) -> str:
    """Return the text in one language; it holds no password and no other secret."""
    with locales.use(locale):
        listed = [f"{name}: {value or _NOTHING}" for name, value in _facts(probe, failure, known)]
        opening = _("Our system could not send mail through your server.")
        asked = _("Please check this on your side, and tell us what we should change.")
        talk = (_("Conversation with the server"), *probe.transcript) if probe.transcript else ()
    return "\n".join((opening, "", *listed, "", asked, "", *talk)).strip()


def _facts(
    probe: Ended, failure: StageReport, known: Mapping[str, str]
) -> tuple[tuple[str, object], ...]:
    server, remedy = probe.test.server, failure.diagnosis.remedy if failure.diagnosis else None
    now = clock.now()
    both = [format_datetime(now, "medium", locales.get(code)) for code in ("fa", "en")]
    when = " – ".join(map(name_plain, (*both, format_datetime(now, "machine"))))
    return (
        (_("Time"), when),
        (
            _("From"),
            ", ".join(
                dict.fromkeys(filter(None, (current_config().public_host, probe.our_address)))
            ),
        ),
        (_("Server"), f"{server.host}:{server.port}"),
        (_("Encryption"), mode(server.encryption)),
        (_("User name"), server.username if server.requires_auth else ""),
        (_("Step"), TITLES[failure.stage]),
        (_("Meaning"), fill_plain(remedy.meaning, **known) if remedy else ""),
        (_("Technical"), fill_plain(remedy.technical, **known) if remedy else ""),
        (_("Server reply"), failure.reply),
    )
