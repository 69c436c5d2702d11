"""Finding people: by what is typed, by role and state, by their mail; quickly among many."""

import pytest
from sqlalchemy import insert

from app.accounts.models import User, UserRole, UserState
from app.accounts.people import administration, directory, words
from app.accounts.people.directory import PendingFilter, UserFilter
from app.accounts.people.words import PendingWord, UserWord
from app.core import audit, clock
from app.extensions import db
from tests import people

MANY = 5_000


def found(text, **wanted):
    page = directory.users(UserFilter(text, **wanted), None)
    return [user.email for user in page.items]


def named(name, email):
    user = people.omid(email)
    user.name = name
    db.session.commit()
    return user


@pytest.mark.parametrize(
    "typed",
    [
        "علی کریمی",
        "علي كريمي",
        "علی\u200cکریمی",
        "علیکریمی",
        "کریمی",
        "كريم",
        "کریمی علی",
        "عل کر",
        "ali.karimi@example.com",
        "ALI.KAR",
        "karimi@",
        "example",
        "  علی  ",
    ],
)
def test_a_person_is_found_as_they_are_typed(app, typed):
    named("علی کریمی", "ali.karimi@example.com")
    named("رستم فرخزاد", "rostam@test.ir")
    assert found(typed) == ["ali.karimi@example.com"]


@pytest.mark.parametrize("typed", ["میرود", "می رود", "ميرود", "می\u200cرود"])
@pytest.mark.parametrize("kept", ["می\u200cرود", "می رود"])
def test_half_spaces_spaces_and_letters_are_one(app, typed, kept):
    named(kept, "a@example.com")
    assert found(typed) == ["a@example.com"]


@pytest.mark.parametrize("typed", ["ریمی", "%", "_", "*", "karimix", "علی رستم", "\x00x", "'"])
def test_what_nobody_begins_with_finds_nobody(app, typed):
    named("علی کریمی", "ali.karimi@example.com")
    assert found(typed) == []


@pytest.mark.parametrize("typed", ["", "   ", "\u200c", "\x00"])
def test_nothing_typed_means_everybody(app, typed):
    people.omid()
    assert found(typed) == ["omid@example.com"]


def test_another_name_has_other_words(app):
    user = named("علی کریمی", "ali@example.com")
    user.name = "رستم"
    db.session.commit()
    assert found("کریمی") == []
    assert found("رستم") == ["ali@example.com"]


def test_words_go_with_their_people(app):
    people.register()
    assert db.session.scalar(db.select(db.func.count()).select_from(PendingWord)) > 0
    people.omid("sara@example.com")
    assert db.session.scalar(db.select(db.func.count()).select_from(PendingWord)) == 0


def test_words_of_people_from_before_are_written(app):
    people.omid()
    db.session.execute(db.delete(UserWord))
    db.session.commit()
    assert found("omid") == []
    assert words.write_missing() == 1
    assert found("omid") == ["omid@example.com"]
    assert words.write_missing() == 0


def test_roles_and_states_narrow_the_list(app):
    people.nika()
    omid = people.omid()
    administration.disable([omid.id], audit.CONSOLE)
    assert found("", role=UserRole.ADMIN) == ["nika@example.com"]
    assert found("", state=UserState.DISABLED) == ["omid@example.com"]
    assert found("omid", state=UserState.ACTIVE) == []


def test_those_who_wait_are_found_by_name_too(app):
    people.register("sara@example.com", name="سارا احمدی")
    page = directory.pending(PendingFilter("احمد"), None)
    assert [one.email for one in page.items] == ["sara@example.com"]
    assert directory.pending(PendingFilter("کریمی"), None).items == []


def fill(count):
    """As many people as that, one in a hundred of them called Karimi."""
    now = clock.now()
    rows, of_words = [], []
    for number in range(1, count + 1):
        family = "کریمی" if number % 100 == 0 else "احمدی"
        name, email = f"شخص {family}", f"p{number}@example.com"
        rows.append(
            {
                "id": number,
                "name": name,
                "email": email,
                "email_key": email,
                "password_hash": "",
                "role": "user",
                "state": "active",
                "locale": "fa",
                "created_at": now,
                "activated_at": now,
            }
        )
        of_words += [{"owner_id": number, "word": w} for w in words.words_of(name, email)]
    db.session.execute(insert(User), rows)
    db.session.execute(insert(UserWord), of_words)
    db.session.commit()


def test_among_many_the_few_are_found(app):
    fill(MANY)
    assert found("p777@") == ["p777@example.com"]
    assert len(found("کریمی")) == 50
