"""What to tell people about each diagnosis, by code, one module for each part of the way."""

from app.mail.diagnosis.remedies import (
    connecting,
    encrypting,
    entering,
    greeting,
    handing_over,
    naming,
    ours,
    receiving,
    sending,
    signing_in,
    trusting,
)
from app.mail.diagnosis.remedies.words import Remedy, Scope

__all__ = ["FAMILIES", "REMEDIES", "Remedy", "Scope"]

# In the order of the way.
FAMILIES: dict[str, dict[str, Remedy]] = {
    "entering": entering.REMEDIES,
    "naming": naming.REMEDIES,
    "connecting": connecting.REMEDIES,
    "greeting": greeting.REMEDIES,
    "encrypting": encrypting.REMEDIES,
    "trusting": trusting.REMEDIES,
    "signing_in": signing_in.REMEDIES,
    "sending": sending.REMEDIES,
    "receiving": receiving.REMEDIES,
    "handing_over": handing_over.REMEDIES,
    "ours": ours.REMEDIES,
}
REMEDIES: dict[str, Remedy] = {
    code: remedy for family in FAMILIES.values() for code, remedy in family.items()
}
