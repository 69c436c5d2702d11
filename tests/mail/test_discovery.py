"""A search for settings, over real servers, certificates and name servers on loopback."""

import socket
import time
from contextlib import ExitStack
from functools import partial

import pytest

from app.core import addresses
from app.mail.discovery.candidate_probe import Certificate, Outcome, Prober
from app.mail.discovery.candidates import Reason
from app.mail.discovery.discovery import Discovery, Network
from app.mail.discovery.scoring import Mark
from app.mail.models import Encryption
from app.mail.smtp import destinations
from app.mail.smtp.destinations import Address, NameNotFound, Policy
from app.mail.smtp.session import Limits
from tests.certificates import Authority
from tests.name_server import NameServer
from tests.postbox import Postbox, nobody

# Servers that answer are waited for, however busy the machine is; only silent ones are left soon.
PATIENT = Limits(resolve=20, connect=20, greeting=20, encrypt=20, command=20, total=20)
QUICK = Limits(resolve=1, connect=1, greeting=0.4, encrypt=1, command=0.4, total=1)
CREDENTIALS = ("support@example.com", "box-secret-1")
SUPPORT = addresses.parse("support@example.com")


@pytest.fixture
def serve(authority):
    """Start a server with a certificate for these names."""
    with ExitStack() as running:

        def start(*names, signed_by=None, **options):
            context = (signed_by or authority).context(*names)
            box = Postbox(tls=context, credentials=CREDENTIALS, **options)
            return running.enter_context(box)

        yield start


@pytest.fixture
def search(authority):
    """Look for the settings of an address in a world with only these servers."""

    def run(places, *, records=None, address=SUPPORT, limits=PATIENT, **network):
        prober = Prober(resolving(places), "peyk.example.net", authority.path, limits)
        outside = Network(prober, records, **{"seconds": 20.0, "dns_seconds": 5.0, **network})
        made = Discovery(address, outside)
        assert list(made.run()) == made.tried
        return made

    return run


def resolving(places):
    """Names with ports become the loopback ports of the test's own servers."""

    def resolve(host, port):
        if (host, port) not in places:
            raise NameNotFound(host)
        return [Address(socket.AF_INET, "127.0.0.1", places[host, port])]

    return resolve


def best(found):
    candidate = found.ranking[0].look.candidate
    return candidate.host, candidate.port, found.ranking[0].look.encryption


def test_the_safest_server_is_the_best_one(search, serve):
    safe = serve("mail.example.com", implicit_tls=True)
    later = serve("mail.example.com")
    found = search({("mail.example.com", 587): later.port, ("mail.example.com", 465): safe.port})
    assert best(found) == ("mail.example.com", 465, Encryption.TLS)
    assert [one.look.candidate.port for one in found.ranking] == [465, 587]
    assert all(one.is_recommended and one.requires_auth for one in found.ranking)


def test_nobody_signs_in_and_no_mail_is_begun(search, serve):
    boxes = [serve("mail.example.com", implicit_tls=True), serve("mail.example.com")]
    search({("mail.example.com", 465): boxes[0].port, ("mail.example.com", 587): boxes[1].port})
    said = {command.split()[0] for box in boxes for command in box.commands}
    assert said <= {"EHLO", "STARTTLS", "QUIT"}
    assert all(box.connections == 1 for box in boxes)


def test_the_domains_records_are_followed(search, serve):
    box = serve("out.example.org", implicit_tls=True)
    records = {("_submissions._tcp.example.com", "SRV"): ["0 1 4650 out.example.org."]}
    with NameServer(records) as names:
        found = search({("out.example.org", 4650): box.port}, records=names.resolver)
    assert found.ranking[0].look.candidate.reason is Reason.SRV
    assert best(found)[:2] == ("out.example.org", 4650)


def test_a_shared_servers_certificate_leads_to_its_own_name(search, serve):
    box = serve(
        "server12.host.example", "*.host.example", say={"GREETING": "220 server12.host.example hi"}
    )
    places = {("mail.example.com", 587): box.port, ("server12.host.example", 587): box.port}
    found = search(places)
    assert best(found) == ("server12.host.example", 587, Encryption.STARTTLS)
    assert found.ranking[0].look.candidate.reason is Reason.CERTIFICATE
    alias = found.ranking[1]
    assert alias.look.certificate is Certificate.OTHER_NAME
    assert Mark.SHARED in alias.marks
    assert not alias.is_recommended


