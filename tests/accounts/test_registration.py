from datetime import timedelta

import pytest

from app.accounts import activation, housekeeping, limits, registration, waiting
from app.accounts.activation import Link
from app.accounts.models import ActivationToken
from app.core import addresses
from app.core.audit import AuditEntry
from app.core.errors import NotFound, TooOften
from app.extensions import db
from app.mail.engine import engine
from app.mail.models import OutboxState
from tests import people
from tests.people import VISITOR


def test_registering_makes_an_attempt_and_no_user(app):
    people.register()
    assert people.everybody() == []
    assert [attempt.email_key for attempt in people.attempts()] == ["sara@example.com"]


def test_the_mail_and_the_audit_are_saved_with_the_attempt(app):
    asked = people.register()
    (mail,) = people.mails()
    assert (mail.kind, mail.about, mail.recipient) == (
        "activation",
        asked.pending_id,
        "sara@example.com",
    )
    events = db.session.scalars(db.select(AuditEntry.event)).all()
    assert events == ["registration.requested"]


def test_workers_are_woken_after_the_commit(app, monkeypatch):
    seen = []
    monkeypatch.setattr(engine, "wake", lambda: seen.append(db.session().in_transaction()))
    people.register()
    assert seen == [False]


def test_r08_the_owner_of_a_known_address_is_told_in_their_own_language(app):
    people.omid()
    people.register("Omid@Example.com", locale="en")
    mail = people.mails("already_registered")[0]
    assert (mail.recipient, mail.locale) == ("omid@example.com", "fa")


def test_r16_registering_again_while_waiting_is_allowed(app):
    first, second = people.register(), people.register()
    assert first.handle != second.handle
    assert len(people.mails("activation")) == 2


def test_a_mail_leaves_for_everybody_though_earlier_attempts_are_gone(app):
    for number in range(3):
        asked = people.register(f"sara{number}@example.com")
        activation.activate(people.issue(asked), VISITOR)
    assert [mail.recipient[:5] for mail in people.mails("activation")] == [
        "sara0",
        "sara1",
        "sara2",
    ]


def test_the_handle_is_stored_as_a_digest_only(app):
    asked = people.register()
    assert asked.handle not in str(vars(people.attempts()[0]))


def test_r14_another_mail_has_to_wait_a_minute(app, configure, time_machine):
    configure(rate_limits=True)
    asked = people.register()
    with pytest.raises(TooOften) as refusal:
        registration.resend(asked.handle, VISITOR)
    assert refusal.value.seconds == 60
    time_machine.pass_(seconds=61)
    registration.resend(asked.handle, VISITOR)
    assert len(people.mails()) == 2


def test_r14_of_two_who_ask_at_once_one_has_to_wait(app, configure, time_machine, monkeypatch):
    configure(rate_limits=True)
    asked = people.register()
    time_machine.pass_(seconds=61)
    spend = limits.spend

    def while_it_is_counted(*counted):
        monkeypatch.setattr(limits, "spend", spend)
        registration.resend(asked.handle, VISITOR)
        spend(*counted)

    monkeypatch.setattr(limits, "spend", while_it_is_counted)
    with pytest.raises(TooOften):
        registration.resend(asked.handle, VISITOR)
    assert len(people.mails()) == 2


def test_resending_cancels_what_has_not_left_yet(app):
    asked = people.register()
    registration.resend(asked.handle, VISITOR)
    states = [mail.state for mail in people.mails()]
    assert states == [OutboxState.CANCELLED, OutboxState.QUEUED]


def test_r15_a_link_that_is_out_keeps_working_after_a_resend(app):
    asked = people.register()
    token = people.issue(asked)
    registration.resend(asked.handle, VISITOR)
    assert activation.look_at(token).link is Link.USABLE


def test_r14_an_address_gets_five_more_mails_an_hour_and_no_sixth(app, configure, time_machine):
    configure(rate_limits=True)
    asked = people.register()
    for _time in range(5):
        time_machine.pass_(seconds=61)
        registration.resend(asked.handle, VISITOR)
    time_machine.pass_(seconds=61)
    with pytest.raises(TooOften):
        registration.resend(asked.handle, VISITOR)


