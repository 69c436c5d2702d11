"""What administrators do with people, however many do it at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.accounts import recovery, sessions, users
from app.accounts.models import RecoveryToken, User, UserRole, UserState
from app.accounts.people import administration
from app.accounts.people.administration import NoLongerAdministrator
from app.accounts.people.done import Why
from app.core import audit
from app.core.audit import Actor, AuditEntry
from app.core.errors import NotFound
from app.extensions import db
from app.mail.models import OutboxState
from tests import people

ROUNDS = 100


def admin(email):
    return people.nika(email).id


def user(number):
    db.session.expire_all()
    return db.session.get_one(User, number)


def acting(number):
    return Actor(number, user(number).email, "192.0.2.9")


def secret(number):
    token = sessions.open_for(user(number), ip="192.0.2.8", user_agent="x")
    db.session.commit()
    return token


def able():
    db.session.rollback()
    return [one for one in people.everybody() if one.is_admin and one.is_active]


def demote(app, by, whom):
    with app.app_context():
        try:
            return administration.demote([whom], Actor(by, "x")).numbers
        except NoLongerAdministrator:
            return []
        finally:
            db.session.remove()


def test_disabling_ends_sessions_links_and_mails(app):
    nika, omid = admin("nika@example.com"), people.omid().id
    token = secret(omid)
    recovery.start([omid], acting(nika))
    done = administration.disable([omid], acting(nika))
    assert done.numbers == [omid]
    assert user(omid).state == UserState.DISABLED
    assert sessions.find(token) is None
    assert people.mails("recovery")[0].state == OutboxState.CANCELLED
    assert db.session.scalar(db.select(db.func.count(RecoveryToken.id))) == 0


def test_doing_it_twice_changes_and_writes_nothing(app):
    nika, omid = admin("nika@example.com"), people.omid().id
    administration.disable([omid], acting(nika))
    done = administration.disable([omid], acting(nika))
    assert (done.numbers, done.left_out) == ([], {})
    events = db.session.scalars(db.select(AuditEntry.event)).all()
    assert events.count("user.disabled") == 1


def test_roles_change_and_sessions_end(app):
    nika, omid = admin("nika@example.com"), people.omid().id
    token = secret(omid)
    administration.promote([omid], acting(nika))
    assert user(omid).role == UserRole.ADMIN
    assert sessions.find(token) is None


@pytest.mark.parametrize("deed", [administration.disable, administration.demote])
def test_the_last_administrator_stays_whoever_asks(app, deed):
    nika = admin("nika@example.com")
    assert deed([nika], audit.CONSOLE).left_out == {nika: Why.LAST_ADMINISTRATOR}
    assert deed([nika], acting(nika)).left_out == {nika: Why.ONESELF}
    assert [one.id for one in able()] == [nika]


@pytest.mark.parametrize("deed", [administration.disable, administration.demote])
def test_all_at_once_leaves_one(app, deed):
    numbers = [admin(f"{name}@example.com") for name in ("nika", "sara", "omid")]
    done = deed(numbers, audit.CONSOLE)
    assert done.numbers == numbers[:2]
    assert done.left_out == {numbers[2]: Why.LAST_ADMINISTRATOR}


def test_a_disabled_administrator_does_not_count(app):
    nika, sara = admin("nika@example.com"), admin("sara@example.com")
    administration.disable([sara], acting(nika))
    assert administration.demote([nika], audit.CONSOLE).left_out == {nika: Why.LAST_ADMINISTRATOR}


def test_whoever_has_lost_the_management_acts_no_more(app):
    nika, sara = admin("nika@example.com"), admin("sara@example.com")
    actor = acting(sara)
    administration.demote([sara], acting(nika))
    with pytest.raises(NoLongerAdministrator):
        administration.demote([nika], actor)


def test_two_administrators_who_demote_each_other_a_hundred_times_leave_one(app):
    nika, sara = admin("nika@example.com"), admin("sara@example.com")
    db.session.remove()
    with ThreadPoolExecutor(2) as pool:
        for _round in range(ROUNDS):
            ways = [(nika, sara), (sara, nika)]
            done = list(pool.map(lambda way: demote(app, *way), ways))
            assert sorted(map(len, done)) == [0, 1]
            assert len(able()) == 1
            administration.promote([nika, sara], audit.CONSOLE)
            db.session.remove()


def test_one_session_is_ended_only_for_its_owner(app):
    nika, omid = admin("nika@example.com"), people.omid().id
    token = secret(omid)
    (session,) = sessions.open_of(omid)
    number = session.id
    administration.end_session(nika, number, acting(nika))
    assert sessions.find(token) is not None
    administration.end_session(omid, number, acting(nika))
    assert sessions.find(token) is None
    with pytest.raises(NotFound):
        administration.end_session(4242, number, acting(nika))


def test_a_password_from_the_console_is_told_by_mail(app):
    omid = people.omid()
    token = secret(omid.id)
    users.set_password(people.addresses.parse(omid.email), people.OTHER_PASSWORD, audit.CONSOLE)
    assert sessions.find(token) is None
    assert [mail.kind for mail in people.mails()][-1] == "password_changed"
