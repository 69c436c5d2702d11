"""The outbox as pages: find, read the story, decide about one or all, take away."""

import csv
import io
from datetime import timedelta

import pytest

from app.core.audit import AuditEntry
from app.extensions import db
from app.mail.models import DeliveryAttempt, OutboxDeed, OutboxMessage, OutboxState
from app.mail.outbox import outbox
from app.mail.outbox.by_hand import Deed
from app.web.outbox import deeds
from tests import people
from tests.page import problems, read
from tests.pressing import token
from tests.web.people import all_speak

LIST = "/system/outbox"


def press(browser, path, **fields):
    db.session.commit()
    data = {"csrf_token": token(browser), **fields}
    return browser.post(path, data=data, buffered=True)


def put(to="sara@example.com", state=OutboxState.QUEUED, kind="activation", about=1):
    number = outbox.enqueue(kind, about=about, to=to, locale="fa", occasion=f"{to}{about}{state}")
    db.session.get_one(OutboxMessage, number).state = state
    db.session.commit()
    return number


def found(browser, question=""):
    page = read(browser.get(f"{LIST}?{question}").text)
    picks = [one for one in page.root.all("input") if "data-pick" in one.attributes]
    return [int(one.get("value")) for one in picks]


def state_of(number):
    db.session.rollback()
    return db.session.get_one(OutboxMessage, number, populate_existing=True).state


@pytest.fixture
def three(app):
    return [
        put("sara@example.com"),
        put("mina@example.com", OutboxState.FAILED),
        put("omid@example.org", OutboxState.SENT),
    ]


def test_the_newest_stands_first_and_filters_narrow_the_list(nika, three):
    waits, failed, sent = three
    assert found(nika) == [sent, failed, waits]
    assert found(nika, "state=failed") == [failed]
    assert found(nika, "state=waiting") == [waits]
    assert found(nika, "kind=invitation") == []
    assert found(nika, "q=MINA@example.com") == [failed]
    assert found(nika, "q=omid") == [sent]
    assert found(nika, "from=۱۴۰۰/۱/۱&to=2100-01-01") == [sent, failed, waits]
    assert found(nika, "to=۱۴۰۰/۱/۱") == []


@pytest.mark.parametrize("typed", ["علي کریمی", "علی‌کریمی", "علي كريمي", "كريمي"])
def test_a_person_is_found_by_any_spelling_of_the_name(nika, typed):
    people.register("ali@example.com", name="علی کریمی")
    assert len(found(nika, f"q={typed}")) == 1


def test_a_day_that_is_none_keeps_the_rest_of_the_question(nika, three):
    answer = nika.get(f"{LIST}?from=1405/13/40&q=sara")
    assert answer.status_code == 422
    page = read(answer.text)
    assert page.by_id("filter-from-said")
    assert page.values()["q"] == "sara"


def test_one_mail_tells_its_whole_story(nika, three):
    waits, _failed, _sent = three
    message = db.session.get_one(OutboxMessage, waits)
    db.session.add(
        DeliveryAttempt(
            outbox_id=waits,
            at=message.created_at,
            server="primary",
            host="mail.example.com",
            port=587,
            stage="recipient",
            outcome="recipient_temporary",
            code=450,
            enhanced="4.2.0",
            reply="4.2.0 Greylisted, try again",
            duration_ms=160,
            tls="TLSv1.3",
            certificate="mail.example.com|Example CA|2027-01-01",
        )
    )
    db.session.commit()
    press(nika, f"{LIST}/{waits}/decisions", deed="retry")
    answer = nika.get(f"{LIST}/{waits}?lang=en")
    assert problems(answer.text, "en") == []
    for words in ("450", "Greylisted", "160", "TLSv1.3", "Example CA", "nika@example.com"):
        assert words in answer.text
    assert "it is tried again by itself" in answer.text
    assert "another recipient" not in answer.text


def _tried(number, times):
    """So many attempts, each a minute after the one before; each reply tells which it was."""
    begun = db.session.get_one(OutboxMessage, number).created_at
    for turn in range(times):
        db.session.add(
            DeliveryAttempt(
                outbox_id=number,
                at=begun + timedelta(minutes=turn),
                server="primary",
                host="mail.example.com",
                stage="recipient",
                outcome="recipient_temporary",
                code=450,
                reply=f"try number {turn} of many",
            )
        )
    db.session.commit()


@pytest.mark.parametrize(("attempts", "folded"), [(11, 0), (40, 35)])
def test_the_middle_of_a_long_story_waits_to_be_opened(nika, three, attempts, folded):
    waits, *_others = three
    _tried(waits, attempts)
    answer = nika.get(f"{LIST}/{waits}?lang=en")
    assert problems(answer.text, "en") == []
    told = [f"try number {turn} of many" in answer.text for turn in range(attempts)]
    assert all(told)
    middle = [d for d in read(answer.text).root.all("details") if "between" in d.get("class")]
    assert len(middle) == bool(folded)
    for one in middle:
        assert f"{folded} events in between" in one.all("summary")[0].text
        assert one.text.count("of many") == folded
        assert "try number 39" not in one.text


