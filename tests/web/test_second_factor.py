"""The pages of the second step: setting it up, signing in with it, and being made to have it."""

import re

import pytest

from app.accounts import sessions
from app.accounts.models import User
from app.accounts.passwords import passwords
from app.accounts.second_factor import recovery_codes, second_factor, totp
from app.core import clock
from app.extensions import db
from app.i18n import locales
from tests import factors
from tests import people as named
from tests.page import problems, read
from tests.people import PASSWORD
from tests.pressing import send
from tests.web import people
from tests.web.browser import Browser

HOME = "/account/second-factor"
LANGUAGES = sorted(locales.LOCALES)


def now(secret, steps=0):
    return totp.code(secret, totp.step_at(clock.now()) + steps)


def begin(client, **typed):
    asked = {"password": people.PASSWORD, **typed}
    return send(client, f"{HOME}/enrolments", page=f"{HOME}/enrolments/new", **asked)


def shown_secret(client):
    return read(client.get(f"{HOME}/setup").text).by_id("secret").text.replace(" ", "")


def set_up(client):
    begin(client)
    secret = shown_secret(client)
    answer = send(client, f"{HOME}/setup", page=f"{HOME}/setup", code=now(secret))
    return secret, answer


def shown_codes(answer):
    return [item.text for item in read(answer.text).by_id("recovery-codes").all("li")]


@pytest.fixture
def phone(app, time_machine):
    """Omid's app; Omid is no administrator."""
    enrolled = factors.enrol(named.omid())
    time_machine.pass_(seconds=30)
    return enrolled


def first_half(client, **fields):
    asked = {"email": "omid@example.com", "password": PASSWORD, **fields}
    return send(client, "/login", page="/login", **asked)


def second_half(client, code, path="/login/code"):
    return send(client, path, page="/login/code", code=code)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_r54_an_app_is_set_up_from_page_to_page(nika, locale):
    said = f"?lang={locale}"
    assert problems(nika.get(HOME + said).text, locale) == []
    assert problems(nika.get(f"{HOME}/enrolments/new{said}").text, locale) == []
    assert begin(nika).location == f"{HOME}/setup"
    page = nika.get(f"{HOME}/setup{said}").text
    assert problems(page, locale) == []
    assert "<svg" in page
    setup = f"{HOME}/setup{said}"
    answer = send(nika, setup, page=setup, code=now(shown_secret(nika)))
    assert answer.status_code == 200
    assert problems(answer.text, "fa") == []  # an answer speaks the language of the account
    assert len(shown_codes(answer)) == 10
    # On paper nobody knows any more whose they are.
    assert "nika@example.com" in read(answer.text).by_id("codes").text
    for page in ("", "/recovery-codes/new", "/removal", "/enrolments/new"):
        assert problems(nika.get(f"{HOME}{page}{said}").text, locale) == []


def test_the_square_is_drawn_here_and_holds_no_style(nika):
    begin(nika)
    square = re.search(r"<svg.*?</svg>", nika.get(f"{HOME}/setup").text, re.DOTALL)[0]
    assert "style=" not in square
    assert "http" not in square


