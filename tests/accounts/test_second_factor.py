"""Setting an app up, moving it, new codes, taking it away; and what each change does besides."""

import pytest

from app.accounts import sessions
from app.accounts.confirmation import WrongPassword
from app.accounts.models import User
from app.accounts.passwords import passwords
from app.accounts.second_factor import codes, recovery_codes, seals, second_factor
from app.accounts.second_factor.codes import CodeRefused, Means
from app.accounts.second_factor.seals import Sealed
from app.accounts.second_factor.second_factor import FactorRequired, NothingToConfirm, Proof
from app.accounts.second_factor_models import Enrolment, RecoveryCode, SecondFactor
from app.accounts.users import WeakPassword
from app.core import audit, vault
from app.core.audit import AuditEntry
from app.core.errors import TooOften
from app.core.vault import VaultKeyLost
from app.extensions import db
from tests import factors, people
from tests.factors import by, enrol, place, session_of
from tests.people import PASSWORD


def events():
    return list(db.session.scalars(db.select(AuditEntry.event).order_by(AuditEntry.id)))


def test_r54_a_secret_counts_only_once_a_code_has_confirmed_it(app):
    nika = people.nika()
    here = place(nika)
    second_factor.begin(here, Proof(PASSWORD), by(nika))
    assert not second_factor.is_on(nika.id)
    with pytest.raises(CodeRefused):
        second_factor.confirm(here, "000000", by(nika))
    assert not second_factor.is_on(nika.id)
    enrol(nika)
    assert second_factor.is_on(nika.id)
    assert people.mails("second_factor_on")[0].recipient == "nika@example.com"
    assert "second_factor.switched_on" in events()


def test_a_secret_is_shown_only_to_whoever_knows_the_password(app):
    nika = people.nika()
    with pytest.raises(WrongPassword):
        second_factor.begin(place(nika), Proof("wrong"), by(nika))
    with pytest.raises(NothingToConfirm):
        second_factor.waiting_secret(place(nika))


def test_a_secret_that_nobody_confirmed_dies_after_half_an_hour(app, time_machine):
    nika = people.nika()
    here = place(nika)
    second_factor.begin(here, Proof(PASSWORD), by(nika))
    time_machine.pass_(minutes=31)
    with pytest.raises(NothingToConfirm):
        second_factor.confirm(here, "000000", by(nika))


def test_r54_a_secret_is_shown_in_no_other_session_than_that_of_the_password(app):
    nika = people.nika()
    second_factor.begin(place(nika), Proof(PASSWORD), by(nika))
    thief = place(nika)
    with pytest.raises(NothingToConfirm):
        second_factor.waiting_secret(thief)
    with pytest.raises(NothingToConfirm):
        second_factor.confirm(thief, "000000", by(nika))


def test_r54_the_secret_is_sealed_to_its_person(app):
    nika, other = people.nika(), people.nika("other@example.com")
    secret = enrol(nika).secret
    stored = db.session.get_one(SecondFactor, nika.id).sealed_secret
    assert secret not in stored
    assert vault.unseal(stored, f"second_factor:{nika.id}") == secret
    with pytest.raises(VaultKeyLost):
        vault.unseal(stored, f"second_factor:{other.id}")


def test_r50_a_change_ends_the_sessions_of_others_and_renews_ones_own(app):
    nika = people.nika()
    own, elsewhere = session_of(nika), session_of(nika)
    kept = enrol(nika, session=own).session
    assert sessions.find(elsewhere) is None
    assert sessions.find(own) is None
    assert sessions.find(kept).has_second_factor


def test_r45_a_stolen_session_uses_up_no_tries_of_the_app(app, configure):
    configure(rate_limits=True)
    nika = people.nika()
    for _time in range(6):
        with pytest.raises(NothingToConfirm):
            second_factor.confirm(place(nika), "000000", by(nika))


def test_r54_the_first_code_of_a_new_app_is_not_guessed_either(app, configure):
    configure(rate_limits=True)
    nika = people.nika()
    here = place(nika)
    second_factor.begin(here, Proof(PASSWORD), by(nika))
    for _time in range(5):
        with pytest.raises(CodeRefused):
            second_factor.confirm(here, "000000", by(nika))
    with pytest.raises(TooOften):
        second_factor.confirm(here, "000000", by(nika))


