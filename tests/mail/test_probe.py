"""The connection test, over a real conversation with a server on a socket."""

import ssl
from dataclasses import replace

import pytest

from app.mail.connection_test.probe import ConnectionTest, Probe
from app.mail.models import Encryption, Role
from app.mail.server_settings import Secret, ServerSettings
from app.mail.smtp.session import Limits
from tests.certificates import Authority
from tests.postbox import Postbox, nobody

PASSWORD = "p@ss-word-1"
QUICK = Limits(resolve=1, connect=1, greeting=0.5, encrypt=1, command=0.5, dot=1, total=2)
STAGES = [
    "resolve", "connect", "greeting", "encrypt", "sign_in", "sender", "recipient", "message",
]  # fmt: skip


@pytest.fixture
def context(authority: Authority) -> ssl.SSLContext:
    return authority.context("localhost")


def server(port: int, **fields) -> ServerSettings:
    settings = ServerSettings(
        Role.PRIMARY, "127.0.0.1", port, Encryption.NONE, requires_auth=False, active=True
    )
    return replace(settings, **fields)


def run(config, settings, **changes):
    data = b"Subject: test\r\n\r\nhello\r\n"
    test = ConnectionTest(settings, "support@example.com", "nika@example.com", data)
    probe = Probe(test, replace(config, **changes), QUICK)
    return list(probe.run()), probe


def states(reports):
    return {report.stage.value: report.state.value for report in reports}


def failed(reports):
    (one,) = [report for report in reports if report.diagnosis]
    return one.stage.value, one.diagnosis.code


def test_every_stage_is_reported_in_order_and_the_message_arrives(config):
    with Postbox(credentials=("support", PASSWORD)) as box:
        signed = server(box.port, requires_auth=True, username="support", password=Secret(PASSWORD))
        reports, probe = run(config, signed)
    assert [report.stage.value for report in reports] == STAGES
    assert probe.passed
    assert box.only().recipient == "nika@example.com"
    assert reports[-1].reply.startswith("250")


def test_stages_arrive_as_they_end(config):
    with Postbox() as box:
        test = ConnectionTest(server(box.port), "a@example.com", "b@example.com", b"x")
        stream = Probe(test, config, QUICK).run()
        assert next(stream).stage.value == "resolve"
        assert box.connections == 0
        assert len(list(stream)) == len(STAGES) - 1


def test_the_transcript_is_free_of_credentials(config):
    with Postbox(credentials=("support", PASSWORD)) as box:
        signed = server(box.port, requires_auth=True, username="support", password=Secret(PASSWORD))
        _reports, probe = run(config, signed)
    conversation = "\n".join(probe.transcript)
    assert "MAIL FROM" in conversation
    assert PASSWORD not in conversation
    assert "c3VwcG9ydA" not in conversation


@pytest.mark.parametrize(
    ("script", "stage", "code"),
    [
        ({"say": {"GREETING": "554 5.7.1 go away"}}, "greeting", "banner.554"),
        ({"say": {"GREETING": "* OK IMAP4 ready"}}, "greeting", "banner.not_smtp"),
        ({"hang_up_at": "GREETING"}, "greeting", "banner.closed"),
        ({"hang_at": "GREETING"}, "greeting", "banner.silent"),
        ({"say": {"MAIL": "553 5.7.1 not owned by user"}}, "sender", "mail.not_owner"),
        ({"say": {"RCPT": "550 5.1.1 no such user"}}, "recipient", "rcpt.unknown"),
        ({"say": {"RCPT": "450 4.2.0 greylisted"}}, "recipient", "rcpt.greylist"),
        ({"say": {"DOT": "554 5.7.1 spam"}}, "message", "data.spam"),
        ({"hang_up_at": "DOT"}, "message", "data.unknown"),
        ({"say": {"DOT": "250 2.0\\torn"}}, "message", "data.unknown"),
        ({"hang_at": "DOT"}, "message", "data.unknown"),
    ],
)
def test_a_failure_names_its_stage_and_what_it_means(config, script, stage, code):
    with Postbox(**script) as box:
        reports, probe = run(config, server(box.port))
    assert failed(reports) == (stage, code)
    assert not probe.passed
    assert [report.stage.value for report in reports] == STAGES
    later = STAGES[STAGES.index(stage) + 1 :]
    assert all(states(reports)[name] == "skipped" for name in later)


