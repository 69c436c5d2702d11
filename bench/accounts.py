"""What accounts cost when many come at once: `python -m bench.accounts`.

Against a real gunicorn (as the operators' guide starts it), a real worker and a real SMTP server:

1. POST /register without the hash that it makes, by turns with a bare Flask page, as CPU time;
2. two hundred sign-ins at the same moment, and how long others wait for a page meanwhile;
3. eight people at once who register, open the link of their mail, press its button and sign in.

A page that waits is compared with the same page before the rush: on a busy machine both are slow.
"""

import argparse
import base64
import contextlib
import math
import re
import resource
import secrets
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar
from unittest import mock

from werkzeug.test import Client

from app.accounts.passwords import passwords
from bench import bare, rendering, spent
from bench.report import Row, show
from bench.visitor import TOKEN, Visitor
from tests.live import ADMIN, PASSWORD, Peyk, running_peyk
from tests.postbox import Postbox, Received

T = TypeVar("T")

TURNS, SIGN_INS, PEOPLE, AT_ONCE = 60, 200, 192, 8
AHEAD = range(-16, 0)
# As many as the operators' guide gives each process.
THREADS = 128
# What a bare page takes on a machine with nothing else to do; see docs/performance-pages.md.
BARE_MS = 1.2
PATIENCE = 60.0
PASSPHRASE = "kaftar-e abi dar baran"
_LINK = re.compile(r"/activate/[\w-]+")


class Arrivals(list[Received]):
    """The mails that came; whoever waits for the one to an address is woken by it."""

    def __init__(self) -> None:
        super().__init__()
        self._came: dict[str, SimpleQueue[Received]] = {}

    def append(self, mail: Received) -> None:
        """Keep a mail and wake whoever waits for it."""
        super().append(mail)
        self._of(mail.recipient).put(mail)

    def await_one(self, address: str) -> Received:
        """Return the next mail to this address, without asking again and again whether it came."""
        return self._of(address).get(timeout=PATIENCE)

    def _of(self, address: str) -> SimpleQueue[Received]:
        return self._came.setdefault(address, SimpleQueue())


