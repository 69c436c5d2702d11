import pytest

from app.accounts import sessions, users
from app.accounts.entrance import Visit
from app.accounts.models import User, UserState
from app.accounts.passwords.policy import Problem
from app.accounts.users import AlreadyThere, WeakPassword
from app.core import addresses, audit
from app.core.audit import AuditEntry
from app.extensions import db
from tests import people
from tests.people import OTHER_PASSWORD, PASSWORD, come_in

NIKA = addresses.parse("nika@example.com")


def test_there_is_no_administrator_at_first(app):
    people.omid()
    assert not users.has_admin()


def test_the_console_makes_an_administrator(app):
    people.nika()
    assert users.has_admin()
    assert [user.email for user in users.admins()] == ["nika@example.com"]


def test_an_address_has_one_owner(app):
    people.nika()
    with pytest.raises(AlreadyThere):
        people.nika()


def test_the_policy_holds_for_administrators_too(app):
    with pytest.raises(WeakPassword) as refusal:
        users.create_admin(NIKA, "نیکا", "password2024!password", audit.CONSOLE)
    assert refusal.value.problem is Problem.COMMON
    assert people.everybody() == []


def run(app, *arguments, typed=PASSWORD):
    return app.test_cli_runner().invoke(args=["users", *arguments], input=f"{typed}\n")


def test_create_admin_takes_the_password_from_standard_input(app):
    result = run(app, "create-admin", "Nika@example.com", "--name", "نیکا")
    assert result.exit_code == 0, result.output
    assert [(user.email_key, user.name) for user in users.admins()] == [
        ("nika@example.com", "نیکا")
    ]
    assert db.session.scalars(db.select(AuditEntry.actor)).all() == ["console"]


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (["create-admin", "nika"], PASSWORD, "not an e-mail address"),
        (["create-admin", "nika@example.com"], "short", "at least 15"),
        (["create-admin", "nika@example.com"], "password2024!password", "many people use it"),
        (["create-admin", "nika@example.com"], "", "No password"),
        (["set-password", "nobody@example.com"], PASSWORD, "Nobody has the address"),
        (["list-admins"], "", "no administrator"),
    ],
)
def test_the_console_says_what_is_wrong(app, arguments, typed, said):
    result = run(app, *arguments, typed=typed)
    assert result.exit_code != 0
    assert said in result.output
    assert db.session.scalar(db.select(db.func.count(User.id))) == 0


def test_somebody_who_exists_is_promoted_only_on_request(app):
    people.omid("nika@example.com")
    refused = run(app, "create-admin", "nika@example.com")
    assert refused.exit_code != 0
    assert "--promote" in refused.output
    assert run(app, "create-admin", "nika@example.com", "--promote").exit_code == 0
    assert users.has_admin()


def test_set_password_is_the_way_back_in(app):
    people.nika()
    result = run(app, "set-password", "nika@example.com", typed=OTHER_PASSWORD)
    assert result.exit_code == 0, result.output
    assert OTHER_PASSWORD not in result.output


def test_list_admins_prints_a_line_each(app):
    people.nika()
    assert run(app, "list-admins").output.startswith("nika@example.com\t")


def test_r78_the_console_lets_people_in_again_and_signs_them_out(app):
    user = people.nika()
    entered = come_in(user.id, Visit("x", remember=True), people.VISITOR)
    user.state = UserState.DISABLED
    db.session.commit()
    assert run(app, "enable", "nika@example.com").exit_code == 0
    assert sessions.find(entered.session) is not None
    assert run(app, "sign-out", "nika@example.com").exit_code == 0
    assert sessions.find(entered.session) is None
    assert run(app, "enable", "nobody@example.com").exit_code == 1
    written = db.session.execute(db.select(AuditEntry.event, AuditEntry.actor)).all()
    assert ("user.enabled", "console") in written
    assert ("user.signed_out", "console") in written
