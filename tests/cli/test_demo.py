import pytest

from app.accounts import password_policy, users
from app.cli import demo
from app.core import addresses
from app.mail import servers


@pytest.fixture
def prepare(app, configure):
    """Run the command as `make run` does, on a machine without any settings."""
    configure(mode="development", environment={})
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(demo.group, ["prepare", *words])


def test_the_first_run_enters_the_catcher_and_shows_the_password_once(prepare):
    said = prepare("--catcher-port", "2599").output
    primary = servers.current().primary
    assert (primary.host, primary.port, primary.active) == ("127.0.0.1", 2599, True)
    assert servers.current().smtp_active
    assert "Administrator admin@example.com\nPassword      " in said
    assert "Password " not in prepare("--catcher-port", "2599").output.replace("New p", "")


def test_the_administrator_may_sign_in_with_a_password_that_the_policy_accepts(prepare):
    shown = prepare().output.split("Password      ")[1].splitlines()[0]
    assert password_policy.problem(shown, name=demo.ADMIN_NAME, email=demo.ADMIN_ADDRESS) is None
    assert users.has_admin()


def test_no_two_machines_get_the_same_password():
    assert demo.strong_password() != demo.strong_password()


def test_a_later_run_changes_nothing_and_names_the_administrator(prepare):
    prepare()
    before = stored_hash()
    said = prepare("--catcher-port", "2600").output
    assert servers.current().primary.port == 2525
    assert stored_hash() == before
    assert "Administrator admin@example.com" in said
    assert "Mail goes to the servers of the SMTP settings, not to the mail catcher." in said


def stored_hash():
    user = users.find(addresses.parse(demo.ADMIN_ADDRESS))
    assert user
    return user.password_hash


def test_nothing_is_prepared_outside_development(prepare, configure):
    configure(mode="production")
    result = prepare()
    assert result.exit_code == 1
    assert not users.has_admin()
