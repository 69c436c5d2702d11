"""After a failure: look once more, elsewhere, to tell causes apart that look alike.

Each look is bounded, all of them fit into what is left of the test's time, and none carries a
password: passwords are tried once, by the conversation itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.core.errors import PeykError
from app.mail.smtp import certificates, domains, ports
from app.mail.smtp.destinations import Address
from app.mail.smtp.findings import Certificate, Findings
from app.mail.smtp.network import Network
from app.mail.smtp.session import SmtpSession
from app.mail.smtp.trouble import Cause, Stage, Trouble
from app.mail.smtp.wire import Deadline

_SECONDS = 2.0
_NAME_MISMATCH = 62
_MAX_NAMES = 6
_WEB_PORT = 443
_UNREACHED = (Cause.REFUSED, Cause.TIMEOUT, Cause.RESET, Cause.CLOSED, Cause.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where it failed: the conversation, the way out, and what is ours."""

    session: SmtpSession
    network: Network
    deadline: Deadline
    our_names: tuple[str, ...] = ()
    control_host: str = ""

    @property
    def host(self) -> str:
        """Return the server's name as it was given."""
        return self.session.endpoint.host

    @property
    def place(self) -> Address | None:
        """Return the address the conversation was with, or the first it would have been with."""
        return self.session.connected_to or next(iter(self.session.addresses), None)

    def resolve(self, host: str) -> Sequence[Address]:
        """Return the addresses of another name; none when that is not known or not allowed."""
        try:
            seconds = self.deadline.allows(_SECONDS)
            return self.network.resolve(host, self.session.endpoint.port, seconds)
        except (PeykError, OSError):
            return ()


def look(trouble: Trouble, scene: Scene) -> Findings:
    """Return what else can be found out about a failure in the time that is left."""
    for fits, looking in _LOOKS:
        if fits(trouble):
            try:
                scene.deadline.allows(_SECONDS)
            except TimeoutError:
                return Findings()
            return looking(scene, trouble)
    return Findings()


def _at_the_name(scene: Scene, _trouble: Trouble) -> Findings:
    """The name is unknown: ask whether the domain exists, and whether DNS works at all."""
    found = scene.network.records(scene.host, "MX", _SECONDS)
    exists = found.exists
    if exists is None:
        root = scene.network.records(".", "NS", _SECONDS)
        return Findings(resolver_works=root.exists is not None)
    candidates = (*found.values[:2], f"mail.{scene.host}") if exists else ()
    suggestion = next((name for name in candidates if scene.resolve(name)), "")
    return Findings(name_exists=exists, suggestion=suggestion, resolver_works=True)


def _at_the_ports(scene: Scene, _trouble: Trouble) -> Findings:
    """No connection: look at the other doors of this host, at the web, at port 25 as such."""
    session = scene.session
    seen = ports.look(scene.network, session.addresses, ports.USUAL, session.endpoint.ehlo_name)
    found = Findings(ports=seen)
    if found.open_port or scene.place is None:
        return found
    place = scene.place
    web = ports.is_open(scene.network, Address(place.family, place.ip, _WEB_PORT))
    return _compared(scene, replace(found, web_works=web))


def _compared(scene: Scene, found: Findings) -> Findings:
    """Ask the host that the operator named for comparison, if any."""
    addresses = scene.resolve(scene.control_host) if scene.control_host else ()
    if not addresses:
        return found
    first = addresses[0]
    mail, web = (Address(first.family, first.ip, port) for port in (25, _WEB_PORT))
    return replace(
        found,
        web_works=found.web_works or ports.is_open(scene.network, web),
        port_25_is_shut=ports.is_open(scene.network, mail) is False,
    )


def _at_the_silence(scene: Scene, _trouble: Trouble) -> Findings:
    """No greeting: perhaps the port wants TLS from the first byte, or is not for mail at all."""
    if scene.place is None:
        return Findings()
    endpoint = scene.session.endpoint
    behind = ports.behind_silence(scene.network, scene.place, endpoint, scene.deadline)
    return Findings(behind_silence=behind)


def _at_the_certificate(scene: Scene, trouble: Trouble) -> Findings:
    """The certificate is not trusted: read it, and find a name that it would fit."""
    place, endpoint = scene.place, scene.session.endpoint
    if place is None:
        return Findings()
    shown = scene.session.certificate or certificates.shown_by(
        scene.network, place, endpoint.expected_name, endpoint.encryption, endpoint.ehlo_name
    )
    if shown is None or trouble.verify_code not in (_NAME_MISMATCH, 64):
        return Findings(certificate=shown)
    found = Findings(certificate=shown, suggestion=_fitting_name(scene, place, shown))
    return replace(found, intercepted_by=_interceptor(scene, shown.names))


def _at_the_greeting(scene: Scene, _trouble: Trouble) -> Findings:
    """Refused while all seemed well: make sure that it was the right server."""
    return Findings(intercepted_by=_interceptor(scene, ()))


def _fitting_name(scene: Scene, place: Address, shown: Certificate) -> str:
    """Return a name of the certificate that leads to the same server, or an empty string."""
    reverse = scene.network.records(place.ip, "PTR", _SECONDS).values
    real = [name for name in reverse if any(domains.covers(one, name) for one in shown.names)]
    plain = [name for name in shown.names[:_MAX_NAMES] if _is_plain(name)]
    for name in dict.fromkeys([*real, *plain]):
        if name != scene.host and place.ip in {one.ip for one in scene.resolve(name)}:
            return name
    return ""


def _is_plain(name: str) -> bool:
    return not name.startswith("*") and bool(domains.registered(name) or name == "localhost")


def _interceptor(scene: Scene, names: Sequence[str]) -> str:
    """Return who answered in the place of the server: somebody of our own house, not of its."""
    greeting = scene.session.greeting
    said = domains.first_name(greeting.text) if greeting else ""
    ours = {domains.registered(name) for name in scene.our_names} - {""}
    wanted = domains.registered(scene.host)
    for name in (said, *(name.removeprefix("*.") for name in names)):
        answered = domains.registered(name)
        if answered and wanted and answered != wanted and answered in ours:
            return name
    return ""


def _wants_ports(trouble: Trouble) -> bool:
    return trouble.stage is Stage.CONNECT and trouble.cause in _UNREACHED


def _wants_name(trouble: Trouble) -> bool:
    return trouble.cause in (Cause.NAME_NOT_FOUND, Cause.NAME_TEMPORARY)


def _wants_handshake(trouble: Trouble) -> bool:
    return trouble.stage is Stage.GREETING and trouble.cause is Cause.TIMEOUT


def _wants_certificate(trouble: Trouble) -> bool:
    return trouble.cause in (Cause.CERTIFICATE, Cause.OTHER_CERTIFICATE)


def _wants_greeting(trouble: Trouble) -> bool:
    after = (Stage.SIGN_IN, Stage.SENDER, Stage.RECIPIENT)
    return trouble.stage in after and trouble.cause in (Cause.REPLY, Cause.AUTH_MISSING)


_LOOKS: tuple[tuple[Callable[[Trouble], bool], Callable[[Scene, Trouble], Findings]], ...] = (
    (_wants_name, _at_the_name),
    (_wants_ports, _at_the_ports),
    (_wants_handshake, _at_the_silence),
    (_wants_certificate, _at_the_certificate),
    (_wants_greeting, _at_the_greeting),
)
