"""An account that is to go: asked for, a pause, then gone; never the last administrator."""

import pytest

from app.accounts import deletion, links, sessions, users
from app.accounts.deletion import LastAdministrator
from app.accounts.entrance import Visit
from app.accounts.models import User
from app.accounts.people import administration
from app.accounts.people.done import Why
from app.core import audit
from app.core.audit import Actor, AuditEntry
from app.extensions import db
from tests import people
from tests.mailing import token_of, written
from tests.people import VISITOR, come_in


def ask(user):
    return deletion.ask(user.id, VISITOR)


def there(user_id):
    db.session.expire_all()
    return db.session.get(User, user_id)


def test_everybody_is_signed_out_and_a_mail_tells_when_it_goes(app, time_machine):
    omid = people.omid()
    entered = come_in(omid.id, Visit("x", remember=True), VISITOR)
    assert ask(omid) == time_machine.now() + deletion.PAUSE
    assert sessions.find(entered.session) is None
    mail = people.mails("deletion_asked")[0]
    assert "/keep-account/" in written(mail).text


def test_whoever_signs_in_stays(app):
    omid = people.omid()
    ask(omid)
    entered = come_in(omid.id, Visit("x"), VISITOR)
    assert entered.stays
    assert there(omid.id).delete_at is None
    assert written(people.mails("deletion_asked")[0]) is None


def test_the_button_of_the_mail_keeps_the_account_once(app):
    omid = people.omid()
    ask(omid)
    token = token_of("deletion_asked", "keep-account")
    assert deletion.look_at(token).id == omid.id
    assert there(omid.id).delete_at is not None
    assert deletion.stay_by_link(token, VISITOR)
    assert there(omid.id).delete_at is None
    assert not deletion.stay_by_link(token, VISITOR)
    assert deletion.look_at(token) is None


def test_after_the_pause_it_is_gone_with_all_that_hung_on_it(app, time_machine):
    omid = people.omid()
    number = omid.id
    ask(omid)
    time_machine.pass_(days=6)
    assert deletion.erase_due() == 0
    time_machine.pass_(days=1, seconds=1)
    assert deletion.erase_due() == 1
    assert deletion.erase_due() == 0
    assert there(number) is None
    assert "user.deleted" in db.session.scalars(db.select(AuditEntry.event)).all()


def test_r76_the_last_administrator_cannot_go(app):
    nika = people.nika()
    with pytest.raises(LastAdministrator):
        ask(nika)
    assert there(nika.id).delete_at is None


def test_r76_an_administrator_who_is_going_does_not_count(app):
    nika, sara = people.nika(), people.nika("sara@example.com")
    ask(sara)
    with pytest.raises(LastAdministrator):
        ask(nika)
    done = administration.demote([nika.id], audit.CONSOLE)
    assert done.left_out == {nika.id: Why.LAST_ADMINISTRATOR}


def test_r76_the_last_administrator_is_not_erased_either(app, time_machine):
    nika, sara = people.nika(), people.nika("sara@example.com")
    ask(sara)
    there(nika.id).delete_at = time_machine.now()
    db.session.commit()
    time_machine.pass_(days=8)
    deletion.erase_due()
    assert users.admins()


def test_an_administrator_may_be_deleted_when_another_stays(app, time_machine):
    people.nika()
    sara = people.nika("sara@example.com")
    ask(sara)
    time_machine.pass_(days=8)
    assert deletion.erase_due() == 1
    assert there(sara.id) is None


def test_links_whose_time_is_over_are_forgotten(app, time_machine):
    ask(people.omid())
    token_of("deletion_asked", "keep-account")
    time_machine.pass_(days=8)
    assert links.forget_old() == 1


def test_somebody_who_goes_is_not_the_one_who_acts(app):
    nika, sara = people.nika(), people.nika("sara@example.com")
    ask(sara)
    with pytest.raises(administration.NoLongerAdministrator):
        administration.disable([nika.id], Actor(sara.id, "x"))
