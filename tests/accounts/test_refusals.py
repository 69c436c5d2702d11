"""Wrong sign-ins in the audit: an attack is seen, and fills no table."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.accounts import authentication, refusals
from app.accounts.authentication import Credentials, SignInRefused
from app.core import audit, transaction
from app.core.audit import Actor, AuditEntry
from app.extensions import db
from tests import people
from tests.people import VISITOR


def refuse(email="omid@example.com", actor=VISITOR):
    with pytest.raises(SignInRefused):
        authentication.sign_in(Credentials(email, "wrong"), actor)


def note(actor, account=""):
    transaction.begin()
    refusals.note(actor, account)
    db.session.commit()


def entries(event="session.refused"):
    db.session.expire_all()
    found = db.select(AuditEntry).where(AuditEntry.event == event).order_by(AuditEntry.id)
    return db.session.scalars(found).all()


def test_r79_who_is_refused_again_and_again_makes_one_entry_an_hour(app, time_machine):
    people.omid()
    for number in range(6):
        refuse(f"name{number}@example.com" if number % 2 else "omid@example.com")
        time_machine.pass_(minutes=5)
    (entry,) = entries()
    assert (entry.actor, entry.ip, entry.target) == ("visitor", VISITOR.ip, f"place:{VISITOR.ip}")
    assert entry.details["times"] == 6
    assert entry.details["until"] > entry.at.isoformat()
    assert entry.details["accounts"] == ["omid@example.com"]
    time_machine.pass_(minutes=31)
    refuse()
    assert [one.details.get("times", 1) for one in entries()] == [6, 1]


def test_r79_a_name_that_nobody_has_is_not_written_down(app):
    refuse("my secret password")
    assert entries()[0].details == {}


def test_r79_of_many_tries_at_the_same_moment_none_is_lost(app):
    """On both databases; several that are the first at once may begin an entry each."""
    db.session.remove()

    def try_once(_number):
        with app.app_context():
            try:
                note(VISITOR)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(try_once, range(40)))
    counted = [entry.details.get("times", 1) for entry in entries()]
    assert sum(counted) == 40
    assert len(counted) <= 8


def test_r79_places_are_told_apart_but_not_the_addresses_of_one_rented_network(app):
    for ip in ("192.0.2.1", "192.0.2.2", "2001:db8:1:1::7", "2001:db8:1:2::8"):
        note(Actor(None, "visitor", ip))
    assert [entry.target for entry in entries()] == [
        "place:192.0.2.1",
        "place:192.0.2.2",
        "place:2001:db8:1::/48",
    ]


def test_r79_an_entry_names_the_first_accounts_only(app):
    for number in range(refusals.MOST_ACCOUNTS + 5):
        note(VISITOR, f"name{number}@example.com")
    (entry,) = entries()
    assert entry.details["times"] == refusals.MOST_ACCOUNTS + 5
    assert len(entry.details["accounts"]) == refusals.MOST_ACCOUNTS


def test_r79_what_strangers_tried_goes_after_half_a_year_and_deeds_stay(app, time_machine):
    time_machine.moment = time_machine.now()
    note(VISITOR)
    for event in ("registration.requested", "account.activated"):
        audit.record(event, actor=VISITOR)
    audit.record("user.recovery_requested", actor=Actor(1, "nika@example.com"))
    db.session.commit()
    time_machine.pass_(days=refusals.KEPT.days)
    note(VISITOR)
    assert refusals.forget_old() == 0
    time_machine.pass_(days=1)
    assert refusals.forget_old() == 2
    assert refusals.forget_old() == 0
    left = db.session.scalars(db.select(AuditEntry.event).order_by(AuditEntry.id)).all()
    assert left == [
        "account.activated",
        "user.recovery_requested",
        "session.refused",
        "audit.shortened",
    ]
    assert entries("audit.shortened")[0].details == {"entries": 2}


def test_an_hour_counts_from_the_first_of_its_tries(app, time_machine):
    time_machine.moment = time_machine.now()
    for _try in range(3):
        note(VISITOR)
        time_machine.moment += timedelta(minutes=40)
    assert [one.details.get("times", 1) for one in entries()] == [2, 1]
