"""The audit as a page: every event has words, everything is found, nothing can be changed."""

import ast
import csv
import io
import re

import pytest

from app.core import audit, site
from app.core.audit import CONSOLE, SYSTEM, Actor, AuditEntry
from app.extensions import db
from app.i18n import locales
from app.mail.alerts import words as alert_words
from app.mail.alerts.conditions import Condition
from app.web.audit import details
from app.web.words import audit_words
from tests.core.test_site import change
from tests.house.sources import modules
from tests.page import problems, read
from tests.pressing import send, token

PAGE = "/system/audit"
# Where the name of an event is not written beside the deed: in tables of the same module.
_IN_TABLES = {
    "app.accounts.people.administration",
    "app.accounts.people.directory",
    "app.accounts.second_factor.second_factor",
    "app.mail.alerts.alerts",
    "app.mail.outbox.by_hand",
}


def recorded():
    """The names of events as the code hands them to the audit, and where it hands others."""
    names, elsewhere = set(), set()
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _is_record(node.func) and node.args:
                if isinstance(node.args[0], ast.Constant):
                    names.add(node.args[0].value)
                else:
                    elsewhere.add(module)
    return names, elsewhere


def _is_record(function):
    name = getattr(function, "attr", getattr(function, "id", ""))
    owner = getattr(getattr(function, "value", None), "id", "audit")
    return name == "record" and owner == "audit"


def written_in(module):
    """The texts of a module that look like the name of an event."""
    starts = tuple({event.partition(".")[0] + "." for event in audit_words.EVENTS})
    return {
        node.value
        for node in ast.walk(modules()[module])
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith(starts)
        and " " not in node.value
    }


def test_every_event_that_the_code_records_has_words():
    names, elsewhere = recorded()
    assert elsewhere == _IN_TABLES
    for module in _IN_TABLES:
        names |= {name for name in written_in(module) if not name.endswith(".")}
    names |= {"mail_alert.opened", "mail_alert.closed"}
    assert "session.opened" in names
    assert names - set(audit_words.EVENTS) == set()


@pytest.mark.parametrize("locale", sorted(locales.LOCALES))
def test_every_event_and_every_thing_can_be_shown(nika, locale):
    for event in audit_words.EVENTS:
        audit.record(event, actor=SYSTEM, target="user:1")
    for condition in Condition:
        audit.record(
            "mail_alert.opened", actor=SYSTEM, target=condition, details={"server": "primary"}
        )
    for target in ("smtp", "outbox", "outbox:1", "registration:9", "user:999", "<b>what</b>"):
        audit.record("of.another.version", actor=CONSOLE, target=target, details={"odd": [1, {}]})
    db.session.commit()
    for page in (f"{PAGE}?lang={locale}", f"{PAGE}?what=area:mail&lang={locale}"):
        answer = nika.get(page)
        assert problems(answer.text, locale) == []
    with locales.use(locale):
        assert str(alert_words.begun(Condition.BOTH_DOWN)) in answer.text


def entries(answer):
    page = read(answer.text)
    return [item for item in page.root.all("li") if item.get("id").startswith("entry-")]


def test_what_changed_stands_there_before_and_after(nika):
    site.save(change(registration_open=False, time_zone="Europe/Berlin"), CONSOLE)
    [first, *_] = entries(nika.get(f"{PAGE}?lang=en"))
    assert "System settings changed" in first.text
    assert "Time zone" in first.text
    assert first.all("del")[0].text == "Asia/Tehran"
    assert first.all("ins")[0].text == "Europe/Berlin"


def test_all_about_one_thing_is_a_press_away(nika):
    site.save(change(registration_open=False), CONSOLE)
    [first, *_] = entries(nika.get(f"{PAGE}?lang=en"))
    (link,) = [one.get("href") for one in first.all("a") if "All about this" in one.text]
    assert link == f"{PAGE}?about=settings"
    assert len(entries(nika.get(link))) == 1


@pytest.mark.parametrize(
    ("event", "called"),
    [("user.details_changed", "Language"), ("settings.changed", "Default language")],
)
def test_a_language_is_called_after_whose_it_is(app, event, called):
    entry = AuditEntry(event=event, details={"locale": {"from": "fa", "to": "en"}})
    with locales.use("en"):
        (detail,) = details.of(entry)
        assert (detail.label, read(str(detail.value)).root.text) == (called, "English")
    with locales.use("fa"):
        (detail,) = details.of(entry)
        assert read(str(detail.value)).root.text == "انگلیسی"


