"""Every situation of the table is reached: over a socket, or over the seams of the network."""

import socket
import ssl
import time
import warnings
from contextlib import contextmanager
from dataclasses import replace

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from app.config import ROOT
from app.mail.connection_test.probe import ConnectionTest, Probe, State
from app.mail.diagnosis.remedies import REMEDIES
from app.mail.diagnosis.samples import SAMPLES
from app.mail.models import Encryption, Role
from app.mail.server_settings import Secret, ServerSettings
from app.mail.servers import entries
from app.mail.smtp import destinations, tls, wire
from app.mail.smtp.destinations import Address, Policy
from app.mail.smtp.endpoint import place
from app.mail.smtp.name_service import Records
from app.mail.smtp.offers import Offer
from app.mail.smtp.session import Limits
from app.mail.smtp.trouble import Stage
from tests.certificates import Authority
from tests.postbox import Postbox, nobody

QUICK = Limits(resolve=1, connect=1, greeting=0.4, encrypt=1, command=0.5, dot=1, total=4)
HOST, IP = "mail.customer.ir", "192.0.2.7"
# Reverse names are asked for only where an address is public; nobody connects to this one.
PUBLIC_IP = "93.184.216.34"
SENDER, USER = "support@customer.ir", "support@customer.ir"

# What we send decides what these mean, so they have tests of their own.
_TOLD_APART = {"auth.user_form", "auth.encoding", "ehlo.gmail_loopback", "tls.starttls_454"}
_PLAIN = {code: one for code, one in SAMPLES.items() if code not in _TOLD_APART}
REPLIES = [
    (code, {one.command: one.reply}) for code, one in _PLAIN.items() if one.command != "AUTH"
]
SIGN_INS = [(code, one.reply) for code, one in _PLAIN.items() if one.command == "AUTH"]
TYPED = [
    ("in.host_scheme", {"host": "smtp://mail.customer.ir:587/"}),
    ("in.host_email", {"host": "support@customer.ir"}),
    ("in.host_invisible", {"host": "mail.\u200fcustomer.ir"}),
    ("in.host_label", {"host": "mail..customer.ir"}),
    ("in.port_range", {"port": "۷۰۰۰۰"}),
    ("in.port_incoming", {"port": "993"}),
    ("in.port_mode", {"port": "465", "encryption": "starttls"}),
    ("in.pass_nonascii", {"password": "رمز۱۲"}),
    ("in.pass_space", {"password": " secret"}),
    ("in.pass_mask", {"password": "••••"}),
    ("in.sender_invalid", {"sender_address": "support@"}),
    ("in.sender_crlf", {"sender_name": "a\nBcc: b"}),
    ("in.name_long", {"sender_name": "ن" * 71}),
]
# What has no conversation of its own is said by the page after a test.
ELSEWHERE = {
    "sys.inactive": "test_the_master_switch_is_remarked_on",
    "sys.no_active_server": "test_two_servers_that_are_off_are_remarked_on",
    "sys.breaker_open": "test_a_primary_that_is_left_alone_is_remarked_on",
    "sys.env_locked": "test_a_mend_that_the_environment_locks_is_remarked_on",
    "sys.worker_down": "test_a_worker_that_does_not_run_is_remarked_on",
}
# By code, the test that reaches it.
REACHED: dict[str, str] = {
    **dict.fromkeys((code for code, _ in REPLIES), "test_a_reply_of_the_server_is_understood"),
    **dict.fromkeys((code for code, _ in SIGN_INS), "test_a_refused_sign_in_is_understood"),
    **dict.fromkeys((code for code, _ in TYPED), "test_what_was_typed_is_understood"),
    **ELSEWHERE,
}


# What no machine can stage is put in place of the resolver or the connector.
_OVER_SEAMS = frozenset(
    "dns.not_found dns.no_address dns.temporary dns.resolver_down dns.filtered in.dest_blocked "
    "tcp.refused tcp.reset tcp.unreachable tcp.permission tcp.timeout tcp.timeout_25 "
    "tcp.geo".split()
)


def how(code: str) -> str:
    """How a code is reached, in a word of docs/diagnosis-codes.md."""
    words = (
        ("page", ELSEWHERE),
        ("typed", {typed for typed, _ in TYPED}),
        ("seam", _OVER_SEAMS),
    )
    return next((word for word, codes in words if code in codes), "socket")


def reaches(*codes):
    """Say which codes a test reaches."""

    def note(test):
        for code in codes:
            REACHED.setdefault(code, test.__name__)
        return test

    return note


