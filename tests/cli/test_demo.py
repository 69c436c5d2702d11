import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random

import pytest
from click.testing import Result

from app.accounts import users
from app.accounts.models import ActivationToken, PendingRegistration, User, UserSession, UserState
from app.accounts.passwords import policy
from app.accounts.people import awaiting
from app.cli import demo, demo_people
from app.core import addresses, audit, clock, site
from app.core.audit import AuditEntry
from app.extensions import db
from app.mail.alerts import alerts, records
from app.mail.alerts.conditions import Condition
from app.mail.models import DeliveryAttempt, Encryption, OutboxMessage, OutboxState, Role
from app.mail.server_settings import Secret, ServerChange, SettingsChange
from app.mail.servers import breaker, servers
from app.mail.servers.breaker import State
from app.mail.status import queries, traffic
from app.mail.status.queries import Situation
from tests import people


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
    assert policy.problem(shown, name=demo.ADMIN_NAME, email=demo.ADMIN_ADDRESS) is None
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


@pytest.fixture
def seed(app, configure):
    configure(mode="development", environment={})
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(demo.group, ["seed", *words])


def count(table):
    return db.session.scalar(db.select(db.func.count()).select_from(table))


def every(column):
    return set(db.session.scalars(db.select(column)))


@dataclass
class Drawer:
    """A copy of a database, to be laid out anew as often as it is needed."""

    copy: sqlite3.Connection
    moment: datetime | None = None
    said: Result | None = None


@pytest.fixture(scope="module")
def drawer():
    with closing(sqlite3.connect(":memory:")) as copy:
        yield Drawer(copy)


@pytest.fixture
def world(seed, drawer, time_machine):
    """The world of the demo at the moment when it was made; a second one would only take longer."""
    with closing(db.engine.raw_connection()) as pooled:
        if drawer.said is None:
            drawer.moment, drawer.said = clock.now(), seed("--people", "100")
            pooled.driver_connection.backup(drawer.copy)
        else:
            time_machine.moment = drawer.moment
            drawer.copy.backup(pooled.driver_connection)
    return drawer.said


def test_the_world_has_a_hundred_people_in_two_scripts_and_two_languages(world):
    assert world.exit_code == 0, world.output
    assert "100 people" in world.output
    assert count(User) == 100
    assert every(User.locale) == {"fa", "en"}
    assert any(name.isascii() for name in every(User.name))
    assert any(not name.isascii() for name in every(User.name))


def test_every_address_lies_where_nobody_can_own_it(world):
    found = every(User.email) | every(PendingRegistration.email) | every(OutboxMessage.recipient)
    assert [email for email in found if not demo_people.is_reserved(email)] == []


@pytest.mark.parametrize(
    ("email", "reserved"),
    [
        ("a@example.com", True),
        ("a@mail.example.org", True),
        ("a@negar.example", True),
        ("a@localhost", True),
        ("a@example.ir", False),
        ("a@badexample.com", False),
        ("a@gmail.com", False),
    ],
)
def test_which_addresses_belong_to_nobody(email, reserved):
    assert demo_people.is_reserved(email) is reserved


def test_there_is_a_mail_in_every_state(world):
    assert every(OutboxMessage.state) == {state.value for state in OutboxState}


def test_every_mail_but_those_on_their_way_has_what_a_server_said(world):
    said = every(DeliveryAttempt.outbox_id)
    silent = db.session.scalars(
        db.select(OutboxMessage.state).where(OutboxMessage.id.not_in(said))
    ).all()
    assert sorted(silent) == ["cancelled", "queued", "sending"]
    assert all("{" not in reply for reply in every(DeliveryAttempt.reply))


def test_the_primary_is_tripped_and_the_secondary_carries(world):
    health = breaker.health(Role.PRIMARY)
    assert health.state is State.OPEN
    assert health.last_failure_reply.startswith("535 5.7.8")
    assert breaker.health(Role.SECONDARY).state is State.CLOSED


def test_the_alerts_say_what_is_so_and_the_worker_has_nothing_to_add(world):
    before = {alert.condition for alert in records.still_open()}
    assert before == {
        Condition.PRIMARY_DOWN,
        Condition.CREDENTIALS_REFUSED,
        Condition.SECONDARY_CARRIES,
    }
    alerts.review(by_worker=True)
    assert {alert.condition for alert in records.still_open()} == before
    assert any(not alert.is_open for alert in records.recent(timedelta(days=7)))


def test_only_the_worker_is_missing_and_that_is_said(world):
    assert queries.overview().situation is Situation.NO_WORKER


def test_people_wait_some_in_vain(world):
    found = awaiting.longest(5)
    assert found.count > found.in_vain > 0
    assert count(ActivationToken) > 0


