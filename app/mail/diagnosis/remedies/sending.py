"""Remedies for a sender that is not taken."""

from app.i18n.text import _l
from app.mail.diagnosis.remedies.words import Remedy, Scope

REMEDIES = {
    "mail.need_starttls": Remedy(
        Scope.SERVER,
        _l("The server demands STARTTLS before it takes mail."),
        _l("Choose STARTTLS."),
        _l("MAIL FROM is answered with 530: STARTTLS first."),
        fields=("encryption",),
        fixes=("use_starttls",),
    ),
    "mail.need_auth": Remedy(
        Scope.SERVER,
        _l("The server wants a sign-in before it takes mail."),
        _l("Switch “requires authentication” on and enter user name and password."),
        _l("The envelope is refused because the session is not authenticated."),
        fields=("requires_auth",),
        fixes=("auth_on",),
    ),
    "mail.not_owner": Remedy(
        Scope.SERVER,
        _l("This account may not send with the address %(sender)s."),
        _l(
            "Set the sender address to that of the mailbox that signs in, or ask the mail host "
            "for the right."
        ),
        _l("%(user)s may not use MAIL FROM %(sender)s (sender is not owned, SendAsDenied)."),
        fields=("sender_address",),
        fixes=("use_sender",),
    ),
    "mail.unverified": Remedy(
        Scope.SERVER,
        _l("The server does not know %(sender)s as a confirmed sender."),
        _l("Confirm this address in the panel of the mail host first."),
        _l("The sender %(sender)s is not verified at the provider."),
        fields=("sender_address",),
    ),
    "mail.sender_domain": Remedy(
        Scope.SERVER,
        _l("The domain of %(sender)s does not exist or cannot receive mail."),
        _l("Check the spelling of the sender address."),
        _l("The domain of %(sender)s has no usable DNS records."),
        fields=("sender_address",),
    ),
    "mail.sender_refused": Remedy(
        Scope.SERVER,
        _l("The server did not accept the sender %(sender)s."),
        _l("Set the sender address to that of the mailbox that signs in."),
        _l("MAIL FROM %(sender)s was refused."),
        fields=("sender_address",),
        fixes=("use_sender",),
    ),
    "mail.spf": Remedy(
        Scope.SERVER,
        _l("The domain of %(sender)s does not permit this server to send for it (SPF)."),
        _l("Add the server to the SPF record of the domain."),
        _l("SPF of %(domain)s does not list the sending server %(host)s."),
        fields=("sender_address",),
    ),
    "mail.dmarc": Remedy(
        Scope.SERVER,
        _l("The receiving side wants a signature of the domain (DKIM, DMARC)."),
        _l("Switch on DKIM for the sender's domain at the mail host."),
        _l("DKIM or DMARC of %(domain)s fails at the receiving side."),
        fields=("sender_address",),
    ),
    "mail.ip_block": Remedy(
        Scope.SERVER,
        _l("The sending address is on a block list."),
        _l("The mail host must have it removed."),
        _l("The sending address is listed at %(list)s."),
    ),
    "mail.ptr": Remedy(
        Scope.SERVER,
        _l("The sending server has no reverse name (PTR)."),
        _l("Its operator must set one."),
        _l("The sending server has no matching PTR record."),
    ),
    "mail.quota_hour": Remedy(
        Scope.TEMPORARY,
        _l("The sending limit of the mail host is reached."),
        _l("It resets within the hour or the day; ask for a higher limit or send less."),
        _l("The sending quota of %(user)s is used up."),
    ),
    "mail.quota_hidden": Remedy(
        Scope.INFO,
        _l("Some hosts accept mail over their hourly limit and drop it without a word."),
        _l("Check the hourly limit in the hosting panel."),
        _l("No SMTP sign: cPanel takes mail over the hourly limit and discards it."),
    ),
    "mail.conn_limit": Remedy(
        Scope.TEMPORARY,
        _l("There are too many connections to the server at once."),
        _l("Wait a few minutes and try again."),
        _l("Too many parallel connections from our address."),
    ),
}
