"""Find the SMTP settings of an address: look at all likely places at once, within a bound.

Nobody is asked but the name service, and the mail servers of the address themselves.
"""

import queue
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import dns.resolver

from app.config import Config, current_config
from app.core.addresses import Address
from app.core.turns import Turns
from app.extensions import db
from app.mail.discovery import dns_records
from app.mail.discovery.candidate_probe import LIMITS, Certificate, Look, Outcome, Prober
from app.mail.discovery.candidates import MOST, Candidate, Reason, candidates
from app.mail.discovery.scoring import Judged, judge, organisation, ranked
from app.mail.smtp import address_policy, destinations
from app.mail.smtp.wire import Deadline

SECONDS = 15.0
# Longer than a search may last.
TURNS = Turns("settings-discovery", 5, timedelta(seconds=30))

_DNS_SECONDS = 4.0
_MOST_FROM_CERTIFICATES = 4


@dataclass(frozen=True, slots=True)
class Network:
    """The outside as a search sees it; tests bring their own."""

    prober: Prober
    records: dns.resolver.Resolver | None
    seconds: float = SECONDS
    dns_seconds: float = _DNS_SECONDS


def network(config: Config) -> Network:
    """Return the real outside, under the operator's policy."""
    policy = address_policy.policy_of(config)
    resolver = partial(destinations.resolve, policy=policy, timeout=LIMITS.resolve)
    prober = Prober(resolver, config.ehlo_name, config.smtp_ca_file)
    return Network(prober, dns_records.system_resolver())


def prepare(address: Address, turn: str) -> "Discovery":
    """Return a search that is ready to run, and let go of the database before the wire."""
    db.session.commit()
    return Discovery(address, network(current_config()), turn)


class Discovery:
    """One search. `run` it once; `ranking` says what it came to, `tried` what was looked at."""

    def __init__(self, address: Address, outside: Network, turn: str = "") -> None:
        self.username = address.ascii
        self.domain = address.ascii.rpartition("@")[2].lower()
        self.tried: list[Judged] = []
        self.total = 0
        self._outside = outside
        self._turn = turn
        self._seen: set[tuple[str, int]] = set()
        self._answers: queue.SimpleQueue[Look] = queue.SimpleQueue()

    @property
    def ranking(self) -> list[Judged]:
        """Return the places that answered, the best first."""
        return ranked(self.tried)

    def run(self) -> Iterator[Judged]:
        """Look at every place and yield each as it is judged; always give the turn back."""
        deadline = Deadline.within(self._outside.seconds)
        most = MOST + _MOST_FROM_CERTIFICATES
        pool = ThreadPoolExecutor(most, thread_name_prefix="discovery")
        try:
            outside = self._outside
            records = dns_records.look_up(self.domain, outside.records, outside.dns_seconds)
            for judged in self._looks(pool, candidates(self.domain, records), deadline):
                self.tried.append(judged)
                yield judged
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            if self._turn:
                TURNS.give_back(self._turn)

    def _looks(
        self, pool: ThreadPoolExecutor, first: list[Candidate], deadline: Deadline
    ) -> Iterator[Judged]:
        waiting = self._send(pool, first)
        while waiting:
            look = self._next_answer(deadline)
            if look is None:
                break
            waiting.remove(look.candidate)
            waiting += self._send(pool, self._named_by_certificate(look))
            yield self._judged(look)
        for candidate in waiting:
            yield self._judged(Look(candidate, Outcome.LATE))

    def _send(self, pool: ThreadPoolExecutor, places: list[Candidate]) -> list[Candidate]:
        for candidate in places:
            self._seen.add((candidate.host, candidate.port))
            pool.submit(self._look_at, candidate)
        self.total += len(places)
        return list(places)

    def _look_at(self, candidate: Candidate) -> None:
        """Look, in a thread; the goodbye is said after the answer was handed over."""
        prober = self._outside.prober
        with prober.session(candidate) as session:
            self._answers.put(prober.look(session, candidate))

    def _next_answer(self, deadline: Deadline) -> Look | None:
        try:
            return self._answers.get(timeout=deadline.allows(self._outside.seconds))
        except (queue.Empty, TimeoutError):
            return None

    def _named_by_certificate(self, look: Look) -> list[Candidate]:
        """Follow a good certificate to the name it was issued to: the server's own name.

        On shared hosting mail.example.ir is a mere alias, and only that name passes the check.
        """
        room = MOST + _MOST_FROM_CERTIFICATES - self.total
        if look.certificate is not Certificate.OTHER_NAME or room <= 0:
            return []
        port = look.candidate.port
        fresh = [name for name in look.names if (name, port) not in self._seen]
        fresh.sort(key=lambda name: (name != look.called, not _is_kin(name, look.called)))
        return [replace(look.candidate, host=name, reason=Reason.CERTIFICATE) for name in fresh[:1]]

    def _judged(self, look: Look) -> Judged:
        return judge(look, self.domain, self._outside.prober.ehlo_name)


def _is_kin(name: str, called: str) -> bool:
    return bool(called) and organisation(name) == organisation(called)
