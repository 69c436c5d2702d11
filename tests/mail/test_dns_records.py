"""What the records of a domain say of its mail, asked over a real socket."""

import time

import dns.name
import pytest

from app.mail.discovery.dns_records import look_up, named
from app.mail.discovery.providers import Service
from app.mail.models import Encryption
from tests.name_server import NameServer

DOMAIN = "example.com"


def ask(seconds=1.0, **server):
    with NameServer(**server) as names:
        return look_up(DOMAIN, names.resolver, seconds)


def srv(service, *records):
    return {(f"{service}._tcp.{DOMAIN}", "SRV"): records}


def test_srv_records_name_the_servers_with_their_encryption():
    found = ask(
        records={
            **srv("_submissions", "0 1 465 safe.example.com."),
            **srv("_submission", "0 1 587 plain.example.com."),
        }
    )
    assert found.services == (
        Service("safe.example.com", 465, Encryption.TLS),
        Service("plain.example.com", 587, Encryption.STARTTLS),
    )


def test_srv_records_come_in_the_order_of_the_domain():
    found = ask(records=srv("_submissions", "20 0 465 late.example.com.", "5 1 465 b.example.com.",
                            "5 9 465 a.example.com."))  # fmt: skip
    assert [one.host for one in found.services] == ["a.example.com", "b.example.com"]


def test_the_servers_that_receive_come_by_preference():
    found = ask(records={(DOMAIN, "MX"): ["20 mx2.example.com.", "10 MX1.example.com."]})
    assert found.exchanges == ("mx1.example.com", "mx2.example.com")


@pytest.mark.parametrize(
    "target", ["0 0 465 .", "0 0 22 ssh.example.com.", "0 0 465 169.254.169.254.",
               "0 0 465 localhost.", "0 0 443 web.example.com."],
)  # fmt: skip
def test_a_record_cannot_lead_to_what_is_no_mail_server(target):
    assert ask(records=srv("_submissions", target)).services == ()


def test_a_domain_without_mail_has_no_servers():
    assert ask(records={(DOMAIN, "MX"): ["0 ."]}).exchanges == ()


@pytest.mark.parametrize(
    "server", [{}, {"unknown": frozenset({DOMAIN})}, {"silent": True}, {"garbles": True}]
)
def test_every_failure_is_nothing_found_and_in_time(server):
    started = time.monotonic()
    found = ask(seconds=0.3, **server)
    assert (found.services, found.exchanges) == ((), ())
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize("domain", ["a" * 64 + ".com", "a..com", "a." * 200 + "com", "\\999.com"])
def test_a_domain_that_no_name_server_can_be_asked_about_has_nothing(domain):
    with NameServer() as names:
        found = look_up(domain, names.resolver, 1)
        assert names.asked == []
    assert (found.services, found.exchanges) == ((), ())


def test_a_machine_without_a_resolver_finds_nothing():
    assert look_up(DOMAIN, None, 1).services == ()


def test_all_records_are_asked_for_at_their_names():
    with NameServer() as names:
        resolver = names.resolver
        resolver.search = [dns.name.from_text("office.example.")]  # as at many a desk
        look_up(DOMAIN, resolver, 1)
        asked = set(names.asked)
    assert asked == {
        ("_submissions._tcp.example.com", "SRV"),
        ("_submission._tcp.example.com", "SRV"),
        ("_smtps._tcp.example.com", "SRV"),
        ("example.com", "MX"),
    }


@pytest.mark.parametrize("text", ["", ".", "localhost", "10.0.0.1", "::1", "a b.com", "*.x.com"])
def test_what_cannot_be_the_name_of_a_server(text):
    assert named(text) is None
