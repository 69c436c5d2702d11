"""What the buttons of a newcomer cost the database: a statement for each thing that happens."""

from tests import people
from tests.people import PASSWORD
from tests.pressing import token

SARA = {"name": "سارا احمدی", "email": "sara@example.com"}
REGISTER, ACTIVATE, SIGN_IN = 6, 8, 8


def press(client, queries, path, **fields):
    """Press the button of a page and return how many statements it took."""
    data = {"csrf_token": token(client, path), **fields}
    queries.clear()
    assert client.post(path, data=data).status_code == 303
    return len(queries)


def test_nobody_asks_twice_on_the_way_of_a_newcomer(client, queries):
    passwords = {"password": PASSWORD, "password_confirm": PASSWORD}
    assert press(client, queries, "/register", **SARA, **passwords) == REGISTER
    (attempt,) = people.attempts()
    link = f"/activate/{people.issue(people.Asked('', attempt.id))}"
    client.delete_cookie("peyk")
    assert press(client, queries, link) == ACTIVATE
    who = {"email": SARA["email"], "password": PASSWORD}
    assert press(client, queries, "/login", **who) == SIGN_IN
