"""Answers that no rule knows: counted, so that a rule can be made. Never who or with what words.

The text is folded: numbers, addresses and hosts are replaced, so that the same answer is one row.
"""

import re
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.core import clock, transaction
from app.extensions import db
from app.mail.models import UnknownReply
from app.mail.smtp.trouble import Cause, Trouble

_FOLDS = (
    (re.compile(r"[^\s<>]+@[^\s<>]+"), "<address>"),
    (re.compile(r"\b[\w-]+(\.[\w-]+)*\.[a-z]{2,}\b", re.IGNORECASE), "<host>"),
    (re.compile(r"\S*\d\S*"), "#"),
    (re.compile(r"\s+"), " "),
)
MAX_LENGTH = 200


def folded(text: str) -> str:
    """Return an answer without what differs from case to case."""
    for pattern, put in _FOLDS:
        text = pattern.sub(put, text)
    return text.strip()[:MAX_LENGTH]


def count(trouble: Trouble) -> None:
    """Count an answer that was not understood; commits."""
    reply = trouble.reply if trouble.cause is Cause.REPLY else None
    code = reply.code if reply else 0
    _count(trouble.stage, code, folded(reply.text if reply else trouble.detail))


def most_frequent(limit: int = 50) -> Sequence[UnknownReply]:
    """Return the rows, the most frequent first."""
    rows = select(UnknownReply).order_by(UnknownReply.count.desc(), UnknownReply.id).limit(limit)
    return db.session.scalars(rows).all()


def _count(stage: str, code: int, text: str) -> None:
    transaction.begin()
    now = clock.now()
    same = (UnknownReply.stage == stage, UnknownReply.code == code, UnknownReply.text == text)
    again = update(UnknownReply).where(*same)
    again = again.values(count=UnknownReply.count + 1, last_seen_at=now)
    if not transaction.changed(again):
        row = UnknownReply(
            stage=stage, code=code, text=text, count=1, first_seen_at=now, last_seen_at=now
        )
        try:
            with db.session.begin_nested():
                db.session.add(row)
        except IntegrityError:
            db.session.execute(again)
    db.session.commit()
