"""What the mail service must hold against, by the numbers of its security requirements.

The same guards as the page meets them are in tests/web/test_smtp_guards.py.
"""

import logging
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.config import Config, ConfigError, current_config
from app.core import audit, vault
from app.extensions import db
from app.mail.message import HeaderInjection, Message
from app.mail.models import DeliveryAttempt, Encryption, Role, SmtpServer
from app.mail.server_settings import Secret, ServerChange, SettingsChange
from app.mail.servers import breaker, connections, servers
from app.mail.smtp import destinations
from app.mail.smtp.address_policy import Policy, policy_of
from app.mail.smtp.destinations import Forbidden, resolve
from app.mail.smtp.network import Network
from app.mail.smtp.session import Limits
from app.mail.smtp.trouble import ConversationFailed
from app.mail.smtp.wire import MAX_REPLY
from tests.mail.conftest import attempts, enqueue, use, work
from tests.postbox import Postbox

USER, PASSWORD = "support@example.com", "correct-horse-1"
METADATA = [
    "169.254.169.254", "::ffff:169.254.169.254", "2002:a9fe:a9fe::1", "64:ff9b::a9fe:a9fe",
    "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "0.0.0.1", "224.0.0.1",
    "255.255.255.255", "fe80::1",
]  # fmt: skip
# What a page, a report or a log could be harmed by, and what servers may say.
HOSTILE = "535 5.7.8 <script>alert(1)</script> \u202edesrever\u202c \x1b[31mred\x07 end"


def answering(*addresses):
    """A name service that knows one answer."""

    def look_up(_host, port, **_options):
        return [(0, 0, 0, "", (one, port)) for one in addresses]

    return look_up


def save(**fields):
    primary = ServerChange(
        host="localhost", username=USER, password=Secret(PASSWORD), active=True, **fields
    )
    return servers.save(SettingsChange(USER, "Peyk", True, primary, ServerChange()), audit.SYSTEM)


def test_r66_a_password_never_stands_in_the_audit(app):
    save()
    found = " ".join(str(one.details) for one in db.session.scalars(db.select(audit.AuditEntry)))
    assert "changed" in found
    assert PASSWORD not in found


def test_r66_a_server_that_repeats_the_password_is_not_quoted_with_it(app, notes):
    say = {"AUTH": f"535 5.7.8 wrong password {PASSWORD} for {USER}"}
    with Postbox(credentials=("a", "b"), say=say) as box:
        save(port=box.port, encryption=Encryption.NONE)
        enqueue()
        work()
    (attempt,) = db.session.scalars(db.select(DeliveryAttempt))
    assert attempt.reply == f"5.7.8 wrong password *** for {USER}"
    assert PASSWORD not in breaker.health(Role.PRIMARY).last_failure_reply


def test_r67_a_password_is_sealed_to_its_place_and_to_its_key(app, configure):
    save()
    row = db.session.get_one(SmtpServer, Role.PRIMARY)
    assert PASSWORD not in row.sealed_password
    with pytest.raises(vault.VaultKeyLost):
        vault.unseal(row.sealed_password, "smtp:secondary")
    key = current_config().secret_key
    configure(secret_key="another-" + "k" * 40)
    assert servers.current().primary.password_state == "unreadable"
    assert servers.current().primary.password is None
    configure(secret_key_fallbacks=(key,))
    assert servers.current().primary.password.reveal() == PASSWORD


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
def test_r68_a_stored_password_goes_only_where_it_was_typed_for(app, elsewhere):
    settings = save()
    kept = ServerChange(host="localhost", username=USER, active=True)
    assert not servers.password_is_needed(settings.primary, kept)
    moved = replace(kept, **elsewhere)
    assert servers.password_is_needed(settings.primary, moved)
    with pytest.raises(servers.PasswordNeeded):
        servers.candidate(settings, Role.PRIMARY, moved)


@pytest.mark.parametrize("address", METADATA)
def test_r69_no_policy_leads_to_metadata_or_link_local_addresses(address):
    with pytest.raises(Forbidden):
        resolve("mail.example.com", 587, Policy.parse("allow"), answering("8.8.8.8", address))


def test_r69_every_address_of_a_name_is_judged():
    with pytest.raises(Forbidden):
        resolve("mail.example.com", 587, Policy.parse("deny"), answering("8.8.8.8", "10.0.0.1"))


