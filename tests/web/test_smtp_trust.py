"""Trust in a certificate, from the settings page: shown, confirmed, filled in, then stored."""

from dataclasses import replace

import pytest

from app.extensions import db
from app.mail.models import Role, SmtpServer
from app.mail.servers import offer_memory, servers
from app.mail.smtp.offers import Offer
from tests.page import problems, read
from tests.postbox import Postbox
from tests.web.test_connection_test import PASSWORD, ask, form, lines
from tests.web.test_smtp_settings import PATH, errors, post, stored

USER = "support@example.com"
PIN = ":".join(["AB"] * 32)


@pytest.fixture
def self_signed(authority):
    context = authority.context("localhost", is_self_signed=True)
    with Postbox(tls=context, implicit_tls=True, credentials=(USER, PASSWORD)) as box:
        yield box, authority.fingerprints[context]


def encrypted(port, **changes):
    there = {"primary__host": "localhost", "primary__encryption": "tls"}
    return form(port, **{**there, **changes})


def save(browser, values):
    return post(browser, **{name.replace("-", "__"): value for name, value in values.items()})


def remember(**fields):
    server = stored().primary
    where = f"{server.host}:{server.port}:{server.encryption}"
    offer_memory.write(db.session.get_one(SmtpServer, Role.PRIMARY), Offer(where, **fields))
    db.session.commit()


def test_a_failed_test_shows_the_certificate_and_offers_to_trust_exactly_it(nika, self_signed):
    box, pin = self_signed
    result = lines(ask(nika, encrypted(box.port)))[-1]
    assert result["code"] == "tls.self_signed"
    (fix,) = result["fixes"]
    assert fix["changes"] == {"primary-trusted_certificate": pin}
    assert ":".join(fix["certificate"]["groups"]) == pin
    rows = {row["label"]: row["value"] for row in fix["certificate"]["rows"]}
    assert (rows["Issued to"], rows["Issued by"]) == ("localhost", "localhost")
    assert "AUTH" not in box.commands
    assert not stored().primary.is_saved


def test_with_the_trusted_certificate_the_same_test_passes(nika, self_signed):
    box, pin = self_signed
    answer = lines(ask(nika, encrypted(box.port, primary__trusted_certificate=pin)))
    assert answer[-1]["state"] == "passed"
    encrypt = next(line for line in answer if line["stage"] == "encrypt")
    assert encrypt["code"] == "tls.trusted_exactly"
    assert "exactly the certificate" in encrypt["message"]
    assert not stored().primary.is_saved


@pytest.mark.parametrize("language", ["fa", "en"])
def test_without_script_the_box_has_to_be_ticked_first(nika, self_signed, language):
    box, pin = self_signed
    values = encrypted(box.port)
    page = ask(nika, values, accept="text/html", language=language).text
    assert problems(page, language) == []
    fix = f"trust_certificate:{pin}"
    assert f'name="confirm_fix" value="{fix}"' in page
    assert page.count(f'name="fix" value="{fix}"') == 1
    for confirmed in ({}, {"confirm_fix": "y"}, {"confirm_fix": f"trust_certificate:{PIN}"}):
        again = ask(nika, values | {"fix": fix} | confirmed, accept="text/html", language=language)
        assert read(again.text).values()["primary-trusted_certificate"] == ""
        assert box.messages == []
    done = ask(nika, values | {"fix": fix, "confirm_fix": fix}, accept="text/html")
    assert read(done.text).values()["primary-trusted_certificate"] == pin
    assert len(box.messages) == 1
    assert not stored().primary.is_saved


def test_a_ticked_box_alone_changes_nothing(nika, self_signed):
    box, pin = self_signed
    values = encrypted(box.port) | {"confirm_fix": f"trust_certificate:{pin}"}
    assert lines(ask(nika, values))[-1]["code"] == "tls.self_signed"


def test_the_name_of_the_shared_host_is_offered(nika, authority, configure):
    configure(smtp_ca_file=authority.path)
    context = authority.context("localhost", "127.0.0.1")
    values = {"primary__host": "127.0.0.1"}
    with Postbox(tls=context, implicit_tls=True, credentials=(USER, PASSWORD)) as box:
        result = lines(ask(nika, encrypted(box.port, **values)))[-1]
        fixes = {fix["value"]: fix["changes"] for fix in result["fixes"]}
        assert fixes["expect_name:localhost"] == {"primary-certificate_name": "localhost"}
        expected = {**values, "primary__certificate_name": "localhost"}
        assert lines(ask(nika, encrypted(box.port, **expected)))[-1]["state"] == "passed"


def test_no_trust_is_offered_in_a_certificate_that_replaced_a_good_one(nika, self_signed):
    box, _pin = self_signed
    assert save(nika, encrypted(box.port)).status_code == 303
    remember(certificate=PIN)
    result = lines(ask(nika, encrypted(box.port)))[-1]
    assert result["fixes"] == []
    (warning,) = result["warnings"]
    assert "not the certificate with which this server last worked" in warning
    page = ask(nika, encrypted(box.port), accept="text/html").text
    assert "suspicion" in page
    assert "confirm_fix" not in page


