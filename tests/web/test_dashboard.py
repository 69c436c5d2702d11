"""System management: tiles, banner, menu."""

from datetime import timedelta

import pytest

from app.core import clock
from app.mail import queries
from app.mail.models import Role
from app.mail.queries import Overview, Situation
from app.web.mail_situation import LOOKS
from tests.page import problems, read


@pytest.fixture
def situation(monkeypatch):
    def set_to(name, **more):
        overview = Overview(name, **({"waiting": 0} | more))
        monkeypatch.setattr(queries, "overview", lambda: overview)

    return set_to


@pytest.mark.parametrize("locale", ["fa", "en"])
@pytest.mark.parametrize("name", Situation)
def test_every_situation_of_mail_makes_a_good_page(nika, situation, name, locale):
    situation(name, waiting=3, since=clock.now() - timedelta(hours=2))
    assert problems(nika.get(f"/system/?lang={locale}").text, locale) == []


def test_every_situation_has_its_look():
    assert set(LOOKS) == set(Situation)


def test_when_mail_works_there_is_no_banner(nika, situation):
    situation(Situation.WORKS)
    assert 'class="notice banner' not in nika.get("/system/").text


def test_the_banner_says_since_when_why_and_how_many(nika, situation):
    situation(
        Situation.NO_SERVER_WORKS,
        waiting=3,
        since=clock.now() - timedelta(minutes=10),
        failing=Role.PRIMARY,
        last_cause="auth.wrong",
    )
    page = read(nika.get("/system/?lang=en").text)
    banner = next(e for e in page.root.walk() if "banner" in e.get("class"))
    assert "no SMTP server works" in banner.text
    assert "Since 10 minutes ago." in banner.text
    assert "3 mails are waiting." in banner.text
    assert "rejected the user name or the password" in banner.text


@pytest.mark.parametrize("path", ["/system/", "/system/smtp"])
def test_the_banner_is_on_every_page_of_the_panel(nika, situation, path):
    situation(Situation.NO_WORKER)
    assert 'class="notice banner' in nika.get(path).text


def test_other_people_are_not_told_about_mail(omid, situation):
    situation(Situation.NO_SERVER_WORKS)
    assert 'class="notice banner' not in omid.get("/account").text


def test_the_menu_leads_only_to_pages_that_exist(nika, situation):
    situation(Situation.WORKS)
    page = read(nika.get("/system/").text)
    menu = page.by_id("nav")
    assert menu is not None
    links = [link.get("href") for link in menu.all("a")]
    assert "/system/" in links
    assert {nika.get(link).status_code for link in links} == {200}


def test_the_tile_of_the_mail_settings_says_how_mail_stands(nika, situation):
    situation(Situation.SECONDARY_CARRIES)
    page = read(nika.get("/system/").text)
    tile = next(e for e in page.root.walk() if e.get("class") == "tile")
    assert tile.get("href") == "/system/smtp"
    assert "تنظیمات SMTP" in tile.text
    assert "SMTP ثانوی" in tile.text


@pytest.mark.parametrize("locale", ["fa", "en"])
@pytest.mark.parametrize("path", ["/login", "/register"])
def test_the_pages_of_visitors(client, path, locale):
    assert problems(client.get(f"{path}?lang={locale}").text, locale) == []
