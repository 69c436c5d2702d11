"""What an operator allows: which addresses and ports may be connected to. Pure.

An address is judged as what it really leads to: some carry another one inside.
"""

import ipaddress
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace

from app.config import USUAL_PORTS, Config

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Cloud metadata and other addresses that no mail server can have.
_NEVER: tuple[Network, ...] = tuple(
    ipaddress.ip_network(net)
    for net in (
        "0.0.0.0/8",
        "169.254.0.0/16",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "192.0.0.192/32",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
        "fd00:ec2::254/128",
    )
)
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports as an operator lists them: numbers and ranges."""

    ranges: tuple[tuple[int, int], ...]

    def __contains__(self, port: object) -> bool:
        return isinstance(port, int) and any(low <= port <= high for low, high in self.ranges)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator says about loopback and private addresses: all, none or some networks.

    `own_ports` are those at which the panel itself listens: it does not talk to itself.
    """

    private: bool
    networks: tuple[Network, ...] = ()
    ports: Container[int] = Ports(USUAL_PORTS)
    own_ports: frozenset[int] = frozenset()

    @classmethod
    def parse(cls, text: str) -> "Policy":
        """Read `allow`, `deny` or a list of networks; raise ValueError for anything else."""
        match text.strip().lower():
            case "allow":
                return cls(private=True)
            case "deny":
                return cls(private=False)
            case other:
                names = re.split(r"[\s,;]+", other)
                return cls(False, tuple(ipaddress.ip_network(name, strict=False) for name in names))

    def allows(self, address: IP, port: int) -> bool:
        """Judge a place: the port, and the address as what it really leads to."""
        is_own = port in self.own_ports and any(map(is_internal, _meant(address)))
        return port in self.ports and not is_own and self.allows_address(address)

    def allows_address(self, address: IP) -> bool:
        """Judge an address as what it really leads to, whatever the port."""
        meant = _meant(address)
        if any(_within(one, _NEVER) for one in meant):
            return False
        return all(self._allows_private(one) for one in meant if is_internal(one))

    def _allows_private(self, address: IP) -> bool:
        return self.private or _within(address, self.networks)


def policy_of(config: Config) -> Policy:
    """Return what the operator of this installation allows."""
    policy = Policy.parse(config.smtp_private_hosts)
    return replace(policy, ports=Ports(config.smtp_ports), own_ports=config.own_ports)


def embedded(address: IP) -> tuple[IP, ...]:
    """Return the IPv4 addresses that an IPv6 address carries inside (mapped, 6to4, NAT64 …)."""
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    inside: list[IP] = []
    if address.ipv4_mapped:
        inside.append(address.ipv4_mapped)
    if address.sixtofour:
        inside.append(address.sixtofour)
    if address.teredo:
        inside.extend(address.teredo)
    if any(address in net for net in _NAT64) or 1 < int(address) < 2**32:
        inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(inside)


def is_internal(address: IP) -> bool:
    """Tell whether an address belongs to this machine or to a private network."""
    return not address.is_global


def _meant(address: IP) -> tuple[IP, ...]:
    return (address, *embedded(address))


def _within(address: IP, networks: Iterable[Network]) -> bool:
    return any(address.version == net.version and address in net for net in networks)
