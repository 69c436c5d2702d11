"""What replies and broken connections mean to an administrator."""

import pytest

from app.i18n import locales
from app.mail.diagnosis import fixes
from app.mail.diagnosis.circumstances import Circumstances
from app.mail.diagnosis.diagnosis import diagnose, known, of_record
from app.mail.diagnosis.remedies import REMEDIES
from app.mail.diagnosis.signs import SIGNS
from app.mail.models import Encryption
from app.mail.smtp.trouble import Cause, Stage, Trouble
from app.mail.smtp.wire import Reply
from app.web.words import remedy_words

LOST = {"password_state": "unreadable"}
FIELDS = {
    "", "host", "port", "encryption", "requires_auth", "username", "password",
    "sender_address", "sender_name", "recipient", "smtp_active", "active",
    "certificate_name", "trusted_certificate", "forget_offer",
}  # fmt: skip


def code_of_reply(stage, said):
    code, _, text = said.partition(" ")
    return diagnose(Trouble(stage, Cause.REPLY, Reply(int(code), text))).code


def code_of(stage, cause, *, detail="", verify_code=None, after_dot=False, **around):
    trouble = Trouble(stage, cause, None, detail, verify_code, after_dot)
    return diagnose(trouble, Circumstances(**around)).code


@pytest.mark.parametrize(
    ("stage", "reply", "code"),
    [
        (Stage.GREETING, "421 4.3.2 too many connections", "banner.421"),
        (Stage.GREETING, "554 5.7.1 you are listed", "banner.554"),
        (Stage.GREETING, "501 5.5.4 Invalid HELO name", "ehlo.refused"),
        (Stage.SENDER, "550 5.7.1 HELO should be a FQDN", "ehlo.refused"),
        (Stage.ENCRYPT, "454 4.7.0 TLS not available", "tls.starttls_454"),
        (Stage.SIGN_IN, "535 5.7.8 authentication failed", "auth.wrong"),
        (Stage.SIGN_IN, "535 Incorrect authentication data", "auth.wrong"),
        (Stage.SIGN_IN, "534 5.7.9 Application-specific password required", "auth.gmail_app"),
        (Stage.SIGN_IN, "535 5.7.8 see support?p=BadCredentials", "auth.gmail_bad"),
        (Stage.SIGN_IN, "534 5.7.14 Please log in via your web browser", "auth.gmail_web"),
        (Stage.SIGN_IN, "534 5.7.9 mechanism too weak", "auth.need_tls"),
        (Stage.SIGN_IN, "538 5.7.11 encryption required", "auth.need_tls"),
        (Stage.SIGN_IN, "530 5.7.0 Must issue STARTTLS first", "auth.need_tls"),
        (Stage.SIGN_IN, "535 5.7.139 SmtpClientAuthentication is disabled", "auth.m365_disabled"),
        (Stage.SIGN_IN, "535 5.7.139 basic authentication is disabled", "auth.m365_basic"),
        (Stage.SIGN_IN, "535 5.7.8 account suspended", "auth.locked"),
        (Stage.SIGN_IN, "454 4.7.0 Too many login attempts", "auth.locked"),
        (Stage.SIGN_IN, "454 4.7.0 Temporary authentication failure", "auth.temp"),
        (Stage.SIGN_IN, "432 4.7.12 password transition needed", "auth.pass_expired"),
        (Stage.SIGN_IN, "503 5.3.3 AUTH not available", "auth.not_offered"),
        (Stage.SENDER, "530 5.7.0 Must issue a STARTTLS command first", "mail.need_starttls"),
        (Stage.SENDER, "530 5.7.1 authentication required", "mail.need_auth"),
        (Stage.SENDER, "503 This mail server requires authentication", "mail.need_auth"),
        (Stage.RECIPIENT, "550 SMTP AUTH is required for message submission", "mail.need_auth"),
        (Stage.SENDER, "553 5.7.1 sender address not owned by user", "mail.not_owner"),
        (Stage.MESSAGE, "554 5.2.252 SendAsDenied", "mail.not_owner"),
        (Stage.SENDER, "550 5.7.60 client does not have permissions", "mail.not_owner"),
        (Stage.SENDER, "450 4.1.8 Domain not found", "mail.sender_domain"),
        (Stage.SENDER, "550 nobody likes you", "mail.sender_refused"),
        (Stage.RECIPIENT, "550 5.1.1 no such user", "rcpt.unknown"),
        (Stage.RECIPIENT, "550 No such user here", "rcpt.unknown"),
        (Stage.RECIPIENT, "550 5.7.1 relaying denied", "rcpt.relay"),
        (Stage.RECIPIENT, "554 5.7.1 Relay access denied", "rcpt.relay"),
        (Stage.RECIPIENT, "450 4.2.0 Greylisted, try again in 300 s", "rcpt.greylist"),
        (Stage.RECIPIENT, "451 4.7.1 Please try again later", "rcpt.greylist"),
        (Stage.RECIPIENT, "452 4.2.2 mailbox full", "rcpt.full"),
        (Stage.RECIPIENT, "552 5.2.2 over quota", "rcpt.full"),
        (Stage.RECIPIENT, "556 5.1.10 null MX", "rcpt.domain"),
        (Stage.RECIPIENT, "554 5.7.1 refused by policy", "rcpt.policy"),
        (Stage.RECIPIENT, "452 4.3.1 insufficient storage", "data.storage"),
        (Stage.MESSAGE, "552 5.3.4 message too big", "data.size"),
        (Stage.MESSAGE, "554 5.7.1 this looks like spam", "data.spam"),
        (Stage.MESSAGE, "451 4.3.0 try again", "data.temp"),
        (Stage.MESSAGE, "550 5.7.26 unauthenticated, DMARC", "mail.dmarc"),
        (Stage.MESSAGE, "550 5.7.23 SPF check failed", "mail.spf"),
        (Stage.MESSAGE, "554 5.7.1 blocked using zen.spamhaus.org", "mail.ip_block"),
        (Stage.MESSAGE, "550 5.7.25 no PTR record", "mail.ptr"),
        (Stage.SENDER, "451 exceeded the max emails per hour", "mail.quota_hour"),
        (Stage.SENDER, "503 5.5.1 nested MAIL command", "proto.sequence"),
        (Stage.MESSAGE, "299 what", "sys.unknown"),
    ],
)
def test_a_reply_has_one_meaning(stage, reply, code):
    assert code_of_reply(stage, reply) == code


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (9, "tls.not_yet"), (10, "tls.expired"), (18, "tls.self_signed"), (19, "tls.unknown_ca"),
        (20, "tls.chain_incomplete"), (62, "tls.name_mismatch"), (64, "tls.ip_host"),
        (66, "tls.weak_key"), (85, "tls.strict"), (26, "tls.revoked_or_purpose"),
        (99, "tls.unknown"),
    ],
)  # fmt: skip
def test_openssls_verify_codes_are_understood(number, code):
    assert code_of(Stage.ENCRYPT, Cause.CERTIFICATE, verify_code=number) == code


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("WRONG_VERSION_NUMBER", "tls.plain_port"),
        ("RECORD_LAYER_FAILURE", "tls.plain_port"),
        ("TLSV1_ALERT_PROTOCOL_VERSION", "tls.old_protocol"),
        ("DH_KEY_TOO_SMALL", "tls.weak_key"),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "tls.no_common"),
        ("UNEXPECTED_EOF_WHILE_READING", "tls.eof"),
        ("UNSAFE_LEGACY_RENEGOTIATION_DISABLED", "tls.legacy_reneg"),
        ("SOMETHING_NEW", "tls.unknown"),
    ],
)
def test_reasons_of_a_failed_handshake_are_understood(reason, code):
    assert code_of(Stage.ENCRYPT, Cause.TLS, detail=reason) == code


