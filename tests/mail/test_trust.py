"""Whom a server is believed to be, and what it offered before: stored, delivered by, forgotten."""

from dataclasses import replace

import pytest

from app.config import ConfigError
from app.core import audit
from app.extensions import db
from app.mail.models import Encryption, Role, SmtpServer
from app.mail.server_settings import Secret, ServerChange, SettingsChange
from app.mail.servers import breaker, fixed, offer_memory, servers, settings_changes
from app.mail.servers.breaker import State
from app.mail.smtp import pins
from app.mail.smtp.offers import Offer
from tests.certificates import Authority
from tests.mail.conftest import attempts, enqueue, message, use, work
from tests.postbox import Postbox

PIN = pins.normal("ab" * 32)
USER, PASSWORD = "support@example.com", "p-1"


def change(box, **fields):
    encryption = Encryption.NONE
    if box.tls:
        encryption = Encryption.TLS if box.implicit_tls else Encryption.STARTTLS
    made = ServerChange(
        host="localhost",
        port=box.port,
        encryption=encryption,
        username=USER,
        password=Secret(PASSWORD),
        active=True,
    )
    return replace(made, **fields)


def save(box, **fields):
    wanted = SettingsChange(USER, "Peyk", True, change(box, **fields), ServerChange())
    servers.save(wanted, audit.SYSTEM)


def row():
    db.session.expire_all()
    return db.session.get_one(SmtpServer, Role.PRIMARY)


def remembered():
    return offer_memory.of_row(row())


def deliver(about=1):
    number = enqueue(about, occasion=str(about))
    work()
    return message(number).state


@pytest.mark.parametrize(
    "typed",
    [
        "ab" * 32,
        ":".join(["AB"] * 32),
        " ".join(["abab"] * 16),
        "SHA256 Fingerprint=" + ":".join(["AB"] * 32),
        "sha-256: " + "AB" * 32,
    ],
)
def test_a_fingerprint_has_one_written_form(typed):
    assert pins.normal(typed) == PIN
    assert len(PIN) == pins.LENGTH
    assert ":".join(pins.groups(PIN)) == PIN


@pytest.mark.parametrize("typed", ["ab" * 31, "ab" * 33, "xy" * 32, "AB" * 20, "سلام"])
def test_what_is_no_fingerprint_is_refused(typed):
    with pytest.raises(pins.NotAFingerprint):
        pins.normal(typed)


def test_persian_digits_of_a_fingerprint_are_read():
    assert pins.normal("۱۲" * 32) == pins.normal("12" * 32)


def test_trust_is_stored_kept_and_taken_back(app):
    with Postbox() as box:
        save(box, certificate_name="server.host.ir", trusted_certificate=PIN)
        assert servers.current().primary.trusted_certificate == PIN
        save(box, trusted_certificate=None, certificate_name=None)
        assert servers.current().primary.certificate_name == "server.host.ir"
        save(box, trusted_certificate="", certificate_name="")
        assert servers.current().primary.destination[-2:] == ("", "")


def test_trust_is_audited_and_begins_anew(app):
    with Postbox() as box:
        save(box)
        before = row().version
        save(box, trusted_certificate=PIN)
    entry = db.session.scalars(db.select(audit.AuditEntry).order_by(audit.AuditEntry.id)).all()[-1]
    assert entry.details["primary.trusted_certificate"] == {"from": "", "to": PIN}
    assert row().version == before + 1


def test_the_environment_may_fix_whom_to_believe(app, configure):
    configure(
        environment={
            "PEYK_SMTP_PRIMARY_CERTIFICATE_NAME": "Server.Host.ir",
            "PEYK_SMTP_PRIMARY_TRUSTED_CERTIFICATE": "ab" * 32,
        }
    )
    server = servers.current().primary
    assert (server.certificate_name, server.trusted_certificate) == ("server.host.ir", PIN)
    assert server.locked["trusted_certificate"] == "PEYK_SMTP_PRIMARY_TRUSTED_CERTIFICATE"


@pytest.mark.parametrize(
    ("name", "value"), [("TRUSTED_CERTIFICATE", "ab" * 20), ("CERTIFICATE_NAME", "*.host.ir")]
)
def test_a_variable_that_cannot_be_used_is_refused_with_the_mend(name, value):
    with pytest.raises(ConfigError, match=name):
        fixed.check({f"PEYK_SMTP_SECONDARY_{name}": value})


@pytest.mark.parametrize("implicit", [True, False])
def test_mail_goes_to_the_server_with_exactly_the_trusted_certificate(
    app, notes, authority, implicit
):
    context = authority.context("another.name", is_self_signed=True, days=(-30, -1))
    with Postbox(tls=context, implicit_tls=implicit, credentials=(USER, PASSWORD)) as box:
        save(box, trusted_certificate=authority.fingerprints[context])
        assert deliver() == "sent"
        assert len(box.messages) == 1


