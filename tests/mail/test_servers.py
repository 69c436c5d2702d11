"""The settings of the mail service: read, judged, saved."""

from dataclasses import replace

import pytest

from app.config import ConfigError
from app.core import audit
from app.extensions import db
from app.mail.models import Encryption, MailSettings, OutboxMessage, Role, ServerHealth, SmtpServer
from app.mail.outbox import outbox
from app.mail.server_settings import Secret, ServerChange, SettingsChange
from app.mail.servers import breaker, conditions, last_tests, servers

NIKA = audit.Actor(1, "nika@example.com", "192.0.2.1")
PASSWORD = "Ab\u200c ۱۲ §ecret"
PRIMARY = ServerChange(
    host="mail.example.com",
    port=587,
    username="support@example.com",
    password=Secret(PASSWORD),
    active=True,
)
CHANGE = SettingsChange("support@example.com", "پشتیبانی", True, PRIMARY, ServerChange())
BLANK = replace(PRIMARY, password=None)


def save(change=CHANGE, **primary):
    return servers.save(replace(change, primary=replace(change.primary, **primary)), NIKA)


def entries():
    return db.session.scalars(db.select(audit.AuditEntry).order_by(audit.AuditEntry.id)).all()


def primary_row():
    db.session.expire_all()
    return db.session.get(SmtpServer, Role.PRIMARY)


def fix(configure, **variables):
    configure(environment={f"PEYK_SMTP_{name}": value for name, value in variables.items()})


def test_nothing_is_set_up_at_first(app):
    settings = servers.current()
    assert not settings.smtp_active
    assert not settings.primary.is_saved
    assert settings.primary.password_state == "none"


def test_what_is_saved_is_read_again_with_the_password_byte_for_byte(app):
    settings = save()
    assert settings.sender_name == "پشتیبانی"
    assert settings.primary.password.reveal() == PASSWORD
    assert settings.updated_by == "nika@example.com"


def test_a_password_never_shows_when_printed(app):
    settings = save()
    assert PASSWORD not in f"{settings!r} {settings.primary.password} {CHANGE!r}"


def test_a_password_is_sealed_in_the_database(app):
    save()
    assert PASSWORD not in primary_row().sealed_password


def test_a_blank_password_keeps_the_stored_one(app):
    save()
    assert save(password=None, active=False).primary.password.reveal() == PASSWORD


def test_the_stored_password_can_be_removed(app):
    save()
    assert save(password=None, forget_password=True).primary.password_state == "none"


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"host": "evil.example.net"},
        {"port": 2525},
        {"encryption": Encryption.NONE},
        {"username": "other@example.com"},
        {"certificate_name": "server.host.ir"},
        {"trusted_certificate": ":".join(["AB"] * 32)},
    ],
)
def test_a_new_destination_demands_the_password_again(app, elsewhere):
    save()
    with pytest.raises(servers.PasswordNeeded):
        save(password=None, **elsewhere)
    assert servers.current().primary.destination == PRIMARY_DESTINATION
    assert save(password=Secret("new"), **elsewhere).primary.password.reveal() == "new"


PRIMARY_DESTINATION = ("mail.example.com", "587", "starttls", "support@example.com", "", "")


def test_a_password_does_not_follow_a_server_that_moved_without_sign_in(app):
    save()
    save(password=None, requires_auth=False, host="relay.example.net")
    assert servers.current().primary.password_state == "none"


def test_switching_the_sign_in_off_keeps_the_password_unused(app):
    save()
    settings = save(password=None, requires_auth=False)
    assert settings.primary.password_state == "stored"
    tested = servers.candidate(settings, Role.PRIMARY, replace(BLANK, requires_auth=False))
    assert tested.password is None


def test_a_lost_key_is_a_state_of_its_own(app, configure):
    save()
    configure(secret_key="another-key-" + "fedcba9876543210" * 3)
    server = servers.current().primary
    assert (server.password, server.password_state) == (None, "unreadable")
    assert save(password=Secret("again")).primary.password.reveal() == "again"


def test_a_change_is_audited_without_the_password(app):
    save()
    save(password=Secret("secret-two"), port=465)
    details = entries()[-1].details
    assert details == {"primary.port": {"from": 587, "to": 465}, "primary.password": "changed"}
    assert entries()[-1].actor == "nika@example.com"
    assert "secret-two" not in str([entry.details for entry in entries()])


def test_saving_without_a_change_audits_nothing(app):
    save()
    save(password=None)
    assert len(entries()) == 1


def test_a_change_that_matters_forgets_the_test_and_the_rest(app):
    server = save().primary
    last_tests.remember(server, passed=True, stage="", code="")
    assert conditions.of(Role.PRIMARY).test == conditions.Test.PASSED
    db.session.merge(ServerHealth(role=Role.PRIMARY, failures=3.0, times_opened=2))
    db.session.commit()
    save(password=Secret("other"))
    assert conditions.of(Role.PRIMARY).test == conditions.Test.NONE_SINCE_CHANGE
    assert breaker.health(Role.PRIMARY).state is breaker.State.CLOSED
    assert primary_row().version == server.version + 1