def test_a_network_registers_twenty_people_an_hour(app, configure, time_machine):
    configure(rate_limits=True)
    for number in range(20):
        people.register(f"sara{number}@example.com")
    with pytest.raises(TooOften):
        people.register("sara21@example.com")
    assert len(people.attempts()) == 20


def test_r17_correcting_the_address_kills_links_and_waiting_mails(app):
    asked = people.register("sara@exmaple.com")
    token = people.issue(asked)
    registration.correct_address(asked.handle, addresses.parse("sara@example.com"), VISITOR)
    assert activation.look_at(token).link is Link.UNKNOWN
    assert [(m.recipient, m.state) for m in people.mails()] == [
        ("sara@exmaple.com", OutboxState.CANCELLED),
        ("sara@example.com", OutboxState.QUEUED),
    ]


def test_r17_an_address_is_corrected_five_times_an_hour(app, configure):
    configure(rate_limits=True)
    asked = people.register()
    for number in range(5):
        address = addresses.parse(f"sara{number}@example.com")
        registration.correct_address(asked.handle, address, VISITOR)
    with pytest.raises(TooOften):
        registration.correct_address(asked.handle, addresses.parse("sara@example.org"), VISITOR)


def test_r06_a_link_made_for_the_old_address_never_opens_the_new_one(app):
    asked = people.register("mallory@example.com")
    registration.correct_address(asked.handle, addresses.parse("victim@example.com"), VISITOR)
    late = people.issue(asked)
    row = db.session.scalars(db.select(ActivationToken)).one()
    row.email_key = "mallory@example.com"  # as a worker that was faster would have written it
    db.session.commit()
    assert activation.look_at(late).link is Link.UNKNOWN


def test_r17_correcting_to_a_known_address_looks_the_same(app):
    people.omid()
    asked = people.register()
    registration.correct_address(asked.handle, addresses.parse("omid@example.com"), VISITOR)
    assert waiting.look(asked.handle).address == "omid@example.com"
    assert people.mails("already_registered")[0].recipient == "omid@example.com"


def test_an_unknown_handle_finds_nothing(app):
    assert waiting.look("nonsense") is None
    with pytest.raises(NotFound):
        registration.resend("nonsense", VISITOR)


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (OutboxState.SENT, waiting.State.ACCEPTED),
        (OutboxState.QUEUED, waiting.State.WAITING),
        (OutboxState.FAILED, waiting.State.WAITING),
    ],
)
def test_r25_the_visitor_hears_of_the_mail_but_never_of_a_refusal(app, monkeypatch, state, shown):
    monkeypatch.setattr("app.mail.status.queries.is_disturbed", lambda: False)
    asked = people.register()
    people.mails()[0].state = state
    db.session.commit()
    assert waiting.look(asked.handle).state is shown


@pytest.mark.parametrize("state", [OutboxState.QUEUED, OutboxState.FAILED])
def test_r21_a_disturbed_mail_service_is_told_to_all_alike(app, monkeypatch, state):
    monkeypatch.setattr("app.mail.status.queries.is_disturbed", lambda: True)
    asked = people.register()
    people.mails()[0].state = state
    db.session.commit()
    assert waiting.look(asked.handle).state is waiting.State.DELAYED


def test_r18_old_attempts_go_after_a_week(app, time_machine):
    people.register()
    people.mails()[0].state = OutboxState.SENT
    db.session.commit()
    time_machine.pass_(days=6)
    assert housekeeping.forget_old_attempts() == 0
    time_machine.pass_(days=2)
    assert housekeeping.forget_old_attempts() == 1


def test_r18_an_attempt_whose_mail_still_waits_is_never_lost(app, time_machine):
    people.register()
    time_machine.pass_(days=30)
    assert housekeeping.forget_old_attempts() == 0


def test_r18_users_stay_when_attempts_go(app, time_machine):
    people.omid()
    time_machine.pass_(days=400)
    housekeeping.forget_old_attempts()
    assert len(people.everybody()) == 1


def test_r18_an_attempt_is_kept_for_a_week(app, time_machine):
    asked = people.register()
    assert waiting.look(asked.handle).keep_until == time_machine.now() + timedelta(days=7)