@pytest.mark.parametrize("implicit", [True, False])
def test_no_password_and_no_mail_go_to_another_certificate(
    app, notes, authority, configure, implicit
):
    configure(smtp_ca_file=authority.path)
    context = authority.context("localhost")
    with Postbox(tls=context, implicit_tls=implicit, credentials=(USER, PASSWORD)) as box:
        save(box, trusted_certificate=PIN)
        assert deliver() == "queued"
        assert "AUTH" not in box.commands
    assert attempts() == [("primary", "server_config", "encrypt")]
    health = breaker.health(Role.PRIMARY)
    assert (health.state, health.last_failure_code) == (State.OPEN, "tls.other_certificate")


def test_mail_goes_to_the_server_with_the_expected_name(app, notes, authority, configure):
    configure(smtp_ca_file=authority.path)
    context = authority.context("server.host.ir")
    with Postbox(tls=context, credentials=(USER, PASSWORD)) as box:
        save(box, certificate_name="server.host.ir")
        assert deliver() == "sent"
        save(box, certificate_name="")
        assert deliver(2) == "queued"
        assert len(box.messages) == 1


def test_what_was_offered_is_remembered_once_and_again_when_it_differs(app, notes, monkeypatch):
    written = []
    write = offer_memory.write

    def noted(*both):
        written.append(both)
        write(*both)

    monkeypatch.setattr(offer_memory, "write", noted)
    with Postbox(credentials=(USER, PASSWORD)) as box:
        save(box)
        for about in range(3):
            assert deliver(about) == "sent"
        offer = Offer(f"localhost:{box.port}:none", mechanisms=("LOGIN", "PLAIN"))
        assert remembered() == offer
        assert len(written) == 1
        box.mechanisms = "PLAIN LOGIN XOAUTH2"
        deliver(4)
        assert remembered().mechanisms == ("LOGIN", "PLAIN", "XOAUTH2")


def test_starttls_that_has_gone_is_said_so_and_nothing_is_sent(app, notes, authority, configure):
    configure(smtp_ca_file=authority.path)
    context = authority.context("localhost")
    with Postbox(tls=context, credentials=(USER, PASSWORD)) as box:
        save(box)
        assert deliver() == "sent"
        assert remembered().starttls
        assert remembered().certificate == authority.fingerprints[context]
        box.offers_starttls = False
        box.commands.clear()
        assert deliver(2) == "queued"
        assert "AUTH" not in box.commands
    assert breaker.health(Role.PRIMARY).last_failure_code == "tls.starttls_stripped"


def test_a_sign_in_that_has_gone_is_said_so(app, notes):
    with Postbox(credentials=(USER, PASSWORD)) as box:
        save(box)
        deliver()
        box.credentials = None
        assert deliver(2) == "queued"
    health = breaker.health(Role.PRIMARY)
    assert (health.state, health.last_failure_code) == (State.OPEN, "auth.stripped")


def test_a_weaker_sign_in_waits_until_somebody_forgets_what_was_before(app, notes):
    with Postbox(credentials=(USER, PASSWORD), mechanisms="PLAIN") as box:
        save(box)
        offer_memory.write(row(), Offer(f"localhost:{box.port}:none", mechanisms=("CRAM-MD5",)))
        db.session.commit()
        assert deliver() == "queued"
        assert breaker.health(Role.PRIMARY).last_failure_code == "auth.weakened"
        assert "AUTH" not in box.commands
        before = servers.current()
        save(box, forget_offer=True)
        found = settings_changes.differences(before, servers.current())
        assert found["primary.offered"] == "forgotten"
        work()
        assert len(box.messages) == 1
        assert remembered().mechanisms == ("PLAIN",)


def test_another_place_begins_anew(app, notes):
    with Postbox(credentials=(USER, PASSWORD)) as one, Postbox(credentials=(USER, PASSWORD)) as two:
        save(one)
        deliver()
        save(two)
        assert servers.current().primary.offered_here is None
        deliver(2)
        assert remembered().place == f"localhost:{two.port}:none"


def test_a_server_of_the_environment_is_remembered_too(app, notes, configure):
    with Postbox() as box:
        use(None)
        db.session.execute(db.delete(SmtpServer))
        db.session.commit()
        names = {"HOST": "localhost", "PORT": str(box.port), "ENCRYPTION": "none"}
        names |= {"REQUIRES_AUTH": "off", "ACTIVE": "on"}
        configure(environment={f"PEYK_SMTP_PRIMARY_{k}": v for k, v in names.items()})
        assert deliver() == "sent"
        assert servers.current().primary.offered_here == Offer(f"localhost:{box.port}:none")


def test_a_file_of_authorities_written_anew_counts_without_a_restart(
    app, notes, authority, configure, tmp_path
):
    (tmp_path / "other").mkdir()
    path = tmp_path / "authorities.pem"
    path.write_bytes(Authority(tmp_path / "other").path.read_bytes())
    configure(smtp_ca_file=path)
    with Postbox(tls=authority.context("localhost"), credentials=(USER, PASSWORD)) as box:
        save(box)
        assert deliver() == "queued"
        path.write_bytes(authority.path.read_bytes())
        save(box, username="x")
        save(box)
        assert deliver(2) == "sent"
