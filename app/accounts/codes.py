"""Codes of mails: for somebody who reads the mail on one device and registered on another.

A code opens only the attempt whose browser types it. Of a code the database keeps a digest with
a key that is not in the database: eight digits alone would soon be guessed.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select, update

from app.accounts import tokens
from app.accounts.models import ActivationCode, PendingRegistration
from app.config import current_config
from app.core import clock
from app.extensions import db
from app.i18n import normalise

LENGTH = 8
LIFETIME = timedelta(minutes=15)
TRIES = 5

_BETWEEN = re.compile(r"[\W_]+")


class Verdict(StrEnum):
    """What a typed code is worth."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    DEAD = "dead"


def issue(pending: PendingRegistration, outbox_id: int) -> str:
    """Make a code for one mail of the attempt; the oldest codes beyond the cap die."""
    code = "".join(secrets.choice("0123456789") for _digit in range(LENGTH))
    row = {
        "digest": next(_digests(pending, code)),
        "pending_id": pending.id,
        "outbox_id": outbox_id,
        "expires_at": clock.now() + LIFETIME,
        "tries": 0,
    }
    tokens.add(ActivationCode, pending.id, row)
    return shown(code)


def shown(code: str) -> str:
    """Return the code as people read it, in a form that no direction of writing turns round."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def typed(text: str) -> str:
    """Return what was meant: ASCII digits, without the blanks and dashes around them."""
    return _BETWEEN.sub("", normalise.machine(text))


def is_one(text: str) -> bool:
    """Tell whether a typed text has the shape of a code."""
    return re.fullmatch(f"[0-9]{{{LENGTH}}}", typed(text)) is not None


def check(pending: PendingRegistration, text: str) -> Verdict:
    """Count a try on every living code of an attempt, then say what the typed one is worth.

    The count is part of the caller's transaction, which has to be committed whatever the verdict.
    """
    living = _try_once(pending.id)
    if living:
        digests = list(_digests(pending, typed(text)))
        is_right = [hmac.compare_digest(one, other) for one in living for other in digests]
        return Verdict.RIGHT if any(is_right) else Verdict.WRONG
    return _why_none(pending.id)


def _try_once(pending_id: int) -> list[str]:
    """Return the digests of the codes that may still be tried, this try being counted."""
    tried = (
        update(ActivationCode)
        .where(
            ActivationCode.pending_id == pending_id,
            ActivationCode.expires_at > clock.now(),
            ActivationCode.tries < TRIES,
        )
        .values(tries=ActivationCode.tries + 1)
        .returning(ActivationCode.digest)
        .execution_options(synchronize_session=False)
    )
    return list(db.session.scalars(tried))


def _why_none(pending_id: int) -> Verdict:
    """Say what became of the newest code; where no mail was written yet every code is wrong."""
    newest = (
        select(ActivationCode)
        .where(ActivationCode.pending_id == pending_id)
        .order_by(ActivationCode.id.desc())
        .limit(1)
    )
    code = db.session.scalar(newest)
    if code is None:
        return Verdict.WRONG
    return Verdict.DEAD if code.tries >= TRIES else Verdict.EXPIRED


def _digests(pending: PendingRegistration, code: str) -> Iterator[str]:
    """What is stored of a code, under the present key and then under the older ones."""
    config = current_config()
    of = f"{pending.id}\0{pending.email_key}\0{code}".encode("utf-8", "replace")
    for secret in (config.secret_key, *config.secret_key_fallbacks):
        key = hashlib.sha256(b"peyk.code" + secret.encode()).digest()
        yield hmac.new(key, of, "sha256").hexdigest()
