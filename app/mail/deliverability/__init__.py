"""How receivers see the mail: MX, SPF, DKIM, DMARC and PTR, as DNS shows them to this machine."""

from app.mail.deliverability.checkup import TURNS, Checkup, prepare, senders
from app.mail.deliverability.findings import Finding, Paste, Relay, Section, Sender, State, Topic
from app.mail.deliverability.zone import Zone

__all__ = [
    "TURNS",
    "Checkup",
    "Finding",
    "Paste",
    "Relay",
    "Section",
    "Sender",
    "State",
    "Topic",
    "Zone",
    "prepare",
    "senders",
]
