"""The journey of a newcomer through a mail server that nobody here wrote."""

import re
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.mail.delivery import worker
from tests.needs import missing
from tests.postbox import nobody
from tests.postfix import Postfix, PostfixMissing, temporary_postfix
from tests.serving import use
from tests.web.browser import Browser

pytestmark = pytest.mark.postfix

PASSPHRASE = "a courier with seven horses"
_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    try:
        with temporary_postfix() as server:
            yield server
    except PostfixMissing as reason:
        missing(str(reason))


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_a_newcomer_is_activated_by_a_mail_that_postfix_delivered_after_the_primary_had_died(
    app: Flask, postfix: Postfix, locale: str
) -> None:
    client = Browser(app, app.response_class)
    address = f"sara-{locale}@example.com"
    with nobody() as dead:
        use(dead, postfix.port)
        _post(client, f"/register?lang={locale}", "/register", _registration(address))
        worker.drain(threading.Event())
    mail = next(m for m in postfix.wait_for(1) if m["To"] == address)
    part = mail.get_body(("plain",))
    assert part is not None
    path = re.findall(r"http://localhost(/activate/\S+)", part.get_content())[0]
    assert client.get(path).status_code == 200
    assert _sign_in(client, address).location == "/register/waiting"
    assert client.get("/account").status_code == 303
    assert _post(client, path, path.split("?")[0], {}).status_code == 303
    assert _sign_in(app.test_client(), address).location == "/"


def _registration(address: str) -> dict[str, str]:
    return {
        "name": "سارا احمدی",
        "email": address,
        "password": PASSPHRASE,
        "password_confirm": PASSPHRASE,
    }


def _sign_in(client: FlaskClient, address: str):
    return _post(client, "/login", "/login", {"email": address, "password": PASSPHRASE})


def _post(client: FlaskClient, page: str, path: str, fields: dict[str, str]):
    token = _TOKEN.search(client.get(page).text)
    assert token is not None
    return client.post(path, data={**fields, "csrf_token": token[1]})
