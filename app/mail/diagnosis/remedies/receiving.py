"""Remedies for a recipient that is not taken."""

from app.i18n.text import _l
from app.mail.diagnosis.remedies.words import Remedy, Scope

REMEDIES = {
    "rcpt.unknown": Remedy(
        Scope.RECIPIENT,
        _l("The address %(recipient)s does not exist. The settings of the server are fine."),
        _l("Test with another recipient."),
        _l("RCPT TO %(recipient)s: no such mailbox."),
        fields=("recipient",),
    ),
    "rcpt.domain": Remedy(
        Scope.RECIPIENT,
        _l("The domain of %(recipient)s cannot receive mail. The settings of the server are fine."),
        _l("Test with another recipient."),
        _l("The domain of %(recipient)s has no MX or a null MX."),
        fields=("recipient",),
    ),
    "rcpt.relay": Remedy(
        Scope.SERVER,
        _l("The server does not forward mail to outside addresses for this sign-in."),
        _l("Switch “requires authentication” on, or ask the mail host to allow it."),
        _l("Relaying to %(recipient)s is denied for this session."),
        fields=("requires_auth", "username"),
        fixes=("auth_on",),
    ),
    "rcpt.greylist": Remedy(
        Scope.TEMPORARY,
        _l(
            "The receiving side asks unknown senders to come back in a few minutes. This is normal."
        ),
        _l("The settings are fine; test again in a few minutes."),
        _l("%(recipient)s is greylisted; the same envelope will be taken later."),
        fields=("recipient",),
    ),
    "rcpt.full": Remedy(
        Scope.RECIPIENT,
        _l("The mailbox of %(recipient)s is full."),
        _l("Test with another recipient."),
        _l("The mailbox of %(recipient)s is over quota."),
        fields=("recipient",),
    ),
    "rcpt.rate": Remedy(
        Scope.TEMPORARY,
        _l("%(recipient)s receives too much mail at the moment."),
        _l("Test again later or with another recipient."),
        _l("%(recipient)s is over its rate of incoming mail."),
        fields=("recipient",),
    ),
    "rcpt.policy": Remedy(
        Scope.RECIPIENT,
        _l("The receiving side refused %(recipient)s by its own rules."),
        _l("Read the reply of the server, and test with another recipient."),
        _l("RCPT TO %(recipient)s was refused by policy."),
        fields=("recipient",),
    ),
    "rcpt.utf8": Remedy(
        Scope.RECIPIENT,
        _l("This server cannot deliver to addresses with Persian letters."),
        _l("Test with another recipient."),
        _l("SMTPUTF8 is not offered; %(recipient)s cannot be addressed."),
        fields=("recipient",),
    ),
}
