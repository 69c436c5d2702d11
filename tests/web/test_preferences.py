"""Language and theme."""

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.config import current_config
from app.core.audit import AuditEntry
from app.extensions import db
from app.i18n import locales
from tests.page import read


def page(answer):
    return read(answer.text).root.all("html")[0].attributes


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ("", "fa"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("de-DE, ar;q=0.8, en;q=0.5", "ar"),
        ("de, fr", "fa"),
        ("xa", "fa"),
        ("*", "fa"),
        (",;q=zz,\u0660", "fa"),
    ],
)
def test_a_visitor_gets_the_language_that_the_browser_wishes(client, wish, code):
    answer = client.get("/login", headers={"Accept-Language": wish.encode().decode("latin-1")})
    assert page(answer)["lang"] == code


def test_the_switch_overrules_the_wish_of_the_browser(client, token):
    client.post("/language", data={"csrf_token": token, "locale": "ar"})
    answer = client.get("/login", headers={"Accept-Language": "en"})
    assert page(answer) == {"lang": "ar", "dir": "rtl"}


def test_the_switch_changes_the_language_and_comes_back(client, token):
    data = {"csrf_token": token, "locale": "en", "next": "/register"}
    answer = client.post("/language", data=data)
    assert (answer.status_code, answer.location) == (303, "/register")
    assert page(client.get("/register")) == {"lang": "en", "dir": "ltr"}


def test_a_link_may_ask_for_a_language_and_it_stays(client):
    assert page(client.get("/login?lang=en"))["lang"] == "en"
    assert page(client.get("/login"))["lang"] == "en"
    assert page(client.get("/nowhere"))["lang"] == "en"


@pytest.mark.parametrize("code", ["", "xx", "fa_IR", "../en", "en\x00", "EN"])
def test_r29_an_unknown_language_changes_nothing(client, token, code):
    client.get(f"/login?lang={code}" if "\x00" not in code else "/login?lang=en%00")
    assert page(client.get("/login"))["lang"] == "fa"
    data = {"csrf_token": token, "locale": code}
    assert client.post("/language", data=data).status_code == 400


def test_the_language_of_the_account_comes_before_the_wish_and_the_cookie(nika):
    nika.get("/login?lang=ar")
    assert page(nika.get("/system/", headers={"Accept-Language": "en"}))["lang"] == "fa"
    assert page(nika.get("/system/?lang=en"))["lang"] == "en"
    assert page(nika.get("/system/"))["lang"] == "fa"


def test_for_somebody_signed_in_the_switch_changes_the_account(nika):
    token = read(nika.get("/system/").text).values()["csrf_token"]
    nika.post("/language", data={"csrf_token": token, "locale": "en"})
    assert page(nika.get("/system/"))["lang"] == "en"
    assert db.session.scalar(select(User.locale)) == "en"
    events = db.session.scalars(select(AuditEntry.event)).all()
    assert events.count("user.details_changed") == 1


def test_a_page_for_everybody_names_itself_in_each_language(client):
    links = read(client.get("/login?lang=en").text).root.all("link")
    named = {link.get("hreflang"): link.get("href") for link in links if link.get("hreflang")}
    base = current_config().public_url
    assert named == {code: f"{base}/login?lang={code}" for code in locales.LOCALES}


def meta(answer):
    """What the page says to programs, by name."""
    return {each.get("name"): each.get("content") for each in read(answer.text).root.all("meta")}


@pytest.mark.parametrize("path", ["/login", "/register"])
def test_search_engines_may_show_where_people_come_in(client, path):
    said = meta(client.get(path))
    assert "robots" not in said
    assert len(said["description"]) > 20


@pytest.mark.parametrize("path", ["/system/", "/system/smtp", "/forgot-password", "/activate/x"])
def test_search_engines_stay_away_from_everything_else(nika, path):
    said = meta(nika.get(path))
    assert said["robots"] == "noindex"
    assert said["description"]


def test_a_page_of_the_panel_does_not(nika):
    links = read(nika.get("/system/").text).root.all("link")
    assert not [link for link in links if link.get("hreflang")]


def test_each_language_on_the_switch_speaks_for_itself(client):
    forms = read(client.get("/login").text).root.all("form")
    buttons = [form.all("button")[0] for form in forms if form.get("action") == "/language"]
    said = {(b.text, b.get("lang"), b.get("dir")) for b in buttons}
    assert said == {("English", "en", "ltr"), ("العربية", "ar", "rtl")}


@pytest.mark.parametrize(
    "evil", ["//evil.example", "/\\evil.example", "https:evil.example", "/logout"]
)
def test_r29_the_switches_lead_nowhere_else(client, token, evil):
    data = {"csrf_token": token, "next": evil}
    assert client.post("/language", data=data | {"locale": "en"}).location == "/"
    assert client.post("/theme", data=data | {"theme": "dark"}).location == "/"


def test_the_switch_needs_its_token(client):
    assert client.post("/language", data={"locale": "en"}).status_code == 400
    assert page(client.get("/login"))["lang"] == "fa"


def test_the_theme_button_walks_through_all_three(client):
    seen = []
    for _press in range(4):
        answer = client.get("/login")
        seen.append(page(answer).get("data-theme", "device"))
        form = next(f for f in read(answer.text).root.all("form") if f.get("action") == "/theme")
        data = {field.get("name"): field.get("value") for field in form.all("input")}
        client.post("/theme", data=data)
    assert seen == ["device", "dark", "light", "device"]


def test_an_unknown_theme_is_refused(client, token):
    assert client.post("/theme", data={"csrf_token": token, "theme": "pink"}).status_code == 400


def test_after_a_refused_form_the_switch_leads_back_to_the_form(client, token):
    answer = client.post("/register", data={"csrf_token": token})
    assert answer.status_code == 422
    assert read(answer.text).values()["next"] == "/register"


def test_the_switch_is_not_overruled_by_the_address(client):
    page = read(client.get("/login?lang=en").text)
    form = next(form for form in page.root.all("form") if form.get("action") == "/language")
    assert {"next": "/login"}.items() <= {
        field.get("name"): field.get("value") for field in form.all("input")
    }.items()