class Elsewhere:
    """A network in which names and doors lead where the test wants."""

    def __init__(self, names=None, doors=None, records=None, default=TimeoutError):
        self.names = {HOST: [IP]} if names is None else names
        self.doors, self.answers, self.default = doors or {}, records or {}, default
        self.policy = Policy.parse("allow")

    def resolve(self, host, port, seconds):
        found = self.names.get(host, destinations.NameNotFound(host))
        if isinstance(found, Exception):
            raise found

        def ask(*_args, **_options):
            return [(0, 0, 0, "", (ip, port)) for ip in found]

        return destinations.resolve(host, port, self.policy, ask, seconds)

    def connect(self, address: Address, seconds):
        door = self.doors.get((address.ip, address.port), self.default)
        if isinstance(door, Postbox):
            return socket.create_connection(("127.0.0.1", door.port), seconds)
        raise door if isinstance(door, OSError) else door()

    def records(self, name, kind, seconds):
        return self.answers.get((name, kind), Records(None))


def server(port=587, **fields):
    made = ServerSettings(
        Role.PRIMARY, HOST, port, Encryption.NONE, requires_auth=False, active=True
    )
    return replace(made, **fields)


def signing(port=587, **fields):
    values = {"requires_auth": True, "username": USER, "password": Secret("p-1"), **fields}
    return server(port, **values)


def run(config, settings, network, *, passed_before=False, other_host="", limits=QUICK, **changes):
    data = b"Subject: x\r\n\r\nx\r\n"
    test = ConnectionTest(settings, SENDER, "nika@example.com", data, passed_before, other_host)
    probe = Probe(test, replace(config, **changes), limits, network)
    reports = list(probe.run())
    return reports, probe


def outcome(config, settings, network, **options):
    """The diagnosis of the one stage that ended the test."""
    reports, _probe = run(config, settings, network, **options)
    (one,) = [report for report in reports if report.diagnosis]
    return one.diagnosis


def offered(settings, **fields):
    """Settings that remember what was offered when the server last worked."""
    where = place(settings.host, settings.port, settings.encryption)
    return replace(settings, offered=Offer(where, **fields))


def notes(reports):
    return {note.code for report in reports for note in report.notes}


@contextmanager
def answering(port=587, **script):
    """A server behind the name, at one port; all other doors are silent."""
    with Postbox(**script) as box:
        yield Elsewhere(doors={(IP, port): box}), box


def only_tls_1_1(context):
    """The same server as it was long ago; not every OpenSSL still knows how."""
    if not ssl.HAS_TLSv1_1:
        pytest.skip("the OpenSSL of this machine does not know TLS 1.1 any more")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1_1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


@pytest.mark.parametrize(("code", "say"), REPLIES)
def test_a_reply_of_the_server_is_understood(config, code, say):
    with answering(say=say) as (network, _box):
        found = outcome(config, server(), network)
    assert found.code == code


@pytest.mark.parametrize(("code", "reply"), SIGN_INS)
def test_a_refused_sign_in_is_understood(config, code, reply):
    with answering(say={"AUTH": reply}, credentials=("x", "y")) as (network, box):
        found = outcome(config, signing(), network)
    assert found.code == code
    assert box.commands.count("AUTH") == 1


@pytest.mark.parametrize(("code", "typed"), TYPED)
def test_what_was_typed_is_understood(code, typed):
    assert code in {one.code for one in entries.diagnoses(typed)}


@reaches("in.host_scheme")
def test_a_pasted_address_can_be_split():
    (found,) = entries.diagnoses({"host": "smtp://mail.customer.ir:587/"})
    assert found.fixes[0].changes == {"host": "mail.customer.ir", "port": "587"}


@reaches("dns.not_found")
def test_a_name_that_does_not_exist(config):
    network = Elsewhere(names={}, records={(HOST, "MX"): Records(exists=False)})
    assert outcome(config, server(), network).code == "dns.not_found"


@reaches("dns.no_address")
def test_a_domain_without_an_address_leads_to_its_mail_server(config):
    found = Records(exists=True, values=("mx.host.ir",))
    network = Elsewhere(names={"mx.host.ir": ["192.0.2.9"]}, records={(HOST, "MX"): found})
    diagnosed = outcome(config, server(), network)
    assert diagnosed.code == "dns.no_address"
    assert diagnosed.fixes[0].changes == {"host": "mx.host.ir"}


@reaches("dns.temporary")
def test_a_name_service_that_is_away_for_one_name(config):
    away = destinations.NameTemporarilyUnknown(HOST)
    records = {(".", "NS"): Records(exists=True)}
    network = Elsewhere(names={HOST: away}, records=records)
    assert outcome(config, server(), network).code == "dns.temporary"


@reaches("dns.resolver_down")
def test_a_name_service_that_knows_nothing_at_all(config):
    network = Elsewhere(names={HOST: destinations.NameTemporarilyUnknown(HOST)})
    assert outcome(config, server(), network).code == "dns.resolver_down"


@reaches("dns.filtered")
@pytest.mark.parametrize("ip", ["10.10.34.34", "10.10.34.35", "10.10.34.36"])
def test_the_address_of_the_filter_is_known(config, ip):
    assert outcome(config, server(), Elsewhere(names={HOST: [ip]})).code == "dns.filtered"


