"""System management: what needs attention, tiles, servers, mail, who waits, how it refreshes."""

import gzip
from datetime import timedelta

import pytest
from sqlalchemy import event

from app.accounts.models import UserSession
from app.core import clock
from app.extensions import db
from app.i18n import locales
from app.mail.diagnosis.remedies import REMEDIES, Scope
from app.mail.models import (
    DeliveryAttempt,
    OutboxMessage,
    OutboxState,
    Role,
    ServerHealth,
    SmtpServer,
    WorkerHeartbeat,
)
from app.mail.servers import fingerprints, servers
from app.mail.status import queries, traffic
from app.mail.status.queries import Overview, Situation
from app.web.dashboard import chart
from app.web.mail_state import mail_situation
from app.web.mail_state.mail_situation import LOOKS
from tests import people
from tests.page import problems, read
from tests.serving import use

LIVE = "/system/?part=live"


@pytest.fixture
def situation(monkeypatch):
    def set_to(name, **more):
        overview = Overview(name, **({"waiting": 0} | more))
        monkeypatch.setattr(queries, "overview", lambda: overview)

    return set_to


@pytest.mark.parametrize("locale", ["fa", "en"])
@pytest.mark.parametrize("name", Situation)
def test_every_situation_of_mail_makes_a_good_page(nika, situation, name, locale):
    situation(name, waiting=3, since=clock.now() - timedelta(hours=2))
    assert problems(nika.get(f"/system/?lang={locale}").text, locale) == []


def test_every_situation_has_its_look():
    assert set(LOOKS) == set(Situation)


def test_when_mail_works_there_is_no_banner(nika, situation):
    situation(Situation.WORKS)
    assert 'class="notice banner' not in nika.get("/system/").text


def test_the_banner_says_since_when_why_and_how_many(nika, situation):
    situation(
        Situation.NO_SERVER_WORKS,
        waiting=3,
        since=clock.now() - timedelta(minutes=10),
        failing=Role.PRIMARY,
        last_cause="auth.wrong",
    )
    page = read(nika.get("/system/?lang=en").text)
    banner = next(e for e in page.root.walk() if "banner" in e.get("class"))
    assert "no SMTP server works" in banner.text
    assert "Since 10 minutes ago." in banner.text
    assert "3 mails are waiting." in banner.text
    assert "rejected the user name or the password" in banner.text


@pytest.mark.parametrize(
    ("now", "first"),
    [(Situation.WORKS, "second-factor-reminder"), (Situation.NO_SERVER_WORKS, "live")],
)
def test_nothing_stands_before_mail_that_does_not_leave(nika, situation, now, first):
    situation(now)
    page = read(nika.get("/system/").text)
    order = [
        e.get("id") for e in page.root.walk() if e.get("id") in ("second-factor-reminder", "live")
    ]
    assert order[0] == first
    assert len(order) == 2


@pytest.mark.parametrize("path", ["/system/", "/system/smtp"])
def test_the_banner_is_on_every_page_of_the_panel(nika, situation, path):
    situation(Situation.NO_WORKER)
    assert 'class="notice banner' in nika.get(path).text


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_every_failure_that_delivery_knows_is_said_whole_in_the_banner(nika, locale):
    """What is remembered of a server is its last code, so its sentence may ask for nothing else."""
    use(2525)
    row = db.session.get_one(SmtpServer, Role.PRIMARY)
    row.username, row.certificate_name = "support@example.com", "server.host.ir"
    db.session.commit()
    with locales.use(locale):
        told = {
            code: mail_situation.meaning("connect", code, "", Role.PRIMARY)
            for code, remedy in REMEDIES.items()
            if remedy.scope in (Scope.SERVER, Scope.TEMPORARY)
        }
    assert len(told) > 80
    assert [code for code, said in told.items() if not said or "…" in str(said)] == []


def test_other_people_are_not_told_about_mail(omid, situation):
    situation(Situation.NO_SERVER_WORKS)
    assert 'class="notice banner' not in omid.get("/account").text


