"""An attempt of last week is explained with what was so last week."""

from app.extensions import db
from app.mail import story
from app.mail.models import DeliveryAttempt
from tests.mail.conftest import enqueue, use, work
from tests.postbox import Postbox


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