def test_what_a_server_said_cannot_turn_the_line_round_and_has_an_end(nika, three):
    waits, *_others = three
    attempt = DeliveryAttempt(
        outbox_id=waits,
        at=db.session.get_one(OutboxMessage, waits).created_at,
        server="primary",
        host="mail.example.com",
        stage="recipient",
        outcome="recipient_temporary",
        code=450,
        reply="first \u202ethgir\x1b[31m " + "long " * 300 + "the-very-end",
    )
    db.session.add(attempt)
    db.session.commit()
    page = nika.get(f"{LIST}/{waits}?lang=en").text
    assert "first" in page
    assert not {"\u202e", "\x1b"} & set(page)
    assert "the-very-end" not in page


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_a_refused_certificate_is_explained_whole_to_people_and_to_experts(nika, three, locale):
    waits, _failed, _sent = three
    message = db.session.get_one(OutboxMessage, waits)
    details = {
        "names": "server.host.ir, *.host.ir",
        "issuer": "Example CA",
        "sha256": "AB:CD",
        "former": "12:34",
        "sender": "support@example.com",
    }
    db.session.add(
        DeliveryAttempt(
            outbox_id=waits,
            at=message.created_at,
            server="primary",
            host="mail.example.com",
            port=587,
            stage="encrypt",
            outcome="server_config",
            reply="CERTIFICATE_VERIFY_FAILED",
            duration_ms=90,
            cause="tls.name_mismatch",
            details=details,
        )
    )
    db.session.commit()
    all_speak(locale)
    answer = nika.get(f"{LIST}/{waits}")
    assert problems(answer.text, locale) == []
    page = read(answer.text)
    (story,) = [one for one in page.root.all("ol") if "steps" in one.get("class").split()]
    assert "…" not in story.text
    for words in ("mail.example.com", "server.host.ir", "*.host.ir", "12:34", "AB:CD"):
        assert words in story.text
    (summary,) = story.all("summary")
    assert summary.text


def test_a_mail_that_failed_is_tried_again_and_that_is_written_down(nika, three):
    _waits, failed, _sent = three
    db.session.get_one(OutboxMessage, failed).rounds = 9
    assert press(nika, f"{LIST}/{failed}/decisions", deed="retry").status_code == 303
    assert state_of(failed) == OutboxState.QUEUED
    assert db.session.get_one(OutboxMessage, failed).rounds == 0, "the pauses begin anew"
    assert db.session.query(AuditEntry).filter_by(event="outbox.retried").count() == 1
    assert db.session.query(OutboxDeed).one().actor == "nika@example.com"


def test_cancelling_is_asked_first_and_a_get_changes_nothing(nika, three):
    waits, *_others = three
    asked = nika.get(f"{LIST}/deeds?deed=cancel&id={waits}")
    assert asked.status_code == 200
    assert problems(asked.text, "fa") == []
    assert state_of(waits) == OutboxState.QUEUED
    fields = {**read(asked.text).values(), "csrf_token": token(nika)}
    form = next(f for f in read(asked.text).root.all("form") if "/deeds" in f.get("action"))
    sent = {one.get("name"): one.get("value") for one in form.all("input")}
    assert nika.post(f"{LIST}/deeds", data={**sent, "csrf_token": fields["csrf_token"]})
    assert state_of(waits) == OutboxState.CANCELLED


def test_all_that_match_are_done_portion_by_portion(nika, monkeypatch):
    numbers = [put(f"u{n}@example.com", about=n) for n in range(5)]
    other = put("sent@example.com", OutboxState.SENT)
    monkeypatch.setattr(deeds, "_AT_ONCE", dict.fromkeys(Deed, 2))
    asked = nika.get(f"{LIST}/deeds?deed=cancel&all=y&state=waiting")
    presses = 0
    while True:
        page = read(asked.text)
        form = next(f for f in page.root.all("form") if f.get("action") == f"{LIST}/deeds")
        sent = {one.get("name"): one.get("value") for one in form.all("input")}
        answer = nika.post(f"{LIST}/deeds", data=sent)
        presses += 1
        if "/deeds" not in answer.location:
            break
        asked = nika.get(answer.location)
        assert problems(asked.text, "fa") == []
        assert page.root.all("progress") or presses == 1
    assert presses == 3
    assert {state_of(number) for number in numbers} == {OutboxState.CANCELLED}
    assert state_of(other) == OutboxState.SENT


def test_a_fresh_mail_leaves_for_the_same_person(nika):
    people.register("sara@example.com")
    [mail] = people.mails("activation")
    mail.state = OutboxState.SENT
    db.session.commit()
    press(nika, f"{LIST}/{mail.id}/decisions", deed="resend")
    assert len(people.mails("activation")) == 2
    assert db.session.query(AuditEntry).filter_by(event="outbox.resent").count() == 1


@pytest.mark.parametrize("kind", ["recovery", "kind_of_another_version"])
def test_what_only_its_reader_may_ask_for_is_not_sent_again(nika, kind):
    number = put(state=OutboxState.SENT, kind=kind)
    page = nika.get(f"{LIST}/{number}")
    assert page.status_code == 200
    assert "deed=resend" not in page.text
    press(nika, f"{LIST}/{number}/decisions", deed="resend")
    assert len(people.mails()) == 1


def test_the_table_has_what_matches_and_no_formula(nika, three):
    db.session.get_one(OutboxMessage, three[1]).recipient = "=cmd@example.com"
    answer = press(nika, f"{LIST}/export", state="failed")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [str(three[1])]
    assert rows[1][2] == "'=cmd@example.com"
    assert db.session.query(AuditEntry).filter_by(event="outbox.exported").count() == 1


@pytest.mark.parametrize("question", ["state=odd", "kind=odd", "server=odd"])
def test_what_no_page_asks_for_is_refused(nika, question):
    assert nika.get(f"{LIST}?{question}").status_code == 400


def test_before_the_first_mail_the_page_says_what_will_be_here(nika):
    answer = nika.get(LIST)
    assert read(answer.text).by_id("bulk") is None
    assert 'class="empty"' in answer.text


def test_only_administrators_decide(omid, three):
    db.session.commit()
    data = {"csrf_token": token(omid), "deed": "cancel"}
    assert omid.post(f"{LIST}/{three[0]}/decisions", data=data).status_code == 404
    assert state_of(three[0]) == OutboxState.QUEUED