@pytest.mark.parametrize("port", [22, 80, 110, 443, 993, 1023])
@pytest.mark.parametrize("policy", ["allow", "deny"])
def test_r69_only_ports_of_mail_and_high_ones_are_reached(port, policy):
    with pytest.raises(Forbidden):
        resolve("mail.example.com", port, Policy.parse(policy), answering("8.8.8.8"))


def test_r69_the_operator_may_narrow_and_widen_the_ports(config):
    narrow = policy_of(replace(config, smtp_ports=((465, 465), (24, 24))))
    for port in (465, 24):
        assert resolve("mail.example.com", port, narrow, answering("8.8.8.8"))
    for port in (25, 587, 2525):
        with pytest.raises(Forbidden):
            resolve("mail.example.com", port, narrow, answering("8.8.8.8"))


@pytest.mark.parametrize("text", ["x", "0", "70000", "30-20", "25;26", "۲۵"])
def test_r69_ports_that_are_none_are_refused_at_the_start(text):
    env = {"SECRET_KEY": "kJ8-2Qx7vB1nM4zL9wE6rT3yU5iO0pA-hG_dF", "PUBLIC_URL": "https://a.ir"}
    with pytest.raises(ConfigError, match="PEYK_SMTP_PORTS"):
        Config.from_environment({**env, "PEYK_SMTP_PORTS": text})
    read = Config.from_environment({**env, "PEYK_SMTP_PORTS": "25, 465 2500-2599"})
    assert read.smtp_ports == ((25, 25), (465, 465), (2500, 2599))


def test_r69_the_panel_does_not_talk_to_itself(config):
    policy = policy_of(replace(config, public_url="http://127.0.0.1:8000"))
    with pytest.raises(Forbidden):
        resolve("localhost", 8000, policy, answering("127.0.0.1"))
    assert resolve("localhost", 8025, policy, answering("127.0.0.1"))
    assert resolve("mail.example.com", 8000, policy, answering("8.8.8.8"))


def test_r69_the_real_sender_is_under_the_same_policy(app, notes, configure):
    configure(smtp_private_hosts="deny")
    with Postbox() as box:
        use(box)
        enqueue()
        work()
        assert box.connections == 0
    assert attempts() == [("primary", "server", "resolve")]
    assert breaker.health(Role.PRIMARY).last_failure_code == "in.dest_blocked"


def test_r69_the_judged_address_is_connected_to_while_the_typed_name_is_verified(
    app, notes, authority, configure, monkeypatch
):
    """A name that leads elsewhere the second time it is asked leads nowhere else."""
    configure(smtp_ca_file=authority.path)
    asked = []

    def rebinding(_host, port, **_options):
        asked.append(port)
        return answering("127.0.0.1" if len(asked) == 1 else "169.254.169.254")(_host, port)

    class Rebinding(Network):
        def resolve(self, host, port, seconds):
            return destinations.resolve(host, port, self.policy, rebinding, seconds)

    monkeypatch.setattr(connections, "network_of", lambda config: Rebinding(policy_of(config)))
    with Postbox(tls=authority.context("mail.customer.ir"), credentials=(USER, PASSWORD)) as box:
        change = ServerChange(
            host="mail.customer.ir",
            port=box.port,
            username=USER,
            password=Secret(PASSWORD),
            active=True,
        )
        servers.save(SettingsChange(USER, "Peyk", True, change, ServerChange()), audit.SYSTEM)
        enqueue()
        work()
        assert len(box.messages) == 1
    assert len(asked) == 1


def test_r70_a_conversation_as_a_whole_has_an_end(config):
    limits = Limits(connect=1, greeting=9, command=9, total=1)
    with Postbox(drip=0.1) as box:
        server = replace(servers.ServerSettings(Role.PRIMARY), host="127.0.0.1", port=box.port)
        server = replace(server, encryption=Encryption.NONE, requires_auth=False)
        started = time.monotonic()
        with (
            connections.session_with(server, config, limits) as session,
            pytest.raises(ConversationFailed),
        ):
            session.open()
        assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "first", ["SSH-2.0-OpenSSH_9", "* OK IMAP4", "+OK POP3", "HTTP/1.1 400 Bad", "200 news ready",
              "-ERR unknown command", "\x00\x01\x02250 looks like mail"]
)  # fmt: skip
def test_r71_what_other_services_say_is_written_nowhere(app, notes, caplog, first):
    with caplog.at_level(logging.INFO, "peyk"), Postbox(say={"GREETING": first}) as box:
        use(box)
        enqueue()
        work()
    (attempt,) = db.session.scalars(db.select(DeliveryAttempt))
    seen = f"{attempt.reply} {breaker.health(Role.PRIMARY).last_failure_reply} {caplog.text}"
    for word in ("OpenSSH", "IMAP4", "POP3", "Bad", "news", "ERR", "looks like"):
        assert word not in seen
    assert breaker.health(Role.PRIMARY).last_failure_code == "banner.not_smtp"