def test_a_change_that_does_not_matter_to_delivery_keeps_the_test(app):
    server = save().primary
    last_tests.remember(server, passed=True, stage="", code="")
    save(password=None, active=False)
    assert conditions.of(Role.PRIMARY).test == conditions.Test.PASSED


def test_another_main_sender_makes_the_old_test_worthless(app):
    last_tests.remember(save().primary, passed=True, stage="", code="")
    servers.save(replace(CHANGE, sender_address="new@example.com", primary=BLANK), NIKA)
    assert conditions.of(Role.PRIMARY).test == conditions.Test.NONE_SINCE_CHANGE


def test_the_result_of_an_overtaken_test_is_dropped(app):
    tested = save().primary
    save(password=Secret("other"))
    last_tests.remember(tested, passed=True, stage="", code="")
    assert primary_row().test_passed is None


def test_the_secondary_sends_as_itself_only_when_told_so(app):
    secondary = ServerChange(host="smtp2.example.net", sender_address="help@example.net")
    settings = servers.save(replace(CHANGE, secondary=secondary), NIKA)
    assert settings.sender_for(settings.primary) == "support@example.com"
    assert settings.sender_for(settings.secondary) == "help@example.net"
    assert servers.sender_for(settings.primary) == "support@example.com"


def test_held_mail_gets_its_full_time_when_the_switch_goes_on(app, time_machine):
    servers.save(replace(CHANGE, smtp_active=False), NIKA)
    outbox.enqueue("note", about=1, to="sara@example.com", locale="fa")
    db.session.commit()
    time_machine.pass_(hours=100)
    save(password=None)
    message = db.session.scalars(db.select(OutboxMessage)).one()
    assert message.due_at <= time_machine.now() < message.expires_at


def test_the_environment_fixes_fields_over_what_is_stored(app, configure):
    save()
    fix(configure, PRIMARY_HOST="Relay.Example.org", PRIMARY_PORT="۲۵۲۵", ACTIVE="off")
    settings = servers.current()
    assert (settings.primary.host, settings.primary.port) == ("relay.example.org", 2525)
    assert not settings.smtp_active
    assert settings.primary.locked["host"] == "PEYK_SMTP_PRIMARY_HOST"
    assert settings.locked["smtp_active"] == "PEYK_SMTP_ACTIVE"


def test_what_is_posted_for_a_fixed_field_is_ignored_and_not_stored(app, configure):
    save()
    fix(configure, PRIMARY_HOST="relay.example.org", SENDER_ADDRESS="boss@example.org")
    settings = save(password=None, host="evil.example.net")
    assert settings.primary.host == "relay.example.org"
    assert primary_row().host == "mail.example.com"
    assert db.session.get_one(MailSettings, 1).sender_address == "support@example.com"


def test_a_fixed_password_goes_only_to_the_saved_server(app, configure):
    save()
    fix(configure, PRIMARY_PASSWORD="from outside")
    assert servers.current().primary.password == Secret("from outside")
    change = replace(BLANK, host="evil.example.net", password=Secret("x"))
    with pytest.raises(servers.PasswordNeeded):
        servers.candidate(servers.current(), Role.PRIMARY, change)


def test_the_secondarys_own_sender_can_be_fixed(app, configure):
    fix(configure, SECONDARY_SENDER_ADDRESS="help@example.net", SECONDARY_REQUIRES_AUTH="no")
    assert servers.current().secondary.sender_address == "help@example.net"
    assert not servers.current().secondary.requires_auth


@pytest.mark.parametrize(
    ("variable", "value", "mend"),
    [
        ("PRIMARY_PORT", "0", "1 to 65535"),
        ("PRIMARY_PORT", "993", "465 or 587"),
        ("PRIMARY_PORT", "smtp", "1 to 65535"),
        ("PRIMARY_HOST", "http://mail", "only the server's name"),
        ("SECONDARY_ENCRYPTION", "ssl3", "none, starttls or tls"),
        ("ACTIVE", "maybe", "on or off"),
        ("SENDER_ADDRESS", "support", "full address"),
        ("SENDER_NAME", "x" * 71, "70"),
        ("SECONDARY_SENDER_ADDRESS", "a@b@c", "full address"),
    ],
)
def test_a_bad_variable_stops_the_start_with_the_mend(variable, value, mend):
    with pytest.raises(ConfigError, match=f"PEYK_SMTP_{variable} .*{mend}"):
        servers.check_environment({f"PEYK_SMTP_{variable}": value})


def test_an_empty_variable_fixes_nothing(app, configure):
    variables = {"PEYK_SMTP_PRIMARY_PORT": ""}
    servers.check_environment(variables)
    save()
    configure(environment=variables)
    assert servers.current().primary.port == PRIMARY.port