def test_the_same_holds_where_everything_is_encrypted(search, serve):
    box = serve("server12.host.example", implicit_tls=True)
    places = {("mail.example.com", 465): box.port, ("server12.host.example", 465): box.port}
    assert best(search(places)) == ("server12.host.example", 465, Encryption.TLS)


def test_a_certificate_of_nobody_we_trust_is_shown_and_never_recommended(search, serve, tmp_path):
    box = serve("mail.example.com", signed_by=Authority(tmp_path))
    (one,) = search({("mail.example.com", 587): box.port}).ranking
    assert one.marks[0] is Mark.UNTRUSTED
    assert not one.is_recommended


def test_a_server_without_encryption_is_shown_as_such(search):
    with Postbox(credentials=CREDENTIALS) as box:
        (one,) = search({("mail.example.com", 587): box.port}).ranking
    assert one.look.encryption is Encryption.NONE
    assert one.marks[0] is Mark.PLAIN
    assert "AUTH" not in box.commands


def test_a_redirected_connection_is_noticed(search):
    with Postbox(say={"GREETING": "220 cp1.iranhost.example ESMTP"}) as box:
        gmail = addresses.parse("somebody@gmail.com")
        (one,) = search({("smtp.gmail.com", 587): box.port}, address=gmail).ranking
    assert Mark.INTERCEPTED in one.marks
    assert one.score < 0


def test_other_services_are_no_mail_servers_and_nothing_is_told_of_them(search):
    with nobody() as closed, Postbox(say={"GREETING": "SSH-2.0-OpenSSH_9"}) as ssh:
        places = {("mail.example.com", 587): closed, ("smtp.example.com", 587): ssh.port}
        found = search(places)
    assert found.ranking == []
    outcomes = {one.look.outcome for one in found.tried}
    assert outcomes == {Outcome.NO_MAIL_SERVER, Outcome.UNKNOWN_NAME}


def test_silent_servers_cost_no_more_than_the_bound(search):
    with Postbox(hang_at="GREETING") as silent:
        hosts = ("mail.example.com", "smtp.example.com", "example.com")
        places = {(host, port): silent.port for host in hosts for port in (465, 587)}
        started = time.monotonic()
        found = search(places, seconds=0.3)
    assert time.monotonic() - started < 1
    late = [one for one in found.tried if one.look.outcome is Outcome.LATE]
    assert len(late) == len(places)


def test_a_silent_server_does_not_hide_a_good_one(search, serve):
    box = serve("mail.example.com")
    with Postbox(hang_at="GREETING") as silent:
        places = {("mail.example.com", 465): silent.port, ("mail.example.com", 587): box.port}
        found = search(places, seconds=1.5)
    assert best(found)[1] == 587


def test_a_dripping_server_is_left_in_time(search):
    with Postbox(drip=0.1) as slow:
        started = time.monotonic()
        assert search({("mail.example.com", 587): slow.port}, limits=QUICK).ranking == []
    assert time.monotonic() - started < 4


def test_a_silent_name_server_leaves_time_for_the_usual_names(search, serve):
    box = serve("mail.example.com")
    with NameServer(silent=True) as names:
        found = search(
            {("mail.example.com", 587): box.port}, records=names.resolver, dns_seconds=0.2
        )
    assert best(found)[0] == "mail.example.com"


def test_the_operators_policy_holds_for_every_place(authority):
    def loopback(_host, port, **_options):
        return [(socket.AF_INET, 1, 6, "", ("127.0.0.1", port))]

    deny = partial(destinations.resolve, policy=Policy.parse("deny"), resolver=loopback)
    outside = Network(Prober(deny, "peyk.example.net", authority.path, QUICK), None, 3.0)
    found = Discovery(SUPPORT, outside)
    assert {one.look.outcome for one in found.run()} == {Outcome.FORBIDDEN}


def test_national_filtering_is_called_by_its_name(authority):
    def filtered(_host, port, **_options):
        return [(socket.AF_INET, 1, 6, "", ("10.10.34.35", port))]

    resolve = partial(destinations.resolve, policy=Policy.parse("allow"), resolver=filtered)
    outside = Network(Prober(resolve, "peyk.example.net", authority.path, QUICK), None, 3.0)
    found = Discovery(addresses.parse("somebody@gmail.com"), outside)
    assert {one.look.outcome for one in found.run()} == {Outcome.FILTERED}


def test_a_persian_domain_is_asked_for_in_its_ascii_form(search):
    found = search({}, address=addresses.parse("info@نمونه.com"))
    assert found.domain.startswith("xn--")
    assert found.username.endswith(found.domain)
