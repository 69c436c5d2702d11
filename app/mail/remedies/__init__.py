"""What to tell people about each diagnosis, by code, one module for each part of the way."""

from app.mail.remedies import encrypting, handing_over, reaching, signing_in
from app.mail.remedies.words import Remedy

REMEDIES: dict[str, Remedy] = {
    **reaching.REMEDIES,
    **encrypting.REMEDIES,
    **signing_in.REMEDIES,
    **handing_over.REMEDIES,
}
