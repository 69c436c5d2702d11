"""The parts of the table of diagnoses, as people read them: in the order of the way."""

from app.i18n.text import _l

TITLES = {
    "entering": _l("What was entered"),
    "naming": _l("Finding the server in DNS"),
    "connecting": _l("Connecting to the server"),
    "greeting": _l("Greeting of the server"),
    "encrypting": _l("Encryption"),
    "trusting": _l("The certificate of the server"),
    "signing_in": _l("Sign-in to the server"),
    "sending": _l("The sender, and limits of the server"),
    "receiving": _l("The recipient"),
    "handing_over": _l("Handing over the message"),
    "ours": _l("This installation"),
}
