"""Who may enter, and where people may be sent."""

import pytest

from app.web.visitors.access import client_ip, safe_next

EVIL = (
    "",
    "https://evil.example",
    "https:evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/%5cevil.example",
    "/%2fevil.example",
    "/%2f%2fevil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "/login\r\nSet-Cookie: a=b",
    "/login%0d%0aSet-Cookie:%20a=b",
    " /login",
    "/login ",
    "/login\u2028",
    "javascript:alert(1)",
    "login",
    "/login//evil.example",
    "/" + "a" * 5000,
)


@pytest.mark.parametrize("path", EVIL)
def test_r28_nobody_is_sent_elsewhere(app, path):
    with app.test_request_context():
        assert safe_next(path) is None


@pytest.mark.parametrize("path", ["/nowhere", "/logout", "/language", "/theme", "/static/app.css"])
def test_r28_nobody_is_sent_to_what_is_not_a_page(app, path):
    with app.test_request_context():
        assert safe_next(path) is None


@pytest.mark.parametrize("path", ["/login", "/register?lang=fa", "/system/", "/healthz"])
def test_r28_pages_of_ours_are_fine(app, path):
    with app.test_request_context():
        assert safe_next(path) == path


def test_a_visitor_is_asked_who_it_is_and_comes_back(client):
    answer = client.get("/system/")
    assert answer.status_code == 303
    assert answer.location == "/login?next=/system/"


def test_for_people_without_rights_the_panel_does_not_exist(omid):
    assert omid.get("/system/").status_code == 404


def test_an_administrator_enters(nika):
    assert nika.get("/system/").status_code == 200


def test_r27_the_address_of_a_client_is_not_what_it_claims(app):
    seen = app.test_client().get("/login", headers={"X-Forwarded-For": "6.6.6.6"})
    assert seen.request.remote_addr == "127.0.0.1"


@pytest.mark.parametrize(
    ("seen", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:51234", "203.0.113.7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("2001:DB8:0::7", "2001:db8::7"),
        ("fe80::7%eth0", "fe80::7"),
        ("unknown", ""),
        ("7" * 400, ""),
    ],
)
def test_r47_a_place_is_counted_by_one_address_however_it_is_written(app, seen, counted):
    with app.test_request_context(environ_base={"REMOTE_ADDR": seen}):
        assert client_ip() == counted


def test_r27_a_foreign_host_is_refused(client):
    answer = client.get("/login", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.text
