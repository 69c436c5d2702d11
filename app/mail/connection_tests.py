"""The connection test as a deed: prepare it with the database, run it without, remember it."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.config import current_config
from app.extensions import db
from app.mail import servers, settings_changes, trial
from app.mail.models import Role
from app.mail.probe import ConnectionTest, Probe, StageReport
from app.mail.server_settings import MailSettings, ServerSettings, SettingsChange


@dataclass(frozen=True, slots=True)
class Prepared:
    """A test that is ready to run; `is_stored` when it tries what is stored, nothing else."""

    probe: Probe
    server: ServerSettings
    is_stored: bool
    turn: str

    def run(self) -> Iterator[StageReport]:
        """Run the stages; afterwards remember the result, and always give the turn back."""
        try:
            yield from self.probe.run()
            self._remember()
        finally:
            trial.give_turn_back(self.turn)

    def _remember(self) -> None:
        if not self.is_stored:
            return
        failure = self.probe.failure
        servers.remember_test(
            self.server,
            passed=failure is None,
            stage=failure.stage if failure else "",
            code=failure.diagnosis.code if failure and failure.diagnosis else "",
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
    test = ConnectionTest(server, sender, recipient, data)
    is_stored = _is_stored(settings, wanted, server)
    db.session.commit()
    return Prepared(Probe(test, config), server, is_stored, turn)


def _is_stored(settings: MailSettings, wanted: MailSettings, server: ServerSettings) -> bool:
    stored = settings.server(server.role)
    return stored.is_saved and settings_changes.delivers_alike((settings, stored), (wanted, server))
