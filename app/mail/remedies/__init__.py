"""What to tell people about each diagnosis, by code, one module for each part of the way."""

from app.mail.remedies import (
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
from app.mail.remedies.words import Remedy, Scope

__all__ = ["REMEDIES", "Remedy", "Scope"]

REMEDIES: dict[str, Remedy] = {
    **entering.REMEDIES,
    **naming.REMEDIES,
    **connecting.REMEDIES,
    **greeting.REMEDIES,
    **encrypting.REMEDIES,
    **trusting.REMEDIES,
    **signing_in.REMEDIES,
    **sending.REMEDIES,
    **receiving.REMEDIES,
    **handing_over.REMEDIES,
    **ours.REMEDIES,
}