def test_an_administrator_who_knows_may_enter_the_new_fingerprint_by_hand(nika, self_signed):
    box, pin = self_signed
    save(nika, encrypted(box.port))
    remember(certificate=PIN)
    pasted = f"SHA256 Fingerprint={pin.lower()}"
    assert save(nika, encrypted(box.port, primary__trusted_certificate=pasted)).status_code == 303
    assert stored().primary.trusted_certificate == pin


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("primary__trusted_certificate", "3F:A0", "64 hexadecimal digits"),
        ("primary__trusted_certificate", "z" * 64, "64 hexadecimal digits"),
        ("primary__certificate_name", "*.host.ir", "not the name of a server"),
        ("primary__certificate_name", "https://host.ir", "only the name"),
    ],
)
def test_what_cannot_be_trusted_is_refused_and_kept_in_the_form(nika, field, typed, words):
    answer = post(nika, **{field: typed})
    assert answer.status_code == 422
    assert words in errors(answer)[field.replace("__", "-")]
    assert read(answer.text).values()[field.replace("__", "-")] == typed
    assert stored().updated_at is None


def test_what_is_not_posted_stays_trusted(nika):
    post(nika, primary__trusted_certificate=PIN, primary__certificate_name="server.host.ir")
    post(nika, sender_name="Another")
    assert stored().primary.destination[-2:] == ("server.host.ir", PIN)
    cleared = {"primary__trusted_certificate": "", "primary__certificate_name": ""}
    post(nika, **cleared)
    assert stored().primary.destination[-2:] == ("", "")


def test_a_server_that_moves_is_warned_of_the_certificate_of_the_former_one(nika):
    post(nika, primary__trusted_certificate=PIN)
    moved = {"primary__host": "smtp.example.org", "primary__trusted_certificate": PIN}
    answer = post(nika, **moved)
    assert answer.status_code == 422
    assert "belongs to the former one" in errors(answer)["primary-trusted_certificate"]
    assert stored().primary.host == "mail.example.com"
    assert post(nika, confirm_warnings="primary.pin_moved", **moved).status_code == 303


def test_a_certificate_without_encryption_protects_nothing_and_is_warned_of(nika):
    changes = {"primary__encryption": "none", "primary__port": "2525", "primary__host": "localhost"}
    answer = post(nika, primary__trusted_certificate=PIN, **changes)
    assert "protects nothing" in errors(answer)["primary-encryption"]


def test_a_fixed_certificate_is_locked_and_names_its_variable(nika, configure):
    variables = {
        "PEYK_SMTP_PRIMARY_TRUSTED_CERTIFICATE": PIN,
        "PEYK_SMTP_SECONDARY_CERTIFICATE_NAME": "server.host.ir",
    }
    configure(environment=variables)
    page = nika.get(f"{PATH}?lang=en").text
    assert all(name in page for name in variables)
    post(nika, primary__trusted_certificate="")
    assert stored().primary.trusted_certificate == PIN


def test_an_edit_of_the_trust_makes_the_green_tick_go(nika, self_signed):
    box, pin = self_signed
    trusting = encrypted(box.port, primary__trusted_certificate=pin)
    save(nika, trusting)
    ask(nika, trusting).get_data()
    assert "Test passed" in nika.get(f"{PATH}?lang=en").text
    save(nika, encrypted(box.port, primary__trusted_certificate=PIN))
    assert "Not tested since the last change" in nika.get(f"{PATH}?lang=en").text


def test_a_passed_test_remembers_the_offer_only_of_what_is_stored(nika, self_signed):
    box, pin = self_signed
    trusting = encrypted(box.port, primary__trusted_certificate=pin)
    ask(nika, trusting).get_data()
    assert stored().primary.offered is None
    save(nika, trusting)
    ask(nika, trusting).get_data()
    offered = stored().primary.offered_here
    assert (offered.certificate, offered.mechanisms) == (pin, ("LOGIN", "PLAIN"))


def test_what_was_offered_before_is_shown_and_forgotten_on_demand(nika):
    with Postbox(credentials=(USER, PASSWORD), mechanisms="PLAIN") as box:
        save(nika, form(box.port))
        remember(mechanisms=("CRAM-MD5", "PLAIN"), certificate="")
        page = read(nika.get(f"{PATH}?lang=en").text)
        assert page.by_id("primary-forget_offer") is not None
        assert page.by_id("secondary-forget_offer") is None
        assert "CRAM-MD5 and PLAIN" in page.root.text
        result = lines(ask(nika, form(box.port)))[-1]
        assert (result["code"], "AUTH" in box.commands) == ("auth.weakened", False)
        forgetting = form(box.port, primary__forget_offer="y")
        assert lines(ask(nika, forgetting))[-1]["state"] == "passed"
        # A test never changes what is stored.
        assert stored().primary.offered.mechanisms == ("CRAM-MD5", "PLAIN")
        assert lines(ask(nika, form(box.port)))[-1]["code"] == "auth.weakened"
        save(nika, forgetting)
        assert stored().primary.offered is None
        assert lines(ask(nika, form(box.port)))[-1]["state"] == "passed"


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_page_with_all_that_is_known_is_in_order(nika, self_signed, language):
    box, pin = self_signed
    save(nika, encrypted(box.port, primary__trusted_certificate=pin))
    remember(starttls=True, mechanisms=("PLAIN",), certificate=pin)
    assert problems(nika.get(f"{PATH}?lang={language}").text, language) == []


def test_a_trusted_certificate_is_a_part_of_the_value(app):
    server = servers.current().primary
    assert replace(server, trusted_certificate=PIN).destination != server.destination
