"""An attempt of last week is explained with what was so last week."""

import pytest

from app.extensions import db
from app.mail.log import story
from app.mail.models import DeliveryAttempt, Role
from app.mail.servers import breaker
from tests.mail.conftest import attempts, enqueue, use, work
from tests.postbox import Postbox

UNTRUSTED = [
    ("tls.name_mismatch", ("server.host.ir",), {}),
    ("tls.self_signed", ("localhost",), {"is_self_signed": True}),
    ("tls.expired", ("localhost",), {"days": (-30, -1)}),
    ("tls.not_yet", ("localhost",), {"days": (2, 30)}),
    ("tls.chain_incomplete", ("localhost",), {}),
]


def explained():
    """What the newest attempt means, read afresh."""
    db.session.expire_all()
    newest = db.select(DeliveryAttempt).order_by(DeliveryAttempt.id.desc())
    attempt = db.session.scalars(newest.limit(1)).one()
    return attempt, story.diagnosis_of(attempt)


def test_what_a_sentence_names_is_kept_with_the_attempt(notes):
    with Postbox(credentials=("old@example.com", "p-1"), mechanisms="NTLM XOAUTH2") as strict:
        use(strict)
        enqueue()
        work()
    use(None, sender_address="new@example.com")
    _attempt, found = explained()
    assert found.code == "auth.no_common_mech"
    assert found.details["mechanisms"] == "NTLM XOAUTH2"
    assert found.details["user"] == "old@example.com"
    assert found.details["sender"] == "support@example.com"


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize(("code", "names", "fault"), UNTRUSTED)
def test_the_certificate_that_was_refused_is_kept_with_the_attempt(
    notes, configure, authority, code, names, fault, implicit
):
    if code != "tls.chain_incomplete":
        configure(smtp_ca_file=authority.path)
    context = authority.context(*names, **fault)
    with Postbox(tls=context, implicit_tls=implicit, credentials=("a@b.ir", "p-1")) as box:
        use(box)
        enqueue()
        work()
    attempt, found = explained()
    assert (attempt.stage, found.code) == ("encrypt", code)
    assert found.details["names"] == ", ".join(names)
    assert found.details["sha256"] == authority.fingerprints[context]
    assert {"issuer", "from", "until"} <= found.details.keys()
    assert (box.connections, "AUTH" in box.commands) == (1, False)


def test_a_certificate_that_replaced_a_good_one_is_remarked_on(notes, configure, authority):
    configure(smtp_ca_file=authority.path)
    good, other = authority.context("localhost"), authority.context("localhost", days=(-30, -1))
    with Postbox(tls=good, credentials=("a@b.ir", "p-1")) as box:
        use(box)
        enqueue()
        work()
        box.tls = other
        enqueue(2)
        work()
    attempt, found = explained()
    doubt = story.suspicion_of(attempt)
    assert (found.code, doubt.code) == ("tls.expired", "tls.certificate_changed")
    shown = {"before": authority.fingerprints[good], "shown": authority.fingerprints[other]}
    assert doubt.details == shown


def test_delivery_and_a_test_call_the_same_failure_by_the_same_name(notes):
    with Postbox(credentials=("support@example.com", "p-1")) as strict:
        use(strict)
        strict.credentials = ("other", "p-1")
        enqueue()
        work()
    assert attempts() == [("primary", "server_config", "sign_in")]
    assert explained()[1].code == "auth.wrong"
    with Postbox(credentials=("support", "p-1")) as strict:
        use(strict)
        strict.credentials = ("support@example.com", "p-1")
        enqueue(2)
        work()
    _attempt, found = explained()
    assert (found.code, found.details["suggestion"]) == ("auth.user_form", "support@example.com")
    assert breaker.health(Role.PRIMARY).last_failure_code == "auth.user_form"


def test_the_reply_is_kept_once_and_quoted_from_the_attempt(notes):
    with Postbox(say={"MAIL": "553 5.7.1 sender address not owned by user"}) as strict:
        use(strict)
        enqueue()
        work()
    attempt, found = explained()
    assert (attempt.cause, "reply" in attempt.details) == ("mail.not_owner", False)
    assert found.details["reply"].startswith("553 5.7.1")


def test_an_accepted_attempt_keeps_nothing(notes, primary):
    use(primary)
    enqueue()
    work()
    attempt, found = explained()
    assert (attempt.details, found) == ({}, None)


def test_an_attempt_from_before_the_details_is_explained_all_the_same(app):
    attempt = DeliveryAttempt(
        outcome="server_config",
        stage="encrypt",
        cause="tls.expired",
        code=None,
        reply="",
        details={},
    )
    assert story.diagnosis_of(attempt).code == "tls.expired"
