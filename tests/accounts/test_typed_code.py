import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.accounts import codes, registration, sessions, typed_code
from app.accounts.activation import NotActivated
from app.accounts.browsers import Browser
from app.accounts.codes import Verdict
from app.accounts.entrance import Visit
from app.accounts.models import ActivationCode, PendingRegistration
from app.accounts.typed_code import CodeRefused
from app.config import current_config
from app.core import addresses
from app.core.audit import AuditEntry
from app.core.errors import NotFound, TooOften
from app.extensions import db
from app.mail import kinds
from app.mail.models import OutboxState
from tests import people
from tests.people import VISITOR

SECRET = re.compile(r"\b\d{4}-\d{4}\b")


def mailed(asked):
    """Write the newest mail of an attempt, as its worker does, and return its code."""
    (*_older, mail) = [mail for mail in people.mails() if mail.about == asked.pending_id]
    written = kinds.compose(mail.kind, request_of(mail))
    mail.state = OutboxState.SENT
    db.session.commit()
    found = set(SECRET.findall(written.text))
    assert found == set(SECRET.findall(written.html))
    return found.pop() if found else ""


def request_of(mail):
    return kinds.MailRequest(mail.id, mail.about, mail.recipient, mail.locale)


def type_(asked, code):
    return typed_code.activate(code, Browser(asked.handle, Visit("Firefox/1")), VISITOR)


def verdict(asked, code):
    with pytest.raises(CodeRefused) as refusal:
        type_(asked, code)
    return refusal.value.verdict


def other(code):
    return code.translate(str.maketrans("0123456789", "1234567890"))


def persian(code):
    return code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))


def arabic(code):
    return code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_r13_the_code_of_the_mail_opens_the_account_and_signs_in(app, locale):
    asked = people.register(locale=locale)
    entered = type_(asked, mailed(asked))
    assert sessions.find(entered.session).email == "sara@example.com"
    assert [user.name for user in people.everybody()] == ["سارا"]
    assert people.attempts() == []
    details = db.session.scalars(
        db.select(AuditEntry.details).where(AuditEntry.event == "account.activated")
    )
    assert [detail["how"] for detail in details] == ["code"]


@pytest.mark.parametrize(
    "typed",
    [
        persian,
        arabic,
        lambda code: code.replace("-", ""),
        lambda code: f"  {code.replace('-', ' ')} ",
        lambda code: code.replace("-", " \u2013 "),
        "-".join,
        lambda code: f"\u200f{persian(code)}\u200e",
    ],
)
def test_r13_a_code_is_read_in_any_script_with_any_gaps(app, typed):
    asked = people.register()
    assert type_(asked, typed(mailed(asked)))


def test_r13_a_code_cannot_be_guessed():
    assert 10**codes.LENGTH > 2**20
    assert codes.TRIES == 5


def test_r13_five_wrong_tries_and_the_code_is_dead(app):
    asked = people.register()
    code = mailed(asked)
    assert {verdict(asked, other(code)) for _try in range(5)} == {Verdict.WRONG}
    assert verdict(asked, code) is Verdict.DEAD
    assert people.everybody() == []


def test_r13_a_fresh_mail_brings_a_code_with_tries_of_its_own_and_revives_no_dead_one(app):
    asked = people.register()
    dead = mailed(asked)
    for _try in range(5):
        verdict(asked, other(dead))
    registration.resend(asked.handle, VISITOR)
    fresh = mailed(asked)
    assert verdict(asked, dead) is Verdict.WRONG
    assert type_(asked, fresh)


def test_r13_the_codes_of_several_mails_work_and_die_together(app):
    asked = people.register()
    first = mailed(asked)
    registration.resend(asked.handle, VISITOR)
    mailed(asked)
    assert type_(asked, first)