def test_r71_a_server_for_files_that_greets_like_one_for_mail_is_told_apart(app, notes):
    say = {"GREETING": "220 vault.internal (vsFTPd 3.0.3)"}
    say |= dict.fromkeys(("EHLO", "HELO"), "530 Please login with USER and PASS.")
    with Postbox(say=say) as box:
        use(box)
        enqueue()
        work()
    (attempt,) = db.session.scalars(db.select(DeliveryAttempt))
    assert "USER" not in attempt.reply
    assert breaker.health(Role.PRIMARY).last_failure_code == "banner.not_smtp"


def test_r72_nothing_is_said_in_clear_where_encryption_is_wanted(app, notes):
    with Postbox(credentials=(USER, PASSWORD)) as box:
        save(port=box.port)
        enqueue()
        work()
        assert [line.split()[0] for line in box.commands] == ["EHLO", "QUIT"]
    assert attempts() == [("primary", "server_config", "encrypt")]


@pytest.mark.parametrize("fault", [{"is_self_signed": True}, {"days": (-9, -1)}, {"names": "b.ir"}])
def test_r72_no_mail_goes_to_a_certificate_that_is_not_good(
    app, notes, authority, configure, fault
):
    configure(smtp_ca_file=authority.path)
    name = fault.get("names", "localhost")
    faults = {key: value for key, value in fault.items() if key != "names"}
    with Postbox(tls=authority.context(name, **faults), credentials=(USER, PASSWORD)) as box:
        save(port=box.port)
        enqueue()
        work()
        assert "AUTH" not in box.commands
    assert attempts() == [("primary", "server_config", "encrypt")]


def test_r72_the_operators_own_authority_is_trusted(app, notes, authority, configure):
    with Postbox(tls=authority.context("localhost"), credentials=(USER, PASSWORD)) as box:
        save(port=box.port)
        enqueue(1)
        work()
        assert box.messages == []
        configure(smtp_ca_file=authority.path)
        breaker.reset(Role.PRIMARY)
        db.session.commit()
        enqueue(2)
        work()
        assert len(box.messages) == 1


def test_r72_authorities_that_are_none_are_refused_at_the_start(authority, tmp_path):
    env = {"SECRET_KEY": "kJ8-2Qx7vB1nM4zL9wE6rT3yU5iO0pA-hG_dF", "PUBLIC_URL": "https://a.ir"}
    (tmp_path / "none.pem").write_text("no certificate")
    with pytest.raises(ConfigError, match="BEGIN CERTIFICATE"):
        Config.from_environment({**env, "PEYK_SMTP_CA_FILE": str(tmp_path / "none.pem")})
    good = Config.from_environment({**env, "PEYK_SMTP_CA_FILE": str(authority.path)})
    assert good.smtp_ca_file == authority.path


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\x00", "\x85", "\u2028", "\u2029", "\x0b", "\x0c"])
def test_r73_no_line_begins_inside_a_header(sign):
    good = {"sender_name": "Peyk", "to": "b@example.com", "subject": "x"}
    for name in good:
        with pytest.raises(HeaderInjection):
            Message(
                sender_address="a@example.com",
                text="x",
                html="<p>x</p>",
                locale="fa",
                message_id="<1@example.com>",
                date=datetime.now(UTC),
                **{**good, name: f"x{sign}Bcc: c@example.com"},
            )


def test_r73_a_reply_is_cut_and_cleaned_before_it_is_written_down(app, notes, caplog):
    say = {"AUTH": HOSTILE + " x" * 3000}
    with caplog.at_level(logging.INFO, "peyk"), Postbox(credentials=("a", "b"), say=say) as box:
        save(port=box.port, encryption=Encryption.NONE)
        enqueue()
        work()
    (attempt,) = db.session.scalars(db.select(DeliveryAttempt))
    kept = breaker.health(Role.PRIMARY).last_failure_reply
    assert "desrever" in attempt.reply
    for text in (attempt.reply, kept, caplog.text):
        assert not {"\u202e", "\x1b", "\x07"} & set(text)
    assert max(len(attempt.reply), len(kept)) <= MAX_REPLY
