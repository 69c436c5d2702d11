"""How receivers see the mail: what a real name server says of the sender's domain."""

import base64
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.mail.deliverability import Checkup, Relay, Sender, State, Topic, Zone, senders, spf
from app.mail.deliverability.spf import Cause, Result
from app.mail.models import Role
from app.mail.server_settings import MailSettings, ServerSettings
from tests.name_server import NameServer

DOMAIN = "example.org"
HOST, IP = "mail.example.org", "93.184.216.34"
OTHER, OTHER_IP = "smtp.host.net", "198.41.0.4"
ADDRESS = f"support@{DOMAIN}"
PRIMARY, SECONDARY = Relay(Role.PRIMARY, HOST), Relay(Role.SECONDARY, OTHER)
GOOD_SPF = "v=spf1 mx ~all"


def txt(text):
    """A TXT record as it travels: in strings of at most 255 bytes."""
    parts = [text[start : start + 255] for start in range(0, len(text), 255)]
    return [" ".join(f'"{part}"' for part in parts)]


def published(key_size, *, framed=True):
    """A DKIM key of that size, with or without the usual frame."""
    key = rsa.generate_private_key(65537, key_size).public_key()
    kind = serialization.PublicFormat
    encoding = kind.SubjectPublicKeyInfo if framed else kind.PKCS1
    der = key.public_bytes(serialization.Encoding.DER, encoding)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"


@pytest.fixture(scope="module")
def keys():
    return {
        "good": published(2048),
        "short": published(1024),
        "bare": published(1024, framed=False),
        "testing": published(1024) + "; t=y",
        "revoked": "v=DKIM1; p=",
        "broken": "v=DKIM1; k=rsa; p=AAAA",
    }


def world(**changes):
    """A domain whose records are as they should be; `changes` take the place of records."""
    records = {
        (DOMAIN, "MX"): [f"10 {HOST}."],
        (HOST, "A"): [IP],
        (OTHER, "A"): [OTHER_IP],
        (DOMAIN, "TXT"): txt(GOOD_SPF),
        (f"_dmarc.{DOMAIN}", "TXT"): txt(f"v=DMARC1; p=quarantine; rua=mailto:{ADDRESS}"),
        ("34.216.184.93.in-addr.arpa", "PTR"): [f"{HOST}."],
        ("4.0.41.198.in-addr.arpa", "PTR"): [f"{OTHER}."],
    }
    return records | changes.pop("records", {})


def look(records, *, relays=(PRIMARY,), address=ADDRESS, unknown=frozenset()):
    """Everything that one look finds, by topic."""
    with NameServer(records, unknown=unknown) as server:
        checkup = Checkup((Sender(address, relays),), Zone(server.resolver))
        list(checkup.run())
    return {section.topic: section for section in checkup.sections}


def codes(section):
    return [finding.code for finding in section.findings]


def without(*gone):
    return {known: values for known, values in world().items() if known not in gone}


def test_a_domain_in_order_is_called_so(keys):
    records = world(records={("default._domainkey." + DOMAIN, "TXT"): txt(keys["good"])})
    found = look(records)
    assert list(found) == [Topic.MX, Topic.SPF, Topic.DKIM, Topic.DMARC, Topic.PTR]
    assert {section.state for section in found.values()} == {State.GOOD}
    assert all(section.paste is None for section in found.values())
    assert codes(found[Topic.SPF]) == ["spf.good", "spf.server_good"]
    assert codes(found[Topic.DMARC]) == ["dmarc.good", "dmarc.proved"]


def test_a_domain_that_does_not_exist_is_the_only_thing_to_say():
    found = look({}, unknown=frozenset({DOMAIN}))
    assert codes(found[Topic.DOMAIN]) == ["domain.missing"]
    assert Topic.SPF not in found