@reaches("dns.private", "dns.idn")
def test_odd_names_are_remarked_on(config):
    with Postbox() as box:
        network = Elsewhere(
            names={"xn--mgba3a4f16a.ir": ["10.0.0.5"]}, doors={("10.0.0.5", 587): box}
        )
        reports, probe = run(config, server(host="xn--mgba3a4f16a.ir"), network)
    assert probe.passed
    assert notes(reports) == {"dns.private", "dns.idn"}
    assert reports[0].state is State.WARNED


@reaches("in.same_server")
@pytest.mark.parametrize("other", [HOST, "smtp.customer.ir"])
def test_two_names_of_one_machine_are_remarked_on(config, other):
    with answering() as (network, _box):
        network.names |= {"smtp.customer.ir": ["192.0.2.8", IP]}
        reports, probe = run(config, server(), network, other_host=other)
    assert probe.passed
    assert reports[0].state is State.WARNED
    assert notes(reports) == {"in.same_server"}


@pytest.mark.parametrize("found", [["192.0.2.8"], destinations.NameTemporarilyUnknown("x")])
def test_another_machine_or_an_unknown_one_is_not_remarked_on(config, found):
    with answering() as (network, _box):
        network.names |= {"smtp.other.ir": found}
        reports, probe = run(config, server(), network, other_host="smtp.other.ir")
    assert probe.passed
    assert notes(reports) == set()


@reaches("dns.ptr_suggest")
@pytest.mark.parametrize(
    ("reverse", "leads_to", "remarks"),
    [
        ("srv7.host.ir", PUBLIC_IP, {"dns.ptr_suggest"}),
        ("srv7.host.ir", "192.0.2.9", set()),
        ("mx.customer.ir", PUBLIC_IP, set()),
    ],
)
def test_the_real_name_of_a_shared_server_is_remarked_on(config, reverse, leads_to, remarks):
    with Postbox() as box:
        network = Elsewhere(
            names={HOST: [PUBLIC_IP], reverse: [leads_to]},
            doors={(PUBLIC_IP, 587): box},
            records={(PUBLIC_IP, "PTR"): Records(exists=True, values=(reverse,))},
        )
        reports, probe = run(config, server(), network)
    assert probe.passed
    assert notes(reports) == remarks
    assert reports[0].state is State.PASSED


@reaches("tcp.ipv6_broken")
def test_a_broken_ipv6_address_is_remarked_on(config):
    with Postbox() as box:
        network = Elsewhere(names={HOST: ["2001:db8::1", IP]}, doors={(IP, 587): box})
        reports, probe = run(config, server(), network)
    assert probe.passed
    assert notes(reports) == {"tcp.ipv6_broken"}


@reaches("in.dest_blocked")
def test_a_forbidden_address_is_not_connected_to(config):
    network = Elsewhere()
    network.policy = Policy.parse("deny")
    network.names = {HOST: ["127.0.0.1"]}
    assert outcome(config, server(), network).code == "in.dest_blocked"


@reaches("tcp.refused", "tcp.reset", "tcp.unreachable", "tcp.permission")
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConnectionRefusedError, "tcp.refused"),
        (ConnectionResetError, "tcp.reset"),
        (OSError(101, "no route"), "tcp.unreachable"),
        (PermissionError, "tcp.permission"),
    ],
)
def test_a_connection_that_fails_is_understood(config, error, code):
    assert outcome(config, server(), Elsewhere(default=error)).code == code


@reaches("tcp.refused_local")
def test_nobody_listens_on_this_machine(config):
    with nobody() as port:
        assert outcome(config, server(port, host="127.0.0.1"), None).code == "tcp.refused_local"


@reaches("tcp.timeout_port")
def test_another_port_answers_and_is_offered(config, authority):
    context = authority.context(HOST)
    with answering(465, tls=context, implicit_tls=True) as (network, _box):
        found = outcome(config, server(587, encryption=Encryption.STARTTLS), network)
    assert found.code == "tcp.timeout_port"
    assert found.fixes[0].changes == {"port": "465", "encryption": "tls"}


@reaches("tcp.timeout_25", "tcp.timeout")
@pytest.mark.parametrize(
    ("control", "code"), [("", "tcp.timeout"), ("control.ir", "tcp.timeout_25")]
)
def test_port_25_is_called_blocked_only_after_a_comparison(config, control, code):
    network = Elsewhere(names={HOST: [IP], "control.ir": ["192.0.2.99"]})
    assert outcome(config, server(25), network, smtp_control_host=control).code == code


@reaches("tcp.timeout_all_mail")
def test_all_mail_is_blocked_while_the_web_works(config):
    with answering(443) as (network, _box):
        reports, probe = run(config, server(), network)
    assert reports[1].diagnosis.code == "tcp.timeout_all_mail"
    assert [seen.port for seen in probe.findings.ports] == [465, 587, 25, 2525]