def test_r55_ten_codes_of_118_bits_of_which_only_digests_are_kept(app):
    nika = people.nika()
    paper = enrol(nika).paper
    assert len(set(paper)) == 10
    assert all(len(code.replace("-", "")) == 24 for code in paper)
    stored = set(db.session.scalars(db.select(RecoveryCode.digest)))
    assert len(stored) == 10
    assert not stored & set(paper)


@pytest.mark.parametrize(
    "write",
    [str, str.upper, lambda code: code.replace("-", " "), lambda code: code.replace("-", "")],
)
def test_r55_a_recovery_code_works_once_however_it_is_typed(app, write):
    nika = people.nika()
    code = write(enrol(nika).paper[3])
    assert recovery_codes.spend(nika.id, code)
    assert not recovery_codes.spend(nika.id, code)
    assert recovery_codes.left(nika.id) == 9


def test_r55_the_code_of_another_person_opens_nothing(app):
    nika, other = people.nika(), people.nika("other@example.com")
    code = enrol(other).paper[0]
    enrol(nika)
    assert not recovery_codes.spend(nika.id, code)


def test_r55_one_is_warned_when_few_codes_are_left(app):
    nika = people.nika()
    paper = enrol(nika).paper
    for code in paper[:6]:
        recovery_codes.spend(nika.id, code)
    assert not second_factor.look(nika.id).has_few_codes
    recovery_codes.spend(nika.id, paper[6])
    assert second_factor.look(nika.id).has_few_codes
    assert second_factor.look(nika.id).codes_left == 3


def test_r55_new_codes_want_password_and_code_and_void_the_old_ones(app, time_machine):
    nika = people.nika()
    phone = enrol(nika)
    time_machine.pass_(seconds=30)
    with pytest.raises(CodeRefused):
        second_factor.renew_codes(place(nika, phone.session), Proof(PASSWORD, "000000"), by(nika))
    with pytest.raises(WrongPassword):
        second_factor.renew_codes(
            place(nika, phone.session), Proof("wrong", phone.code()), by(nika)
        )
    proof = Proof(PASSWORD, phone.code())
    changed = second_factor.renew_codes(place(nika, phone.session), proof, by(nika))
    assert not recovery_codes.spend(nika.id, phone.paper[0])
    assert recovery_codes.spend(nika.id, changed.codes[0])
    assert people.mails("recovery_codes_renewed")


def test_moving_to_another_phone_wants_a_code_of_the_first(app, time_machine):
    nika = people.nika()
    old = enrol(nika)
    time_machine.pass_(seconds=30)
    with pytest.raises(CodeRefused):
        second_factor.begin(place(nika), Proof(PASSWORD), by(nika))
    new = enrol(nika, session=old.session, code=old.code())
    assert new.secret != old.secret
    assert not set(new.paper) & set(old.paper)
    assert "second_factor.moved" in events()


def test_whoever_lost_the_phone_moves_with_a_recovery_code(app):
    nika = people.nika()
    old = enrol(nika)
    assert enrol(nika, session=old.session, code=old.paper[0]).secret != old.secret
    assert people.mails("recovery_code_used")


def test_switching_off_wants_both_and_is_mailed_and_written_down(app, time_machine):
    nika = people.nika()
    phone = enrol(nika)
    time_machine.pass_(seconds=30)
    with pytest.raises(WrongPassword):
        second_factor.switch_off(place(nika, phone.session), Proof("wrong", phone.code()), by(nika))
    with pytest.raises(CodeRefused):
        second_factor.switch_off(place(nika, phone.session), Proof(PASSWORD, "000000"), by(nika))
    proof = Proof(PASSWORD, phone.code())
    kept = second_factor.switch_off(place(nika, phone.session), proof, by(nika)).session
    assert not second_factor.is_on(nika.id)
    assert db.session.scalars(db.select(RecoveryCode)).all() == []
    assert not sessions.find(kept).has_second_factor
    assert people.mails("second_factor_off")
    assert "second_factor.switched_off" in events()


def test_r36_a_short_password_does_not_open_the_panel_alone_once_the_app_is_gone(app):
    short = "Kuh-e 42 bar"
    for person, goes in ((people.nika(), False), (people.omid(), True)):
        person.password_hash = passwords.hashed(short)
        db.session.commit()
        phone = enrol(person, password=short)
        here, proof = place(person, phone.session), Proof(short, phone.paper[0])
        if goes:
            second_factor.switch_off(here, proof, by(person))
        else:
            with pytest.raises(WeakPassword) as refused:
                second_factor.switch_off(here, proof, by(person))
            assert refused.value.at_least == 15
            assert recovery_codes.left(person.id) == 10
        assert second_factor.is_on(person.id) is not goes


