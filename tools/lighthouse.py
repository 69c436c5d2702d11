"""Lighthouse on a phone: `make lighthouse`, or `python -m tools.lighthouse FOLDER` to keep reports.

Each page is asked in Persian, by somebody who comes for the first time, over the slow network and
with the slow processor that Lighthouse simulates: four times slower than a desktop. A machine that
does other work is no desktop, and says so by its benchmark index; a page that is too slow is asked
up to twice more, slowed down only as far as makes the same phone out of what the machine was.
"""

import http.cookiejar
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import assets, showcase
from tools.showcase import Showcase
from tools.steps import ROOT, Step, StepFailed, carry_out

LEAST = 95
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
_TRIES = 3
# Lighthouse slows a desktop of this benchmark index down so many times.
_DESKTOP, _SLOWDOWN = 1750.0, 4.0
_PLACE = ROOT / "tools" / "lighthouse-npm"
_PROGRAM = _PLACE / "node_modules" / "lighthouse" / "cli" / "index.js"
_CHROMIUM = "/usr/bin/chromium"
_CHROMIUM_FLAGS = "--headless=new --no-sandbox --disable-gpu"
_TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Asked:
    """A page to ask for. One behind the sign-in tells search engines on purpose to stay away."""

    name: str
    path: str
    is_private: bool = False


PAGES = (
    Asked("sign-in", "/login"),
    Asked("registration", "/register"),
    Asked("dashboard", "/system/", is_private=True),
    Asked("SMTP settings", "/system/smtp", is_private=True),
)


@dataclass(frozen=True, slots=True)
class Report:
    """What Lighthouse says of a page: points of 100 for each category, and what cost some."""

    points: Mapping[str, int]
    faults: Sequence[str]
    benchmark: float

    @property
    def slowdown(self) -> float:
        """By how much this machine has to be slowed down to be the phone that is meant."""
        return round(min(_SLOWDOWN, max(1.0, self.benchmark / _DESKTOP * _SLOWDOWN)), 1)

    @property
    def is_good(self) -> bool:
        """Whether every category has enough points."""
        return all(points >= LEAST for points in self.points.values())

    @property
    def is_only_slow(self) -> bool:
        """Whether all but the time is good enough, so that it is worth asking again."""
        rest = [points for name, points in self.points.items() if name != "performance"]
        return not self.is_good and all(points >= LEAST for points in rest)


def main(folder: Path) -> int:
    """Ask for every page, print the table; 1 when a page has too few points."""
    carry_out([_step()])
    folder.mkdir(parents=True, exist_ok=True)
    with showcase.running() as show:
        cookie = _signed_in(show)
        reports = {page.name: _best(page, show, cookie, folder) for page in PAGES}
    print(_table(reports))
    bad = {name: report for name, report in reports.items() if not report.is_good}
    for name, report in bad.items():
        print(f"\n{name} has fewer than {LEAST} points:", *report.faults, sep="\n  ")
    return 1 if bad else 0


def _step() -> Step:
    names = ("package.json", "package-lock.json")
    return Step(
        name="lighthouse",
        title="Lighthouse",
        work=lambda: assets.fetch_into(_PLACE, "npm could not fetch Lighthouse."),
        inputs=[_PLACE / name for name in names],
        outputs=[_PROGRAM],
    )


def _signed_in(show: Showcase) -> str:
    """Sign in as the administrator; return the cookies as a browser sends them."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with opener.open(f"{show.url}/login") as page:
        token = _TOKEN.search(page.read())
    if token is None:
        raise SystemExit("The sign-in page has no form.")
    form = {"email": show.address, "password": show.password, "csrf_token": token[1].decode()}
    with opener.open(f"{show.url}/login", urllib.parse.urlencode(form).encode()) as page:
        if urllib.parse.urlsplit(page.url).path != "/system/":
            raise SystemExit(f"The administrator could not sign in; the way ended at {page.url}.")
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def _best(page: Asked, show: Showcase, cookie: str, folder: Path) -> Report:
    """The report with the most points for time, of as many as it takes."""
    found: list[Report] = []
    slowdown = _SLOWDOWN
    while len(found) < _TRIES and (not found or found[-1].is_only_slow):
        report = _ask(page, show, cookie, folder / f"{page.name}.json", slowdown)
        machine = f"benchmark {report.benchmark:.0f}, slowed down {slowdown:g} times"
        print(f"  {page.name:<14} {_line(report.points)} ({machine})", flush=True)
        found.append(report)
        slowdown = report.slowdown
    return max(found, key=lambda report: report.points["performance"])


def _ask(page: Asked, show: Showcase, cookie: str, file: Path, slowdown: float) -> Report:
    command = [assets.node() or "node", _PROGRAM, show.url + page.path, "--quiet"]
    command += ["--output=json", f"--output-path={file}", "--no-enable-error-reporting"]
    command += [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={_CHROMIUM_FLAGS}"]
    command.append(f"--throttling.cpuSlowdownMultiplier={slowdown:g}")
    headers = {"Accept-Language": "fa"}
    if page.is_private:
        command.append("--skip-audits=is-crawlable")
        headers["Cookie"] = cookie
    command.append(f"--extra-headers={json.dumps(headers)}")
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, "CHROME_PATH": shutil.which("chromium") or _CHROMIUM},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"Lighthouse did not finish.\n{done.stderr.strip()[-2000:]}")
    return read(json.loads(file.read_text()), page)


def read(said: Mapping[str, Any], page: Asked) -> Report:
    """Read a report; raise when it tells of another page than the one asked for."""
    seen = urllib.parse.urlsplit(said["finalDisplayedUrl"]).path
    if seen != page.path:
        raise SystemExit(f"{page.path} led to {seen}: the cookie was not taken.")
    categories = said["categories"]
    points = {name: round((categories[name]["score"] or 0) * 100) for name in CATEGORIES}
    costly = (
        said["audits"][part["id"]]
        for category in categories.values()
        for part in category["auditRefs"]
        if part["weight"]
    )
    faults = (
        f"{audit['title']}: {audit.get('displayValue') or audit['score']}"
        for audit in costly
        if audit["score"] is not None and audit["score"] < 1
    )
    return Report(points, tuple(dict.fromkeys(faults)), said["environment"]["benchmarkIndex"])


def _table(reports: Mapping[str, Report]) -> str:
    head = f"\n{'':<16}" + "".join(f"{name:>16}" for name in CATEGORIES)
    rows = (
        f"{name:<16}" + "".join(f"{report.points[each]:>16}" for each in CATEGORIES)
        for name, report in reports.items()
    )
    return "\n".join([head, *rows])


def _line(points: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {value}" for name, value in points.items())


if __name__ == "__main__":
    try:
        if len(sys.argv) > 1:
            sys.exit(main(Path(sys.argv[1]).absolute()))
        with tempfile.TemporaryDirectory(prefix="peyk-lighthouse-") as place:
            sys.exit(main(Path(place)))
    except StepFailed as failure:
        sys.exit(f"\n{failure}")
