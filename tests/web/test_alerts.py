"""What the panel tells: banners, what needs attention, what happened; and what it costs."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from app.core import clock
from app.extensions import db
from app.mail.alerts import alerts
from app.mail.alerts.conditions import Condition
from app.mail.models import MailAlert, Role, SmtpServer, WorkerHeartbeat
from app.mail.servers import fingerprints, servers
from app.mail.servers.breaker import _row
from tests.page import problems, read
from tests.serving import use

_REPLY = "535 5.7.8 <script>alert(1)</script> \u202eAuthentication failed"
_MOST_QUERIES = 8


@pytest.fixture
def worker(app):
    now = clock.now()
    db.session.add(WorkerHeartbeat(name="one", started_at=now, seen_at=now))
    db.session.commit()


@pytest.fixture
def healthy(app, worker):
    use(2525, 2526)
    settings = servers.current()
    for server in settings.servers:
        row = db.session.get_one(SmtpServer, server.role)
        row.test_passed, row.tested_as = True, fingerprints.of(settings, server)
    db.session.commit()


@pytest.fixture
def primary_refuses(healthy):
    fail(Role.PRIMARY)
    alerts.review()


def fail(role):
    row = _row(role)
    row.failing_since = row.last_failure_at = clock.now() - timedelta(minutes=10)
    row.open_until = clock.now() + timedelta(minutes=10)
    row.last_failure_stage, row.last_failure_code = "sign_in", "reply"
    row.last_failure_reply = _REPLY
    db.session.commit()


def mend(role):
    row = _row(role)
    row.failing_since = row.open_until = None
    db.session.commit()


def banners(client, path="/system/?lang=en"):
    page = read(client.get(path).text)
    return [element for element in page.root.walk() if "banner" in element.get("class").split()]


def conditions():
    db.session.rollback()
    return set(db.session.scalars(db.select(MailAlert.condition)))


def section(page, name):
    return next((e for e in page.root.all("section") if e.get("aria-labelledby") == name), None)


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_with_open_alerts_the_page_is_good_in_each_language(nika, primary_refuses, locale):
    assert problems(nika.get(f"/system/?lang={locale}").text, locale) == []


@pytest.mark.parametrize("locale", ["fa", "en"])
@pytest.mark.parametrize("condition", Condition)
def test_every_condition_makes_a_good_page_open_and_closed(nika, healthy, condition, locale):
    now = clock.now()
    for role, end in ((Role.PRIMARY, None), (Role.SECONDARY, now)):
        db.session.add(
            MailAlert(
                condition=condition,
                server=role,
                since=now,
                opened_at=now,
                closed_at=end,
                last_stage="sign_in",
                last_cause="reply",
                last_words=_REPLY,
            )
        )
    db.session.commit()
    assert problems(nika.get(f"/system/?lang={locale}").text, locale) == []


def test_the_banner_tells_the_cause_and_the_servers_own_words_without_tricks(nika, primary_refuses):
    (banner,) = banners(nika)
    assert "mail goes through the secondary" in banner.text
    assert "Since 10 minutes ago." in banner.text
    assert "rejected the user name or the password" in banner.text
    (words,) = banner.all("samp")
    assert words.get("dir") == "ltr"
    assert words.text == "535 5.7.8 <script>alert(1)</script> Authentication failed"
    assert [link.get("href") for link in banner.all("a")] == ["/system/smtp"]


def test_what_needs_attention_stands_first_with_the_way_to_the_mend(nika, primary_refuses):
    page = read(nika.get("/system/?lang=en").text)
    attention = section(page, "attention")
    assert attention is not None
    assert page.root.all("section")[0] is attention
    titles = [heading.text for heading in attention.all("h3")]
    assert titles == ["The primary SMTP does not work; mail goes through the secondary"]
    assert "What helps:" in attention.text
    assert {link.get("href") for link in attention.all("a")} == {"/system/smtp"}


def test_without_alerts_nothing_needs_attention_and_nothing_happened(nika, healthy):
    page = read(nika.get("/system/?lang=en").text)
    assert section(page, "attention") is None
    assert section(page, "changes") is None


def test_what_happened_is_a_list_of_at_most_ten(nika, healthy):
    for _ in range(6):
        fail(Role.SECONDARY)
        alerts.review()
        mend(Role.SECONDARY)
        alerts.review()
    page = read(nika.get("/system/?lang=en").text)
    changes = section(page, "changes")
    assert changes is not None
    assert len(changes.all("li")) == 10
    assert "The failure of the secondary SMTP is over" in changes.text


def test_for_an_hour_one_quiet_line_says_that_mail_works_again(nika, primary_refuses):
    mend(Role.PRIMARY)
    alerts.review()
    (banner,) = banners(nika)
    assert "ok" in banner.get("class").split()
    assert "Mail has just begun to work again." in banner.text
    (button,) = banner.all("button")
    assert button.get("data-dismiss") == banner.get("id")


def test_after_an_hour_it_goes_by_itself(nika, primary_refuses):
    mend(Role.PRIMARY)
    alerts.review()
    earlier = clock.now() - timedelta(minutes=61)
    db.session.execute(db.update(MailAlert).values(closed_at=earlier))
    db.session.commit()
    assert banners(nika) == []


def test_a_refused_secondary_is_told_beside_the_failure_of_both(nika, healthy):
    fail(Role.PRIMARY)
    fail(Role.SECONDARY)
    alerts.review()
    whole, single = banners(nika)
    assert "no SMTP server works" in whole.text
    assert "The secondary SMTP refuses" in single.text


def test_a_page_notices_that_no_worker_lives(nika, app):
    use(2525)
    nika.get("/system/")
    assert conditions() == {"no_worker"}
    (banner,) = banners(nika)
    assert "It has just begun." in banner.text


def test_a_dead_worker_is_told_beside_the_failure_of_both(nika, healthy):
    fail(Role.PRIMARY)
    fail(Role.SECONDARY)
    db.session.execute(db.update(WorkerHeartbeat).values(seen_at=clock.now() - timedelta(hours=1)))
    alerts.review()
    told = [banner.text for banner in banners(nika)]
    assert "no SMTP server works" in told[0]
    assert any("the sending process is not running" in text for text in told[1:])


def test_a_monitor_that_asks_whether_we_are_ready_notices_it_too(client, app):
    use(2525)
    assert client.get("/readyz").status_code == 503
    assert conditions() == {"no_worker"}


def test_visitors_and_people_without_rights_notice_nothing(client, omid, app):
    client.get("/login")
    omid.get("/account")
    assert not conditions()


def test_a_page_with_alerts_costs_few_queries(nika, primary_refuses, app):
    nika.get("/system/")
    seen = []

    def count(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        nika.get("/system/")
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    of_alerts = [statement for statement in seen if "FROM mail_alerts" in statement]
    assert len(of_alerts) == 1
    assert len(seen) <= _MOST_QUERIES, "\n".join(seen)
