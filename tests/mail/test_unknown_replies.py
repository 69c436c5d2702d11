"""Answers that no rule knows are counted, folded so that the same answer is one row."""

import pytest

from app.mail.diagnosis import unknown_replies
from app.mail.smtp.trouble import Cause, Stage, Trouble
from app.mail.smtp.wire import Reply


def trouble(text: str, code: int = 550) -> Trouble:
    return Trouble(Stage.SIGN_IN, Cause.REPLY, Reply(code, text))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("5.0.0 blue moon", "# blue moon"),
        ("no mail for a@b.ir from mx7.host.ir", "no mail for <address> from <host>"),
        ("session 4F2a ended\nbye", "session # ended bye"),
    ],
)
def test_what_differs_from_case_to_case_is_folded(said, kept):
    assert unknown_replies.folded(said) == kept


def test_the_same_answer_is_counted_in_one_row(app, time_machine):
    unknown_replies.count(trouble("case 1 of a@example.com"))
    first = time_machine.moment
    time_machine.pass_(minutes=5)
    unknown_replies.count(trouble("case 2 of b@example.com"))
    unknown_replies.count(trouble("something else"))
    often, _once = unknown_replies.most_frequent()
    assert (often.count, often.text) == (2, "case # of <address>")
    assert (often.first_seen_at, often.last_seen_at) == (first, time_machine.moment)
