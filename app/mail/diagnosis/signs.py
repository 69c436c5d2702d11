"""The signs by which a reply is understood: read from the top, most specific first."""

import re
from dataclasses import dataclass

from app.mail.smtp.trouble import Stage, Trouble


@dataclass(frozen=True, slots=True)
class Sign:
    """One row about replies: at these stages, with such codes and words, it means `code`."""

    code: str
    stages: tuple[Stage, ...]
    replies: str = r"\d{3}"
    enhanced: str = ""
    words: str = ""

    def fits(self, trouble: Trouble) -> bool:
        """Tell whether the reply of this failure is the one this row speaks of."""
        reply = trouble.reply
        return (
            reply is not None
            and trouble.stage in self.stages
            and re.fullmatch(self.replies, str(reply.code)) is not None
            and re.match(self.enhanced, reply.enhanced) is not None
            and re.search(self.words, reply.text, re.IGNORECASE) is not None
        )


_GREETING = (Stage.GREETING,)
_SIGN_IN = (Stage.SIGN_IN,)
_SENDER = (Stage.SENDER,)
_RECIPIENT = (Stage.RECIPIENT,)
_MESSAGE = (Stage.MESSAGE,)
_ENVELOPE = (Stage.SENDER, Stage.RECIPIENT)
_MAIL = (Stage.SENDER, Stage.RECIPIENT, Stage.MESSAGE)

