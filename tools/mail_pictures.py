"""Take a picture of every mail in every language: `python -m tools.mail_pictures [FOLDER]`.

One sheet for each kind of mail: a row for each language; desktop and phone, light and dark. It
needs Chromium and what the tests need; nothing is loaded from anywhere and nothing is sent.
"""

import base64
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from app import create_app
from app.config import Config
from app.extensions import db
from app.i18n import locales
from app.web.dev_mail import samples
from tools.steps import ROOT

_FOLDER = ROOT / "docs" / "screenshots" / "mails"
_WIDTHS = {"desktop": 640, "phone": 390}
_LOOKS = [(device, scheme) for device in _WIDTHS for scheme in ("light", "dark")]
# The browser itself puts the pictures together: no other program is needed for it.
_SHEET = """async (rows) => {
  const load = data => new Promise(done => {
    const image = new Image(); image.onload = () => done(image);
    image.src = "data:image/png;base64," + data; });
  const images = await Promise.all(rows.map(row => Promise.all(row.map(load))));
  const scale = 0.55, gap = 12;
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(images[0].reduce((sum, i) => sum + i.width * scale + gap, gap));
  const heights = images.map(row => Math.max(...row.map(i => i.height)) * scale);
  canvas.height = Math.ceil(heights.reduce((sum, height) => sum + height + gap, gap));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#7a8794"; pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  let y = gap;
  images.forEach((row, at) => {
    let x = gap;
    for (const image of row) {
      pen.drawImage(image, x, y, image.width * scale, image.height * scale);
      x += image.width * scale + gap;
    }
    y += heights[at] + gap;
  });
  return canvas.toDataURL("image/webp", 0.72).split(",")[1];
}"""


def main(arguments: Sequence[str]) -> int:
    """Write the sheets and say how large they are."""
    folder = Path(arguments[0]) if arguments else _FOLDER
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("Chromium is missing. On Debian: apt-get install chromium", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with application() as app, sync_playwright() as playwright:
        options: dict[str, Any] = {"executable_path": chromium, "args": ["--no-sandbox"]}
        browser = playwright.chromium.launch(**options)
        for kind in _kinds(app):
            sheet = _sheet(browser, [_row(app, browser, kind, code) for code in locales.LOCALES])
            (folder / f"{kind}.webp").write_bytes(sheet)
            print(f"{kind}.webp  {len(sheet) // 1000} KB", flush=True)
        browser.close()
    return 0


@contextmanager
def application() -> Iterator[Flask]:
    """An application with a database of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        config = Config(
            secret_key="for-pictures-of-mails-only-0123456789abcdef",  # noqa: S106 - guards nothing
            database_url=f"sqlite:///{name}/pictures.sqlite3",
            public_url="https://support.example.com",
            mode="development",
            instance_path=Path(name),
        )
        app = create_app(config)
        with app.app_context():
            db.create_all()
        yield app
        with app.app_context():
            db.engine.dispose()


def _kinds(app: Flask) -> list[str]:
    with app.app_context():
        return samples.names()


def _row(app: Flask, browser: Browser, kind: str, code: str) -> list[str]:
    """The pictures of one mail in one language."""
    with app.app_context():
        mail = samples.written(kind, code)
    if mail is None:
        raise SystemExit(f"There is no sample of {kind}: add it to app/accounts/mails/samples.py.")
    return [_picture(browser, mail.html, device, scheme) for device, scheme in _LOOKS]


def _picture(browser: Browser, html: str, device: str, scheme: Any) -> str:
    viewport: Any = {"width": _WIDTHS[device], "height": 400}
    context = browser.new_context(viewport=viewport, color_scheme=scheme, offline=True)
    page = context.new_page()
    page.set_content(html)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    picture = page.screenshot(full_page=True)
    context.close()
    if wide > 0:
        raise SystemExit(f"A mail is {wide} pixels wider than a {device}.")
    return base64.b64encode(picture).decode("ascii")


def _sheet(browser: Browser, rows: Sequence[Sequence[str]]) -> bytes:
    context = browser.new_context()
    page = context.new_page()
    made = page.evaluate(_SHEET, rows)
    context.close()
    return base64.b64decode(made)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