def test_r77_the_last_factor_stays_while_it_is_demanded(app, configure, time_machine):
    configure(require_second_factor="admins")
    nika = people.nika()
    phone = enrol(nika)
    time_machine.pass_(seconds=30)
    with pytest.raises(FactorRequired):
        second_factor.switch_off(
            place(nika, phone.session), Proof(PASSWORD, phone.code()), by(nika)
        )
    assert second_factor.is_on(nika.id)


def test_r77_whoever_does_not_manage_may_switch_it_off_all_the_same(app, configure):
    configure(require_second_factor="admins")
    omid = people.omid()
    phone = enrol(omid)
    proof = Proof(PASSWORD, phone.paper[0])
    second_factor.switch_off(place(omid, phone.session), proof, by(omid))
    assert not second_factor.is_on(omid.id)


def test_r54_proofs_are_counted_before_any_hashing(app, configure, monkeypatch):
    configure(rate_limits=True)
    nika = people.nika()
    here = place(nika)
    for _time in range(5):
        with pytest.raises(WrongPassword):
            second_factor.begin(here, Proof("wrong"), by(nika))
    monkeypatch.setattr(passwords, "matches", None)
    with pytest.raises(TooOften):
        second_factor.begin(here, Proof(PASSWORD), by(nika))


def run(app, *words):
    return app.test_cli_runner().invoke(args=["users", *words])


def test_r78_the_console_takes_the_second_step_away_and_says_so(app):
    nika = people.nika()
    session = enrol(nika).session
    done = run(app, "reset-second-factor", "nika@example.com")
    assert done.exit_code == 0, done.output
    assert not second_factor.is_on(nika.id)
    assert sessions.find(session) is None
    assert people.mails("second_factor_off")
    entry = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.event, entry.actor) == ("second_factor.reset", "console")


def test_r78_the_console_knows_nobody_of_another_address(app):
    done = run(app, "reset-second-factor", "nobody@example.com")
    assert done.exit_code == 1
    assert "Nobody" in done.output


def test_no_secret_stands_in_the_audit(app, time_machine):
    nika = people.nika()
    phone = enrol(nika)
    time_machine.pass_(seconds=30)
    proof = Proof(PASSWORD, phone.code())
    second_factor.renew_codes(place(nika, phone.session), proof, by(nika))
    second_factor.reset(people.addresses.parse("nika@example.com"), audit.CONSOLE)
    written = str([vars(row) for row in db.session.scalars(db.select(AuditEntry))])
    assert "second_factor" in written
    for secret in (phone.secret, *phone.paper, PASSWORD, phone.session):
        assert secret not in written


def test_whoever_is_deleted_takes_everything_along(app):
    omid = people.omid()
    enrol(omid)
    second_factor.begin(place(omid), Proof(PASSWORD, factors_left(omid)), by(omid))
    tables = (SecondFactor, Enrolment, RecoveryCode)
    assert all(db.session.scalars(db.select(table)).all() for table in tables)
    db.session.delete(db.session.get_one(User, omid.id))
    db.session.commit()
    assert not any(db.session.scalars(db.select(table)).all() for table in tables)


def factors_left(user):
    """A fresh recovery code, for whom the app has shown its code just now."""
    code = recovery_codes.make(user.id)[0]
    db.session.commit()
    return code


def test_the_paper_of_the_tests_is_that_of_the_person(app):
    nika = people.nika()
    phone = enrol(nika)
    assert factors.person(phone.user_id).email == "nika@example.com"


def test_a_new_key_takes_over_the_secrets_so_that_the_old_one_may_go(app, configure, config):
    nika = enrol(people.nika())
    configure(secret_key="another-" * 6, secret_key_fallbacks=(config.secret_key,))
    assert seals.seal_anew() == Sealed(anew=1, unreadable=0)
    assert seals.seal_anew() == Sealed(anew=0, unreadable=0)
    configure(secret_key_fallbacks=())
    user = factors.person(nika.user_id)
    assert codes.spend(user, nika.code(steps=1), by(user)) is Means.APP


def test_a_secret_that_no_key_opens_waits_for_its_key(app, configure, config):
    nika = enrol(people.nika())
    configure(secret_key="another-" * 6)
    assert seals.seal_anew() == Sealed(anew=0, unreadable=1)
    configure(secret_key=config.secret_key)
    user = factors.person(nika.user_id)
    assert codes.spend(user, nika.code(steps=1), by(user)) is Means.APP