@reaches("tcp.geo")
def test_a_foreign_provider_that_is_silent_to_an_iranian_site(config):
    network = Elsewhere(names={"smtp.gmail.com": [IP]})
    settings = server(host="smtp.gmail.com")
    assert outcome(config, settings, network, public_url="http://a.ir").code == "tcp.geo"
    assert outcome(config, settings, network).code == "tcp.timeout"


@reaches("banner.silent_tls", "banner.silent")
def test_silence_is_told_apart_by_one_handshake(config, authority):
    with answering(tls=authority.context(HOST), implicit_tls=True) as (network, _box):
        found = outcome(config, server(), network)
    assert found.code == "banner.silent_tls"
    assert found.fixes[0].changes == {"encryption": "tls"}
    with answering(hang_at="GREETING") as (network, _box):
        limits = replace(QUICK, greeting=0.2)
        assert outcome(config, server(), network, limits=limits).code == "banner.silent"
    # With TLS from the first byte already there is nothing to switch to.
    script = {"tls": authority.context(HOST), "implicit_tls": True, "delay": 0.5}
    with answering(**script) as (network, _box):
        settings, limits = server(encryption=Encryption.TLS), replace(QUICK, greeting=0.2)
        found = outcome(config, settings, network, limits=limits, smtp_ca_file=authority.path)
    assert found.code == "banner.silent"


@reaches("banner.not_smtp")
@pytest.mark.parametrize("encryption", [Encryption.NONE, Encryption.TLS])
def test_a_service_that_waits_for_a_question_is_told_apart(config, authority, encryption):
    """As web servers do; also where the certificate is good and only the service is another."""
    script = {"tls": authority.context(HOST), "implicit_tls": encryption.is_implicit}
    with answering(instead="HTTP/1.1 400 Bad Request", **script) as (network, _box):
        settings = server(encryption=encryption)
        reports, probe = run(config, settings, network, smtp_ca_file=authority.path)
    (ended,) = [one for one in reports if one.diagnosis]
    assert (ended.stage, ended.diagnosis.code) == (Stage.GREETING, "banner.not_smtp")
    assert probe.transcript == ()


def test_a_server_that_greets_late_is_no_other_service(config):
    with answering(delay=0.5) as (network, _box):
        limits = replace(QUICK, greeting=0.2)
        assert outcome(config, server(), network, limits=limits).code == "banner.silent"


@reaches("banner.closed", "banner.not_smtp", "data.unknown")
@pytest.mark.parametrize(
    ("script", "code"),
    [
        ({"hang_up_at": "GREETING"}, "banner.closed"),
        ({"say": {"GREETING": "* OK IMAP4 ready"}}, "banner.not_smtp"),
        ({"hang_up_at": "DOT"}, "data.unknown"),
    ],
)
def test_a_conversation_that_breaks_is_understood(config, script, code):
    with answering(**script) as (network, _box):
        assert outcome(config, server(), network).code == code


@reaches("quit.noise", "ok.spam_folder", "late.bounce", "mail.quota_hidden")
def test_a_hang_up_after_acceptance_does_no_harm(config):
    with answering(hang_up_at="QUIT") as (network, _box):
        reports, probe = run(config, server(), network)
    assert probe.passed
    assert "queued as 0001" in probe.accepted
    assert not [report for report in reports if report.diagnosis]


@reaches("banner.intercepted")
def test_an_answer_of_our_own_house_is_called_interception(config):
    say = {"GREETING": "220 mx1.ourhost.ir ESMTP", "AUTH": "535 5.7.8 no"}
    with answering(say=say, credentials=("x", "y")) as (network, _box):
        found = outcome(config, signing(), network, public_url="http://panel.ourhost.ir")
    assert (found.code, found.details["found"]) == ("banner.intercepted", "mx1.ourhost.ir")


@reaches("ehlo.gmail_loopback", "ehlo.only_helo", "sys.clock")
def test_what_happens_at_the_greeting(config):
    say = {"EHLO": "421 4.7.0 Try again later, closing connection. (EHLO)"}
    with answering(say=say) as (network, _box):
        found = outcome(config, server(), network, ehlo_name="[127.0.0.1]")
    assert found.code == "ehlo.gmail_loopback"
    old = {"GREETING": "220 old.ir Mon, 01 Jan 2024 10:00:00 +0330", "EHLO": "502 no"}
    with answering(say=old) as (network, _box):
        reports, probe = run(config, server(), network)
    assert probe.passed
    assert notes(reports) == {"ehlo.only_helo", "sys.clock"}


@reaches("tls.plain_port")
def test_tls_on_a_plain_port(config):
    with answering() as (network, _box):
        found = outcome(config, server(encryption=Encryption.TLS), network)
    assert found.code == "tls.plain_port"
    assert found.fixes[0].changes == {"encryption": "starttls"}