SIGNS = (
    # The greeting and EHLO
    Sign("ehlo.gmail_loopback", _GREETING, "421", words=r"\(EHLO\)"),
    Sign("ehlo.refused", (Stage.GREETING, Stage.ENCRYPT, *_ENVELOPE), words=r"\b(helo|ehlo)\b"),
    Sign("ehlo.refused", _GREETING, "450", r"4\.7\.1$", words=r"host not found"),
    Sign("banner.421", _GREETING, "4.."),
    Sign("ehlo.refused", _GREETING, "50."),
    Sign("banner.554", _GREETING, "5.."),
    # STARTTLS
    Sign("tls.starttls_454", (Stage.ENCRYPT,), "4.."),
    Sign("tls.starttls_missing", (Stage.ENCRYPT,), "5.."),
    # The sign-in
    Sign("auth.gmail_app", _SIGN_IN, words=r"application-specific|InvalidSecondFactor"),
    Sign("auth.gmail_bad", _SIGN_IN, words=r"BadCredentials"),
    Sign("auth.gmail_web", _SIGN_IN, "53[45]", words=r"web browser|WebLoginRequired"),
    Sign("auth.m365_disabled", _SIGN_IN, words=r"SmtpClientAuthentication is disabled"),
    Sign("auth.m365_basic", (*_SIGN_IN, *_SENDER), words=r"basic authentication|security defaults"),
    Sign("auth.m365_basic", (*_SIGN_IN, *_SENDER), enhanced=r"5\.7\.(139|30)$"),
    Sign("auth.pop_first", (*_SIGN_IN, *_ENVELOPE), words=r"\bpop\b.*before|check your mail"),
    Sign("auth.pass_expired", _SIGN_IN, words=r"expired"),
    Sign("auth.pass_expired", _SIGN_IN, "432"),
    Sign("auth.locked", _SIGN_IN, words=r"locked|suspended|disabled|too many"),
    Sign("auth.temp", _SIGN_IN, "4.."),
    Sign("auth.need_tls", _SIGN_IN, "538"),
    Sign("auth.need_tls", _SIGN_IN, "5..", words=r"STARTTLS|encrypt|\bTLS\b|\bSSL\b"),
    Sign("auth.need_tls", _SIGN_IN, "534", r"5\.7\.9$"),
    Sign("auth.wrong", _SIGN_IN, "50[234]", words=r"password|user ?name"),
    Sign("auth.not_offered", _SIGN_IN, "50[234]"),
    Sign("auth.wrong", _SIGN_IN, "53."),
    Sign("auth.wrong", _SIGN_IN, "5..", words=r"password|credential|user ?name|auth|log.?in"),
    # Sender, recipient, message: first what is said about the server and the account
    Sign("mail.need_starttls", _MAIL, "530", words=r"STARTTLS"),
    Sign("mail.need_auth", _MAIL, "530"),
    Sign("mail.need_auth", _MAIL, "5..", words=r"authentication (is )?required|SMTP AUTH is req"),
    Sign("mail.need_auth", _MAIL, "5..", words=r"requires? authentication|not authenticated"),
    Sign("mail.need_auth", _MAIL, "5..", r"5\.7\.57$"),
    Sign("auth.locked", _MAIL, "5..", words=r"suspended"),
    Sign("mail.not_owner", _MAIL, "5..", words=r"not owned|SendAsDenied|must match"),
    Sign("mail.not_owner", _MAIL, "5..", words=r"not allowed to send as"),
    Sign("mail.not_owner", _MAIL, "5..", r"5\.(7\.60|2\.252)$"),
    Sign("mail.unverified", _MAIL, "5..", words=r"not verified|not confirmed|unverified"),
    Sign("mail.spf", _MAIL, words=r"\bSPF\b"),
    Sign("mail.spf", _MAIL, enhanced=r"5\.7\.23$"),
    Sign("mail.dmarc", _MAIL, words=r"DMARC|DKIM"),
    Sign("mail.dmarc", _MAIL, enhanced=r"5\.7\.(2[0-2]|26)$"),
    Sign("mail.ptr", _MAIL, words=r"\bPTR\b|reverse (dns|name)"),
    Sign("mail.ptr", _MAIL, enhanced=r"5\.7\.25$"),
    Sign("mail.ip_block", _MAIL, words=r"spamhaus|barracuda|spamcop|block ?list|black ?list|S3140"),
    Sign("rcpt.relay", _MAIL, "5..", words=r"relay"),
    Sign("rcpt.greylist", _MAIL, "4..", words=r"gr[ea]y.?list"),
    Sign("mail.conn_limit", _MAIL, "421|432", words=r"connection"),
    Sign("mail.quota_hour", _MAIL, words=r"\brate\b|throttl|per hour|per day|max emails"),
    Sign("mail.quota_hour", _MAIL, enhanced=r"(5\.4\.5|4\.5\.3)$"),
    Sign("proto.sequence", _MAIL, "503"),
    Sign("proto.syntax", _MAIL, "50[01]"),
    # The sender
    Sign("mail.sender_domain", _SENDER, words=r"domain.*(not found|not exist|not resolve)"),
    Sign("mail.sender_domain", _SENDER, enhanced=r"[45]\.1\.8$|5\.7\.27$"),
    Sign("data.size", _SENDER, "552"),
    Sign("mail.sender_refused", _SENDER, "5.."),
    # The recipient
    Sign("rcpt.utf8", _RECIPIENT, words=r"SMTPUTF8"),
    Sign("rcpt.full", _RECIPIENT, enhanced=r"[45]\.2\.2$"),
    Sign("rcpt.full", _RECIPIENT, "452|552", words=r"full|quota"),
    Sign("rcpt.rate", _RECIPIENT, "4..", r"4\.2\.1$"),
    Sign("rcpt.domain", _RECIPIENT, "5..", r"5\.(1\.2|1\.10|4\.4)$"),
    Sign("rcpt.policy", _RECIPIENT, "5..", r"5\.7\."),
    Sign("rcpt.unknown", _RECIPIENT, "5..", r"5\.1\."),
    Sign("rcpt.unknown", _RECIPIENT, "55[013]"),
    Sign("rcpt.greylist", _RECIPIENT, "45[01]", words=r"try again|later|4\.7\.1"),
    Sign("rcpt.policy", _RECIPIENT, "5.."),
    # The message
    Sign("data.size", _MESSAGE, "552", words=r"size|large|5\.3\.4"),
    Sign("data.size", _MESSAGE, enhanced=r"5\.(3\.4|2\.3)$"),
    Sign("rcpt.full", _MESSAGE, "552"),
    Sign("data.spam", _MESSAGE, "5..", words=r"spam|junk|virus|content"),
    Sign("data.spam", _MESSAGE, "5..", r"5\.6\.0$"),
    Sign("data.storage", _MAIL, "452|431", r"4\.3\.1$"),
    Sign("data.storage", _MAIL, "452", words=r"storage|disk|space"),
    Sign("data.refused", _MESSAGE, "5.."),
    Sign("data.temp", _MAIL, "4.."),
)
