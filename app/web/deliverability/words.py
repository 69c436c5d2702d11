"""What is said of the records of a domain: what is so, and what to do about it."""

from app.i18n.text import _l
from app.mail.deliverability import State, Topic

TITLES = {
    Topic.DOMAIN: _l("The domain"),
    Topic.MX: _l("Who receives the answers (MX)"),
    Topic.SPF: _l("Which servers may send (SPF)"),
    Topic.DKIM: _l("Signature of the mail (DKIM)"),
    Topic.DMARC: _l("What happens to forged mail (DMARC)"),
    Topic.PTR: _l("Name of the server's address (PTR)"),
}
HINTS = {
    Topic.DOMAIN: "",
    Topic.MX: _l("Answers and returned mail go to the servers that are named here."),
    Topic.SPF: _l(
        "Receivers compare the server that brings a mail with this list. A server may send from "
        "another address than the one at which it receives; if its mail is refused all the same, "
        "ask its operator."
    ),
    Topic.DKIM: _l("The server signs each mail; with the key in DNS receivers verify it."),
    Topic.DMARC: _l(
        "Here the domain says what receivers should do with mail that cannot be proved genuine."
    ),
    Topic.PTR: _l("Many receivers refuse mail from an address that has no name."),
}
STATES = {
    State.WRONG: ("bad", "alert", _l("Wrong")),
    # i18n: of a record in DNS.
    State.MISSING: ("warn", "minus", _l("Missing")),
    State.BETTER: ("warn", "info", _l("Can be better")),
    State.UNKNOWN: ("idle", "clock", _l("Not known")),
    State.GOOD: ("ok", "check", _l("In order")),
}
_UNANSWERED = _l("DNS did not answer, so this could not be checked. Try again in a few minutes.")
_DOMAIN = {
    "domain.public": _l(
        "Addresses of %(service)s can only be sent through its own servers. Through other servers "
        "such mail is refused or lands in the spam folder: use an address of your own domain."
    ),
    "domain.public_own": _l(
        "The address and the servers both belong to %(service)s, which takes care of its records. "
        "There is nothing for you to do."
    ),
    "domain.missing": _l(
        "DNS knows no such domain. Check the sender address; if it is right, the registration of "
        "the domain may have run out."
    ),
}
_MX = {
    "mx.unknown": _UNANSWERED,
    "mx.good": _l("Answers reach these servers: %(names)s"),
    "mx.missing": _l(
        "No server receives mail for this domain. Answers and returned mail are lost, and some "
        "receivers refuse mail from such a domain. Enter the record below."
    ),
    "mx.null": _l(
        "The domain says that it receives no mail at all. Many receivers then refuse its mail, "
        "too. Replace the record by the one below."
    ),
    "mx.implicit": _l(
        "There is no MX record, so answers go to the address of the domain itself (%(ip)s). Enter "
        "the record below, so that they reach the mail server."
    ),
    "mx.dead": _l("%(host)s is named as a receiver, but DNS knows no address of it. Correct it."),
    "mx.address": _l(
        "The MX record holds an address (%(host)s) where the name of a server has to stand. Enter "
        "the name."
    ),
}
_SPF = {
    "spf.unknown": _UNANSWERED,
    "spf.good": _l("The record is well formed."),
    "spf.missing": _l(
        "There is no SPF record, so receivers cannot tell your mail from forged mail. Enter the "
        "record below."
    ),
    "spf.several": _l(
        "There are %(count)s SPF records, so receivers ignore all of them. Replace them by the one "
        "below."
    ),
    "spf.syntax": _l(
        "Receivers cannot read %(term)s and ignore the whole record. Replace it by the one below."
    ),
    "spf.open": _l(
        "The record lets every server in the world send for your domain. Replace it by the one "
        "below."
    ),
    "spf.no_end": _l(
        "The record does not say what to do with mail from other servers. Replace it by the one "
        "below."
    ),
    "spf.lookups": _l(
        "To read the record, receivers have to ask DNS %(count)s times. More than ten are not "
        "permitted; then they ignore it. Remove services that you no longer use."
    ),
    "spf.voids": _l(
        "The record leads to names that do not exist, %(term)s among them, so receivers ignore it. "
        "Remove them."
    ),
    "spf.include_broken": _l(
        "The record leads to %(term)s, where no usable SPF record stands. Correct this part or "
        "remove it."
    ),
    "spf.partly_unknown": _l(
        "A part of the record could not be followed, so not everything in it was checked."
    ),
    "spf.ptr": _l(
        "The record uses the word %(term)s, which receivers should not follow any more. Name the "
        "servers instead."
    ),
    "spf.service": _l("%(host)s belongs to %(service)s, which may send for your domain."),
    "spf.service_missing": _l(
        "%(host)s belongs to %(service)s, which may not send for your domain yet. Replace the "
        "record by the one below."
    ),
    "spf.service_unknown": _l(
        "%(host)s belongs to %(service)s. Which entry it needs depends on your account: look into "
        "its help or ask it."
    ),
    "spf.server_good": _l("%(host)s may send for your domain."),
    "spf.server_refused": _l(
        "The record forbids %(host)s (%(ip)s) to send, so its mail is refused. Replace the record "
        "by the one below."
    ),
    "spf.server_suspected": _l(
        "The record does not name %(host)s (%(ip)s), so its mail easily lands in the spam folder. "
        "Replace the record by the one below."
    ),
    "spf.server_not_named": _l(
        "The record says nothing of %(host)s (%(ip)s). Replace it by the one below."
    ),
    "spf.server_partly": _l(
        "Of the addresses of %(host)s these are not named: %(ip)s. Replace the record by the one "
        "below."
    ),
    "spf.server_unknown": _UNANSWERED,
    "spf.server_undecided": _l(
        "Whether %(host)s may send cannot be said before the record is put right."
    ),
    "spf.server_internal": _l(
        "%(host)s has an address of an internal network. Ask its operator from which public "
        "address it sends, and add that to the record."
    ),
    "spf.server_no_address": _l(
        "DNS knows no address of %(host)s, so it could not be compared with the record."
    ),
}
_DKIM = {
    "dkim.unknown": _UNANSWERED,
    "dkim.good": _l("A strong key stands under the name %(selector)s."),
    "dkim.short": _l(
        "A key of %(bits)s bits stands under the name %(selector)s. It works; a longer one is "
        "safer, ask the mail host for it."
    ),
    "dkim.testing": _l(
        "The key under the name %(selector)s is marked as a trial, so receivers may ignore the "
        "signature. Ask the mail host to end the trial."
    ),
    "dkim.only_ed25519": _l(
        "The key under the name %(selector)s is of a kind (%(kind)s) that many receivers do not "
        "know. Ask the mail host for an RSA key beside it."
    ),
    "dkim.weak": _l(
        "The key under the name %(selector)s has only %(bits)s bits, so receivers ignore it. Ask "
        "the mail host for a new one."
    ),
    "dkim.broken": _l(
        "The key under the name %(selector)s cannot be read. Enter it again, exactly as the mail "
        "host gives it."
    ),
    "dkim.revoked": _l(
        "The key under the name %(selector)s was withdrawn. Ask the mail host which key it signs "
        "with now."
    ),
    "dkim.missing": _l(
        "There is no key in DNS. Only the mail host knows it: ask it to switch DKIM on and to tell "
        "you the record. The text below can be sent as it stands."
    ),
    "dkim.not_found": _l(
        "Under the usual names (%(count)s were tried) no key was found; one may stand under "
        "another name. Send a mail to yourself: in its headers, the line %(header)s shows whether "
        "it was signed. If not, send the text below to the mail host."
    ),
}
_DMARC = {
    "dmarc.unknown": _UNANSWERED,
    "dmarc.missing": _l(
        "There is no DMARC record, and large mail services demand one. The record below only asks "
        "for reports and stops no mail."
    ),
    "dmarc.several": _l(
        "There are %(count)s DMARC records, so receivers ignore all of them. Replace them by the "
        "one below."
    ),
    "dmarc.inherited": _l("The record of %(above)s holds here, with the policy %(policy)s."),
    "dmarc.faults": _l(
        "Receivers cannot use %(term)s in the record. Replace the record by the one below."
    ),
    "dmarc.only_watching": _l(
        "The record only watches. When everything above is in order and the reports show no "
        "stranger, replace it by the stricter one below."
    ),
    "dmarc.partly": _l(
        "The record holds for %(percent)s of the mail only. When everything above is in "
        "order, replace it by the one below."
    ),
    "dmarc.good": _l("Receivers are asked to stop forged mail (policy %(policy)s)."),
    "dmarc.no_reports": _l(
        "Nobody gets the reports of receivers. The record below asks for them at the sender "
        "address."
    ),
    "dmarc.proved": _l("SPF proves that mail through your servers is genuine."),
    "dmarc.only_signature": _l(
        "Mail through one of the servers is proved genuine by its signature only. "
        "Put SPF right as well."
    ),
    "dmarc.at_risk": _l(
        "By this policy (%(policy)s) receivers stop mail through a server that SPF does not name "
        "and that does not sign. Put SPF or DKIM right first."
    ),
}
_PTR = {
    "ptr.unknown": _UNANSWERED,
    "ptr.host_unknown": _UNANSWERED,
    "ptr.good": _l("%(ip)s is called %(name)s, and this name leads back to it."),
    "ptr.missing": _l(
        "%(ip)s has no name. Only the operator of the server can enter one: send it the text below."
    ),
    "ptr.unconfirmed": _l(
        "%(ip)s is called %(name)s, but this name does not lead back to it. Only the operator of "
        "the server can put that right: send it the text below."
    ),
    "ptr.internal": _l(
        "%(host)s has an address of an internal network, which has no public name. Receivers see "
        "the address from which it sends: ask its operator whether that one has a name."
    ),
    "ptr.no_address": _l("DNS knows no address of %(host)s."),
}
FINDINGS = {**_DOMAIN, **_MX, **_SPF, **_DKIM, **_DMARC, **_PTR}
