"""What accounts cost when many come at once: `python -m bench.accounts`.

Against a real gunicorn (two processes of eight threads), a real worker and a real SMTP server:

1. POST /register beside the hash that it makes, by turns, in one process, as CPU time;
2. two hundred sign-ins at the same moment, and how long others wait for a page meanwhile;
3. eight people at once who register, open the link of their mail, press its button and sign in.
"""

import contextlib
import http.client
import re
import resource
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from werkzeug.test import Client

from app.accounts import passwords
from bench import rendering
from bench.report import Row, show
from tests.live import ADMIN, PASSWORD, Peyk, running_peyk
from tests.postbox import Postbox

TURNS, SIGN_INS, PEOPLE, AT_ONCE = 25, 200, 64, 8
PASSPHRASE = "kaftar-e abi dar baran"
_LINK = re.compile(r"/activate/[^\s/]+")
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    """A browser without script on one connection."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=60)
        self._cookies: dict[str, str] = {}

    def open(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Open a page or send a form; return the status and where it leads, or the page."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urllib.parse.urlencode(form) if form is not None else None
        self._connection.request("POST" if form is not None else "GET", path, body, headers)
        answer = self._connection.getresponse()
        page = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer.status, answer.headers.get("Location") or page

    def send(self, path: str, **form: str) -> tuple[int, str]:
        """Open a page, fill its form and send it there."""
        _status, page = self.open(path)
        found = _TOKEN.search(page)
        assert found, page
        return self.open(path, {"csrf_token": found[1], **form})


def main() -> int:
    """Measure all three and print a table; 1 when a goal is missed."""
    rows = [_registration()]
    with (
        tempfile.TemporaryDirectory() as folder,
        Postbox() as box,
        running_peyk(Path(folder), processes=2, threads=8, PEYK_LOG_LEVEL="ERROR") as peyk,
    ):
        rows += _rush(peyk)
        _enter_server(peyk, box)
        rows.append(_whole_way(peyk, box))
    return show("Accounts", rows)


def _registration() -> Row:
    """Milliseconds that POST /register takes beside its hash."""
    beside = []
    with tempfile.TemporaryDirectory() as folder, rendering.peyk(f"sqlite:///{folder}/db") as app:
        app.extensions["peyk.config"] = replace(app.extensions["peyk.config"], rate_limits=False)
        for turn in range(TURNS):
            client = Client(app)
            found = _TOKEN.search(client.get("/register").text)
            assert found
            form = _registrant(f"p{turn}@example.com") | {"csrf_token": found[1]}
            begun = time.thread_time()
            assert client.post("/register", data=form).status_code == 303
            whole = time.thread_time() - begun
            begun = time.thread_time()
            passwords.hashed(PASSPHRASE)
            beside.append((whole - (time.thread_time() - begun)) * 1000)
    met = statistics.median(beside) <= 10
    return Row("POST /register beside its hash", beside, "ms", goal="≤ 10 ms", met=met)


def _rush(peyk: Peyk) -> Iterator[Row]:
    """What others feel while two hundred sign in at once."""
    people = [Visitor(peyk.url) for _ in range(SIGN_INS)]
    tokens = [_TOKEN.search(one.open("/login")[1]) for one in people]
    before, answers, done = _memory(peyk), Counter[int](), threading.Event()

    def sign_in(number: int) -> None:
        found = tokens[number]
        assert found
        form = {"csrf_token": found[1], "email": ADMIN, "password": PASSWORD}
        answers[people[number].open("/login", form)[0]] += 1

    waits: dict[str, list[float]] = {"/login": [], "/healthz": []}
    peak = [before]

    def look(path: str) -> None:
        while not done.is_set():
            begun = time.perf_counter()
            Visitor(peyk.url).open(path)
            waits[path].append((time.perf_counter() - begun) * 1000)
            peak.append(_memory(peyk))

    with ThreadPoolExecutor(SIGN_INS + 2) as pool:
        for path in waits:
            pool.submit(look, path)
        list(pool.map(sign_in, range(SIGN_INS)))
        done.set()
    print(f"answers to {SIGN_INS} sign-ins: {dict(answers)}")
    for path, times in waits.items():
        yield Row(f"GET {path} meanwhile", times, "ms", goal="< 1 s", met=max(times) < 1000)
    grown = (max(peak) - before) / 2**20
    yield Row("memory that came on top", [grown], "MiB", goal="< 256 MiB", met=grown < 256)


def _memory(peyk: Peyk) -> int:
    """Bytes that the processes of the panel hold, known by the address in their command."""
    address = urllib.parse.urlsplit(peyk.url).netloc.encode()
    whole = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if address in (process / "cmdline").read_bytes():
                whole += int((process / "statm").read_text().split()[1]) * resource.getpagesize()
    return whole


def _whole_way(peyk: Peyk, box: Postbox) -> Row:
    """People a second, from the form to being signed in."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda number: _newcomer(peyk, box, number), range(PEOPLE)))
    rate = PEOPLE / (time.perf_counter() - begun)
    what = f"{AT_ONCE} at once: register, mail, activate, sign in"
    return Row(what, [rate], "people/s", goal="≥ 15 /s", met=rate >= 15)


def _newcomer(peyk: Peyk, box: Postbox, number: int) -> None:
    address, visitor = f"newcomer{number}@example.com", Visitor(peyk.url)
    status, said = visitor.send("/register", **_registrant(address))
    assert status == 303, said
    mail = None
    while mail is None:
        mail = next((one for one in list(box.messages) if one.recipient == address), None)
        time.sleep(0.005)
    # Another browser, so that the way is the long one: the button, then the sign-in.
    visitor = Visitor(peyk.url)
    link = _LINK.search(mail.text)
    assert link, mail.text
    status, said = visitor.send(link[0])
    assert status == 303, said
    status, said = visitor.send("/login", email=address, password=PASSPHRASE)
    assert status == 303, said


def _registrant(address: str) -> dict[str, str]:
    form = {"name": "سارا احمدی", "email": address, "password": PASSPHRASE}
    return form | {"password_confirm": PASSPHRASE}


def _enter_server(peyk: Peyk, box: Postbox) -> None:
    """Let all mail go to the sink."""
    peyk.command("demo", "prepare", "--catcher-port", str(box.port))


if __name__ == "__main__":
    sys.exit(main())