@pytest.mark.parametrize(
    ("stage", "cause", "around", "code"),
    [
        (Stage.RESOLVE, Cause.NAME_NOT_FOUND, {}, "dns.not_found"),
        (Stage.RESOLVE, Cause.NAME_TEMPORARY, {}, "dns.temporary"),
        (Stage.RESOLVE, Cause.FORBIDDEN, {}, "in.dest_blocked"),
        (Stage.CONNECT, Cause.REFUSED, {}, "tcp.refused"),
        (Stage.CONNECT, Cause.REFUSED, {"is_loopback": True}, "tcp.refused_local"),
        (Stage.CONNECT, Cause.TIMEOUT, {"port": 25}, "tcp.timeout"),
        (Stage.CONNECT, Cause.TIMEOUT, {"port": 587}, "tcp.timeout"),
        (Stage.CONNECT, Cause.UNREACHABLE, {}, "tcp.unreachable"),
        (Stage.CONNECT, Cause.RESET, {}, "tcp.reset"),
        (Stage.GREETING, Cause.TIMEOUT, {"port": 465}, "banner.silent"),
        (Stage.GREETING, Cause.TIMEOUT, {"port": 587}, "banner.silent"),
        (Stage.GREETING, Cause.CLOSED, {}, "banner.closed"),
        (Stage.GREETING, Cause.GARBLED, {}, "banner.not_smtp"),
        (Stage.ENCRYPT, Cause.STARTTLS_MISSING, {}, "tls.starttls_missing"),
        (Stage.ENCRYPT, Cause.RESET, {}, "tls.eof"),
        (Stage.ENCRYPT, Cause.TIMEOUT, {}, "tls.timeout"),
        (Stage.SIGN_IN, Cause.CLOSED, {}, "auth.closed"),
        (Stage.SIGN_IN, Cause.AUTH_MISSING, {}, "auth.not_offered"),
        (Stage.SIGN_IN, Cause.NO_MECHANISM, {}, "auth.no_common_mech"),
        (Stage.SIGN_IN, Cause.NO_PASSWORD, {}, "auth.empty"),
        (Stage.SIGN_IN, Cause.NO_PASSWORD, LOST, "in.pass_undecryptable"),
        (Stage.MESSAGE, Cause.CLOSED, {}, "data.temp"),
        (Stage.SENDER, Cause.TIMEOUT, {}, "sys.deadline"),
        (Stage.SENDER, Cause.TOO_LARGE, {}, "data.size"),
        (Stage.MESSAGE, Cause.OTHER, {}, "sys.unknown"),
    ],
)
def test_a_broken_connection_is_understood_by_stage_and_circumstances(stage, cause, around, code):
    assert code_of(stage, cause, **around) == code


