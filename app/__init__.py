"""Peyk: the application is put together here. This module knows everybody; nobody knows it."""

import os

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, web
from app.accounts import housekeeping
from app.accounts.mails import mails
from app.accounts.people import words
from app.accounts.second_factor import second_step
from app.config import ROOT, Config
from app.core import log, rate_limit
from app.extensions import babel, csrf, db, login_manager, migrate
from app.i18n import formats, locales, sentences
from app.mail import kinds
from app.mail.alerts import alerts
from app.mail.delivery import worker
from app.mail.engine import engine
from app.mail.outbox import retention
from app.mail.servers import servers
from app.mail.status import traffic

MAX_FORM_BYTES = 256 * 1024
CHORES = (
    *housekeeping.CHORES,
    second_step.forget_old,
    words.write_missing,
    rate_limit.forget,
    # Before anything is forgotten that it counts.
    traffic.roll_up,
    traffic.forget_old,
    retention.forget_old_mail,
    retention.forget_old_workers,
    alerts.forget_old,
)


def create_app(config: Config | None = None) -> Flask:
    """Build the application from a configuration, by default the environment's."""
    config = config or Config.from_environment(os.environ)
    servers.check_environment(config.environment)
    config.instance_path.mkdir(parents=True, exist_ok=True)
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        instance_path=str(config.instance_path),
    )
    app.jinja_environment = web.PlainEnvironment
    app.extensions["peyk.config"] = config
    app.config.from_mapping(_flask_settings(config))
    log.set_up(config.log_level)
    if config.proxy_count:
        hops = config.proxy_count
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=0
        )
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "app" / "migrations"), render_as_batch=True)
    csrf.init_app(app)
    login_manager.init_app(app)
    babel.init_app(app, locale_selector=web.select_locale)
    locales.init_app(app, web.select_locale, sentences.of)
    formats.init_app(app, web.select_time_zone)
    kinds.register(app, mails.KINDS)
    engine.init_app(app, config, worker.take_turn, CHORES)
    web.init_app(app)
    cli.init_app(app)
    return app


def _flask_settings(config: Config) -> dict[str, object]:
    """Translate our configuration into that of Flask and its extensions."""
    prefix = "__Host-" if config.is_https else ""
    return {
        "SECRET_KEY": config.secret_key,
        "SECRET_KEY_FALLBACKS": list(config.secret_key_fallbacks),
        "TESTING": config.mode == "testing",
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        # A file needs no question whether it is still there; a server may have been restarted.
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_pre_ping": not config.database_url.startswith("sqlite")
        },
        "MAX_CONTENT_LENGTH": MAX_FORM_BYTES,
        "MAX_FORM_MEMORY_SIZE": MAX_FORM_BYTES,
        "MAX_FORM_PARTS": 200,
        "SESSION_COOKIE_NAME": f"{prefix}peyk",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.is_https,
        "WTF_CSRF_TIME_LIMIT": None,
        # Every sentence of our fields is ours; theirs would be read from the disk for each form.
        "WTF_I18N_ENABLED": False,
        "BABEL_DEFAULT_LOCALE": locales.get(locales.DEFAULT).babel,
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "TRUSTED_HOSTS": [config.public_host, *config.allowed_hosts],
    }
