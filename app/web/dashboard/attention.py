"""What needs attention first: in words, with the way to mend it, the worst at the top."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from flask import url_for
from flask_babel import LazyString

from app.accounts.people.awaiting import Waiters
from app.config import current_config
from app.i18n.formats import bounded, number
from app.i18n.text import _, _l, _n
from app.mail.models import Role
from app.mail.servers.conditions import Test
from app.mail.status.glance import Glance
from app.mail.status.queries import Overview, Situation
from app.mail.status.traffic import Counts
from app.web.dashboard.servers import advice_for
from app.web.mail_state import alerts
from app.web.mail_state.alerts import Banner
from app.web.mail_state.mail_situation import LOOKS
from app.web.navigation import has_page

_SETTINGS = "smtp_settings.edit"
_OUTBOX = "outbox.index"
_PENDING = "users.pending"
_UNREADABLE: Final = {
    Role.PRIMARY: _l("The password of the primary SMTP can no longer be read"),
    Role.SECONDARY: _l("The password of the secondary SMTP can no longer be read"),
}
_UNTESTED: Final = {
    Role.PRIMARY: _l("The primary SMTP has not been tested since the last change"),
    Role.SECONDARY: _l("The secondary SMTP has not been tested since the last change"),
}


def read(
    overview: Overview, glance: Glance, lately: Counts, waiters: Waiters
) -> tuple[list[Banner], list[Banner]]:
    """Return what needs attention, and beside it what has just ended."""
    told = alerts.alerts()
    wrong = [_with_advice(banner, overview, glance) for banner in told if not banner.name]
    more = [
        *_of_the_way_here(),
        *_of_servers(overview, glance),
        *_of_mail(lately),
        *_of_people(waiters),
    ]
    return [*wrong, *more], [banner for banner in told if banner.name]


def verdict(overview: Overview, waiters: Waiters) -> tuple[object, object]:
    """Say, when nothing needs attention, that mail works and who waits all the same."""
    waiting = waiters.count - waiters.in_vain
    if waiting:
        return _("Mail works"), _n(
            "%(shown)s person is still waiting for the activation mail.",
            "%(shown)s people are still waiting for the activation mail.",
            waiting,
            shown=bounded(waiting, waiters.most),
        )
    if overview.waiting:
        return _("Mail works"), _("What waits in the outbox is sent in a moment.")
    return _("Mail works"), _("Nobody is waiting for a mail.")


def _with_advice(banner: Banner, overview: Overview, glance: Glance) -> Banner:
    """The banner of the whole, with what helps; the others say it themselves."""
    if overview.failing is None or banner.title is not LOOKS[overview.situation].title:
        return banner
    advice = advice_for(glance, overview.failing)
    return replace(banner, lines=[*banner.lines, advice]) if advice else banner


def _of_the_way_here() -> Iterator[Banner]:
    """Without HTTPS whoever is between can read passwords, whatever else is done."""
    config = current_config()
    if config.mode == "production" and not config.is_https:
        yield Banner(
            "warn",
            "lock",
            _("The panel is reached without HTTPS"),
            [
                _(
                    "Anybody between your users and the system can read their passwords. Ask "
                    "whoever runs this installation for a certificate and for an address with "
                    "https in PUBLIC_URL."
                )
            ],
        )


def _of_servers(overview: Overview, glance: Glance) -> Iterator[Banner]:
    for server in glance.settings.servers:
        if server.active and server.password_state == "unreadable":
            yield _server_banner(
                "bad",
                server.role,
                _UNREADABLE[server.role],
                _("Type it once more on the settings page; until then this server is not used."),
            )
    if overview.situation is Situation.NOT_TESTED:
        yield from _untested(glance)
    if overview.situation in (Situation.WORKS, Situation.NOT_TESTED):
        yield from _alone(glance)


def _untested(glance: Glance) -> Iterator[Banner]:
    for server in glance.settings.servers:
        condition = glance.conditions[server.role]
        is_proven = condition.test is Test.PASSED or condition.health.last_success_at
        if server.active and server.is_saved and not is_proven:
            yield _server_banner(
                "warn",
                server.role,
                _UNTESTED[server.role],
                _("Press the test button on the settings page; it takes a few seconds."),
            )


def _alone(glance: Glance) -> Iterator[Banner]:
    """A system that hangs on one server works, but its owner should know."""
    active = [server for server in glance.settings.servers if server.active and server.is_saved]
    if len(active) == 1:
        text = _("If it fails, nobody gets mail until it is back. Enter a second server.")
        yield Banner("tip", "info", _("Mail depends on a single server"), [text], *_settings())


def _server_banner(kind: str, role: Role, title: LazyString, text: str) -> Banner:
    return Banner(kind, "alert", title, [text], *_settings(role))


def _of_mail(lately: Counts) -> Iterator[Banner]:
    if count := lately.failed:
        title = _n(
            "%(shown)s mail was given up in the last 24 hours",
            "%(shown)s mails were given up in the last 24 hours",
            count,
            shown=number(count),
        )
        text = _("The outbox says why; most often the address is wrong or the mailbox is full.")
        yield Banner("warn", "outbox", title, [text], *_way(_OUTBOX, _("Outbox")))


def _of_people(waiters: Waiters) -> Iterator[Banner]:
    if count := waiters.in_vain:
        title = _n(
            "%(shown)s person waits in vain for the activation mail",
            "%(shown)s people wait in vain for the activation mail",
            count,
            shown=bounded(count, waiters.most),
        )
        text = _(
            "Their mail was given up. Correct the address, send it again or activate them by hand."
        )
        yield Banner("warn", "users", title, [text], *_way(_PENDING, _("Users"), mail="failed"))


def _settings(role: Role | None = None) -> tuple[str, str]:
    url, title = _way(_SETTINGS, _("SMTP settings"))
    return (f"{url}#{role.value}" if role and url else url), title


def _way(endpoint: str, title: str, **asked: Any) -> tuple[str, str]:
    return (url_for(endpoint, **asked), title) if has_page(endpoint) else ("", "")
