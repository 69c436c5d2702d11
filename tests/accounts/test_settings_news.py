"""Administrators are told when somebody changed the SMTP settings."""

from dataclasses import replace

from app.accounts import settings_news
from app.core.audit import Actor
from app.mail.server_settings import Secret, ServerChange, SettingsChange
from tests import people
from tests.mailing import written

PRIMARY = ServerChange(
    host="mail.yourdomain.com",
    port=587,
    username="support@yourdomain.com",
    password=Secret("fanus-e darya"),
    active=True,
)
CHANGE = SettingsChange("support@yourdomain.com", "پشتیبانی", True, PRIMARY, ServerChange())


def save(actor, **changes):
    settings_news.save(replace(CHANGE, **changes), actor)
    return people.mails("smtp_changed")


def test_r74_administrators_are_told_that_the_settings_were_changed(app):
    nika, _sara = people.nika(), people.nika("sara@example.com")
    people.omid()
    actor = Actor(nika.id, nika.email)
    assert save(actor) == []
    told = save(actor, sender_name="Support")
    assert {mail.recipient for mail in told} == {"nika@example.com", "sara@example.com"}
    words = written(told[0])
    assert "nika@example.com" in words.text
    assert "/system/smtp" in words.text
    assert not [secret for secret in ("fanus-e", "mail.yourdomain") if secret in words.html]


def test_saving_what_is_there_already_is_no_news(app):
    nika = people.nika()
    actor = Actor(nika.id, nika.email)
    save(actor)
    assert save(actor, primary=replace(PRIMARY, password=None)) == []