@pytest.mark.parametrize(
    ("host", "code"), [("smtp.gmail.com", "domain.public_own"), (HOST, "domain.public")]
)
def test_a_mailbox_of_a_public_service_belongs_to_its_servers(host, code):
    found = look(world(), address="peyk@gmail.com", relays=(Relay(Role.PRIMARY, host),))
    assert codes(found[Topic.DOMAIN]) == [code]


MX = [
    ({(DOMAIN, "MX"): ["0 ."]}, "mx.null", State.WRONG, f"10 {HOST}."),
    ({(DOMAIN, "MX"): []}, "mx.missing", State.MISSING, f"10 {HOST}."),
    ({(DOMAIN, "MX"): [], (DOMAIN, "A"): [IP]}, "mx.implicit", State.BETTER, f"10 {HOST}."),
    ({(DOMAIN, "MX"): ["10 gone.example.org."]}, "mx.dead", State.WRONG, None),
    ({(DOMAIN, "MX"): ["10 93.184.216.34."]}, "mx.address", State.WRONG, None),
]


@pytest.mark.parametrize(("records", "code", "state", "value"), MX)
def test_who_receives_for_the_domain(records, code, state, value):
    section = look(world(records=records))[Topic.MX]
    assert (codes(section)[0], section.state) == (code, state)
    assert (section.paste.value if section.paste else None) == value


SPF = [
    (None, "spf.missing", f"v=spf1 mx a:{HOST} ~all"),
    ("v=spf1 +all", "spf.open", "v=spf1 ~all"),
    ("v=spf1 -all", "spf.server_refused", f"v=spf1 a:{HOST} -all"),
    ("v=spf1 ~all", "spf.server_suspected", f"v=spf1 a:{HOST} ~all"),
    ("v=spf1 mx", "spf.no_end", "v=spf1 mx ~all"),
    ("v=spf1 ip4:192.0.2.0/24", "spf.server_not_named", f"v=spf1 ip4:192.0.2.0/24 a:{HOST} ~all"),
    ("v=spf1 mx ip4:none ~all", "spf.syntax", f"v=spf1 mx a:{HOST} ~all"),
    ("v=spf1 include:gone.example ~all", "spf.include_broken", None),
]


@pytest.mark.parametrize(("record", "code", "paste"), SPF)
def test_what_the_spf_record_is_worth(record, code, paste):
    section = look(world(records={(DOMAIN, "TXT"): txt(record) if record else []}))[Topic.SPF]
    assert code in codes(section)
    assert (section.paste.value if section.paste else None) == paste


def test_two_spf_records_become_one_and_nothing_that_worked_is_lost():
    both = [*txt("v=spf1 mx ~all"), *txt("v=spf1 ip4:192.0.2.1 -all"), *txt("other=1")]
    section = look(world(records={(DOMAIN, "TXT"): both}))[Topic.SPF]
    assert codes(section) == ["spf.several"]
    assert section.paste.value == f"v=spf1 ip4:192.0.2.1 mx a:{HOST} ~all"
    assert section.paste.replaces.count("v=spf1") == 2


def test_each_server_is_judged_by_itself():
    records = world(records={(DOMAIN, "TXT"): txt("v=spf1 ip4:93.184.216.34 -all")})
    found = look(records, relays=(PRIMARY, SECONDARY))
    assert codes(found[Topic.SPF]) == ["spf.good", "spf.server_good", "spf.server_refused"]
    assert [one.role for one in found[Topic.SPF].findings] == [None, Role.PRIMARY, Role.SECONDARY]
    assert found[Topic.SPF].paste.value == f"v=spf1 ip4:93.184.216.34 a:{OTHER} -all"
    assert codes(found[Topic.DMARC])[-1] == "dmarc.at_risk"


def test_a_public_service_is_let_in_by_the_name_it_publishes():
    gmail = (Relay(Role.PRIMARY, "smtp.gmail.com"),)
    section = look(world(), relays=gmail)[Topic.SPF]
    assert codes(section) == ["spf.good", "spf.service_missing"]
    assert section.paste.value == "v=spf1 mx include:_spf.google.com ~all"
    records = world(
        records={
            (DOMAIN, "TXT"): txt("v=spf1 include:_spf.google.com ~all"),
            ("_spf.google.com", "TXT"): txt("v=spf1 ip4:192.0.2.0/24 ~all"),
        }
    )
    assert codes(look(records, relays=gmail)[Topic.SPF]) == ["spf.good", "spf.service"]