@reaches("tls.starttls_missing", "tls.starttls_stripped")
@pytest.mark.parametrize(
    ("before", "code"), [(False, "tls.starttls_missing"), (True, "tls.starttls_stripped")]
)
def test_starttls_that_is_not_there(config, before, code):
    with answering() as (network, box):
        settings = signing(encryption=Encryption.STARTTLS)
        assert outcome(config, settings, network, passed_before=before).code == code
    assert "AUTH" not in box.commands


@reaches("tls.starttls_stripped", "auth.stripped", "auth.weakened")
def test_less_than_before_stops_before_the_password(config):
    with answering() as (network, box):
        encrypted = offered(signing(encryption=Encryption.STARTTLS), starttls=True)
        assert outcome(config, encrypted, network).code == "tls.starttls_stripped"
        gone = offered(signing(), mechanisms=("LOGIN", "PLAIN"))
        found = outcome(config, gone, network)
        assert (found.code, found.fixes) == ("auth.stripped", ())
        assert found.details["before"] == "LOGIN PLAIN"
    with answering(credentials=(USER, "p-1"), mechanisms="PLAIN LOGIN") as (network, weak):
        safe = offered(signing(), mechanisms=("CRAM-MD5", "PLAIN"))
        found = outcome(config, safe, network)
        assert (found.code, found.details["mechanisms"]) == ("auth.weakened", "PLAIN LOGIN")
    assert "AUTH" not in box.commands + weak.commands


def test_what_was_offered_elsewhere_is_no_measure(config):
    with answering(credentials=(USER, "p-1")) as (network, _box):
        moved = replace(offered(signing(port=2525), mechanisms=("CRAM-MD5",)), port=587)
        _reports, probe = run(config, moved, network)
    assert probe.passed
    assert probe.offer == Offer(f"{HOST}:587:none", mechanisms=("LOGIN", "PLAIN"))


@reaches("tls.starttls_454", "tls.eof", "tls.timeout")
@pytest.mark.parametrize(
    ("script", "code"),
    [
        ({"say": {"STARTTLS": "454 4.7.0 TLS not available"}}, "tls.starttls_454"),
        ({"hang_up_at": "STARTTLS"}, "tls.eof"),
        ({"hang_at": "STARTTLS"}, "tls.timeout"),
    ],
)
def test_a_starttls_that_fails(config, authority, script, code):
    with answering(tls=authority.context(HOST), **script) as (network, _box):
        found = outcome(config, server(encryption=Encryption.STARTTLS), network)
    assert found.code == code


CERTIFICATES = [
    ("tls.expired", {"days": (-30, -1)}),
    ("tls.not_yet", {"days": (2, 30)}),
    ("tls.self_signed", {"is_self_signed": True}),
    ("tls.revoked_or_purpose", {"purpose": ExtendedKeyUsageOID.CLIENT_AUTH}),
    ("tls.weak_key", {"bits": 1024}),
]


@reaches(*(code for code, _ in CERTIFICATES))
@pytest.mark.parametrize("encryption", [Encryption.TLS, Encryption.STARTTLS])
@pytest.mark.parametrize(("code", "fault"), CERTIFICATES)
def test_a_certificate_with_a_fault(config, authority, code, fault, encryption):
    script = {"tls": authority.context(HOST, **fault), "implicit_tls": encryption.is_implicit}
    with answering(**script) as (network, box):
        settings = signing(encryption=encryption)
        found = outcome(config, settings, network, smtp_ca_file=authority.path)
    assert found.code == code
    assert found.details["names"] == HOST
    assert "AUTH" not in box.commands


def test_where_openssl_forgets_the_certificate_it_is_looked_at_once_more(
    config, authority, monkeypatch
):
    """OpenSSL 1.1 keeps nothing of a handshake that failed."""
    monkeypatch.setattr(wire, "_first_shown", lambda _socket: b"")
    with answering(tls=authority.context(HOST, days=(-30, -1))) as (network, box):
        settings = signing(encryption=Encryption.STARTTLS)
        found = outcome(config, settings, network, smtp_ca_file=authority.path)
    assert (found.code, found.details["names"]) == ("tls.expired", HOST)
    assert box.connections == 2
    assert "AUTH" not in box.commands


def test_a_certificate_is_read_in_the_conversation_that_refuses_it(config, authority):
    with answering(tls=authority.context(HOST, days=(-30, -1))) as (network, box):
        settings = signing(encryption=Encryption.STARTTLS)
        found = outcome(config, settings, network, smtp_ca_file=authority.path)
    assert (found.details["names"], box.connections) == (HOST, 1)


@reaches("tls.chain_incomplete")
def test_a_chain_that_leads_nowhere(config, authority):
    with answering(tls=authority.between().context(HOST), implicit_tls=True) as (network, _box):
        settings = server(encryption=Encryption.TLS)
        found = outcome(config, settings, network, smtp_ca_file=authority.path)
    assert found.code == "tls.chain_incomplete"
    assert found.details["issuer"] == "Test Intermediate"