def test_a_secret_is_only_said_to_have_changed(nika):
    filled = change(webhook_url="https://a.example.com/", webhook_secret="never to be read again")
    site.save(filled, CONSOLE)
    html = nika.get(f"{PAGE}?lang=en").text
    assert "Secret of the receiver" in html
    assert "never to be read again" not in html


def test_how_often_a_place_was_refused_and_at_which_accounts_is_told(client, nika):
    for email in ("nika@example.com", "nika@example.com", "nobody@example.com"):
        send(client, "/login", email=email, password="wrong")
    html = nika.get(f"{PAGE}?what=session.refused&lang=en").text
    (found,) = entries(nika.get(f"{PAGE}?about=place:127.0.0.1&lang=en"))
    assert "Number of tries" in html
    assert "Last try" in html
    assert "Accounts tried" in html
    told = found.text
    assert "3" in told
    assert "nika@example.com" in told
    assert "nobody@example.com" not in told
    assert "T" not in re.search(r"Last try(.*?)Accounts", told)[1]


def fill():
    audit.record("user.disabled", actor=Actor(1, "nika@example.com"), target="user:7")
    audit.record("session.refused", actor=Actor(None, "visitor", "192.0.2.9"))
    audit.record("outbox.purged", actor=SYSTEM)
    db.session.commit()


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("who=نيكا", 1),
        ("who=nika@example.com", 1),
        ("who=سامانه", 1),
        ("who=a+visitor&lang=en", 1),
        ("who=nobody@example.com", 0),
        ("what=session.refused", 1),
        ("what=area:account", 2),
        ("about=user:7", 1),
        ("what=nonsense", 4),
        ("from=۱۴۰۰/۰۱/۰۱", 4),
        ("to=1400/01/01", 0),
    ],
)
def test_entries_are_found_by_person_event_thing_and_day(nika, question, count):
    fill()
    nika.get("/system/")
    kept = db.session.query(audit.AuditEntry).filter(audit.AuditEntry.event.like("mail_alert%"))
    kept.delete(synchronize_session=False)
    db.session.commit()
    assert len(entries(nika.get(f"{PAGE}?{question}"))) == count


def test_a_day_that_is_none_is_said_beside_its_field(nika):
    answer = nika.get(f"{PAGE}?from=1405/13/01&who=console")
    assert answer.status_code == 422
    page = read(answer.text)
    assert page.by_id("filter-from-said")
    assert page.values()["who"] == "console"


def test_the_file_has_what_matches_and_no_formula(nika):
    audit.record("session.refused", actor=Actor(None, "=HYPERLINK(1)", "192.0.2.9"))
    db.session.commit()
    answer = send(nika, f"{PAGE}/export", what="session.refused", lang="")
    assert answer.status_code == 400
    answer = nika.post(
        f"{PAGE}/export",
        data={"csrf_token": token(nika), "what": "session.refused"},
        buffered=True,
    )
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][2] == "'=HYPERLINK(1)"
    db.session.rollback()
    assert db.session.query(audit.AuditEntry).filter_by(event="audit.exported").count() == 1


def test_nothing_can_be_edited_here(app):
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("audit.")]
    assert {(rule.rule, *sorted(rule.methods - {"HEAD", "OPTIONS"})) for rule in rules} == {
        (PAGE, "GET"),
        (f"{PAGE}/export", "POST"),
    }


def test_only_administrators_read_it(omid, client):
    assert omid.get(PAGE).status_code == 404
    assert client.get(PAGE).status_code == 303


@pytest.mark.parametrize(
    ("agent", "kept", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox/Linux", "روی"),
        ("curl/8.5.0 (x86_64)", "curl/8.5.0", "curl/8.5.0"),
    ],
)
def test_r79_the_audit_keeps_with_which_browser_in_short(nika, agent, kept, words):
    csrf = read(nika.get("/account/details").text).values()["csrf_token"]
    fields = {"csrf_token": csrf, "name": "نیکا", "locale": "fa"}
    nika.post("/account/details", data=fields, headers={"User-Agent": agent})
    entries = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert entries[-1].browser == kept
    assert words in nika.get("/system/audit").text
