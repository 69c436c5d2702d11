"""Who waits for the mail that lets them in."""

from datetime import timedelta

from app.accounts.people import awaiting
from app.core import clock
from app.extensions import db
from app.mail.models import OutboxMessage, OutboxState
from tests import people


def ends(email, state):
    db.session.execute(
        db.update(OutboxMessage).where(OutboxMessage.recipient == email).values(state=state)
    )
    db.session.commit()


def names():
    return [one.email for one in awaiting.longest(5).first]


def test_nobody_waits_where_nobody_has_registered(app):
    assert awaiting.longest(5) == awaiting.Waiters()


def test_whoever_has_got_the_mail_waits_no_more(app):
    people.register("sara@example.com")
    people.register("omid@example.com")
    ends("sara@example.com", OutboxState.SENT)
    assert names() == ["omid@example.com"]


def test_who_has_waited_longest_is_named_first_and_all_are_counted(app, time_machine):
    for number in range(7):
        people.register(f"p{number}@example.com")
        time_machine.pass_(minutes=1)
    found = awaiting.longest(5)
    assert found.count == 7
    assert names() == [f"p{number}@example.com" for number in range(5)]
    assert clock.now() - found.first[0].since == timedelta(minutes=7)


def test_whose_mail_was_given_up_waits_in_vain(app):
    people.register("sara@example.com")
    people.register("omid@example.com")
    ends("omid@example.com", OutboxState.FAILED)
    found = awaiting.longest(5)
    assert (found.count, found.in_vain) == (2, 1)
    assert [one.in_vain for one in found.first] == [False, True]


def test_only_the_newest_mail_counts(app):
    asked = people.register("sara@example.com")
    ends("sara@example.com", OutboxState.FAILED)
    people.registration.send_again(asked.pending_id, people.VISITOR)
    assert not awaiting.longest(5).first[0].in_vain


def test_who_asks_again_after_a_first_mail_waits_since_then(app, time_machine):
    asked = people.register("sara@example.com")
    ends("sara@example.com", OutboxState.SENT)
    time_machine.pass_(days=2)
    people.registration.send_again(asked.pending_id, people.VISITOR)
    assert awaiting.longest(5).first[0].since == clock.now()


def test_who_has_an_account_already_waits_for_nothing(app):
    people.omid("omid@example.com")
    people.register("omid@example.com")
    assert awaiting.longest(5).count == 0


def test_the_figures(app):
    people.omid()
    people.register("sara@example.com")
    found = awaiting.figures()
    assert (found.users, found.pending) == (1, 1)
    assert found.audited_at is not None


def test_of_very_many_some_are_looked_at_and_there_are_more(app, monkeypatch):
    monkeypatch.setattr(awaiting, "LOOKED_AT", 2)
    for number in range(7):
        people.register(f"p{number}@example.com")
    found = awaiting.longest(5)
    assert found.count > found.most == 2


def test_people_are_counted_no_further_than_anybody_wants_to_know(app, monkeypatch):
    monkeypatch.setattr(awaiting, "COUNTED_TO", 2)
    for number in range(7):
        people.register(f"p{number}@example.com")
    assert awaiting.figures().pending == 3
