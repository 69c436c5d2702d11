"""What pages weigh on the wire: bytes counted at a real socket, heads included."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from app.accounts.models import User
from app.cli import demo_servers
from app.core import clock
from app.extensions import db
from app.mail.outbox import outbox
from app.web.drawing import assets
from tests.house.sources import ROOT, text
from tests.web.people import all_speak

# Everybody begins with one of these, without any file: page, styles, script, icons, both fonts.
FIRST = ["/login", "/register"]
# The estimate of a new password is fetched when somebody begins to type one.
FIRST_VISIT = 100_000
# Files are kept for a year, so later a page is all that comes.
LATER = ["/login", "/register", "/system/", "/system/outbox", "/system/users", "/system/smtp"]
LATER_VISIT = 8_000
_LINKED = re.compile(r'(?:href|src)="(/static/[^"#]+)')
_FONTS = re.compile(r'url\("(vendor/[^"]+)"\)')


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    """Where the panel listens, as a browser reaches it."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("locale", ["fa", "en"])
@pytest.mark.parametrize("has_servers", [False, True])
def test_pages_are_light(port: int, nika: FlaskClient, locale: str, has_servers: bool) -> None:
    full_lists()
    if has_servers:
        failing_primary()
    all_speak(locale)
    cookie = cookie_of(nika)
    weights = {path: weigh(port, f"{path}{asked(path, locale)}", cookie(path)) for path in LATER}
    assert {path: bytes_ for path, bytes_ in weights.items() if bytes_ > LATER_VISIT} == {}


@pytest.mark.parametrize("locale", ["fa", "en"])
@pytest.mark.parametrize("path", FIRST)
def test_the_first_visit_is_light(port: int, client: FlaskClient, path: str, locale: str) -> None:
    page = client.get(f"{path}?lang={locale}").text
    files = {*_LINKED.findall(page), *fonts()}
    weights = {file: weigh(port, file) for file in files}
    weights["page"] = weigh(port, f"{path}?lang={locale}")
    assert sum(weights.values()) <= FIRST_VISIT, weights


def test_the_fonts_are_named_with_their_content(app: Flask) -> None:
    assert fonts()
    for font in fonts():
        path = font.removeprefix("/static/").partition("?")[0]
        with app.test_request_context():
            assert assets.static_url(path) == font


def fonts() -> set[str]:
    """The font files that the style sheet names; a page in either language needs both."""
    return {f"/static/{name}" for name in _FONTS.findall(text(ROOT / "app/static/fonts.css"))}


def full_lists() -> None:
    """Fill both lists with more than a page of people and of mails to them."""
    now = clock.now()
    for number in range(60):
        address = f"masoumeh.mohammadi-{number}@dabirestan.example.com"
        user = User(name=f"معصومه محمدی {number}", email=address, email_key=address)
        user.password_hash, user.locale = "", "fa"
        user.created_at = user.activated_at = now - timedelta(days=number)
        db.session.add(user)
        outbox.enqueue("activation", about=number, to=address, locale="fa", occasion=str(number))
    db.session.commit()


def failing_primary() -> None:
    """Let both servers have a past, and the banner tell of the one that fails now."""
    demo_servers.enter(2526, 2525)
    demo_servers.remember(clock.now())
    db.session.add_all(demo_servers.alerts(clock.now()))
    db.session.commit()


def asked(path: str, locale: str) -> str:
    """Return how a page is asked for its language; those of the panel know that of the account."""
    return "" if path.startswith("/system") else f"?lang={locale}"


def cookie_of(client: FlaskClient) -> Callable[[str], str]:
    """Return what the browser of an administrator sends along to a page but the first."""
    client.get("/system/")
    kept = client.get_cookie(client.application.config["SESSION_COOKIE_NAME"])
    assert kept is not None
    return lambda path: f"{kept.key}={kept.value}" if path.startswith("/system") else ""


def weigh(port: int, path: str, cookie: str = "") -> int:
    """Count what comes back when a browser asks for it."""
    asked = [
        f"GET {path} HTTP/1.1",
        f"Host: localhost:{port}",
        "Accept-Encoding: gzip, deflate, br",
        *([f"Cookie: {cookie}"] if cookie else []),
        "Connection: close",
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall("\r\n".join([*asked, "", ""]).encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")), answer[:200]
    return len(answer)