def test_the_menu_leads_only_to_pages_that_exist(nika, situation):
    situation(Situation.WORKS)
    page = read(nika.get("/system/").text)
    menu = page.by_id("nav")
    assert menu is not None
    links = [link.get("href") for link in menu.all("a")]
    assert "/system/" in links
    assert {nika.get(link).status_code for link in links} == {200}


def test_the_tile_of_the_mail_settings_says_how_mail_stands(nika, situation):
    situation(Situation.SECONDARY_CARRIES)
    page = read(nika.get("/system/").text)
    tile = next(e for e in page.root.walk() if e.get("class") == "tile")
    assert tile.get("href") == "/system/smtp"
    assert "تنظیمات SMTP" in tile.text
    assert "SMTP ثانوی" in tile.text


@pytest.fixture
def working(app):
    """Two servers that passed their tests, and a worker."""
    use(2525, 2526)
    settings, now = servers.current(), clock.now()
    for server in settings.servers:
        row = db.session.get_one(SmtpServer, server.role)
        row.test_passed, row.tested_at = True, now
        row.tested_as = fingerprints.of(settings, server)
    db.session.add(WorkerHeartbeat(name="one", started_at=now, seen_at=now))
    db.session.commit()


def health(role, **what):
    db.session.merge(ServerHealth(role=role, **what))
    db.session.commit()


def refused(role=Role.PRIMARY):
    now = clock.now()
    health(
        role,
        failing_since=now - timedelta(hours=2),
        open_until=now + timedelta(minutes=5),
        last_success_at=now - timedelta(hours=3),
        last_failure_at=now - timedelta(minutes=4),
        last_failure_stage="sign_in",
        last_failure_code="auth.wrong",
        last_failure_reply="535 5.7.8 Error: authentication failed",
    )


def attempt(server="primary", outcome="accepted", fate="sent", ago=timedelta(minutes=30)):
    """A mail that was tried a while ago."""
    asked = people.register(f"{db.session.scalar(db.select(db.func.count()))}@example.com")
    number = db.session.scalar(db.select(db.func.max(OutboxMessage.id)))
    at = clock.now() - ago
    row = DeliveryAttempt(
        outbox_id=number,
        at=at,
        server=server,
        host="localhost",
        stage="message",
        outcome=outcome,
        fate=fate,
    )
    db.session.add(row)
    if fate in ("sent", "failed"):
        message = db.session.get_one(OutboxMessage, number)
        message.state, message.finished_at = OutboxState(fate), at
    db.session.commit()
    return asked


def dashboard(client, path="/system/?lang=en"):
    return read(client.get(path).text)


def text_of(page, name):
    element = page.by_id(name)
    assert element is not None, name
    return element.text


def test_when_all_is_well_that_stands_first(nika, working):
    page = dashboard(nika)
    verdict = page.by_id("verdict")
    assert (verdict.all("h2")[0].text, verdict.all("p")[0].text) == (
        "Mail works",
        "Nobody is waiting for a mail.",
    )
    assert page.by_id("needs") is None


def test_what_needs_attention_stands_before_everything_else_with_the_mend(nika, working):
    refused()
    page = dashboard(nika)
    assert page.by_id("verdict") is None
    assert page.root.all("section")[0].get("id") == "needs"
    needs = text_of(page, "needs")
    assert "The primary SMTP does not work; mail goes through the secondary" in needs
    assert "The server rejected the user name or the password." in needs
    assert "What helps: On most hosts the user name is the whole e-mail address." in needs


def test_a_server_that_nobody_has_tested_needs_attention(nika, working):
    db.session.execute(db.update(SmtpServer).values(tested_as="", test_passed=None))
    db.session.commit()
    needs = text_of(dashboard(nika), "needs")
    assert "The primary SMTP has not been tested since the last change" in needs
    assert "The secondary SMTP has not been tested since the last change" in needs


