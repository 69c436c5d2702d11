"""Where settings may lie, and how good they are: pure decisions."""

import pytest

from app.mail.discovery.candidate_probe import Certificate, Look, Outcome
from app.mail.discovery.candidates import MOST, Candidate, Reason, candidates
from app.mail.discovery.dns_records import Records
from app.mail.discovery.providers import PROVIDERS, Note, Service, of_domain
from app.mail.discovery.scoring import Mark, judge, organisation, ranked
from app.mail.models import Encryption

DOMAIN = "example.ir"
SRV = Service("out.example.ir", 465, Encryption.TLS)


def places(domain=DOMAIN, **records):
    return [(one.host, one.port) for one in candidates(domain, Records(**records))]


def look(encryption=Encryption.TLS, certificate=Certificate.MATCHES, **fields):
    host, port = fields.pop("host", "mail.example.ir"), fields.pop("port", 465)
    reason = fields.pop("reason", Reason.USUAL)
    candidate = Candidate(host, port, encryption, reason)
    seen = {"offers_sign_in": True, **fields}
    return Look(candidate, Outcome.ANSWERED, encryption, certificate, **seen)


def score(*args, **fields):
    return judge(look(*args, **fields), DOMAIN).score


def marks(our_name="", **fields):
    return judge(look(**fields), DOMAIN, our_name).marks


def test_without_any_record_the_usual_names_are_tried():
    found = places()
    assert found[:2] == [("mail.example.ir", 465), ("mail.example.ir", 587)]
    assert {("smtp.example.ir", 587), ("example.ir", 465), ("mail.example.ir", 25)} <= set(found)


def test_what_the_domain_says_itself_comes_first():
    assert places(services=(SRV,))[0] == ("out.example.ir", 465)


def test_the_servers_that_receive_are_asked_too():
    assert ("server12.host.ir", 587) in places(exchanges=("server12.host.ir",))


def test_no_place_is_looked_at_twice_and_the_first_reason_stays():
    found = candidates(DOMAIN, Records((Service("mail.example.ir", 465, Encryption.TLS),)))
    same = [one for one in found if (one.host, one.port) == ("mail.example.ir", 465)]
    assert [one.reason for one in same] == [Reason.SRV]


def test_there_are_never_too_many():
    services = tuple(Service(f"s{n}.example.ir", 465, Encryption.TLS) for n in range(40))
    assert len(places(services=services)) == MOST


def test_a_mailbox_of_a_known_service_needs_no_guessing():
    found = candidates("gmail.com", Records())
    assert {one.host for one in found} == {"smtp.gmail.com"}
    assert {one.note for one in found} == {Note.APP_PASSWORD}


def test_a_domain_whose_mail_a_known_service_receives_is_served_by_it():
    found = candidates(DOMAIN, Records(exchanges=("example-ir.mail.protection.outlook.com",)))
    assert (found[0].host, found[0].port) == ("smtp.office365.com", 587)
    assert found[0].provider == "Microsoft 365"
    assert not [one for one in found if one.reason is Reason.MX]


def test_a_name_that_merely_ends_alike_is_no_known_service():
    assert not [
        one for one in candidates(DOMAIN, Records(exchanges=("mx.notgoogle.com",))) if one.provider
    ]


def test_a_very_long_domain_makes_no_impossible_names():
    domain = ".".join(["a" * 60] * 4) + ".ir"
    assert len(domain) < 253 < len(f"autodiscover.{domain}")
    assert all(len(host) <= 253 for host, _port in places(domain))


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda one: one.services[0].host)
def test_every_known_service_is_encrypted_and_can_be_recognised(provider):
    assert all(one.encryption is not Encryption.NONE for one in provider.services)
    assert provider.domains or provider.exchanges
    assert all(of_domain(domain) is provider for domain in provider.domains)


def test_encryption_decides_first():
    tls = score()
    starttls = score(Encryption.STARTTLS, port=587, reason=Reason.PROVIDER)
    plain = score(Encryption.NONE, Certificate.NONE, port=25, reason=Reason.PROVIDER)
    assert tls + 35 >= starttls > plain
    assert score(reason=Reason.PROVIDER) > starttls


@pytest.mark.parametrize("certificate", [Certificate.OTHER_NAME, Certificate.UNTRUSTED])
@pytest.mark.parametrize("encryption", [Encryption.TLS, Encryption.STARTTLS])
def test_an_unverified_certificate_is_far_below(certificate, encryption):
    judged = judge(look(encryption, certificate, offers_sign_in=False), DOMAIN)
    plain = judge(look(Encryption.NONE, Certificate.NONE), DOMAIN)
    assert judged.score < plain.score
    assert not judged.is_recommended
    assert judged.requires_auth


def test_only_what_is_safe_and_lets_us_sign_in_is_recommended():
    assert judge(look(), DOMAIN).is_recommended
    assert judge(look(Encryption.STARTTLS, port=587), DOMAIN).is_recommended
    assert not judge(look(offers_sign_in=False), DOMAIN).is_recommended
    assert not judge(look(Encryption.NONE, Certificate.NONE), DOMAIN).is_recommended


def test_the_domains_own_word_beats_a_guess():
    assert score(reason=Reason.SRV) > score(reason=Reason.USUAL) > score(reason=Reason.MX)


def test_what_gave_no_answer_is_not_ranked():
    candidate = Candidate("mail.example.ir", 465, Encryption.TLS, Reason.USUAL)
    late = judge(Look(candidate, Outcome.LATE), DOMAIN)
    good = judge(look(), DOMAIN)
    assert ranked([late, good]) == [good]


def test_a_strangers_greeting_in_clear_is_an_interception():
    plain = {"encryption": Encryption.NONE, "certificate": Certificate.NONE}
    seen = marks(host="smtp.gmail.com", called="cp1.iranhost.com", **plain)
    assert Mark.INTERCEPTED in seen
    assert (
        not judge(look(host="smtp.gmail.com", called="cp1.iranhost.com", **plain), DOMAIN).score > 0
    )


def test_a_hosting_companys_greeting_under_ones_own_name_is_usual():
    seen = marks(called="cp1.iranhost.com", certificate=Certificate.OTHER_NAME)
    assert Mark.SHARED in seen
    assert Mark.INTERCEPTED not in seen


def test_our_own_networks_greeting_in_place_of_another_is_an_interception():
    seen = marks("panel.iranhost.com", called="cp1.iranhost.com", certificate=Certificate.UNTRUSTED)
    assert Mark.INTERCEPTED in seen


def test_a_certificate_that_fits_proves_who_greets():
    assert marks(called="cp1.iranhost.com") == (Mark.MATCHES,)


@pytest.mark.parametrize(
    ("host", "whose"),
    [("a.b.example.com", "example.com"), ("mail.example.co.ir", "example.co.ir"),
     ("mail.example.ir", "example.ir"), ("example.ac.uk", "example.ac.uk"),
     ("mail.co.ir", "mail.co.ir"), ("co.ir", "co.ir")],
)  # fmt: skip
def test_to_whom_a_name_belongs(host, whose):
    assert organisation(host) == whose
