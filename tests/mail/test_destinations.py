"""Where connections may go."""

import socket
import threading

import pytest

from app.mail.smtp.destinations import (
    Forbidden,
    NameNotFound,
    NameTemporarilyUnknown,
    NotAHost,
    Policy,
    host_name,
    resolve,
)

ALLOW, DENY = Policy.parse("allow"), Policy.parse("deny")


def answering(*addresses):
    """A name service that knows one answer."""

    def look_up(_host, port, **_options):
        families = [socket.AF_INET6 if ":" in one else socket.AF_INET for one in addresses]
        pairs = zip(families, addresses, strict=True)
        return [(family, 1, 6, "", (one, port)) for family, one in pairs]

    return look_up


def failing(error):
    """A name service that fails."""

    def look_up(_host, _port, **_options):
        raise error

    return look_up


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Mail.Example.COM", "mail.example.com"),
        ("mail.example.com.", "mail.example.com"),
        ("localhost", "localhost"),
        ("mail_catcher", "mail_catcher"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:DB8::0:1", "2001:db8::1"),
        ("mail.ایران.ir", "mail.xn--mgba3a4f16a.ir"),
    ],
)
def test_a_host_has_one_plain_form(typed, stored):
    assert host_name(typed) == stored


@pytest.mark.parametrize(
    "trick",
    [
        "2130706433",
        "127.1",
        "0x7f.1",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.0.0.1.",
        "127。0。0。1",
        "１２７.０.０.１",
        "fe80::1%eth0",
        "[::1]",
        "mail..example.com",
        "-mail.example.com",
        "a" * 64 + ".com",
        "mail.example.com:25",
        "user@mail.example.com",
        "http://mail.example.com",
        "mail example.com",
        "mail\x00.example.com",
        "",
    ],
)
def test_another_spelling_of_an_address_is_not_a_host(trick):
    with pytest.raises(NotAHost):
        host_name(trick)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "2002:a9fe:a9fe::1",
        "64:ff9b::a9fe:a9fe",
        "fd00:ec2::254",
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "0.0.0.0",  # noqa: S104
        "::",
        "224.0.0.1",
        "255.255.255.255",
        "fe80::1",
        "ff02::1",
    ],
)
def test_metadata_and_link_local_addresses_are_refused_by_every_policy(address):
    with pytest.raises(Forbidden):
        resolve("mail.example.com", 587, ALLOW, answering(address))


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "10.1.2.3", "192.168.1.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"],
)
def test_private_addresses_are_the_operators_decision(address):
    assert resolve("mail.example.com", 587, ALLOW, answering(address))
    with pytest.raises(Forbidden):
        resolve("mail.example.com", 587, DENY, answering(address))


def test_a_list_of_networks_allows_these_and_no_others():
    policy = Policy.parse("10.0.0.0/8, fd00::/8")
    assert resolve("relay", 25, policy, answering("10.9.8.7"))
    with pytest.raises(Forbidden):
        resolve("relay", 25, policy, answering("192.168.0.1"))


def test_one_forbidden_address_among_several_refuses_them_all():
    with pytest.raises(Forbidden):
        resolve("mail.example.com", 587, DENY, answering("8.8.8.8", "127.0.0.1"))


def test_a_narrow_policy_knows_only_mail_ports_and_high_ones():
    for port in (25, 465, 587, 2525, 3025):
        assert resolve("mail.example.com", port, DENY, answering("8.8.8.8"))
    with pytest.raises(Forbidden):
        resolve("mail.example.com", 80, DENY, answering("8.8.8.8"))


def test_a_mapped_address_is_connected_to_as_what_it_is():
    (address,) = resolve("mail.example.com", 587, ALLOW, answering("::ffff:192.0.2.1"))
    assert (address.family, address.sockaddr) == (socket.AF_INET, ("192.0.2.1", 587))


def test_an_address_is_not_looked_up():
    (address,) = resolve("127.0.0.1", 25, ALLOW, failing(AssertionError()))
    assert address.is_loopback
    assert str(address) == "127.0.0.1:25"


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (socket.gaierror(socket.EAI_NONAME, ""), NameNotFound),
        (socket.gaierror(socket.EAI_NODATA, ""), NameNotFound),
        (socket.gaierror(socket.EAI_AGAIN, ""), NameTemporarilyUnknown),
        (UnicodeError("label too long"), NameNotFound),
    ],
)
def test_failures_of_the_name_service_are_told_apart(error, meaning):
    with pytest.raises(meaning):
        resolve("mail.example.com", 587, ALLOW, failing(error))


def test_a_name_service_that_hangs_is_given_up():
    never = threading.Event()

    def hang(_host, _port, **_options):
        never.wait(5)
        return []

    with pytest.raises(NameTemporarilyUnknown):
        resolve("mail.example.com", 587, ALLOW, hang, timeout=0.01)
    never.set()


def test_a_policy_that_is_no_policy_is_refused():
    with pytest.raises(ValueError, match="anything"):
        Policy.parse("anything")