@reaches("tls.unknown_ca")
@pytest.mark.parametrize("encryption", [Encryption.TLS, Encryption.STARTTLS])
def test_a_chain_that_ends_in_a_private_root(config, authority, encryption):
    script = {"tls": authority.context(HOST, shows_root=True)}
    with answering(implicit_tls=encryption.is_implicit, **script) as (network, box):
        found = outcome(config, signing(encryption=encryption), network)
    assert found.code == "tls.unknown_ca"
    assert found.details["issuer"] == authority.name
    assert "AUTH" not in box.commands


@reaches("tls.name_mismatch", "tls.ip_host")
def test_the_name_that_fits_is_offered(config, authority):
    context = authority.context("server.host.ir", "*.other.ir")
    with answering(tls=context, implicit_tls=True) as (network, _box):
        network.names |= {"server.host.ir": [IP], IP: [IP]}
        settings = server(encryption=Encryption.TLS)
        found = outcome(config, settings, network, smtp_ca_file=authority.path)
        bare = outcome(config, replace(settings, host=IP), network, smtp_ca_file=authority.path)
    assert (found.code, bare.code) == ("tls.name_mismatch", "tls.ip_host")
    offered_changes = [fix.changes for fix in found.fixes[:2]]
    assert offered_changes == [{"host": "server.host.ir"}, {"certificate_name": "server.host.ir"}]
    assert found.details["names"] == "server.host.ir, *.other.ir"


def test_the_reverse_name_is_offered_where_a_star_covers_it(config, authority):
    with answering(tls=authority.context("*.host.ir"), implicit_tls=True) as (network, _box):
        network.names |= {"srv7.host.ir": [IP]}
        network.answers = {(IP, "PTR"): Records(exists=True, values=("srv7.host.ir",))}
        settings = server(encryption=Encryption.TLS)
        found = outcome(config, settings, network, smtp_ca_file=authority.path)
    assert found.fixes[0].changes == {"host": "srv7.host.ir"}


PINNED = [
    {"is_self_signed": True},
    {"days": (-30, -1)},
    {"names": ("server.host.ir",)},
    {"bits": 1024},
    {},
]


@reaches("tls.trusted_exactly")
@pytest.mark.parametrize("encryption", [Encryption.TLS, Encryption.STARTTLS])
@pytest.mark.parametrize("fault", PINNED)
def test_exactly_the_trusted_certificate_is_accepted(config, authority, fault, encryption):
    context = authority.context(*fault.get("names", (HOST,)), **_without_names(fault))
    settings = signing(encryption=encryption, trusted_certificate=authority.fingerprints[context])
    script = {"tls": context, "implicit_tls": encryption.is_implicit, "credentials": (USER, "p-1")}
    with answering(**script) as (network, _box):
        reports, probe = run(config, settings, network)
    assert probe.passed
    assert notes(reports) == {"tls.trusted_exactly"}
    assert probe.offer.certificate == settings.trusted_certificate


def _without_names(fault):
    return {name: value for name, value in fault.items() if name != "names"}


@reaches("tls.other_certificate")
@pytest.mark.parametrize("encryption", [Encryption.TLS, Encryption.STARTTLS])
def test_any_other_certificate_is_refused_however_good_it_is(config, authority, encryption):
    trusted = authority.fingerprints[authority.context(HOST, is_self_signed=True)]
    settings = signing(encryption=encryption, trusted_certificate=trusted)
    good = authority.context(HOST)
    script = {"tls": good, "implicit_tls": encryption.is_implicit, "credentials": (USER, "p-1")}
    with answering(**script) as (network, box):
        found = outcome(config, settings, network, smtp_ca_file=authority.path)
    assert found.code == "tls.other_certificate"
    assert found.details["trusted"] == trusted
    assert found.details["shown"] == found.details["sha256"] != trusted
    assert found.fixes == ()
    assert "AUTH" not in box.commands


def test_the_name_that_is_expected_is_verified_instead_of_the_host(config, authority):
    with answering(tls=authority.context("server.host.ir"), implicit_tls=True) as (network, _box):
        settings = server(encryption=Encryption.TLS, certificate_name="server.host.ir")
        _reports, probe = run(config, settings, network, smtp_ca_file=authority.path)
    assert probe.passed
    # The name alone convinces nobody: who made the certificate is asked all the same.
    with answering(tls=authority.context("server.host.ir"), implicit_tls=True) as (network, _box):
        assert outcome(config, settings, network).code == "tls.chain_incomplete"


@reaches("tls.expected_name")
def test_another_name_than_the_expected_one_is_refused(config, authority):
    with answering(tls=authority.context(HOST), implicit_tls=True) as (network, _box):
        settings = server(encryption=Encryption.TLS, certificate_name="server.host.ir")
        found = outcome(config, settings, network, smtp_ca_file=authority.path)
    assert (found.code, found.field) == ("tls.expected_name", "certificate_name")
    assert (found.details["names"], found.details["expected"]) == (HOST, "server.host.ir")


