"""Remedies for a message that is not taken, or whose fate is not known."""

from app.i18n.text import _l
from app.mail.diagnosis.remedies.words import Remedy, Scope

REMEDIES = {
    "data.size": Remedy(
        Scope.RECIPIENT,
        _l("The message is larger than the server allows."),
        _l("Ask the mail host for the limit."),
        _l("The message exceeds the announced SIZE or a limit of the server."),
    ),
    "data.spam": Remedy(
        Scope.RECIPIENT,
        _l("The server took the message for spam."),
        _l("Check SPF, DKIM and the sender name."),
        _l("The content was refused as spam."),
        fields=("sender_name",),
    ),
    "data.storage": Remedy(
        Scope.TEMPORARY,
        _l("The mail server has no free space."),
        _l("Its operator must act."),
        _l("Insufficient storage at the server."),
    ),
    "data.temp": Remedy(
        Scope.TEMPORARY,
        _l("The server has a temporary problem."),
        _l("Try again in a few minutes."),
        _l("A temporary refusal or a broken connection before the message was taken."),
    ),
    "data.refused": Remedy(
        Scope.RECIPIENT,
        _l("The server did not accept the message."),
        _l("Read the reply of the server; the mail host can say why."),
        _l("The message was refused after the final dot."),
    ),
    "data.unknown": Remedy(
        Scope.UNKNOWN,
        _l("The message was handed over, but the server did not confirm it. It may have arrived."),
        _l("Check the mailbox before you send again."),
        _l("No whole reply came after the final dot; the outcome is unknown."),
    ),
    "quit.noise": Remedy(
        Scope.FINE,
        _l("The server hung up after it had accepted the message."),
        _l("There is nothing to do."),
        _l("The connection ended at QUIT; the message had been accepted before."),
    ),
    "proto.sequence": Remedy(
        Scope.TEMPORARY,
        _l("The server lost track of the conversation."),
        _l("Try again; if it stays so, check the sender address."),
        _l("Bad sequence of commands (503) in this session."),
        fields=("sender_address",),
    ),
    "proto.syntax": Remedy(
        Scope.SERVER,
        _l("The server could not read an address."),
        _l("Check sender and recipient for stray signs or spaces."),
        _l("A command or an address was not understood (500, 501)."),
        fields=("sender_address", "recipient"),
    ),
    "ok.spam_folder": Remedy(
        Scope.INFO,
        _l("The server accepted the message, so it is on its way."),
        _l(
            "Check the spam folder, then ask the mail host for its delivery log with the queue id "
            "%(id)s."
        ),
        _l("Accepted with 250; queue id %(id)s."),
    ),
    "late.bounce": Remedy(
        Scope.INFO,
        _l("A refusal further on comes back as a mail to %(sender)s."),
        _l("Read that mailbox; the mail names the reason."),
        _l("Refusals after acceptance come back as a bounce to %(sender)s."),
        fields=("sender_address",),
    ),
}
