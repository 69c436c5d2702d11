"""The connection test as a deed: prepare it with the database, run it without, remember it."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from app.config import current_config
from app.core.errors import PeykError, Refused
from app.extensions import db
from app.mail.connection_test import our_side, relay, trial
from app.mail.connection_test.probe import ConnectionTest, Probe, StageReport
from app.mail.diagnosis import unknown_replies
from app.mail.models import Role
from app.mail.server_settings import ServerSettings, SettingsChange
from app.mail.servers import connections, fingerprints, last_tests, servers
from app.mail.smtp import ports
from app.mail.smtp.findings import PortSeen
from app.mail.smtp.trouble import Cause


@dataclass(frozen=True, slots=True)
class Prepared:
    """A test that is ready to run; `fingerprint` tells which settings it tries."""

    probe: Probe
    server: ServerSettings
    fingerprint: str
    turn: str

    def run(self) -> Iterator[StageReport]:
        """Run the stages; afterwards remember the result, and always give the turn back."""
        yield from (report for report in self.watch() if report is not None)

    def watch(self) -> Generator[StageReport | None, None, None]:
        """Do the same, with None as a sign of life: a reader who left ends the test at once."""
        try:
            yield from relay.relayed(self.probe.run, self.probe.cancel)
            self._remember()
        finally:
            trial.TURNS.give_back(self.turn)

    def _remember(self) -> None:
        """Keep what the test says about the server; a refused recipient says nothing about it."""
        failure, trouble = self.probe.failure, self.probe.failed_with
        diagnosis = failure.diagnosis if failure else None
        if trouble and diagnosis and _is_unknown(diagnosis.code, trouble.cause):
            unknown_replies.count(trouble)
        if diagnosis and diagnosis.spares_the_server:
            return
        last_tests.remember(
            self.server,
            passed=self.probe.passed,
            stage=failure.stage if failure else "",
            code=diagnosis.code if diagnosis else "",
            fingerprint=self.fingerprint,
            offer=self.probe.offer,
        )


def prepare(
    role: Role, change: SettingsChange, *, recipient: str, locale: str, turn: str
) -> Prepared:
    """Make a test of what is in the form, and let go of the database before the wire.

    Raises `servers.PasswordNeeded` when the stored password would travel to another place.
    """
    settings, config = servers.current(), current_config()
    server = servers.candidate(settings, role, change.server(role))
    wanted = servers.with_change(settings, change)
    sender = wanted.sender_address if not server.sender_address else server.sender_address
    data = trial.message(server, (sender, wanted.sender_name), recipient, config, locale)
    fingerprint = fingerprints.of(wanted, server)
    if change.server(role).forget_offer:
        # Not what is in force before it is confirmed, so its result is nobody's memory.
        fingerprint += " without the former offer"
    passed = last_tests.passed_as(role) == fingerprint
    first, second = (change.server(one.role).applied_to(one) for one in settings.servers)
    whole = replace(wanted, primary=first, secondary=second)
    other, ours = _in_use(whole.server(role.other)), our_side.remarks(whole, role)
    test = ConnectionTest(server, sender, recipient, data, passed, other, ours)
    db.session.commit()
    return Prepared(Probe(test, config), server, fingerprint, turn)


def prepare_stored(role: Role, *, recipient: str, locale: str) -> Prepared:
    """Make a test of what is stored, for the shell; raises `Refused` when there is nothing."""
    settings, config = servers.current(), current_config()
    server = settings.server(role)
    sender = settings.sender_for(server)
    if not server.is_saved or not sender:
        raise Refused(f"The {role} server or the sender's address is not set up.")
    data = trial.message(server, (sender, settings.sender_name), recipient, config, locale)
    fingerprint = fingerprints.of(settings, server)
    passed = last_tests.passed_as(role) == fingerprint
    other, ours = _in_use(settings.server(role.other)), our_side.remarks(settings, role)
    test = ConnectionTest(server, sender, recipient, data, passed, other, ours)
    db.session.commit()
    return Prepared(Probe(test, config), server, fingerprint, turn="console")


def _in_use(server: ServerSettings) -> str:
    """Return the name of a server that is in use, or an empty string."""
    return server.host if server.active else ""


def _is_unknown(code: str, cause: Cause) -> bool:
    return code == "tls.unknown" or (code == "sys.unknown" and cause is Cause.REPLY)


@dataclass(frozen=True, slots=True)
class PortLook:
    """The usual ports of a server as seen from here; none when its name leads nowhere."""

    server: ServerSettings
    ports: tuple[PortSeen, ...]


def look_at_ports(role: Role, change: SettingsChange, turn: str) -> PortLook:
    """Look at the usual ports of the server in the form; sends no password, gives the turn back."""
    config = current_config()
    server = replace(servers.current().server(role), host=change.server(role).host)
    db.session.commit()
    network = connections.network_of(config)
    try:
        addresses = network.resolve(server.host, server.port, ports.LOOK_UP_SECONDS)
        return PortLook(server, ports.look(network, addresses, ports.USUAL, config.ehlo_name))
    except PeykError:
        return PortLook(server, ())
    finally:
        trial.TURNS.give_back(turn)
