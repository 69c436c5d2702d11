"""Answers of servers as they are met with in the field, one for each code that a reply decides.

The simulation plays them, and the tests hold the table against them.
"""

from dataclasses import dataclass

from app.mail.smtp.trouble import Stage

# The command that is answered, and the stage to which it belongs.
COMMANDS = {
    "GREETING": Stage.GREETING,
    "EHLO": Stage.GREETING,
    "STARTTLS": Stage.ENCRYPT,
    "AUTH": Stage.SIGN_IN,
    "MAIL": Stage.SENDER,
    "RCPT": Stage.RECIPIENT,
    "DOT": Stage.MESSAGE,
}


@dataclass(frozen=True, slots=True)
class Sample:
    """What a server says to which command."""

    command: str
    reply: str

    @property
    def stage(self) -> Stage:
        """Return where the conversation stands then."""
        return COMMANDS[self.command]


SAMPLES = {
    "banner.421": Sample("GREETING", "421 4.3.2 too many connections"),
    "banner.554": Sample("GREETING", "554 5.7.1 your address is listed"),
    "ehlo.refused": Sample("EHLO", "550 5.7.1 Invalid HELO name"),
    "ehlo.gmail_loopback": Sample("EHLO", "421 4.7.0 Try again later, closing connection. (EHLO)"),
    "tls.starttls_454": Sample("STARTTLS", "454 4.7.0 TLS not available"),
    "auth.wrong": Sample("AUTH", "535 5.7.8 authentication failed"),
    "auth.user_form": Sample("AUTH", "535 5.7.8 authentication failed"),
    "auth.encoding": Sample("AUTH", "535 5.7.8 authentication failed"),
    "auth.gmail_app": Sample("AUTH", "534 5.7.9 Application-specific password required"),
    "auth.gmail_bad": Sample("AUTH", "535 5.7.8 see support?p=BadCredentials"),
    "auth.gmail_web": Sample("AUTH", "534 5.7.14 Please log in via your web browser"),
    "auth.m365_disabled": Sample("AUTH", "535 5.7.139 SmtpClientAuthentication is disabled"),
    "auth.m365_basic": Sample("AUTH", "535 5.7.139 basic authentication is disabled"),
    "auth.locked": Sample("AUTH", "535 5.7.8 account suspended"),
    "auth.temp": Sample("AUTH", "454 4.7.0 Temporary authentication failure"),
    "auth.need_tls": Sample("AUTH", "538 5.7.11 Encryption required"),
    "auth.pass_expired": Sample("AUTH", "432 4.7.12 A password transition is needed"),
    "auth.pop_first": Sample("AUTH", "550 POP is needed before SMTP"),
    "auth.not_offered": Sample("AUTH", "503 5.3.3 AUTH not available"),
    "mail.need_starttls": Sample("MAIL", "530 5.7.0 Must issue a STARTTLS command first"),
    "mail.need_auth": Sample("MAIL", "530 5.7.1 Authentication required"),
    "mail.not_owner": Sample("MAIL", "553 5.7.1 sender address not owned by user"),
    "mail.unverified": Sample("MAIL", "554 sender address is not verified"),
    "mail.sender_domain": Sample("MAIL", "450 4.1.8 Domain not found"),
    "mail.sender_refused": Sample("MAIL", "550 5.0.0 not this one"),
    "mail.quota_hour": Sample("MAIL", "451 exceeded the max emails per hour"),
    "mail.conn_limit": Sample("MAIL", "421 4.3.2 too many connections"),
    "proto.sequence": Sample("MAIL", "503 5.5.1 nested MAIL command"),
    "mail.spf": Sample("RCPT", "550 5.7.23 SPF check failed"),
    "mail.ip_block": Sample("RCPT", "554 5.7.1 blocked using zen.spamhaus.org"),
    "mail.ptr": Sample("RCPT", "550 5.7.25 no PTR record"),
    "rcpt.unknown": Sample("RCPT", "550 5.1.1 no such user"),
    "rcpt.domain": Sample("RCPT", "556 5.1.10 null MX"),
    "rcpt.relay": Sample("RCPT", "554 5.7.1 Relay access denied"),
    "rcpt.greylist": Sample("RCPT", "450 4.2.0 Greylisted"),
    "rcpt.full": Sample("RCPT", "452 4.2.2 mailbox full"),
    "rcpt.rate": Sample("RCPT", "450 4.2.1 receiving mail too quickly"),
    "rcpt.policy": Sample("RCPT", "554 5.7.1 refused by policy"),
    "rcpt.utf8": Sample("RCPT", "553 5.6.7 SMTPUTF8 is needed"),
    "proto.syntax": Sample("RCPT", "501 5.1.3 bad address syntax"),
    "mail.dmarc": Sample("DOT", "550 5.7.26 DMARC policy"),
    "data.size": Sample("DOT", "552 5.3.4 message too big"),
    "data.spam": Sample("DOT", "554 5.7.1 looks like spam"),
    "data.storage": Sample("DOT", "452 4.3.1 insufficient storage"),
    "data.temp": Sample("DOT", "451 4.3.0 try again"),
    "data.refused": Sample("DOT", "554 5.0.0 no"),
    "sys.unknown": Sample("AUTH", "550 5.0.0 blue moon"),
}
