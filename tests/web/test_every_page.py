"""Every page in every language: well formed, in its own words, and light on the database."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.i18n import locales
from tests import people
from tests.page import problems

# What an administrator, or a visitor, may open; and how many queries the page may cost.
PAGES = {
    "/register": 2,
    "/login": 1,
    "/activate/unknown": 3,
    "/forgot-password": 1,
    "/forgot-password/asked": 7,
    "/recover/unknown": 3,
    "/invitations/unknown": 3,
    "/address/unknown": 3,
    "/address-undo/unknown": 3,
    "/keep-account/unknown": 3,
    "/register/disowned": 1,
}
PANEL = {
    "/system/": 8,
    "/system/smtp": 8,
    "/system/smtp/help": 4,
    "/system/smtp/deliverability": 8,
    "/system/smtp/drill": 8,
    "/account": 8,
    "/account/details": 8,
    "/account/password": 8,
    "/account/address": 8,
    "/account/sessions": 8,
    "/account/deletion": 8,
    "/system/languages": 4,
    "/account/second-factor": 8,
    "/account/second-factor/enrolments/new": 8,
    "/system/outbox": 8,
    "/system/settings": 8,
    "/system/audit": 8,
    "/system/users": 8,
    "/system/users/pending": 8,
    "/system/users/new": 8,
}
# The pages of one thing each, and those that ask before something is done to it.
OF_ONE = (
    "/system/users/{user}",
    "/system/users/deeds/disable?id={user}",
    "/system/users/pending/{pending}",
    "/system/outbox/{message}",
    "/system/outbox/deeds?deed=resend&id={message}",
    "/system/outbox/deeds?deed=cancel&all=y",
)
MOST_QUERIES = 8
# Not pages: for machines, fragments of a page, or ways to somewhere else.
NOT_PAGES = {"/", "/healthz", "/readyz", "/metrics", "/register/waiting", "/register/waiting/state"}
# Only after something else was done: tests of their own open them.
NOT_PAGES |= {"/login/code", "/login/recovery-code"}
NOT_PAGES |= {
    f"/account/second-factor/{page}" for page in ("setup", "recovery-codes/new", "removal")
}
NOT_PAGES |= {"/system/outbox/deeds"}  # nothing to show without a choice
NOT_PAGES |= {"/.well-known/security.txt", "/.well-known/change-password"}


@pytest.mark.parametrize("locale", sorted(locales.LOCALES))
@pytest.mark.parametrize("path", sorted(PAGES))
def test_a_public_page(client: FlaskClient, queries: list[str], path: str, locale: str) -> None:
    answer = client.get(f"{path}?lang={locale}")
    assert answer.status_code in (200, 404)
    assert problems(answer.text, locale) == []
    assert len(queries) <= PAGES[path], queries


@pytest.mark.parametrize("locale", sorted(locales.LOCALES))
@pytest.mark.parametrize("path", sorted(PANEL))
def test_a_page_of_somebody_signed_in(
    nika: FlaskClient, queries: list[str], path: str, locale: str
) -> None:
    nika.get(path)  # what the first look notices is written down once
    queries.clear()
    answer = nika.get(f"{path}?lang={locale}")
    assert answer.status_code == 200
    assert problems(answer.text, locale) == []
    assert len(queries) <= PANEL[path], queries


@pytest.mark.parametrize("path", OF_ONE)
def test_a_page_of_one_thing(nika: FlaskClient, queries: list[str], path: str) -> None:
    asked = people.register()
    message, user = people.mails()[0].id, people.everybody()[0].id
    where = path.format(user=user, pending=asked.pending_id, message=message)
    nika.get(where)
    queries.clear()
    answer = nika.get(where)
    assert answer.status_code == 200
    assert problems(answer.text, "fa") == []
    assert len(queries) <= MOST_QUERIES, queries


def test_no_page_may_cost_many_queries() -> None:
    assert max(*PAGES.values(), *PANEL.values()) <= MOST_QUERIES


def test_no_page_is_left_out(app: Flask) -> None:
    shown = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
    }
    assert shown - NOT_PAGES == {page for page in (*PAGES, *PANEL) if not page.endswith("/unknown")}
