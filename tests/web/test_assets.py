"""Static files."""

import gzip

import pytest

from app.web.drawing import assets


def test_the_address_of_a_file_carries_its_content(app, client):
    with app.test_request_context():
        url = assets.static_url("app.css")
    assert "v=" in url
    assert (
        client.get(url, buffered=True).headers["Cache-Control"]
        == "public, max-age=31536000, immutable"
    )


def test_a_file_is_the_same_for_everybody(nika):
    headers = nika.get("/static/app.css", buffered=True).headers
    assert "Cookie" not in headers["Vary"]
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("url", ["/static/app.css", "/static/app.css?v=old"])
def test_another_address_is_asked_again(client, url):
    assert client.get(url, buffered=True).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["app.css", "app.js", "icons.svg"])
def test_text_is_sent_compressed_to_who_understands(client, name):
    plain = client.get(f"/static/{name}", buffered=True)
    packed = client.get(f"/static/{name}", headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize("path", ["/static/../config.py", "/static/%2e%2e/config.py", "/static/x"])
def test_nothing_else_is_served(client, path):
    assert client.get(path).status_code == 404


def test_without_font_files_no_page_asks_for_them(app, client, monkeypatch):
    monkeypatch.setattr(assets, "_FONTS", ("missing.woff2",))
    assets._fonts_in.cache_clear()
    try:
        text = client.get("/login").text
    finally:
        assets._fonts_in.cache_clear()
    assert "vendor" not in text
    assert "fonts.css" not in text


def test_the_style_sheet_never_asks_for_fonts_itself(client):
    assert "@font-face" not in client.get("/static/app.css", buffered=True).text
