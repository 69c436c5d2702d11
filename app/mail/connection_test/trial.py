"""The small message that the connection test sends, and the turn to send one."""

from datetime import timedelta
from email.utils import make_msgid

from flask import current_app

from app.config import Config
from app.core import clock
from app.core.turns import Turns
from app.i18n import locales
from app.i18n.text import _
from app.mail.kinds import Written
from app.mail.message import Message
from app.mail.server_settings import ServerSettings

# Longer than a test may last.
TURNS = Turns("connection-test", 5, timedelta(seconds=45))


def written(server: ServerSettings, locale: str, *, is_drill: bool = False) -> Written:
    """Write the words of the test message in the administrator's language."""
    with locales.use(locale) as language:
        drilled = _("Failover drill of the support system")
        subject = drilled if is_drill else _("Test message of the support system")
        context = {"locale": language, "subject": subject, "server": server, "at": clock.now()}
        html = current_app.jinja_env.get_template("mail/connection_test.html").render(context)
        text = current_app.jinja_env.get_template("mail/connection_test.txt").render(context)
    return Written(subject, text.strip() + "\n", html)


def message(
    server: ServerSettings,
    sender: tuple[str, str],
    recipient: str,
    config: Config,
    locale: str,
    *,
    is_drill: bool = False,
) -> bytes:
    """Return the test message as it goes over the wire."""
    words = written(server, locale, is_drill=is_drill)
    address, name = sender
    return Message(
        sender_address=address,
        sender_name=name,
        to=recipient,
        subject=words.subject,
        text=words.text,
        html=words.html,
        locale=locales.get(locale).tag,
        message_id=make_msgid(domain=config.public_host),
        date=clock.now(),
    ).as_bytes()
