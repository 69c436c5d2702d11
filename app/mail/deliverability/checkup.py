"""One look at how receivers see the mail: all domains and servers at once, within ten seconds.

Only DNS is asked, through the resolver of this machine; no mail server and no other service.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import replace
from datetime import timedelta

from app.core.turns import Turns
from app.extensions import db
from app.mail.deliverability import exchanges, policy, reverse, sending, services, signing
from app.mail.deliverability.findings import Finding, Relay, Section, Sender, State, Topic
from app.mail.deliverability.zone import Said, Zone
from app.mail.discovery import dns_records
from app.mail.models import Role
from app.mail.server_settings import MailSettings

# Longer than a look may last.
TURNS = Turns("deliverability", 5, timedelta(seconds=20))
_AT_ONCE = 12


def senders(settings: MailSettings) -> tuple[Sender, ...]:
    """Return who sends through which servers; two addresses of one domain are looked at once."""
    by_domain: dict[str, Sender] = {}
    for server in settings.servers:
        address = settings.sender_for(server)
        relays = (Relay(server.role, server.host),) if server.is_saved else ()
        if address and (relays or server.role is Role.PRIMARY):
            one = Sender(address, relays)
            known = by_domain.get(one.domain, replace(one, relays=()))
            by_domain[one.domain] = replace(known, relays=known.relays + relays)
    return tuple(by_domain.values())


def zone() -> Zone:
    """Return DNS as this machine sees it."""
    return Zone(dns_records.system_resolver())


def prepare(settings: MailSettings, turn: str) -> "Checkup":
    """Return a look that is ready to run, and let go of the database before the wire."""
    db.session.commit()
    return Checkup(senders(settings), zone(), turn)


class Checkup:
    """One look. `run` it once; afterwards `sections` are there in the order of the page."""

    def __init__(self, senders: tuple[Sender, ...], zone: Zone, turn: str = "") -> None:
        self.senders = senders
        self.total = 0
        self._zone = zone
        self._turn = turn
        self._found: list[Section] = []

    @property
    def sections(self) -> list[Section]:
        """Return what was found: domain by domain, then the servers."""
        order = [sender.domain for sender in self.senders]
        return sorted(
            self._found,
            key=lambda one: (
                order.index(one.about) if one.topic is not Topic.PTR else len(order),
                one.place[1],
                one.role is not Role.PRIMARY,
            ),
        )

    def run(self) -> Iterator[Section]:
        """Look at everything and yield each section as it is known; always give the turn back."""
        pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="deliverability")
        try:
            waiting = [one for sender in self.senders for one in self._domain(pool, sender)]
            waiting += [pool.submit(reverse.check, self._zone, one) for one in self._relays()]
            self.total = len(waiting)
            for future in as_completed(waiting):
                self._found.append(future.result())
                yield self._found[-1]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            if self._turn:
                TURNS.give_back(self._turn)

    def _domain(self, pool: ThreadPoolExecutor, sender: Sender) -> list[Future[Section]]:
        if finding := self._about_domain(sender):
            section = Section(Topic.DOMAIN, sender.domain, (finding,))
            return [pool.submit(lambda: section)]
        allowed = pool.submit(sending.check, self._zone, sender)
        signed = pool.submit(signing.check, self._zone, sender)
        return [
            pool.submit(exchanges.check, self._zone, sender),
            allowed,
            signed,
            # It waits for two that were begun before it, so it never waits for itself.
            pool.submit(self._policy, sender, allowed, signed),
        ]

    def _about_domain(self, sender: Sender) -> Finding | None:
        """Return what makes every other look pointless, if there is such a thing."""
        public = services.of_domain(sender.domain)
        if public is not None:
            strangers = [one for one in sender.relays if services.of_host(one.host) != public]
            state = State.WRONG if strangers else State.GOOD
            code = "domain.public" if strangers else "domain.public_own"
            return Finding(state, code, {"service": public.name})
        if self._zone.ask(sender.domain, "MX").said is Said.NO_NAME:
            return Finding(State.WRONG, "domain.missing")
        return None

    def _policy(
        self, sender: Sender, allowed: "Future[Section]", signed: "Future[Section]"
    ) -> Section:
        section = policy.check(self._zone, sender)
        more = policy.proof(policy.policy_in(section), allowed.result(), signed.result())
        return replace(section, findings=(*section.findings, *more))

    def _relays(self) -> list[Relay]:
        """Return each server once, also when both have the same name."""
        found = [relay for sender in self.senders for relay in sender.relays]
        return list({relay.host: relay for relay in reversed(found)}.values())[::-1]