def test_a_password_that_cannot_be_read_needs_attention(nika, working):
    row = db.session.get_one(SmtpServer, Role.SECONDARY)
    row.requires_auth, row.sealed_password = True, "of another key"
    db.session.commit()
    needs = text_of(dashboard(nika), "needs")
    assert "The password of the secondary SMTP can no longer be read" in needs


def test_a_single_server_is_a_hint_and_mail_works_all_the_same(nika, working):
    db.session.get_one(SmtpServer, Role.SECONDARY).active = False
    health(Role.PRIMARY, last_success_at=clock.now())
    page = dashboard(nika)
    assert "Mail works" in text_of(page, "verdict")
    assert "Mail depends on a single server" in text_of(page, "needs")


def test_mail_and_people_that_were_given_up_need_attention(nika, working):
    attempt(outcome="recipient", fate="failed")
    needs = text_of(dashboard(nika), "needs")
    assert "1 mail was given up in the last 24 hours" in needs
    assert "1 person waits in vain for the activation mail" in needs


def test_mail_that_was_given_up_the_day_before_is_no_news(nika, working):
    attempt(outcome="recipient", fate="failed", ago=timedelta(hours=25))
    for span in ("24h", "7d", "30d"):
        assert "given up in the last 24" not in nika.get(f"/system/?lang=en&span={span}").text


def test_the_card_of_a_server_that_works(nika, working):
    health(Role.PRIMARY, last_success_at=clock.now() - timedelta(minutes=7))
    card = dashboard(nika).by_id("server-primary")
    assert "Sends the mail now" in card.text
    facts = {dt.text: dd.text for dt, dd in zip(card.all("dt"), card.all("dd"), strict=True)}
    assert facts == {
        "Last mail accepted": "7 minutes ago",
        "Last failure": "None yet",
        "Circuit breaker": "Closed: mail is given to this server.",
        "Last test": "Passed, just now",
    }


def test_the_card_of_a_server_that_is_left_alone(nika, working):
    refused()
    page = dashboard(nika)
    card = text_of(page, "server-primary")
    assert "Not working" in card
    assert "4 minutes ago · The server rejected the user name or the password." in card
    assert "535 5.7.8 Error: authentication failed" in card
    assert "Open: this server is left alone until" in card
    assert "Sends the mail now" in text_of(page, "server-secondary")


def test_a_pause_that_is_over_is_said_to_be(nika, working):
    refused()
    health(Role.PRIMARY, open_until=clock.now() - timedelta(seconds=1))
    card = text_of(dashboard(nika), "server-primary")
    assert "the pause is over; this server is tried again next" in card


def test_the_other_server_stands_ready(nika, working):
    assert "Ready to take over" in text_of(dashboard(nika), "server-secondary")


def test_when_neither_works_nobody_carries(nika, working):
    refused(Role.PRIMARY)
    refused(Role.SECONDARY)
    page = dashboard(nika)
    assert "Not working" in text_of(page, "server-primary")
    assert "Not working" in text_of(page, "server-secondary")


def test_servers_that_are_off_or_not_there_say_so(nika, app):
    assert "Not set up" in text_of(dashboard(nika), "server-primary")
    use(2525, 2526, smtp_active=False)
    page = dashboard(nika)
    assert "Inactive" in text_of(page, "server-primary")
    assert "Inactive" in text_of(page, "server-secondary")


def test_the_servers_own_words_bring_no_markup_and_no_tricks(nika, working):
    refused()
    health(Role.PRIMARY, last_failure_reply="535 <script>alert(1)</script> \u202eoops")
    page = nika.get("/system/?lang=en").text
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_the_workers_sign_of_life(nika, working):
    assert "Last sign of life: less than a minute ago." in text_of(dashboard(nika), "worker")
    db.session.execute(
        db.update(WorkerHeartbeat).values(seen_at=clock.now() - timedelta(minutes=20))
    )
    db.session.commit()
    worker = text_of(dashboard(nika), "worker")
    assert "Last sign of life: 20 minutes ago." in worker
    assert "Stopped" in worker
    db.session.execute(db.delete(WorkerHeartbeat))
    db.session.commit()
    assert "No sign of life." in text_of(dashboard(nika), "worker")


