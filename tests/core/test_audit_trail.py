"""The read side of the audit: every filter, in pages by key, by an index."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.core import audit, audit_trail
from app.core.audit import CONSOLE, SYSTEM, Actor, AuditEntry
from app.core.audit_trail import Filters
from app.core.pagination import PAGE_SIZE
from app.extensions import db

NIKA = Actor(1, "nika@example.com", "192.0.2.7")


def write(event, actor=CONSOLE, target="", **details):
    audit.record(event, actor=actor, target=target, details=details)
    db.session.commit()


def found(cursor=None, **filters):
    return [entry.event for entry in audit_trail.newest(Filters(**filters), cursor).items]


def test_the_newest_stands_first(app):
    for event in ("a.one", "a.two", "a.three"):
        write(event)
    assert found() == ["a.three", "a.two", "a.one"]


def test_events_people_and_things_narrow_the_list_together(app):
    write("a.one", NIKA, "user:1")
    write("a.two", NIKA, "user:2")
    write("a.one", SYSTEM, "user:1")
    write("a.three", CONSOLE)
    assert found(events=("a.one",)) == ["a.one", "a.one"]
    assert found(events=("a.one", "a.three")) == ["a.three", "a.one", "a.one"]
    assert found(actors=(NIKA.label,)) == ["a.two", "a.one"]
    assert found(actors=(NIKA.label, "console"), events=("a.one", "a.three")) == [
        "a.three",
        "a.one",
    ]
    assert found(target="user:1", actors=("system",)) == ["a.one"]
    assert found(actors=()) == []


def test_two_moments_cut_a_stretch_out_of_it(app, time_machine):
    moments = []
    for event in ("a.one", "a.two", "a.three"):
        moments.append(time_machine.now())
        write(event)
        time_machine.pass_(days=1)
    assert found(since=moments[1]) == ["a.three", "a.two"]
    assert found(until=moments[1]) == ["a.one"]
    assert found(since=moments[1], until=moments[2]) == ["a.two"]
    assert found(since=time_machine.now() + timedelta(days=2)) == []


def test_pages_meet_without_a_gap_in_both_directions(app):
    for number in range(2 * PAGE_SIZE + 3):
        audit.record("a.one", actor=NIKA if number % 2 else CONSOLE)
    db.session.commit()
    wanted = Filters(actors=(NIKA.label, "console"))
    first = audit_trail.newest(wanted)
    second = audit_trail.newest(wanted, first.older)
    last = audit_trail.newest(wanted, second.older)
    ids = [entry.id for page in (first, second, last) for entry in page.items]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 2 * PAGE_SIZE + 3
    assert last.older is None
    back = audit_trail.newest(wanted, last.newer)
    assert [entry.id for entry in back.items] == [entry.id for entry in second.items]


def test_the_whole_of_it_comes_portion_by_portion(app, monkeypatch):
    monkeypatch.setattr(audit_trail, "_AT_ONCE", 2)
    for event in ("a.one", "a.two", "a.three", "a.four", "a.five"):
        write(event)
    assert [entry.event for entry in audit_trail.every(Filters())] == [
        "a.five",
        "a.four",
        "a.three",
        "a.two",
        "a.one",
    ]
    monkeypatch.setattr(audit_trail, "EXPORTED_AT_MOST", 4)
    assert len(list(audit_trail.every(Filters()))) == 4


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"events": ("a.one",)},
        {"actors": ("console",)},
        {"actors": ("console",), "events": ("a.one",)},
        {"target": "user:1"},
    ],
)
def test_no_question_walks_or_sorts_the_whole_audit(app, filters, monkeypatch):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the plan of a small table says nothing on PostgreSQL")
    asked = []

    def note(statement):
        asked.append(statement)
        return db.session.execute(statement).scalars()

    monkeypatch.setattr(db.session, "scalars", note)
    audit_trail.newest(Filters(**filters))
    [statement] = asked
    written = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    plan = [row[3] for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {written}"))]
    assert not [step for step in plan if step.startswith("SCAN audit_entries USING COVERING")]
    inner = [step for step in plan if "audit_entries" in step and "rowid" not in step]
    assert inner
    assert all(step.startswith("SEARCH") or filters == {} for step in inner), plan


def test_taking_it_away_is_written_down_too(app):
    audit_trail.note_export({"who": "nika"}, NIKA)
    entry = db.session.scalars(db.select(AuditEntry)).one()
    assert (entry.event, entry.details) == ("audit.exported", {"who": "nika"})