def test_thirty_days_of_mail_have_busy_and_quiet_days(world):
    now = clock.now()
    starts = [now - timedelta(days=days) for days in range(30, 0, -1)]
    days = traffic.between(starts).counts
    accepted = [day.accepted for day in days]
    assert sum(map(bool, accepted)) >= 29
    assert max(accepted) > 1.5 * min(filter(None, accepted))
    assert sum(day.by_secondary for day in days) > 0
    assert sum(day.deferred for day in days) > 0
    assert sum(day.failed for day in days) > 0


def test_nothing_lies_in_the_future_but_what_is_planned(world):
    now = clock.now()
    assert max(every(DeliveryAttempt.at)) <= now
    assert max(every(OutboxMessage.created_at)) <= now
    assert max(every(AuditEntry.at)) <= now


def test_both_servers_are_on_this_machine(world):
    settings = servers.current()
    assert {server.host for server in settings.servers} == {"localhost", "127.0.0.1"}
    assert settings.secondary.port == 2525


def test_nobody_got_mail_before_they_came(world):
    early = db.select(OutboxMessage.recipient).join(User, User.email == OutboxMessage.recipient)
    early = early.where(OutboxMessage.created_at < User.created_at).distinct()
    # Before anybody has come the first of all gets what there is to tell.
    assert len(set(db.session.scalars(early))) <= 1


def test_most_people_were_seen_and_those_who_may_not_enter_were_not(world):
    seen = every(UserSession.user_id)
    may_enter = User.state == UserState.ACTIVE
    active = set(db.session.scalars(db.select(User.id).where(may_enter)))
    assert seen < active
    assert len(seen) > 0.7 * len(active)


def test_nobody_may_sign_in_with_what_the_demo_made(world):
    assert len(every(User.password_hash)) == 1
    assert "random" in world.output


def test_the_second_time_nothing_is_changed(world, seed):
    before = count(OutboxMessage), count(User), count(AuditEntry)
    again = seed()
    assert again.exit_code == 0
    assert "nothing was changed" in again.output
    assert (count(OutboxMessage), count(User), count(AuditEntry)) == before


def test_a_demo_that_starts_at_other_ports_takes_its_servers_along(world, seed):
    said = seed("--primary-port", "2601", "--catcher-port", "2600").output
    assert "new ports" in said
    assert [server.port for server in servers.current().servers] == [2601, 2600]
    assert "nothing was changed" in seed("--primary-port", "2601", "--catcher-port", "2600").output


def test_the_system_has_a_name_and_links_of_two_days(world):
    settings = site.read()
    assert settings.names["fa"] == "پشتیبانی آفتاب"
    assert settings.names["en"] == "Aftab Support"
    assert settings.link_hours == 48
    assert settings.registration_open
    changed = db.session.scalars(
        db.select(AuditEntry.details).where(AuditEntry.event == "settings.changed")
    )
    assert sum("link_hours" in details for details in changed) == 1


def test_the_same_seed_makes_the_same_people(app, configure):
    first, again = (list(islice(demo_people.people(Random(7)), 20)) for _ in range(2))
    assert first == again


def test_outside_development_there_is_no_demo(seed, configure):
    configure(mode="production")
    result = seed()
    assert result.exit_code == 1
    assert count(User) == 0


def test_real_people_are_not_mixed_with_the_demo_unasked(seed):
    people.omid("omid@gmail.com")
    result = seed()
    assert result.exit_code == 1
    assert "omid@gmail.com" in result.output
    assert "make demo" in result.output
    assert count(User) == 1
    assert seed("--yes", "--people", "10").exit_code == 0
    assert count(User) == 11


def test_servers_that_reach_people_are_never_used_nor_replaced(seed):
    change = ServerChange("mail.gmail.com", 587, Encryption.STARTTLS, False, active=True)
    servers.save(
        SettingsChange("support@example.com", "", True, change, ServerChange()), audit.CONSOLE
    )
    result = seed("--yes")
    assert result.exit_code == 1
    assert "mail.gmail.com" in result.output
    assert servers.current().primary.host == "mail.gmail.com"
    assert count(User) == 0


def test_servers_that_the_environment_fixes_are_refused(seed, configure):
    configure(environment={"PEYK_SMTP_PRIMARY_HOST": "mail.gmail.com"})
    result = seed("--yes")
    assert result.exit_code == 1
    assert "PEYK_SMTP_PRIMARY_HOST" in result.output


def test_prepare_leaves_the_world_of_the_demo_alone(world, prepare):
    said = prepare().output
    assert "not to the mail catcher" not in said
    assert servers.current().primary.password == Secret("of the demo, for nobody")