def test_the_chart_counts_what_became_of_mail(nika, working):
    attempt()
    attempt()
    attempt(server="secondary")
    attempt(outcome="server", fate="retry")
    attempt(outcome="recipient", fate="failed")
    page = dashboard(nika)
    (drawing,) = [svg for svg in page.root.all("svg") if svg.get("role") == "img"]
    assert drawing.get("aria-label") == (
        "Accepted by the primary: 2; by the secondary: 1; deferred: 1; given up: 1."
    )
    rows = [[cell.text for cell in row.all("td")] for row in page.by_id("mail-numbers").all("tr")]
    assert len(rows) == 1 + 24
    assert ["2", "1", "1", "1"] in rows


@pytest.mark.parametrize(("locale", "is_on_the_left"), [("fa", True), ("en", False)])
def test_a_late_bar_stands_where_lines_end_and_says_its_own_time(
    nika, working, locale, is_on_the_left
):
    attempt()
    page = dashboard(nika, f"/system/?lang={locale}")
    (drawing,) = [svg for svg in page.root.all("svg") if svg.get("role") == "img"]
    (bar,) = [path for path in drawing.all("path") if path.get("class") == "primary"]
    place = float(bar.get("d").removeprefix("M").split()[0])
    assert (place < chart.WIDTH / 2) == is_on_the_left
    (over,) = [
        column
        for column in drawing.all("rect")
        if 0 <= place - float(column.get("x")) < float(column.get("width"))
    ]
    rows = page.by_id("mail-numbers").all("tr")[1:]
    (counted,) = [row for row in rows if row.all("td")[0].text in ("1", "۱")]
    assert over.text.startswith(counted.all("th")[0].text)


@pytest.mark.parametrize(("span", "rows"), [("24h", 24), ("7d", 7), ("30d", 30)])
def test_the_chart_looks_back_as_far_as_it_is_asked_to(nika, working, span, rows):
    attempt()
    page = dashboard(nika, f"/system/?lang=en&span={span}")
    assert len(page.by_id("mail-numbers").all("tr")) == 1 + rows
    (current,) = [link for link in page.root.all("a") if link.get("aria-current") == "true"]
    assert f"span={span}" in current.get("href")


@pytest.mark.parametrize("locale", ["fa", "en"])
@pytest.mark.parametrize("span", ["24h", "7d", "30d"])
def test_every_span_makes_a_good_page(nika, working, span, locale):
    attempt()
    assert problems(nika.get(f"/system/?lang={locale}&span={span}").text, locale) == []


def test_a_chart_that_is_not_whole_says_so(nika, working, monkeypatch):
    monkeypatch.setattr(traffic, "LIVE", 0)
    attempt()
    assert "Not everything is counted yet" in text_of(dashboard(nika), "mail")
    db.session.execute(db.delete(DeliveryAttempt))
    db.session.commit()
    assert "Not everything is counted yet" not in text_of(dashboard(nika), "mail")


def test_without_mail_the_chart_says_so_in_words(nika, working):
    assert "No mail in the last 24 hours." in text_of(dashboard(nika), "mail")


@pytest.mark.parametrize("span", ["1h", "", "24H", "'; --", "%00", "30d" * 4000])
def test_a_span_that_there_is_not_is_no_page(nika, span):
    assert nika.get("/system/", query_string={"span": span}).status_code in (404, 414)


def test_a_part_that_there_is_not_is_the_whole_page(nika):
    assert "<html" in nika.get("/system/?part=everything").text


def test_in_persian_the_numbers_are_persian_and_days_are_solar(nika, working):
    attempt()
    page = dashboard(nika, "/system/?lang=fa&span=7d")
    words = text_of(page, "mail-numbers")
    assert "۱" in words
    assert not set("0123456789") & set(words)


