"""What people see when something goes wrong."""

import logging

import pytest
from flask import abort
from sqlalchemy.exc import OperationalError

from app.core import errors as domain
from app.mail.status import queries
from tests.page import problems, read


@pytest.mark.parametrize("locale", ["fa", "en"])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("DELETE", "/login", 405), ("POST", "/login", 400)],
)
def test_an_error_has_a_page_in_the_language_of_the_reader(client, locale, method, path, status):
    client.get(f"/login?lang={locale}")
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert problems(answer.text, locale) == []


def test_what_is_allowed_is_said_with_a_wrong_method(client):
    assert "POST" in client.delete("/login").headers["Allow"]


def test_a_form_that_is_out_of_date_says_so(client):
    answer = client.post("/register", data={"name": "سارا"})
    assert answer.status_code == 400
    assert read(answer.text).h1 == "این صفحه قدیمی شده است"


@pytest.mark.parametrize("locale", ["fa", "en"])
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (domain.NotFound("x"), 404),
        (domain.Refused("x"), 409),
        (domain.TooOften(42), 429),
        (domain.Busy("x"), 503),
        (OperationalError("SELECT secret", {}, Exception("gone")), 503),
        (ZeroDivisionError("secret"), 500),
    ],
)
def test_an_error_of_the_domain_has_its_page(nika, app, monkeypatch, error, status, locale):
    def fail() -> None:
        raise error

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(queries, "overview", fail)
    answer = nika.get(f"/system/?lang={locale}")
    assert answer.status_code == status
    assert "secret" not in answer.text
    assert problems(answer.text, locale) == []


def test_who_came_too_often_is_told_how_long_to_wait(nika, monkeypatch):
    def fail() -> None:
        raise domain.TooOften(42)

    monkeypatch.setattr(queries, "overview", fail)
    assert nika.get("/system/").headers["Retry-After"] == "42"


def test_a_forbidden_page_of_the_panel_looks_like_none(nika, monkeypatch):
    monkeypatch.setattr(queries, "overview", lambda: abort(403))
    assert nika.get("/system/").status_code == 404


def test_the_number_on_the_page_is_in_the_log(nika, app, monkeypatch, caplog):
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(queries, "overview", fail)
    logger = logging.getLogger("peyk.web")
    logger.addHandler(caplog.handler)
    try:
        page = read(nika.get("/system/").text)
    finally:
        logger.removeHandler(caplog.handler)
    number = page.root.all("code")[0].text
    assert [r for r in caplog.records if getattr(r, "fields", {}).get("request") == number]


def ways_on(answer):
    return [link.get("href") for link in read(answer.text).by_id("main").all("a")]


def test_whoever_is_asked_to_wait_finds_the_way_back_to_the_same_page(nika, monkeypatch):
    def fail() -> None:
        raise domain.TooOften(42)

    monkeypatch.setattr(queries, "overview", fail)
    assert ways_on(nika.get("/system/outbox?state=failed")) == ["/system/outbox?state=failed", "/"]


def test_from_a_page_that_there_is_not_the_way_leads_back(client):
    came_from = {"Referer": "http://localhost/login"}
    assert ways_on(client.get("/nowhere", headers=came_from)) == ["/login", "/"]
    assert ways_on(client.get("/nowhere")) == ["/"]


@pytest.mark.parametrize("path", ["/system/outbox?state=failed", "//example.org/system/"])
def test_when_nothing_can_be_relied_on_the_way_stays_on_the_page(nika, monkeypatch, path):
    def fail(*_args: object) -> None:
        raise domain.Busy("x")

    monkeypatch.setattr(nika.application, "dispatch_request", fail)
    assert ways_on(nika.get(path)) == [f"?{path.partition('?')[2]}", "/"]


def test_what_was_sent_is_not_sent_again_by_a_link(client, monkeypatch):
    def fail(*_args: object) -> None:
        raise domain.Busy("x")

    monkeypatch.setattr(client.application, "preprocess_request", fail)
    assert ways_on(client.post("/forgot-password")) == ["/"]
