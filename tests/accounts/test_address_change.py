"""Another address: confirmed by the new one, taken back by the old one."""

import pytest

from app.accounts import (
    address_change,
    authentication,
    recovery,
    sessions,
    users,
    waiting_address,
)
from app.accounts.account_models import AccountLink, Purpose
from app.accounts.activation import Link
from app.accounts.address_change import NotChanged, SameAddress
from app.accounts.authentication import Credentials
from app.accounts.entrance import Visit
from app.accounts.models import User, UserState
from app.accounts.passwords import passwords
from app.accounts.second_factor import second_factor, second_step
from app.accounts.second_factor.second_factor import NothingToConfirm, Proof
from app.accounts.second_factor.second_step import CodeWanted
from app.accounts.second_factor_models import RecoveryCode
from app.core import addresses, audit
from app.core.errors import TooOften
from app.extensions import db
from app.mail.models import OutboxState
from tests import people
from tests.factors import by, enrol, place
from tests.mailing import accepted, token_of, written
from tests.people import OTHER_PASSWORD, PASSWORD, VISITOR, come_in

NEW = "omid@new.example.com"


@pytest.fixture
def omid(app):
    return people.omid().id


def ask(user_id, email=NEW):
    address_change.ask(user_id, addresses.parse(email), VISITOR)


def confirming():
    return token_of("address_confirmation", "address")


def undoing(kind="address_change_asked"):
    return token_of(kind, "address-undo")


def email_of(user_id):
    db.session.expire_all()
    return db.session.get_one(User, user_id).email


def test_r34_both_addresses_are_told_and_nothing_changes_yet(omid):
    ask(omid)
    told = {mail.kind: mail.recipient for mail in people.mails() if mail.kind != "activation"}
    assert told == {"address_change_asked": "omid@example.com", "address_confirmation": NEW}
    assert email_of(omid) == "omid@example.com"


def test_r34_the_link_only_asks_and_its_button_changes_the_address(omid):
    ask(omid)
    token = confirming()
    look = address_change.look_at(Purpose.CONFIRM_ADDRESS, token)
    assert (look.link, look.old, look.new) == (Link.USABLE, "omid@example.com", NEW)
    assert email_of(omid) == "omid@example.com"
    address_change.confirm(token, VISITOR)
    assert email_of(omid) == NEW
    assert people.mails("address_changed")[0].recipient == "omid@example.com"


def test_r34_the_button_works_once(omid):
    ask(omid)
    token = confirming()
    address_change.confirm(token, VISITOR)
    with pytest.raises(NotChanged):
        address_change.confirm(token, VISITOR)


def test_r34_both_links_expire_counted_from_when_their_mail_was_taken(omid, time_machine):
    ask(omid)
    new, old = confirming(), undoing()
    time_machine.pass_(hours=20)
    for kind in ("address_confirmation", "address_change_asked"):
        accepted(people.mails(kind)[0])
    time_machine.pass_(hours=23)
    assert address_change.look_at(Purpose.CONFIRM_ADDRESS, new).link is Link.USABLE
    time_machine.pass_(hours=2)
    with pytest.raises(NotChanged):
        address_change.confirm(new, VISITOR)
    assert address_change.look_at(Purpose.UNDO_ADDRESS, old).link is Link.USABLE
    time_machine.pass_(days=7)
    with pytest.raises(NotChanged):
        address_change.undo(old, VISITOR)


def test_r34_a_link_of_one_purpose_is_none_of_another(omid):
    ask(omid)
    with pytest.raises(NotChanged):
        address_change.undo(confirming(), VISITOR)
    with pytest.raises(NotChanged):
        address_change.confirm(undoing(), VISITOR)


def test_r34_only_the_newest_wish_counts(omid):
    ask(omid)
    first = confirming()
    ask(omid, "omid@other.example.com")
    with pytest.raises(NotChanged):
        address_change.confirm(first, VISITOR)
    address_change.confirm(confirming(), VISITOR)
    assert email_of(omid) == "omid@other.example.com"


def test_r34_a_wish_that_was_given_up_changes_nothing(omid):
    ask(omid)
    token = confirming()
    address_change.withdraw(omid, VISITOR)
    assert waiting_address.find(omid) is None
    with pytest.raises(NotChanged):
        address_change.confirm(token, VISITOR)
    assert people.mails("address_confirmation")[0].state == OutboxState.CANCELLED


def test_r34_a_new_password_ends_a_wish_of_whoever_knew_the_old_one(omid):
    ask(omid)
    token = confirming()
    users.set_password(addresses.parse("omid@example.com"), OTHER_PASSWORD, audit.CONSOLE)
    with pytest.raises(NotChanged):
        address_change.confirm(token, VISITOR)
    assert email_of(omid) == "omid@example.com"


def test_r34_somebody_disabled_gets_no_other_address(omid):
    ask(omid)
    tokens = confirming(), undoing()
    db.session.get_one(User, omid).state = UserState.DISABLED
    db.session.commit()
    with pytest.raises(NotChanged):
        address_change.confirm(tokens[0], VISITOR)
    with pytest.raises(NotChanged):
        address_change.undo(tokens[1], VISITOR)
    assert email_of(omid) == "omid@example.com"


def test_r34_a_mail_that_has_lost_its_point_is_not_written(omid):
    ask(omid)
    mail = people.mails("address_confirmation")[0]
    address_change.confirm(confirming(), VISITOR)
    assert written(mail) is None


