"""What is worth knowing about a server's name once it has led somewhere. Never a failure."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_network

from app.core.errors import PeykError
from app.mail.diagnosis.diagnosis import Diagnosis, note
from app.mail.smtp import domains
from app.mail.smtp.destinations import Address
from app.mail.smtp.network import Network
from app.mail.smtp.wire import Deadline

# For all look-ups of the remarks together: they must not make a slow name service slower.
_SECONDS = 2.0
_MAX_REVERSE = 3
_PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


def about(
    host: str, addresses: Sequence[Address], other_host: str, network: Network
) -> Iterator[Diagnosis]:
    """Yield the remarks on a name that led to these addresses; `other_host` is the other server."""
    if any(label.startswith("xn--") for label in host.split(".")):
        yield note("dns.idn")
    is_name = host not in {one.ip for one in addresses}
    if is_name and any(one.parsed in net for one in addresses for net in _PRIVATE):
        yield note("dns.private")
    looking = _Looking(network, Deadline.within(_SECONDS))
    if other_host and (host == other_host or looking.leads_to(other_host, addresses)):
        yield note("in.same_server")
    if is_name and (real := looking.real_name(host, addresses)):
        yield note("dns.ptr_suggest", suggestion=real)


class _Looking:
    """Look-ups that end together; what cannot be found out in time is not remarked on."""

    def __init__(self, network: Network, deadline: Deadline) -> None:
        self._network = network
        self._deadline = deadline

    def leads_to(self, host: str, addresses: Sequence[Address]) -> bool:
        """Tell whether a name leads to one of these addresses."""
        try:
            seconds = self._deadline.allows(_SECONDS)
            found = self._network.resolve(host, addresses[0].port, seconds)
        except (PeykError, OSError):
            return False
        return bool({one.ip for one in found} & {one.ip for one in addresses})

    def real_name(self, host: str, addresses: Sequence[Address]) -> str:
        """Return the name that somebody else gave this server and that leads to it, if any."""
        first = addresses[0]
        if first.is_internal:
            return ""
        for name in self._reverse(first.ip)[:_MAX_REVERSE]:
            foreign = domains.registered(name) not in ("", domains.registered(host))
            if foreign and self.leads_to(name, [first]):
                return name
        return ""

    def _reverse(self, ip: str) -> Sequence[str]:
        try:
            return self._network.records(ip, "PTR", self._deadline.allows(_SECONDS)).values
        except TimeoutError:
            return ()