def test_r13_a_code_lives_a_quarter_of_an_hour_from_when_a_server_took_the_mail(app, time_machine):
    asked = people.register()
    code = mailed(asked)
    time_machine.pass_(hours=2)
    assert verdict(asked, code) is Verdict.EXPIRED
    people.taken(people.mails()[0], time_machine.now())
    time_machine.pass_(minutes=14, seconds=59)
    assert type_(asked, code)


def test_r13_a_code_is_over_after_a_quarter_of_an_hour(app, time_machine):
    asked = people.register()
    code = mailed(asked)
    time_machine.pass_(minutes=15)
    assert verdict(asked, code) is Verdict.EXPIRED
    assert people.everybody() == []


def test_r13_a_code_opens_only_the_attempt_of_its_own_browser(app):
    mine, theirs = people.register(), people.register()
    code = mailed(theirs)
    mailed(mine)
    assert verdict(mine, code) is Verdict.WRONG
    with pytest.raises(NotFound):
        typed_code.activate(code, Browser("another handle"), VISITOR)
    assert people.everybody() == []


def test_r13_a_code_is_bound_to_the_address_it_was_sent_to(app):
    asked = people.register("sara@exmaple.com")
    code = mailed(asked)
    registration.correct_address(asked.handle, addresses.parse("sara@example.com"), VISITOR)
    assert verdict(asked, code) is Verdict.WRONG
    late = db.session.get_one(PendingRegistration, asked.pending_id)
    late.email_key = "sara@exmaple.com"  # as a slow worker saw it
    code = codes.issue(late, 901)
    late.email_key = "sara@example.com"
    db.session.commit()
    assert verdict(asked, code) is Verdict.WRONG


def test_r13_only_a_digest_with_a_key_is_stored(app):
    asked = people.register()
    code = mailed(asked)
    (row,) = db.session.scalars(db.select(ActivationCode))
    assert codes.typed(code) not in str(vars(row))
    app.extensions["peyk.config"] = replace(current_config(), secret_key="x" * 40)
    assert verdict(asked, code) is Verdict.WRONG


def test_r13_a_change_of_the_key_leaves_the_codes_that_are_out(app, configure):
    asked = people.register()
    code = mailed(asked)
    old = current_config().secret_key
    configure(secret_key="another key, long enough for everybody", secret_key_fallbacks=(old,))
    assert type_(asked, code)


def test_r13_the_owner_of_a_known_address_makes_no_difference_to_who_guesses(app, time_machine):
    people.omid()
    known, new = people.register("omid@example.com"), people.register()
    assert mailed(known) == ""
    mailed(new)
    heard = [[verdict(asked, "0000-0000") for _try in range(6)] for asked in (known, new)]
    assert heard[0] == heard[1] == [Verdict.WRONG] * 5 + [Verdict.DEAD]
    for asked in (known, new):
        registration.resend(asked.handle, VISITOR)
        mailed(asked)
    time_machine.pass_(minutes=16)
    assert verdict(known, "0000-0000") is verdict(new, "0000-0000") is Verdict.EXPIRED


def test_r13_guesses_are_limited_also_over_many_mails(app, configure, time_machine):
    asked = people.register()
    mailed(asked)
    configure(rate_limits=True)
    for number in range(20):
        time_machine.pass_(seconds=5)
        verdict(asked, f"{number:08}")
    with pytest.raises(TooOften):
        type_(asked, "00000000")


def test_r13_no_guess_more_than_five_however_many_at_once(app):
    asked = people.register()
    code = mailed(asked)
    db.session.remove()

    def guess(_number):
        with app.app_context():
            return verdict(asked, other(code))

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(guess, range(12)))
    assert answers.count(Verdict.WRONG) == 5
    assert answers.count(Verdict.DEAD) == 7


def test_r13_a_code_and_a_link_at_once_make_one_user(app):
    asked = people.register()
    code = mailed(asked)
    db.session.remove()

    def press(_number):
        with app.app_context():
            try:
                return bool(type_(asked, code))
            except (NotFound, NotActivated, CodeRefused):
                return False

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(press, range(8)))
    assert answers.count(True) == 1
    assert len(people.everybody()) == 1