BELIEVED = [
    ("tls.self_signed", {"is_self_signed": True}),
    ("tls.unknown_ca", {"shows_root": True}),
    ("tls.chain_incomplete", {}),
    ("tls.expired", {"days": (-30, -1)}),
]


@pytest.mark.parametrize(("code", "fault"), BELIEVED)
def test_trust_in_exactly_this_certificate_is_offered(config, authority, code, fault):
    with answering(tls=authority.context(HOST, **fault), implicit_tls=True) as (network, _box):
        ca_file = authority.path if code == "tls.expired" else None
        settings = server(encryption=Encryption.TLS)
        found = outcome(config, settings, network, smtp_ca_file=ca_file)
    assert found.code == code
    (fix,) = found.fixes
    assert fix.needs_confirmation
    assert fix.changes == {"trusted_certificate": found.details["sha256"]}


@reaches("tls.certificate_changed")
def test_no_trust_is_offered_in_a_certificate_that_replaced_a_good_one(config, authority):
    swapped = authority.context(HOST, "server.host.ir", is_self_signed=True)
    before = authority.fingerprints[authority.context(HOST)]
    with answering(tls=swapped, implicit_tls=True) as (network, _box):
        network.names |= {"server.host.ir": [IP]}
        settings = offered(server(encryption=Encryption.TLS), certificate=before)
        reports, _probe = run(config, settings, network)
        (ended,) = [one for one in reports if one.diagnosis]
        assert (ended.diagnosis.code, ended.diagnosis.fixes) == ("tls.self_signed", ())
        (warning,) = ended.notes
        assert (warning.code, warning.details["before"]) == ("tls.certificate_changed", before)
        assert warning.details["shown"] == ended.diagnosis.details["sha256"]


def test_the_same_certificate_grown_old_is_no_suspicion(config, authority):
    expired = authority.context(HOST, days=(-30, -1))
    settings = server(encryption=Encryption.TLS)
    with answering(tls=expired, implicit_tls=True) as (network, _box):
        settings = offered(settings, certificate=authority.fingerprints[expired])
        reports, _probe = run(config, settings, network, smtp_ca_file=authority.path)
    (ended,) = [one for one in reports if one.diagnosis]
    assert (ended.diagnosis.code, ended.notes) == ("tls.expired", ())
    assert ended.diagnosis.fixes


@reaches("sys.ca_file")
@pytest.mark.parametrize("content", [None, "no certificate"])
def test_authorities_that_cannot_be_read_are_said_so(config, authority, tmp_path, content):
    lost = tmp_path / "authorities.pem"
    if content:
        lost.write_text(content)
    with answering(tls=authority.context(HOST), implicit_tls=True) as (network, _box):
        found = outcome(config, server(encryption=Encryption.TLS), network, smtp_ca_file=lost)
    assert found.code == "sys.ca_file"


@reaches("tls.expires_soon")
def test_a_certificate_that_expires_soon_is_remarked_on(config, authority):
    with answering(tls=authority.context(HOST, days=(-1, 9)), implicit_tls=True) as (network, _box):
        settings = server(encryption=Encryption.TLS)
        reports, probe = run(config, settings, network, smtp_ca_file=authority.path)
    assert probe.passed
    encrypt = next(one for one in reports if one.stage is Stage.ENCRYPT)
    assert encrypt.state is State.WARNED
    assert (encrypt.facts["names"], encrypt.facts["days"]) == (HOST, "8")
    assert notes(reports) == {"tls.expires_soon"}


@reaches("tls.strict")
def test_a_certificate_that_strict_systems_refuse(config, tmp_path):
    authority = Authority(tmp_path)
    strict = tls.context(authority.path)
    strict.verify_flags |= ssl.VERIFY_X509_STRICT
    context = authority.context(HOST, has_key_identifier=False)
    with answering(tls=context, implicit_tls=True) as (network, _box):
        settings = server(encryption=Encryption.TLS)
        found = outcome(config, settings, network, smtp_ca_file=authority.path)
    assert found.code == "tls.strict"


@reaches("tls.no_common")
def test_encryption_with_nothing_in_common(config, authority):
    old = authority.context(HOST)
    old.minimum_version = ssl.TLSVersion.TLSv1_2
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.set_ciphers("AES128-SHA256:@SECLEVEL=0")
    with answering(tls=old, implicit_tls=True) as (network, _box):
        found = outcome(config, server(encryption=Encryption.TLS), network)
    assert found.code == "tls.no_common"


@reaches("tls.old_protocol")
@pytest.mark.parametrize("encryption", [Encryption.TLS, Encryption.STARTTLS])
def test_encryption_that_is_too_old(config, authority, encryption):
    old = only_tls_1_1(authority.context(HOST))
    with answering(tls=old, implicit_tls=encryption.is_implicit) as (network, _box):
        found = outcome(config, server(encryption=encryption), network)
    assert found.code == "tls.old_protocol"


