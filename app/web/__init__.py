"""The web door: screens, and what they share."""

from flask import Blueprint, Flask

from app.config import Config
from app.web import access_log, context, errors, sentence_numbers
from app.web.account_links.routes import bp as account_links
from app.web.audit.routes import bp as audit
from app.web.connection_test.routes import bp as connection_test
from app.web.dashboard.routes import bp as dashboard
from app.web.deliverability.routes import bp as deliverability
from app.web.dev_diagnoses.routes import bp as dev_diagnoses
from app.web.dev_mail.routes import bp as dev_mail
from app.web.dev_parts.routes import bp as dev_parts
from app.web.drawing import assets, template_text, urls
from app.web.drawing.environment import PlainEnvironment, compile_ahead
from app.web.failover_drill.routes import bp as failover_drill
from app.web.health.routes import bp as health
from app.web.http import body_guard, compression, headers
from app.web.invitations.routes import bp as invitations
from app.web.languages.routes import bp as languages
from app.web.mail_state import mail_now
from app.web.outbox.routes import bp as outbox
from app.web.preferences.routes import bp as preferences
from app.web.profile.routes import bp as profile
from app.web.recovery.routes import bp as recovery
from app.web.registration.routes import bp as registration
from app.web.second_factor.routes import bp as second_factor
from app.web.second_factor.sign_in import bp as second_step
from app.web.sessions.routes import bp as sessions
from app.web.settings.routes import bp as settings
from app.web.smtp_settings.routes import bp as smtp_settings
from app.web.smtp_suggestions.routes import bp as smtp_suggestions
from app.web.users.routes import bp as users
from app.web.visitors import access, choices, loader
from app.web.visitors.choices import select_locale, select_time_zone
from app.web.well_known.routes import bp as well_known

__all__ = [
    "SCREENS",
    "PlainEnvironment",
    "compile_ahead",
    "init_app",
    "select_locale",
    "select_time_zone",
]

SCREENS: tuple[Blueprint, ...] = (
    account_links,
    audit,
    connection_test,
    dashboard,
    deliverability,
    failover_drill,
    health,
    invitations,
    languages,
    outbox,
    preferences,
    profile,
    recovery,
    registration,
    second_factor,
    second_step,
    sessions,
    settings,
    smtp_settings,
    smtp_suggestions,
    users,
    well_known,
)
# Only where Peyk is built and mail is caught; elsewhere their addresses do not exist.
DEVELOPMENT_SCREENS: tuple[Blueprint, ...] = (dev_diagnoses, dev_mail, dev_parts)


def init_app(app: Flask) -> None:
    """Open the screens and set what holds for all of them."""
    config: Config = app.extensions["peyk.config"]
    screens = SCREENS + (DEVELOPMENT_SCREENS if config.mode == "development" else ())
    for screen in screens:
        app.register_blueprint(screen)
    access.declare_static(app)
    for part in (
        body_guard,
        headers,
        compression,
        urls,
        assets,
        errors,
        context,
        template_text,
        sentence_numbers,
        mail_now,
        access_log,
        loader,
    ):
        part.init_app(app)
    app.after_request(choices.remember_asked)
