"""What is said to browsers about every answer."""

import pytest

PAGES = ("/login", "/register", "/nowhere", "/healthz", "/system/", "/static/nothing.css")


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_forbids_what_is_not_needed(client, path):
    headers = client.get(path, buffered=True).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_a_file_is_told_to_be_what_it_is_and_to_run_nothing(client):
    headers = client.get("/static/icons.svg", buffered=True).headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/login", "/nowhere", "/healthz"])
def test_no_page_is_kept_by_a_browser(client, path):
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_without_https_nothing_is_promised_about_it(client):
    assert "Strict-Transport-Security" not in client.get("/login").headers


def test_with_https_browsers_are_told_to_stay_there(client, configure):
    configure(public_url="https://localhost")
    headers = client.get("/login?lang=en", base_url="https://localhost").headers
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert any(
        cookie.startswith("__Host-peyk_locale=en; Secure; HttpOnly")
        or ("__Host-peyk_locale=en" in cookie and "Secure" in cookie and "HttpOnly" in cookie)
        for cookie in headers.getlist("Set-Cookie")
    )