def main() -> int:
    """Measure all three, or what `--only` names, and print a table; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=("registration", "rush", "way"))
    only = parser.parse_args().only
    rows = list(_registration()) if only in (None, "registration") else []
    if only == "registration":
        return show("Accounts", rows)
    arrivals = Arrivals()
    with (
        tempfile.TemporaryDirectory() as folder,
        Postbox(messages=arrivals) as box,
        running_peyk(
            Path(folder),
            processes=2,
            threads=THREADS,
            PEYK_LOG_LEVEL="ERROR",
            PEYK_MODE="production",
            SECRET_KEY=secrets.token_urlsafe(48),
        ) as peyk,
    ):
        if only != "way":
            rows += _rush(peyk)
        if only != "rush":
            _enter_server(peyk, box)
            rows += _whole_way(peyk, arrivals)
    return show("Accounts", rows)


def _registration() -> Iterator[Row]:
    """Milliseconds of CPU that POST /register takes beside its hash, and what they are worth."""
    took, bare_page = [], []
    with tempfile.TemporaryDirectory() as folder, rendering.peyk(f"sqlite:///{folder}/db") as app:
        app.extensions["peyk.config"] = replace(app.extensions["peyk.config"], rate_limits=False)
        client, yardstick = Client(app), rendering.asking(bare.make(), "/login")
        found = TOKEN.search(client.get("/register").text)
        assert found
        with mock.patch.object(passwords, "hashed", return_value=passwords.NOBODY):
            for turn in _progress("registrations", range(-5, TURNS)):
                form = _registrant(f"p{turn}@example.com") | {"csrf_token": found[1]}
                begun = time.thread_time()
                answer = client.post("/register", data=form)
                took.append((time.thread_time() - begun) * 1000)
                assert answer.status_code == 303, answer.text
                begun = time.thread_time()
                yardstick()
                bare_page.append((time.thread_time() - begun) * 1000)
    pairs = list(zip(took, bare_page, strict=True))[5:]
    ratio = statistics.median(mine / other for mine, other in pairs)
    goal, met = "≤ 10 ms where a bare page takes 1.2", ratio * BARE_MS <= 10
    yield Row("POST /register beside its hash, CPU", took[5:], "ms", ratio, goal, met)
    yield Row("a bare Flask page by turns with it, CPU", bare_page[5:], "ms")


def _rush(peyk: Peyk) -> Iterator[Row]:
    """What others feel while two hundred sign in at once."""
    people = [Visitor(peyk.url) for _ in range(SIGN_INS)]
    tokens = [TOKEN.search(one.open("/login")[1]) for one in _progress("sign-ins", people)]
    answers, waits = Counter[int](), Counter[str]()
    calm = {path: [_wait(peyk, path) for _time in range(20)] for path in ("/login", "/healthz")}
    rush: dict[str, list[float]] = {path: [] for path in calm}
    panel = _processes(peyk)
    before = _memory(panel)
    peak, is_over = [before], threading.Event()

    def sign_in(number: int) -> None:
        found = tokens[number]
        assert found
        form = {"csrf_token": found[1], "email": ADMIN, "password": PASSWORD}
        try:
            answers[people[number].open("/login", form)[0]] += 1
        except OSError as error:
            waits[type(error).__name__] += 1

    def look(path: str) -> None:
        while not is_over.wait(0.02):
            rush[path].append(_wait(peyk, path))
            peak.append(_memory(panel))

    with ThreadPoolExecutor(SIGN_INS + len(rush)) as pool:
        for path in rush:
            pool.submit(look, path)
        begun = time.perf_counter()
        try:
            list(pool.map(sign_in, range(SIGN_INS)))
        finally:
            is_over.set()
    print(f"{SIGN_INS} sign-ins in {time.perf_counter() - begun:.1f} s: {dict(answers + waits)}")
    yield Row(f"let in of {SIGN_INS} who sign in at once", [answers[303]], "people")
    for path, times in rush.items():
        yield Row(f"GET {path} before", calm[path], "ms")
        is_met = max(times, default=math.inf) < 1000
        yield Row(f"GET {path} meanwhile", times or [math.inf], "ms", goal="< 1 s", met=is_met)
    grown = (max(peak) - before) / 2**20
    yield Row("memory that came on top", [grown], "MiB", goal="< 256 MiB", met=grown < 256)


def _wait(peyk: Peyk, path: str) -> float:
    begun = time.perf_counter()
    Visitor(peyk.url).open(path)
    return (time.perf_counter() - begun) * 1000


def _processes(peyk: Peyk) -> list[Path]:
    """The processes of the panel, known by the address in their command."""
    address = urllib.parse.urlsplit(peyk.url).netloc.encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if address in (process / "cmdline").read_bytes():
                found.append(process)
    return found


def _memory(panel: list[Path]) -> int:
    """Bytes that these processes hold."""
    pages = (int((process / "statm").read_text().split()[1]) for process in panel)
    return sum(pages) * resource.getpagesize()


def _whole_way(peyk: Peyk, arrivals: Arrivals) -> Iterator[Row]:
    """People a second, from the form to being signed in, and the CPU that each of them costs."""
    refused = Counter[str]()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        # Each process makes each page once, so that it is not its start that is measured.
        list(pool.map(lambda number: _newcomer(peyk, arrivals, number, refused), AHEAD))
        refused.clear()
        before, begun = spent.by_part(peyk.url), time.perf_counter()
        way = pool.map(lambda number: _newcomer(peyk, arrivals, number, refused), range(PEOPLE))
        list(_progress("people", way))
    rate = PEOPLE / (time.perf_counter() - begun)
    print(f"asked to come back a moment later: {dict(refused) or 'nobody'}")
    what = f"{AT_ONCE} at once: register, mail, activate, sign in"
    yield Row(what, [rate], "people/s", goal="≥ 15 /s", met=rate >= 15)
    for part, ms in spent.by_part(peyk.url).items():
        yield Row(f"CPU of a person: {part}", [(ms - before[part]) / PEOPLE], "ms")


def _newcomer(peyk: Peyk, arrivals: Arrivals, number: int, refused: Counter[str]) -> None:
    address, visitor = f"newcomer{number}@example.com", Visitor(peyk.url)
    _send(visitor, "/register", refused, **_registrant(address))
    mail = _plain(arrivals.await_one(address))
    # Another browser, so that the way is the long one: the button, then the sign-in.
    visitor = Visitor(peyk.url)
    link = _LINK.search(mail)
    assert link, mail
    _send(visitor, link[0], refused)
    _send(visitor, "/login", refused, email=address, password=PASSPHRASE)


def _plain(mail: Received) -> str:
    """Decode the first part, as every mail of Peyk has it; a whole reading would cost ten times."""
    _head, _its_head, rest = mail.raw.split(b"\r\n\r\n", 2)
    return base64.b64decode(rest.partition(b"\r\n--")[0]).decode()


def _send(visitor: Visitor, path: str, refused: Counter[str], **form: str) -> None:
    """Send a form; whoever is told that all seats are taken comes back, as a browser would."""
    deadline = time.monotonic() + PATIENCE
    while (answer := visitor.send(path, **form))[0] == 503 and time.monotonic() < deadline:
        refused[path] += 1
        time.sleep(0.1)
    assert answer[0] == 303, answer


def _progress(what: str, things: Iterable[T]) -> Iterator[T]:
    """Go through the things and say how far one is, where somebody looks on."""
    for number, thing in enumerate(things, 1):
        yield thing
        if sys.stderr.isatty():
            print(f"\r{number} {what} ", end="", file=sys.stderr, flush=True)


def _registrant(address: str) -> dict[str, str]:
    form = {"name": "سارا احمدی", "email": address, "password": PASSPHRASE}
    return form | {"password_confirm": PASSPHRASE}


def _enter_server(peyk: Peyk, box: Postbox) -> None:
    """Let all mail go to the sink."""
    # The command is for development only.
    told = replace(peyk, environment={**peyk.environment, "PEYK_MODE": "development"})
    told.command("demo", "prepare", "--catcher-port", str(box.port))


if __name__ == "__main__":
    sys.exit(main())