def test_a_server_inside_our_own_network_is_not_judged_from_outside():
    records = world(records={(HOST, "A"): ["10.0.0.5"]})
    found = look(records)
    assert "spf.server_internal" in codes(found[Topic.SPF])
    assert codes(found[Topic.PTR]) == ["ptr.internal"]


def test_more_than_ten_look_ups_are_too_many():
    many = " ".join(f"include:i{n}.example" for n in range(11))
    included = {(f"i{n}.example", "TXT"): txt("v=spf1 ip4:192.0.2.1") for n in range(11)}
    section = look(world(records={(DOMAIN, "TXT"): txt(f"v=spf1 {many} ~all"), **included}))[
        Topic.SPF
    ]
    assert codes(section)[0] == "spf.lookups"
    assert section.findings[0].details["count"] == "11"


DKIM = [
    ("good", "dkim.good", State.GOOD),
    ("short", "dkim.short", State.BETTER),
    ("bare", "dkim.short", State.BETTER),
    ("testing", "dkim.testing", State.BETTER),
    ("revoked", "dkim.revoked", State.MISSING),
    ("broken", "dkim.broken", State.WRONG),
]


@pytest.mark.parametrize(("key", "code", "state"), DKIM)
def test_what_a_dkim_key_is_worth(keys, key, code, state):
    section = look(world(records={("mail._domainkey." + DOMAIN, "TXT"): txt(keys[key])}))[
        Topic.DKIM
    ]
    assert (codes(section), section.state) == ([code], state)
    assert section.seen == ("mail._domainkey." + DOMAIN,)


@pytest.mark.parametrize(
    ("unknown", "code", "state"),
    [
        (frozenset({"_domainkey." + DOMAIN}), "dkim.missing", State.MISSING),
        (frozenset(), "dkim.not_found", State.UNKNOWN),
    ],
)
def test_no_key_is_claimed_missing_only_when_dns_says_so(unknown, code, state):
    section = look(world(), unknown=unknown)[Topic.DKIM]
    assert (codes(section), section.state) == ([code], state)


DMARC = [
    (None, "dmarc.missing", f"v=DMARC1; p=none; rua=mailto:{ADDRESS}"),
    ("v=DMARC1; p=none", "dmarc.only_watching", f"v=DMARC1; p=quarantine; rua=mailto:{ADDRESS}"),
    ("v=DMARC1; p=reject; pct=20; rua=mailto:a@b.org", "dmarc.partly",
     "v=DMARC1; p=reject; rua=mailto:a@b.org"),
    ("v=DMARC1; p=maybe; rua=mailto:a@b.org", "dmarc.faults",
     "v=DMARC1; p=none; rua=mailto:a@b.org"),
    ("v=DMARC1; p=reject", "dmarc.good", f"v=DMARC1; p=reject; rua=mailto:{ADDRESS}"),
]  # fmt: skip


@pytest.mark.parametrize(("record", "code", "paste"), DMARC)
def test_what_the_dmarc_record_is_worth(record, code, paste):
    texts = txt(record) if record else []
    section = look(world(records={(f"_dmarc.{DOMAIN}", "TXT"): texts}))[Topic.DMARC]
    assert codes(section)[0] == code
    assert section.paste.value == paste


def test_below_a_registered_name_its_policy_holds():
    below = "support@mail.example.org"
    section = look(world(), address=below)[Topic.DMARC]
    assert codes(section)[0] == "dmarc.inherited"
    assert section.findings[0].details == {"above": DOMAIN, "policy": "quarantine"}