@reaches("tls.eof")
def test_a_handshake_that_is_cut(config):
    with answering(hang_up_at="GREETING") as (network, _box):
        found = outcome(config, server(encryption=Encryption.TLS), network)
    assert found.code == "tls.eof"


def server_hello():
    """A server's first words in TLS 1.2 without secure renegotiation (RFC 5746): no extension."""
    session, cipher, compression = b"\x00", b"\xc0\x2f", b"\x00"
    body = b"\x03\x03" + bytes(range(32)) + session + cipher + compression
    message = b"\x02" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message


# An alert that says nothing but that something inside the server broke (RFC 8446, 6.2).
INTERNAL_ERROR = b"\x15\x03\x03\x00\x02\x02\x50"


@reaches("tls.legacy_reneg", "tls.unknown")
@pytest.mark.parametrize("encryption", [Encryption.TLS, Encryption.STARTTLS])
@pytest.mark.parametrize(
    ("words", "code", "detail"),
    [
        (server_hello(), "tls.legacy_reneg", "UNSAFE_LEGACY_RENEGOTIATION_DISABLED"),
        (INTERNAL_ERROR, "tls.unknown", "TLSV1_ALERT_INTERNAL_ERROR"),
    ],
    ids=["no secure renegotiation", "an alert"],
)
def test_a_handshake_that_goes_wrong(config, words, code, detail, encryption):
    with answering(handshake=words, implicit_tls=encryption.is_implicit) as (network, box):
        found = outcome(config, signing(encryption=encryption), network)
    assert (found.code, found.details["detail"]) == (code, detail)
    assert "AUTH" not in box.commands


@reaches("auth.user_form", "auth.encoding")
def test_a_wrong_sign_in_is_told_apart_by_what_was_sent(config):
    with answering(credentials=("x", "y")) as (network, _box):
        short = outcome(config, signing(username="support"), network)
        persian = outcome(config, signing(password=Secret("رمز")), network)
    assert (short.code, persian.code) == ("auth.user_form", "auth.encoding")
    assert short.fixes[0].changes == {"username": USER}


@reaches("auth.not_offered", "auth.not_offered_plain", "auth.no_common_mech", "auth.closed")
def test_a_sign_in_that_is_not_possible(config, authority):
    with answering() as (network, _box):
        none = outcome(config, signing(), network)
    assert none.code == "auth.not_offered"
    assert none.fixes[0].changes == {"requires_auth": ""}
    with answering(tls=authority.context(HOST), credentials=("x", "y")) as (network, _box):
        assert outcome(config, signing(), network).code == "auth.not_offered_plain"
    with answering(credentials=("x", "y"), mechanisms="NTLM XOAUTH2") as (network, _box):
        found = outcome(config, signing(), network)
    assert (found.code, found.details["mechanisms"]) == ("auth.no_common_mech", "NTLM XOAUTH2")
    with answering(credentials=("x", "y"), hang_up_at="AUTH") as (network, _box):
        assert outcome(config, signing(), network).code == "auth.closed"


@reaches("auth.empty", "in.pass_undecryptable")
def test_a_sign_in_without_a_password(config):
    with answering(credentials=("x", "y")) as (network, box):
        assert outcome(config, signing(password=None), network).code == "auth.empty"
        lost = signing(password=None, password_state="unreadable")
        assert outcome(config, lost, network).code == "in.pass_undecryptable"
    assert "AUTH" not in box.commands


@reaches("sys.deadline")
def test_a_server_that_thinks_too_long_each_time_is_cut_off(config):
    """Each answer comes in its own time; together they take too long."""
    limits = replace(QUICK, greeting=9, command=9, total=1)
    with answering(delay=0.3) as (network, box):
        started = time.monotonic()
        found = outcome(config, server(), network, limits=limits)
    assert found.code == "sys.deadline"
    assert time.monotonic() - started < 2
    assert box.messages == []


def test_a_refused_recipient_leaves_the_server_green(config):
    with answering(say={"RCPT": "550 5.1.1 no such user"}) as (network, _box):
        reports, probe = run(config, server(), network)
    states = {report.stage.value: report.state.value for report in reports}
    assert states["sender"] == "passed"
    assert states["recipient"] == "warned"
    assert states["message"] == "skipped"
    assert not probe.passed


def test_the_handshake_counts_as_encryption(config, authority):
    with answering(tls=authority.context(HOST), implicit_tls=True) as (network, _box):
        settings = server(encryption=Encryption.TLS)
        reports, _probe = run(config, settings, network, smtp_ca_file=authority.path)
    spent = {report.stage: report.duration_ms for report in reports}
    assert spent[Stage.ENCRYPT] > 0


def test_what_pages_say_is_reached_by_tests_of_pages():
    named = (ROOT / "tests" / "web" / "test_our_side.py").read_text(encoding="utf-8")
    assert all(f"def {test}(" in named for test in ELSEWHERE.values())


def test_every_code_of_the_table_is_reached():
    assert REMEDIES.keys() == REACHED.keys()
