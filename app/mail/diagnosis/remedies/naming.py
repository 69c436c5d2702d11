"""Remedies for a name that leads nowhere, or somewhere odd."""

from app.i18n.text import _l
from app.mail.diagnosis.remedies.words import Remedy, Scope

REMEDIES = {
    "dns.not_found": Remedy(
        Scope.SERVER,
        _l("No server called %(host)s was found."),
        _l("Look for a typing error; your hosting panel shows the exact name."),
        _l("The look-up of %(host)s ends with NXDOMAIN (EAI_NONAME)."),
        fields=("host",),
    ),
    "dns.no_address": Remedy(
        Scope.SERVER,
        _l("%(host)s exists but has no address to connect to."),
        _l("The domain itself is often not the mail server; try its name with “mail.” before it."),
        _l("%(host)s exists, but has neither an A nor an AAAA record."),
        fields=("host",),
        fixes=("use_host",),
    ),
    "dns.temporary": Remedy(
        Scope.TEMPORARY,
        _l("The name service (DNS) did not answer."),
        _l(
            "Try again in a minute. If it stays so, the DNS of this installation is at fault, "
            "not the SMTP settings."
        ),
        _l("The resolver gave no answer for %(host)s (EAI_AGAIN, SERVFAIL or time-out)."),
        fields=("host",),
    ),
    "dns.resolver_down": Remedy(
        Scope.TEMPORARY,
        _l("This installation cannot resolve any name at the moment."),
        _l(
            "Nothing is wrong with the SMTP settings. Ask the company that hosts this "
            "installation to check its DNS."
        ),
        _l(
            "Every look-up fails, also the one of the root zone; the resolver of this machine "
            "is down."
        ),
    ),
    "dns.filtered": Remedy(
        Scope.SERVER,
        _l("The network answered with a filtering address instead of the real one."),
        _l(
            "This service cannot be reached from this data centre; use a mail server in the "
            "country."
        ),
        _l("The resolver answered %(host)s with a sinkhole address of national filtering."),
        fields=("host",),
    ),
    "dns.private": Remedy(
        Scope.WARNING,
        _l("%(host)s leads to an internal address."),
        _l("That is right only when the mail server stands in the same network."),
        _l("%(host)s resolves to a private address."),
        fields=("host",),
    ),
    "dns.ptr_suggest": Remedy(
        Scope.INFO,
        _l("%(host)s is served by %(suggestion)s."),
        _l("If the certificate is refused, use that name as the server."),
        _l("The reverse name (PTR) of the server is %(suggestion)s."),
        fields=("host",),
        fixes=("use_host",),
    ),
    "dns.idn": Remedy(
        Scope.INFO,
        _l("The Persian domain name was converted to %(host)s"),
        _l("Check that this is the domain you mean."),
        _l("The name was converted to its ASCII form (IDNA): %(host)s"),
        fields=("host",),
    ),
}