def test_r31_the_mail_goes_to_no_other_address_than_the_two(omid):
    ask(omid)
    mail = people.mails("address_confirmation")[0]
    mail.recipient = "thief@example.com"
    db.session.commit()
    assert written(mail) is None


def test_r08_a_taken_address_is_answered_alike_and_gets_no_mail(omid):
    people.nika()
    ask(omid, "nika@example.com")
    assert people.mails("address_confirmation")[0].state == OutboxState.CANCELLED
    assert waiting_address.find(omid).email == "nika@example.com"


def test_an_address_taken_meanwhile_is_refused_kindly(omid):
    ask(omid)
    token = confirming()
    people.nika(NEW)
    with pytest.raises(NotChanged):
        address_change.confirm(token, VISITOR)
    assert email_of(omid) == "omid@example.com"


def test_the_present_address_is_no_change(omid):
    with pytest.raises(SameAddress):
        ask(omid, "OMID@example.com")
    assert [mail.kind for mail in people.mails()] == ["activation"]


def test_r34_this_was_not_me_locks_out_whoever_knows_the_password(omid):
    thief = come_in(omid, Visit("x", remember=True), VISITOR)
    ask(omid)
    new = confirming()
    address_change.undo(undoing(), VISITOR)
    assert sessions.find(thief.session) is None
    assert not passwords.matches(PASSWORD, db.session.get_one(User, omid).password_hash)
    with pytest.raises(NotChanged):
        address_change.confirm(new, VISITOR)
    assert people.mails()[-1].kind == "recovery"
    assert people.mails()[-1].recipient == "omid@example.com"


def person(user_id):
    return db.session.get_one(User, user_id)


def test_r43_an_app_that_a_thief_set_up_since_goes_with_this_was_not_me(omid, time_machine):
    ask(omid)
    time_machine.pass_(seconds=1)
    enrol(person(omid))
    address_change.confirm(confirming(), VISITOR)
    address_change.undo(undoing("address_changed"), VISITOR)
    assert not second_factor.is_on(omid)
    assert db.session.scalars(db.select(RecoveryCode)).all() == []
    assert people.mails("second_factor_off")[-1].recipient == "omid@example.com"
    recovery.recover(token_of("recovery", "recover"), OTHER_PASSWORD, VISITOR)
    credentials = Credentials("omid@example.com", OTHER_PASSWORD, Visit())
    assert authentication.sign_in(credentials, VISITOR).session


def test_r43_a_secret_that_a_thief_prepared_never_counts(omid, time_machine):
    here = place(person(omid))
    second_factor.begin(here, Proof(PASSWORD), by(person(omid)))
    ask(omid)
    address_change.undo(undoing(), VISITOR)
    with pytest.raises(NothingToConfirm):
        second_factor.waiting_secret(here)


def test_r43_this_was_not_me_is_no_way_around_the_app_of_the_owner(omid, time_machine):
    phone = enrol(person(omid))
    time_machine.pass_(seconds=30)
    ask(omid)
    address_change.undo(undoing(), VISITOR)
    recovery.recover(token_of("recovery", "recover"), OTHER_PASSWORD, VISITOR)
    with pytest.raises(CodeWanted) as half:
        authentication.sign_in(Credentials("omid@example.com", OTHER_PASSWORD), VISITOR)
    assert second_step.finish(half.value.ticket, phone.code(), Visit(), VISITOR).session
    assert not people.mails("second_factor_off")


def test_r43_nor_when_its_owner_moved_it_to_another_phone_since(omid, time_machine):
    phone = enrol(person(omid))
    since = second_factor.look(omid).since
    time_machine.pass_(seconds=1)
    ask(omid)
    time_machine.pass_(seconds=30)
    enrol(person(omid), session=phone.session, code=phone.code())
    assert second_factor.look(omid).since == since
    address_change.undo(undoing(), VISITOR)
    assert second_factor.is_on(omid)


def test_r34_the_old_address_may_take_back_what_was_confirmed(omid):
    ask(omid)
    address_change.confirm(confirming(), VISITOR)
    address_change.undo(undoing("address_changed"), VISITOR)
    assert email_of(omid) == "omid@example.com"
    token = token_of("recovery", "recover")
    assert recovery.look_at(token).email == "omid@example.com"


def test_r34_a_thief_who_changes_it_twice_does_not_get_rid_of_the_owner(omid):
    ask(omid)
    old = undoing()
    address_change.confirm(confirming(), VISITOR)
    ask(omid, "thief@example.com")
    address_change.confirm(confirming(), VISITOR)
    address_change.undo(old, VISITOR)
    assert email_of(omid) == "omid@example.com"


def test_r34_links_to_a_new_password_die_with_the_address(omid):
    recovery.start([omid], VISITOR)
    token = token_of("recovery", "recover")
    ask(omid)
    address_change.confirm(confirming(), VISITOR)
    assert recovery.look_at(token).link is Link.UNKNOWN


def test_r04_only_the_digest_of_a_link_is_stored(omid):
    ask(omid)
    token = confirming()
    assert token not in str([vars(row) for row in db.session.scalars(db.select(AccountLink))])


def test_the_sixth_wish_within_an_hour_has_to_wait(omid, configure):
    configure(rate_limits=True)
    for number in range(5):
        ask(omid, f"omid{number}@example.org")
    with pytest.raises(TooOften):
        ask(omid)
