"""What programs look for under fixed names, and what an error page says beside its words."""

import re

import pytest

from app.config import Config, ConfigError
from app.core import log
from app.core.errors import TooOften
from app.web.sessions import routes
from tests.page import problems

GIVEN = {"SECRET_KEY": "0123456789abcdef" * 4, "PUBLIC_URL": "https://support.yourdomain.com"}


def test_without_a_contact_there_is_no_page_for_it(client):
    assert client.get("/.well-known/security.txt").status_code == 404


def test_the_contact_for_weaknesses_is_where_programs_look_for_it(client, configure):
    configure(security_contact="mailto:security@yourdomain.com")
    answer = client.get("/.well-known/security.txt")
    assert answer.mimetype == "text/plain"
    fields = dict(line.split(": ", 1) for line in answer.text.strip().splitlines())
    assert fields["Contact"] == "mailto:security@yourdomain.com"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", fields["Expires"])
    assert fields["Canonical"] == "http://localhost/.well-known/security.txt"
    assert fields["Preferred-Languages"] == "fa, en, ar"


@pytest.mark.parametrize("text", ["security@yourdomain.com", "http://x", "mailto:a\nContact: b"])
def test_a_contact_that_is_none_is_refused_at_the_start(text):
    with pytest.raises(ConfigError, match="PEYK_SECURITY_CONTACT"):
        Config.from_environment({**GIVEN, "PEYK_SECURITY_CONTACT": text})


def test_password_managers_find_the_page_on_which_passwords_change(client, omid):
    assert omid.get("/.well-known/change-password").location == "/account/password"
    answer = client.get("/.well-known/change-password", follow_redirects=True)
    assert answer.request.path == "/login"


def test_r80_a_secret_in_a_path_never_stands_in_the_log(app):
    doors = [rule.rule for rule in app.url_map.iter_rules() if "<token>" in rule.rule]
    assert len(doors) > 8
    bare = [
        door for door in doors if "s3cret" in log.hide_secrets(door.replace("<token>", "s3cret"))
    ]
    assert not bare


def test_r80_a_long_address_that_somebody_made_up_does_not_fill_the_log(client, caplog):
    caplog.set_level("INFO", "peyk.web")
    assert client.get("/" + "x" * 3000).status_code == 404
    (line,) = (one for one in caplog.records if one.msg == "request")
    assert len(line.fields["path"]) == 200


@pytest.mark.parametrize(("locale", "words"), [("fa", "۶۰ ثانیه"), ("en", "60 seconds")])
def test_r65_who_has_to_wait_is_told_how_long(client, monkeypatch, locale, words):
    def refuse(*_given):
        raise TooOften(60)

    monkeypatch.setattr(routes, "safe_next", refuse)
    answer = client.get(f"/login?lang={locale}")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert words in answer.text
    assert problems(answer.text, locale) == []