def test_a_closing_of_the_connection_after_acceptance_is_success(config):
    with Postbox(hang_up_at="QUIT") as box:
        _reports, probe = run(config, server(box.port))
    assert probe.passed


def test_a_wrong_password_is_tried_once(config):
    with Postbox(credentials=("support", "other")) as box:
        user = "support@example.com"
        signed = server(box.port, requires_auth=True, username=user, password=Secret(PASSWORD))
        reports, _probe = run(config, signed)
    assert failed(reports) == ("sign_in", "auth.wrong")
    assert box.commands.count("AUTH") == 1


def test_an_unreadable_password_is_never_an_empty_sign_in(config):
    with Postbox(credentials=("support", "")) as box:
        lost = server(box.port, requires_auth=True, username="support", password_state="unreadable")
        reports, _probe = run(config, lost)
    assert failed(reports) == ("sign_in", "in.pass_undecryptable")
    assert "AUTH" not in box.commands


def test_starttls_that_is_not_offered_ends_before_the_password(config, context):
    with Postbox(credentials=("a", "b"), tls=context, offers_starttls=False) as box:
        signed = server(
            box.port,
            encryption=Encryption.STARTTLS,
            requires_auth=True,
            username="a",
            password=Secret("b"),
        )
        reports, _probe = run(config, signed)
    assert failed(reports) == ("encrypt", "tls.starttls_missing")
    assert "AUTH" not in box.commands


@pytest.mark.parametrize("implicit", [True, False])
def test_a_trusted_certificate_passes_both_kinds_of_encryption(
    config, context, authority, implicit
):
    encryption = Encryption.TLS if implicit else Encryption.STARTTLS
    with Postbox(tls=context, implicit_tls=implicit) as box:
        encrypted = server(box.port, host="localhost", encryption=encryption)
        reports, probe = run(config, encrypted, smtp_ca_file=authority.path)
    assert probe.passed
    assert states(reports)["encrypt"] == "passed"


@pytest.mark.parametrize("implicit", [True, False])
def test_an_unknown_authority_fails_at_encryption(config, context, implicit):
    encryption = Encryption.TLS if implicit else Encryption.STARTTLS
    with Postbox(tls=context, implicit_tls=implicit) as box:
        reports, _probe = run(config, server(box.port, host="localhost", encryption=encryption))
    stage, code = failed(reports)
    assert stage == "encrypt"
    assert code in ("tls.chain_incomplete", "tls.unknown_ca", "tls.self_signed")
    assert [report.stage.value for report in reports] == STAGES
    assert states(reports)["connect"] == "passed"


def test_tls_on_a_plain_port_is_told(config):
    with Postbox() as box:
        reports, _probe = run(config, server(box.port, encryption=Encryption.TLS))
    assert failed(reports) == ("encrypt", "tls.plain_port")


def test_a_port_where_nobody_listens_is_told(config):
    with nobody() as port:
        reports, probe = run(config, server(port))
    assert failed(reports) == ("connect", "tcp.refused_local")
    assert probe.transcript == ()


def test_what_another_service_says_is_not_shown(config):
    with Postbox(say={"GREETING": "SSH-2.0-OpenSSH_9"}) as box:
        reports, probe = run(config, server(box.port))
    assert "SSH" not in f"{[report.reply for report in reports]}{probe.transcript}"


def test_a_forbidden_address_is_not_connected_to(config):
    with Postbox() as box:
        reports, _probe = run(config, server(box.port), smtp_private_hosts="deny")
    assert failed(reports) == ("resolve", "in.dest_blocked")
    assert box.connections == 0


def test_a_server_that_drips_is_cut_off_by_the_deadline(config):
    with Postbox(drip=0.2) as box:
        reports, probe = run(config, server(box.port))
    assert not probe.passed
    assert sum(report.duration_ms for report in reports) < 3000