def test_r54_the_secret_is_shown_as_text_too_from_left_to_right(nika):
    begin(nika)
    shown = read(nika.get(f"{HOME}/setup").text).by_id("secret")
    assert shown.get("dir") == "ltr"
    assert re.fullmatch(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", shown.text)


def test_no_secret_is_shown_without_the_password(nika):
    answer = begin(nika, password="wrong")
    assert answer.status_code == 422
    assert nika.get(f"{HOME}/setup").location == f"{HOME}/enrolments/new"


def test_r54_a_wrong_first_code_is_refused_and_the_same_secret_stays(nika):
    begin(nika)
    secret = shown_secret(nika)
    answer = send(nika, f"{HOME}/setup", page=f"{HOME}/setup", code="000000")
    assert answer.status_code == 422
    assert shown_secret(nika) == secret


def test_r55_recovery_codes_are_shown_once(nika):
    secret, answer = set_up(nika)
    codes = shown_codes(answer)
    again = send(nika, f"{HOME}/setup", page=HOME, code=now(secret))
    assert again.location == HOME
    assert codes[0] not in nika.get(HOME).text


def test_r50_the_change_renews_the_session_of_this_browser(app, nika):
    old = nika.get_cookie("peyk").value
    set_up(nika)
    assert nika.get("/account").status_code == 200
    thief = Browser(app, app.response_class)
    thief.set_cookie("peyk", old)
    assert thief.get("/account").status_code == 303


def test_r54_the_password_leads_to_the_code_and_nowhere_else(client, phone):
    answer = first_half(client, next="/account")
    assert answer.location == "/login/code?next=/account"
    assert client.get("/account").status_code == 303
    assert client.get(HOME).status_code == 303


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("page", ["code", "recovery-code"])
def test_the_pages_of_the_second_step(client, phone, locale, page):
    first_half(client)
    assert problems(client.get(f"/login/{page}?lang={locale}").text, locale) == []
    refused = send(client, f"/login/{page}", page="/login/code", code="nothing")
    assert refused.status_code == 422
    assert problems(refused.text, locale) == []


def test_r54_the_code_lets_in_and_leads_to_where_one_wanted(client, phone):
    first_half(client)
    typed = phone.code().translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    answer = second_half(client, typed, "/login/code?next=/account")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert client.get("/account").status_code == 200


def test_after_the_code_one_stays_here(client, phone):
    first_half(client)
    answer = second_half(client, phone.code(), "/login/code?next=//evil.example")
    assert answer.location == "/"


def test_r55_the_paper_lets_in_too(client, phone):
    first_half(client)
    answer = second_half(client, phone.paper[0], "/login/recovery-code")
    assert answer.status_code == 303
    assert client.get("/account").status_code == 200


def test_r48_the_second_step_begins_a_new_session_with_a_new_form_token(client, phone):
    first_half(client)
    client.get("/login/code")
    with client.session_transaction() as session:
        before = dict(session)
    second_half(client, phone.code())
    with client.session_transaction() as session:
        after = dict(session)
    assert "ticket" not in after
    assert before["csrf_token"] != after.get("csrf_token")


def test_remember_me_goes_through_both_steps(client, phone):
    first_half(client, remember="y")
    assert "Expires=" in second_half(client, phone.code()).headers["Set-Cookie"]


def test_r54_a_ticket_belongs_to_its_browser(app, client, phone):
    first_half(client)
    stranger = Browser(app, app.response_class)
    asked = stranger.get("/login/code")
    assert (asked.status_code, asked.location) == (303, "/login")
    answer = send(stranger, "/login/code", page="/login", code=phone.code())
    assert answer.location == "/login"
    assert stranger.get("/account").status_code == 303


def test_whoever_waits_too_long_signs_in_anew_and_still_gets_where_they_wanted(
    client, phone, time_machine
):
    first_half(client)
    page = "/login/code?next=/account"
    client.get(page)
    time_machine.pass_(minutes=11)
    answer = send(client, page, page="/login", code=phone.code())
    assert answer.location == "/login?next=/account"


def test_r54_the_sixth_wrong_code_has_to_wait(client, phone, configure):
    configure(rate_limits=True)
    first_half(client)
    statuses = [second_half(client, "000000").status_code for _time in range(6)]
    assert statuses == [422] * 5 + [429]
    assert int(second_half(client, "000000").headers["Retry-After"]) > 0


def test_r55_few_codes_left_is_said_on_the_page(app, client, phone):
    for code in phone.paper[:6]:
        recovery_codes.spend(phone.user_id, code)
    db.session.commit()
    first_half(client)
    second_half(client, phone.paper[6], "/login/recovery-code")
    assert "کدهای بازیابی رو به پایان‌اند" in client.get(HOME).text


def test_switching_off_on_the_page(nika, time_machine):
    secret, _answer = set_up(nika)
    time_machine.pass_(seconds=30)
    page = f"{HOME}/removal"
    typed = {"password": people.PASSWORD, "code": "000000"}
    assert send(nika, page, page=page, **typed).status_code == 422
    answer = send(nika, page, page=page, **(typed | {"code": now(secret)}))
    assert answer.location == HOME
    assert not second_factor.is_on(db.session.scalars(db.select(User.id)).one())


def test_r36_a_password_too_short_to_stand_alone_is_said_so(nika):
    _secret, answer = set_up(nika)
    short = "Kuh-e 42 bar"
    db.session.execute(db.update(User).values(password_hash=passwords.hashed(short)))
    db.session.commit()
    page, typed = f"{HOME}/removal", {"password": short, "code": shown_codes(answer)[0]}
    refused = send(nika, page, page=page, **typed)
    assert refused.status_code == 422
    assert "۱۵ نویسه" in refused.text
    assert second_factor.is_on(db.session.scalars(db.select(User.id)).one())


def test_new_codes_on_the_page(nika, time_machine):
    secret, answer = set_up(nika)
    time_machine.pass_(seconds=30)
    typed = {"password": people.PASSWORD, "code": now(secret)}
    renewed = send(nika, f"{HOME}/recovery-codes", page=f"{HOME}/recovery-codes/new", **typed)
    assert renewed.status_code == 200
    assert not set(shown_codes(answer)) & set(shown_codes(renewed))


def test_without_an_app_there_is_nothing_to_renew_and_nothing_to_remove(nika):
    assert nika.get(f"{HOME}/removal").location == HOME
    assert nika.get(f"{HOME}/recovery-codes/new").location == HOME


@pytest.mark.parametrize("path", ["/system/", "/system/smtp", "/system/users", "/account"])
def test_an_administrator_who_has_to_is_led_to_the_app_and_does_nothing_else(nika, configure, path):
    configure(require_second_factor="admins")
    answer = nika.get(path)
    assert (answer.status_code, answer.location) == (303, HOME)
    assert nika.post(path, data={}).status_code in (303, 400, 405)
    assert "راهبر سامانه آن را برای حساب شما لازم دانسته است" in nika.get(HOME).text


def test_whoever_has_to_is_free_once_the_app_is_set_up(nika, configure):
    configure(require_second_factor="admins")
    set_up(nika)
    assert nika.get("/system/").status_code == 200


def test_nothing_is_demanded_of_others(omid, configure):
    configure(require_second_factor="admins")
    assert omid.get("/account").status_code == 200
    configure(require_second_factor="everybody")
    assert omid.get("/account").location == HOME


def test_r77_while_it_is_demanded_it_stays_on(nika, configure, time_machine):
    configure(require_second_factor="admins")
    secret, _answer = set_up(nika)
    time_machine.pass_(seconds=30)
    assert f"{HOME}/removal" not in nika.get(HOME).text
    typed = {"password": people.PASSWORD, "code": now(secret)}
    answer = send(nika, f"{HOME}/removal", page=f"{HOME}/removal", **typed)
    assert answer.location == HOME
    assert nika.get("/system/").status_code == 200


def test_the_first_page_reminds_administrators_without_an_app(nika):
    assert f'href="{HOME}"' in nika.get("/system/").text
    set_up(nika)
    assert f'href="{HOME}"' not in nika.get("/system/").text


@pytest.mark.parametrize(
    "path", ["enrolments", "setup", "recovery-codes", "removal", "/login/code"]
)
def test_nothing_happens_without_the_token_of_the_form(nika, path):
    where = path if path.startswith("/") else f"{HOME}/{path}"
    assert nika.post(where, data={"password": people.PASSWORD}).status_code == 400


def test_a_second_step_in_a_browser_that_was_signed_in_ends_what_was_before(nika, phone):
    send(nika, "/login", page="/account", email="omid@example.com", password=PASSWORD)
    assert nika.get("/system/").status_code == 303
    second_half(nika, phone.code())
    assert "omid@example.com" in nika.get("/account").text


def test_the_session_knows_of_the_app(nika, app):
    set_up(nika)
    with nika.session_transaction() as session:
        assert sessions.find(session["_user_id"]).has_second_factor
