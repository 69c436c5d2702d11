"""The settings of the system: what is stored, what stands above it, and what is written down."""

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.core import audit, site, transaction
from app.core.audit import CONSOLE, AuditEntry
from app.core.site import SiteChange, SiteRow
from app.extensions import db

SECRET = "a secret of the receiver"


def change(**fields):
    usual = {
        "names": {},
        "locale": "fa",
        "time_zone": "Asia/Tehran",
        "registration_open": True,
        "link_hours": 24,
        "retention_days": 90,
    }
    return SiteChange(**{**usual, **fields})


def entries():
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()


def test_before_anybody_saves_the_usual_values_hold(app):
    found = site.read()
    assert (found.locale, found.time_zone, found.link_hours) == ("fa", "Asia/Tehran", 24)
    assert found.registration_open
    assert found.locked == {}


def test_what_is_confirmed_holds_at_once(app):
    site.current()
    site.save(change(names={"fa": "پشتیبانی پارس"}, link_hours=48), CONSOLE)
    assert site.current().names == {"fa": "پشتیبانی پارس"}
    assert site.current().link_hours == 48
    assert site.current().updated_by == "console"


def test_the_audit_has_before_and_after(app):
    site.save(change(), CONSOLE)
    site.save(change(registration_open=False, retention_days=30), CONSOLE)
    [entry] = entries()
    assert (entry.event, entry.target) == ("settings.changed", "settings")
    assert entry.details == {
        "registration_open": {"from": True, "to": False},
        "retention_days": {"from": 90, "to": 30},
    }


def test_of_the_secret_the_audit_knows_only_that_it_changed(app):
    site.save(change(webhook_url="https://a.example.com/", webhook_secret=SECRET), CONSOLE)
    [entry] = entries()
    assert entry.details["webhook_secret"] == "changed"
    assert SECRET not in str(entry.details)


def test_the_secret_is_sealed_kept_and_forgotten_with_its_address(app):
    address = "https://a.example.com/"
    site.save(change(webhook_url=address, webhook_secret=SECRET), CONSOLE)
    row = db.session.get_one(SiteRow, 1)
    assert SECRET not in row.sealed_webhook_secret
    site.save(change(webhook_url=address), CONSOLE)
    assert site.current().webhook_secret == SECRET
    site.save(change(), CONSOLE)
    assert site.current().secret_state == "none"


def test_a_secret_that_no_key_opens_is_its_own_state(app, configure):
    site.save(change(webhook_url="https://a.example.com/", webhook_secret=SECRET), CONSOLE)
    configure(secret_key="another key of another installation " * 2)
    assert site.read().secret_state == "unreadable"
    assert site.read().webhook_secret == ""


def test_the_environment_stands_above_what_is_stored(app, configure):
    site.save(change(time_zone="Europe/Berlin", retention_days=30), CONSOLE)
    configure(time_zone="Asia/Kabul", retention_days=7)
    found = site.read()
    assert (found.time_zone, found.retention_days) == ("Asia/Kabul", 7)
    assert found.locked == {
        "time_zone": "PEYK_TIME_ZONE",
        "retention_days": "PEYK_RETENTION_DAYS",
    }
    site.save(change(time_zone="Europe/Paris", link_hours=2), CONSOLE)
    assert entries()[-1].details == {"link_hours": {"from": 24, "to": 2}}


def test_reading_leaves_the_transaction_of_the_caller_alone(app):
    transaction.begin()
    audit.record("test.kept", actor=CONSOLE)
    site.read()
    db.session.rollback()
    assert entries() == []


def test_when_the_database_is_silent_the_last_known_settings_hold(app, monkeypatch):
    site.save(change(link_hours=3), CONSOLE)

    def silent():
        raise SQLAlchemyError

    monkeypatch.setattr(site, "_stored", silent)
    assert site.read().link_hours == 3
    site.forget()
    assert site.read().link_hours == 24