def test_who_waits_for_the_activation_mail(nika, working, time_machine):
    for number in range(7):
        people.register(f"p{number}@example.com", name=f"سارا {number}")
        time_machine.pass_(minutes=3)
    page = dashboard(nika)
    waiters = page.by_id("waiters")
    assert "7 people, the first since 21 minutes ago" in waiters.text
    assert [one.all("bdi")[-1].text for one in waiters.all("li")] == [
        f"p{number}@example.com" for number in range(5)
    ]
    assert "and 2 more" in waiters.text


def test_nobody_waits(nika, working):
    assert "Nobody. Everybody who registered has got their mail." in text_of(
        dashboard(nika), "waiters"
    )


def test_names_that_visitors_typed_stay_words(nika, working):
    people.register("p@example.com", name="<b>x</b> \u2066")
    assert "<b>x</b>" not in nika.get("/system/").text


def test_the_living_part_is_the_same_as_in_the_page(nika, working):
    page = nika.get("/system/").text
    live = nika.get(LIVE).text
    assert live.strip() in page


def test_the_living_part_holds_nothing_that_differs_without_a_change(nika, working, time_machine):
    refused()
    nika.get(LIVE)  # what the first look notices is written down once
    first = nika.get(LIVE)
    time_machine.pass_(seconds=14)
    second = nika.get(LIVE)
    assert second.text == first.text
    assert second.headers["ETag"] == first.headers["ETag"]


def test_what_has_not_changed_is_not_sent_again(nika, working):
    tag = nika.get(LIVE).headers["ETag"]
    again = nika.get(LIVE, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    refused()
    assert nika.get(LIVE, headers={"If-None-Match": tag}).status_code == 200


def test_the_page_knows_the_mark_of_its_living_part(nika, working):
    tag = dashboard(nika, "/system/").by_id("live").get("data-tag")
    assert nika.get(LIVE, headers={"If-None-Match": f'"{tag}"'}).status_code == 304


def test_a_page_that_refreshes_itself_keeps_no_session_alive(nika, working, time_machine):
    ends = db.session.scalar(db.select(UserSession.idle_ends_at))
    time_machine.pass_(minutes=10)
    nika.get(LIVE)
    db.session.rollback()
    assert db.session.scalar(db.select(UserSession.idle_ends_at)) == ends
    nika.get("/system/")
    db.session.rollback()
    assert db.session.scalar(db.select(UserSession.idle_ends_at)) > ends


def test_other_people_get_no_living_part_either(omid, client):
    assert omid.get(LIVE).status_code == 404
    assert client.get(LIVE).status_code == 303


@pytest.mark.parametrize("path", ["/system/", LIVE])
def test_the_page_costs_at_most_eight_queries(nika, working, path):
    refused()
    attempt()
    nika.get(path)
    seen = []
    note = lambda _connection, _cursor, statement, *_rest: seen.append(statement)  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        nika.get(path)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len([one for one in seen if not one.startswith("BEGIN")]) <= 8, "\n".join(seen)


@pytest.mark.parametrize("path", ["/system/", "/system/?span=30d", LIVE])
def test_the_page_is_light(nika, working, path):
    refused()
    for _ in range(6):
        attempt()
    assert len(gzip.compress(nika.get(path).data, 6)) <= 8 * 1024


@pytest.mark.parametrize("locale", ["fa", "en"])
@pytest.mark.parametrize("path", ["/login", "/register"])
def test_the_pages_of_visitors(client, path, locale):
    assert problems(client.get(f"{path}?lang={locale}").text, locale) == []


@pytest.mark.parametrize(
    ("url", "is_told"), [("http://localhost", True), ("https://localhost", False)]
)
def test_r60_without_https_administrators_are_warned(nika, configure, url, is_told):
    configure(mode="production", public_url=url)
    told = "PUBLIC_URL" in nika.get("/system/", base_url=url).text
    assert told is is_told