def test_a_sign_in_that_appears_only_after_encryption_is_told_apart():
    around = {"encryption": Encryption.NONE, "offers_starttls": True}
    assert code_of(Stage.SIGN_IN, Cause.AUTH_MISSING, **around) == "auth.not_offered_plain"


@pytest.mark.parametrize("cause", [Cause.CLOSED, Cause.TIMEOUT, Cause.RESET])
def test_silence_after_the_final_dot_is_unknown(cause):
    assert code_of(Stage.MESSAGE, cause, after_dot=True) == "data.unknown"


def test_every_row_leads_to_words_and_to_a_field_of_the_form():
    assert {sign.code for sign in SIGNS} <= REMEDIES.keys()
    assert {name for remedy in REMEDIES.values() for name in remedy.fields} <= FIELDS
    assert {name for remedy in REMEDIES.values() for name in remedy.fixes} == set(fixes._CHANGES)


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_every_remedy_has_words_in_every_language(app, locale):
    holes = dict.fromkeys(remedy_words._HOLES, "x")
    with app.test_request_context(), locales.use(locale):
        for remedy in REMEDIES.values():
            for words in (remedy.meaning, remedy.advice, remedy.technical):
                sentence = str(words) % holes
                assert sentence
                assert locale == "en" or any("آ" <= letter <= "ی" for letter in sentence)


def test_what_delivery_wrote_down_is_understood_later():
    record = of_record("sign_in", "reply", "535 5.7.8 authentication failed")
    assert record is not None
    assert record.code == "auth.wrong"
    assert of_record("sign_in", "auth.wrong", "") == known("auth.wrong")
    assert of_record("", "", "") is None
    assert of_record("sign_in", "gone", "") is None
    assert known("gone") is None