PTR = [
    ({}, "ptr.good", State.GOOD),
    ({("34.216.184.93.in-addr.arpa", "PTR"): []}, "ptr.missing", State.MISSING),
    (
        {("34.216.184.93.in-addr.arpa", "PTR"): ["other.example."]},
        "ptr.unconfirmed",
        State.WRONG,
    ),
]


@pytest.mark.parametrize(("records", "code", "state"), PTR)
def test_what_the_address_of_a_server_is_called(records, code, state):
    section = look(world(records=records))[Topic.PTR]
    assert (codes(section), section.state) == ([code], state)
    if section.paste:
        assert section.paste.name == "34.216.184.93.in-addr.arpa"
        assert section.paste.value == f"{HOST}."


@pytest.mark.parametrize("trouble", [{"silent": True}, {"garbles": True}])
def test_a_name_service_that_does_not_answer_is_said_so_within_the_time(trouble):
    with NameServer(**trouble) as server:
        checkup = Checkup(
            (Sender(ADDRESS, (PRIMARY,)),), Zone(server.resolver, seconds=0.4, per_question=0.1)
        )
        started = time.monotonic()
        sections = list(checkup.run())
    assert time.monotonic() - started < 2
    assert {section.state for section in sections} == {State.UNKNOWN}


def test_without_a_name_service_nothing_is_claimed():
    sections = list(Checkup((Sender(ADDRESS, (PRIMARY,)),), Zone(None)).run())
    assert {section.state for section in sections} == {State.UNKNOWN}


def test_one_domain_is_looked_at_once_and_another_one_beside_it():
    one = ServerSettings(Role.PRIMARY, HOST)
    both = MailSettings(one, ServerSettings(Role.SECONDARY, OTHER), ADDRESS)
    assert senders(both) == (Sender(ADDRESS, (PRIMARY, SECONDARY)),)
    own = ServerSettings(Role.SECONDARY, OTHER, sender_address="peyk@other.org")
    apart = (Sender(ADDRESS, (PRIMARY,)), Sender("peyk@other.org", (SECONDARY,)))
    assert senders(MailSettings(one, own, ADDRESS)) == apart
    assert senders(MailSettings(one, own)) == (apart[1],)


EVALUATIONS = [
    ("v=spf1 a:mail.example.org -all", Result.PASS),
    ("v=spf1 mx/24 -all", Result.PASS),
    ("v=spf1 ptr -all", Result.PASS),
    ("v=spf1 exists:%{i}._spf.%{d} -all", Result.PASS),
    ("v=spf1 exists:%{ir}.%{v}._spf.%{d2} -all", Result.PASS),
    ("v=spf1 redirect=_spf.example.org", Result.PASS),
    ("v=spf1 ?all", Result.NEUTRAL),
    ("v=spf1 include:_spf.example.org -all", Result.PASS),
    ("v=spf1 redirect=gone.example.org", Result.PERMERROR),
    ("v=spf1 a:v1.org a:v2.org a:v3.org -all", Result.PERMERROR),
]


@pytest.mark.parametrize(("record", "result"), EVALUATIONS)
def test_a_record_is_read_as_receivers_read_it(record, result):
    records = world(
        records={
            (DOMAIN, "TXT"): txt(record),
            ("_spf.example.org", "TXT"): txt("v=spf1 ip4:93.184.216.0/24 -all"),
            (f"{IP}._spf.{DOMAIN}", "A"): ["127.0.0.2"],
            (f"34.216.184.93.in-addr._spf.{DOMAIN}", "A"): ["127.0.0.2"],
        }
    )
    with NameServer(records) as server:
        verdict = spf.evaluate(Zone(server.resolver), DOMAIN, IP, ADDRESS)
    assert verdict.result is result


def test_a_loop_of_includes_ends():
    records = {("a.org", "TXT"): txt("v=spf1 include:a.org -all")}
    with NameServer(records) as server:
        verdict = spf.evaluate(Zone(server.resolver), "a.org", IP, "x@a.org")
    assert (verdict.result, verdict.cause) == (Result.PERMERROR, Cause.LOOKUPS)
