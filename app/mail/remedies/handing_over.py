"""Remedies for a sender, a recipient or a message that is not taken."""

from app.i18n.text import _l
from app.mail.remedies.words import Remedy

REMEDIES = {
    "mail.need_starttls": Remedy(
        _l("The server demands STARTTLS before it takes mail."),
        _l("Choose STARTTLS."),
        "encryption",
    ),
    "mail.need_auth": Remedy(
        _l("The server wants a sign-in before it takes mail."),
        _l("Switch “requires authentication” on and enter user name and password."),
        "requires_auth",
    ),
    "mail.not_owner": Remedy(
        _l("This account may not send with the address %(sender)s."),
        _l(
            "Set the sender address to that of the mailbox that signs in, or ask the mail host for "
            "the right."
        ),
        "sender_address",
    ),
    "mail.unverified": Remedy(
        _l("The server does not know %(sender)s as a confirmed sender."),
        _l("Confirm this address in the panel of the mail host first."),
        "sender_address",
    ),
    "mail.sender_domain": Remedy(
        _l("The domain of %(sender)s does not exist or cannot receive mail."),
        _l("Check the spelling of the sender address."),
        "sender_address",
    ),
    "mail.sender_refused": Remedy(
        _l("The server did not accept the sender %(sender)s."),
        _l("Set the sender address to that of the mailbox that signs in."),
        "sender_address",
    ),
    "mail.spf": Remedy(
        _l("The domain of %(sender)s does not permit this server to send for it (SPF)."),
        _l("Add the server to the SPF record of the domain."),
        "sender_address",
    ),
    "mail.dmarc": Remedy(
        _l("The receiving side wants a signature of the domain (DKIM, DMARC)."),
        _l("Switch on DKIM for the sender's domain at the mail host."),
        "sender_address",
    ),
    "mail.ip_block": Remedy(
        _l("The sending address is on a block list."),
        _l("The mail host must have it removed."),
    ),
    "mail.ptr": Remedy(
        _l("The sending server has no reverse name (PTR)."),
        _l("Its operator must set one."),
    ),
    "mail.quota_hour": Remedy(
        _l("The sending limit of the mail host is reached."),
        _l("It resets within the hour or the day; ask for a higher limit or send less."),
    ),
    "mail.conn_limit": Remedy(
        _l("There are too many connections to the server at once."),
        _l("Wait some minutes and try again."),
    ),
    "rcpt.unknown": Remedy(
        _l("The address %(recipient)s does not exist. The settings of the server are fine."),
        _l("Test with another recipient."),
        "recipient",
    ),
    "rcpt.domain": Remedy(
        _l("The domain of %(recipient)s cannot receive mail. The settings of the server are fine."),
        _l("Test with another recipient."),
        "recipient",
    ),
    "rcpt.relay": Remedy(
        _l("The server does not forward mail to outside addresses for this sign-in."),
        _l("Switch “requires authentication” on, or ask the mail host to allow it."),
        "requires_auth",
    ),
    "rcpt.greylist": Remedy(
        _l(
            "The receiving side asks unknown senders to come back in a few minutes. This is normal."
        ),
        _l("The settings are fine; test again in a few minutes."),
        "recipient",
    ),
    "rcpt.full": Remedy(
        _l("The mailbox of %(recipient)s is full."),
        _l("Test with another recipient."),
        "recipient",
    ),
    "rcpt.rate": Remedy(
        _l("%(recipient)s receives too much mail at the moment."),
        _l("Test again later or with another recipient."),
        "recipient",
    ),
    "rcpt.policy": Remedy(
        _l("The receiving side refused %(recipient)s by its own rules."),
        _l("Read the reply of the server, and test with another recipient."),
        "recipient",
    ),
    "rcpt.utf8": Remedy(
        _l("This server cannot deliver to addresses with Persian letters."),
        _l("Test with another recipient."),
        "recipient",
    ),
    "data.size": Remedy(
        _l("The message is larger than the server allows."),
        _l("Ask the mail host for the limit."),
    ),
    "data.spam": Remedy(
        _l("The server took the message for spam."),
        _l("Check SPF, DKIM and the sender name."),
        "sender_name",
    ),
    "data.storage": Remedy(
        _l("The mail server has no free space."),
        _l("Its operator must act."),
    ),
    "data.temp": Remedy(
        _l("The server has a temporary problem."),
        _l("Try again in some minutes."),
    ),
    "data.refused": Remedy(
        _l("The server did not accept the message."),
        _l("Read the reply of the server; the mail host can say why."),
    ),
    "data.unknown": Remedy(
        _l("The message was handed over, but the server did not confirm it. It may have arrived."),
        _l("Look into the mailbox before you send again."),
    ),
    "proto.sequence": Remedy(
        _l("The server lost the thread of the conversation."),
        _l("Try again; if it stays so, check the sender address."),
    ),
    "proto.syntax": Remedy(
        _l("The server could not read an address."),
        _l("Check sender and recipient for stray signs or spaces."),
        "sender_address",
    ),
    "sys.deadline": Remedy(
        _l("The test took too long and was stopped."),
        _l("The server answers very slowly. Try again later or ask the mail host."),
        "host",
    ),
    "sys.unknown": Remedy(
        _l("The server gave an answer that is not known here."),
        _l("Send the report below to your hosting company."),
    ),
}
