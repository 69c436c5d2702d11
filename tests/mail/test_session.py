"""The conversation itself: encryption, sign-in, what it says and what it never says."""

import ssl

import pytest

from app.mail.models import Encryption
from app.mail.smtp.destinations import Address, NameNotFound
from app.mail.smtp.session import Endpoint, Limits, SmtpSession
from app.mail.smtp.trouble import Cause, ConversationFailed, Stage, Trouble
from tests.certificates import Authority
from tests.postbox import Postbox, nobody

SECRET = "p@ss گذر"
QUICK = Limits(connect=4, greeting=1, encrypt=2, command=1, dot=1, total=6)


@pytest.fixture
def context(authority: Authority) -> ssl.SSLContext:
    """What a server with a good certificate for localhost uses."""
    return authority.context("localhost")


def talk(box: Postbox, *, encryption: Encryption = Encryption.NONE, **fields) -> SmtpSession:
    endpoint = Endpoint(
        host=fields.pop("host", "localhost"),
        port=box.port,
        encryption=encryption,
        ehlo_name="peyk.example.com",
        **fields,
    )
    return SmtpSession(endpoint, fields.pop("resolver", loopback), QUICK)


def loopback(_host: str, port: int) -> list[Address]:
    return [Address(2, "127.0.0.1", port)]  # type: ignore[arg-type]


def trouble_of(conversation: SmtpSession) -> Trouble:
    with conversation, pytest.raises(ConversationFailed) as failed:
        _whole(conversation)
    return failed.value.trouble


def _whole(conversation: SmtpSession) -> None:
    conversation.open()
    conversation.send("a@example.com", "b@example.com", b"hello\r\n")


@pytest.mark.parametrize("encryption", [Encryption.STARTTLS, Encryption.TLS])
def test_it_signs_in_over_verified_tls(context, authority, encryption) -> None:
    implicit = encryption is Encryption.TLS
    with Postbox(tls=context, implicit_tls=implicit, credentials=("me", SECRET)) as box:
        with talk(
            box,
            encryption=encryption,
            ca_file=authority.path,
            username="me",
            password=SECRET,
            requires_auth=True,
        ) as conversation:
            conversation.open()
            reply = conversation.send("a@example.com", "b@example.com", b".dot\r\nend")
        assert reply.code == 250
        assert conversation.tls is not None
        assert conversation.tls.names == ("localhost",)
        assert box.only().raw == b".dot\r\nend\r\n"


def test_the_password_is_nowhere_in_the_transcript(context, authority) -> None:
    with Postbox(tls=context, credentials=("me", SECRET), mechanisms="LOGIN") as box:
        with talk(
            box,
            encryption=Encryption.STARTTLS,
            ca_file=authority.path,
            username="me",
            password=SECRET,
            requires_auth=True,
        ) as conversation:
            conversation.open()
        transcript = "\n".join(conversation.transcript)
    assert "C: ***" in transcript
    assert SECRET not in transcript
    assert "cEBzcyD" not in transcript
    assert SECRET not in repr(conversation.endpoint)


def test_a_certificate_that_nobody_vouches_for_is_refused(context) -> None:
    with Postbox(tls=context) as box:
        trouble = trouble_of(talk(box, encryption=Encryption.STARTTLS))
    assert (trouble.stage, trouble.cause) == (Stage.ENCRYPT, Cause.CERTIFICATE)
    assert trouble.verify_code in (18, 19, 20)


def test_a_certificate_for_another_name_is_refused(authority) -> None:
    with Postbox(tls=authority.context("server.example.net")) as box:
        trouble = trouble_of(talk(box, encryption=Encryption.STARTTLS, ca_file=authority.path))
    assert (trouble.cause, trouble.verify_code) == (Cause.CERTIFICATE, 62)


def test_nothing_is_said_in_clear_when_starttls_is_missing() -> None:
    with Postbox(credentials=("me", SECRET)) as box:
        trouble = trouble_of(
            talk(
                box,
                encryption=Encryption.STARTTLS,
                username="me",
                password=SECRET,
                requires_auth=True,
            )
        )
        assert [c.split(" ")[0] for c in box.commands] == ["EHLO", "QUIT"]
    assert trouble.cause is Cause.STARTTLS_MISSING


def test_a_wrong_password_is_offered_once() -> None:
    with Postbox(credentials=("me", "other"), mechanisms="PLAIN LOGIN") as box:
        trouble = trouble_of(talk(box, username="me", password=SECRET, requires_auth=True))
        assert box.commands.count("AUTH") == 1
    assert (trouble.stage, trouble.cause) == (Stage.SIGN_IN, Cause.REPLY)
    assert trouble.reply is not None
    assert (trouble.reply.code, trouble.reply.enhanced) == (535, "5.7.8")


def test_an_empty_password_is_never_sent() -> None:
    with Postbox(credentials=("me", "other")) as box:
        trouble = trouble_of(talk(box, username="me", requires_auth=True))
        assert "AUTH" not in box.commands
    assert trouble.cause is Cause.NO_PASSWORD


def test_a_broken_first_address_does_not_cost_the_mail() -> None:
    with nobody() as dead, Postbox() as box:
        addresses = [*loopback("", dead), *loopback("", box.port)]
        conversation = SmtpSession(
            Endpoint("localhost", box.port, Encryption.NONE, "peyk.example.com"),
            lambda _host, _port: addresses,
            QUICK,
        )
        with conversation:
            conversation.open()
        assert conversation.connected_to == addresses[1]


def test_an_unknown_name_is_told_apart() -> None:
    def resolver(host: str, _port: int) -> list[Address]:
        raise NameNotFound(host)

    endpoint = Endpoint("nowhere.example.com", 25, Encryption.NONE, "peyk.example.com")
    trouble = trouble_of(SmtpSession(endpoint, resolver, QUICK))
    assert (trouble.stage, trouble.cause) == (Stage.RESOLVE, Cause.NAME_NOT_FOUND)


def test_an_answer_without_an_end_is_bounded() -> None:
    endless = "\r\n".join(["250-more"] * 5000)
    with Postbox(say={"EHLO": endless}) as box:
        trouble = trouble_of(talk(box))
    assert (trouble.stage, trouble.cause) == (Stage.GREETING, Cause.GARBLED)


def test_a_port_of_another_service_is_not_mistaken_for_smtp() -> None:
    with Postbox(say={"GREETING": "* OK IMAP4rev1"}) as box:
        trouble = trouble_of(talk(box))
    assert (trouble.cause, trouble.detail) == (Cause.GARBLED, "not a reply")


def test_a_message_larger_than_announced_is_not_sent() -> None:
    with Postbox(extensions=("SIZE 10",)) as box, talk(box) as conversation:
        conversation.open()
        with pytest.raises(ConversationFailed) as failed:
            conversation.send("a@example.com", "b@example.com", b"x" * 11)
    assert failed.value.trouble.cause is Cause.TOO_LARGE


def test_what_was_slipped_in_before_tls_is_forgotten(context, authority) -> None:
    answer = "220 go ahead\r\n250 injected"
    with (
        Postbox(tls=context, say={"STARTTLS": answer}) as box,
        talk(box, encryption=Encryption.STARTTLS, ca_file=authority.path) as conversation,
    ):
        conversation.open()
        assert "injected" not in conversation.extensions
