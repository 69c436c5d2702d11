"""What a failure means for the message and for the server: one table, first match wins.

Four scopes: the *server* (ask the other one), the *message* or the *recipient* (no server would
decide otherwise), *unknown* (the connection died after the final dot: nobody knows). A row's
number is its number in docs/mail-engine.md. An answer that no row knows is the server's fault:
to call it permanent would lose mail.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from app.mail.smtp.trouble import Cause, Stage, Trouble


class Outcome(StrEnum):
    """What came of asking one server about one message."""

    ACCEPTED = "accepted"
    SERVER = "server"
    SERVER_CONFIG = "server_config"
    SERVER_POLICY = "server_policy"
    SERVER_BUSY = "server_busy"
    MESSAGE = "message"
    RECIPIENT = "recipient"
    RECIPIENT_TEMPORARY = "recipient_temporary"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The consequences of one answer.

    `asks_next`: another server may take it now. `charged`: the message has used up a try.
    `strain`: how much the breaker counts, none meaning that the server proved alive.
    `opens`: the breaker opens at once and for long, so that no mailbox gets locked.
    """

    outcome: Outcome
    row: int
    asks_next: bool = False
    charged: bool = True
    strain: float = 0.0
    opens: bool = False


ACCEPTED = Verdict(Outcome.ACCEPTED, 0)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: where all that it names is true, its verdict holds."""

    verdict: Verdict
    stages: tuple[Stage, ...] = tuple(Stage)
    causes: tuple[Cause, ...] = tuple(Cause)
    codes: str = r".*"
    enhanced: str = r".*"
    words: str = ""
    after_dot: bool | None = None

    def fits(self, trouble: Trouble) -> bool:
        """Tell whether this row speaks of that failure."""
        reply = trouble.reply
        return (
            trouble.stage in self.stages
            and trouble.cause in self.causes
            and self.after_dot in (None, trouble.after_dot)
            and re.fullmatch(self.codes, str(reply.code) if reply else "") is not None
            and re.fullmatch(self.enhanced, reply.enhanced if reply else "") is not None
            and re.search(self.words, reply.text if reply else "", re.IGNORECASE) is not None
        )


_REPLY = (Cause.REPLY,)
_BEFORE_MAIL = (Stage.RESOLVE, Stage.CONNECT, Stage.GREETING)
_AFTER_MAIL = (Stage.RECIPIENT, Stage.MESSAGE)
_CONFIGURATION = (
    Cause.STARTTLS_MISSING,
    Cause.AUTH_MISSING,
    Cause.NO_MECHANISM,
    Cause.NO_PASSWORD,
    Cause.WEAKENED,
    Cause.CERTIFICATE,
    Cause.OTHER_CERTIFICATE,
    Cause.AUTHORITIES,
    Cause.TLS,
)
_SOCKET = tuple(c for c in Cause if c not in (Cause.REPLY, *_CONFIGURATION))
_RATE = r"\brate\b|too many|limit|throttl|exceed|quota of|try again later.*load|busy"
_NOT_ALLOWED = r"relay|authenticat|\bauth\b|policy|denied by|not permitted|spam|blocked|blacklist"

_SERVER = Verdict(Outcome.SERVER, 1, asks_next=True, charged=False, strain=1)
_CONFIG = Verdict(Outcome.SERVER_CONFIG, 3, asks_next=True, charged=False, strain=1, opens=True)
_POLICY = Verdict(Outcome.SERVER_POLICY, 11, asks_next=True)
_BUSY = Verdict(Outcome.SERVER_BUSY, 13, asks_next=True, strain=0.5)
_RECIPIENT = Verdict(Outcome.RECIPIENT, 10)
_MESSAGE = Verdict(Outcome.MESSAGE, 17)
_TOO_LARGE = Verdict(Outcome.MESSAGE, 9, asks_next=True)

RULES: tuple[Rule, ...] = (
    # 18: nobody knows. Never the other server, which might deliver a second copy.
    Rule(
        Verdict(Outcome.UNKNOWN, 18, strain=1),
        after_dot=True,
    ),
    # 9: too large for this server; the other one says itself, before anything is sent, whether
    # its limit is larger.
    Rule(_TOO_LARGE, causes=(Cause.TOO_LARGE,)),
    # 3, 4: settings that cannot work until somebody changes them.
    Rule(_CONFIG, stages=(Stage.ENCRYPT,), causes=_CONFIGURATION),
    Rule(replace(_CONFIG, row=4), causes=_CONFIGURATION),
    # 1, 2, 15: no connection, or none any more; without the dot there is no mail.
    Rule(replace(_SERVER, row=15, charged=True), stages=_AFTER_MAIL, causes=_SOCKET),
    Rule(_SERVER, causes=_SOCKET),
    # 2: the server as a whole says no, whenever it says so.
    Rule(replace(_SERVER, row=2), causes=_REPLY, codes="421"),
    Rule(replace(_SERVER, row=2), stages=_BEFORE_MAIL, causes=_REPLY),
    # 3, 5, 4: encryption and sign-in, temporarily or for good.
    Rule(replace(_SERVER, row=3), stages=(Stage.ENCRYPT,), causes=_REPLY, codes="4.."),
    Rule(_CONFIG, stages=(Stage.ENCRYPT,), causes=_REPLY),
    Rule(
        replace(_CONFIG, row=4),
        stages=(Stage.SIGN_IN,),
        causes=_REPLY,
        codes="4..",
        words=r"too many|locked|suspended",
    ),
    Rule(replace(_SERVER, row=5), stages=(Stage.SIGN_IN,), causes=_REPLY, codes="4.."),
    Rule(replace(_CONFIG, row=4), stages=(Stage.SIGN_IN,), causes=_REPLY),
    # 9, 7, 8: the sender.
    Rule(
        _TOO_LARGE,
        stages=(Stage.SENDER,),
        causes=_REPLY,
        codes="5..",
        enhanced=r"5\.3\.4|5\.2\.3",
    ),
    Rule(_TOO_LARGE, stages=(Stage.SENDER,), causes=_REPLY, codes="552"),
    Rule(replace(_SERVER, row=7, charged=True), stages=(Stage.SENDER,), causes=_REPLY, codes="4.."),
    Rule(replace(_POLICY, row=8, strain=1), stages=(Stage.SENDER,), causes=_REPLY, codes="5.."),
    # 10, 14: this address, wherever one asks.
    Rule(
        _RECIPIENT,
        stages=_AFTER_MAIL,
        causes=_REPLY,
        codes="5..",
        enhanced=r"5\.[12]\.\d+|5\.4\.4",
    ),
    # 11: this server will not do it for us; another may.
    Rule(_POLICY, stages=_AFTER_MAIL, causes=_REPLY, codes="530|503"),
    Rule(_POLICY, stages=_AFTER_MAIL, causes=_REPLY, codes="5..", enhanced=r"5\.7\.\d+"),
    Rule(
        _POLICY,
        stages=_AFTER_MAIL,
        causes=_REPLY,
        codes="5..",
        enhanced="",
        words=_NOT_ALLOWED,
    ),
    # 12: greylisting and full mailboxes: the same server, later.
    Rule(
        Verdict(Outcome.RECIPIENT_TEMPORARY, 12),
        stages=(Stage.RECIPIENT,),
        causes=_REPLY,
        codes="4..",
        words="gr[ae]y",
    ),
    # 13, 16: busy; a 4xx to the dot is a definite "not taken".
    Rule(
        _BUSY,
        stages=(Stage.RECIPIENT,),
        causes=_REPLY,
        codes="4..",
        enhanced=r"4\.[37]\.\d+|4\.5\.3",
    ),
    Rule(_BUSY, stages=(Stage.RECIPIENT,), causes=_REPLY, codes="45[12]", words=_RATE),
    Rule(
        Verdict(Outcome.RECIPIENT_TEMPORARY, 12),
        stages=(Stage.RECIPIENT,),
        causes=_REPLY,
        codes="4..",
    ),
    Rule(replace(_BUSY, row=16), stages=(Stage.MESSAGE,), causes=_REPLY, codes="4.."),
    # 10, 17: refused for what it is or for whom it is for.
    Rule(_RECIPIENT, stages=(Stage.RECIPIENT,), causes=_REPLY, codes="5.."),
    Rule(_MESSAGE, stages=(Stage.MESSAGE,), causes=_REPLY, codes="5.."),
)


def judge(trouble: Trouble) -> Verdict:
    """Return what a failure means; what no rule knows is the server's fault, never permanent."""
    return next((rule.verdict for rule in RULES if rule.fits(trouble)), _SERVER)
