"""A certificate as people compare it, letter by letter, before they trust it."""

from collections.abc import Iterator
from typing import Any

from app.i18n.formats import format_datetime
from app.i18n.text import _, _l
from app.mail.diagnosis.diagnosis import Diagnosis
from app.mail.smtp import pins
from app.mail.smtp.findings import Certificate

_MOST_NAMES = 6
_NOBODY = "–"
# Of which diagnoses two certificates are to be compared: the former one, and its name.
_FORMER = {
    "tls.other_certificate": ("trusted", _l("The certificate you trusted")),
    "tls.certificate_changed": ("before", _l("The certificate when it last worked")),
}


def shown(certificate: Certificate) -> dict[str, Any]:
    """Return what a certificate says as rows (label, value, direction), and its fingerprint."""
    names = ", ".join(certificate.names[:_MOST_NAMES]) or _NOBODY
    valid = _(
        "from %(start)s to %(end)s",
        start=format_datetime(certificate.valid_from, "date"),
        end=format_datetime(certificate.valid_until, "date"),
    )
    rows = (
        (_("Issued to"), names, "ltr"),
        (_("Issued by"), certificate.issuer or _NOBODY, "auto"),
        (_("Valid"), valid, ""),
    )
    return {
        "rows": [{"label": str(label), "value": value, "dir": way} for label, value, way in rows],
        "groups": list(pins.groups(certificate.sha256)),
    }


def compared(*diagnoses: Diagnosis) -> Iterator[dict[str, Any]]:
    """Yield the two fingerprints that differ, each with its name, where that is what is wrong."""
    for one in diagnoses:
        if one.code in _FORMER:
            name, label = _FORMER[one.code]
            yield {"label": str(label), "groups": list(pins.groups(one.details[name]))}
            shown_now = list(pins.groups(one.details["shown"]))
            yield {"label": str(_("The certificate shown now")), "groups": shown_now}
