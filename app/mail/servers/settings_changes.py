"""What differs between the settings before and after a change: pure comparisons."""

from app.mail.models import Role
from app.mail.server_settings import (
    LIMIT_FIELDS,
    SERVER_FIELDS,
    SETTINGS_FIELDS,
    TRUST_FIELDS,
    MailSettings,
    ServerSettings,
)


def roles_that_deliver_differently(before: MailSettings, after: MailSettings) -> list[Role]:
    """Return the servers of which an old test result or an old failure says nothing any more."""
    return [
        new.role
        for old, new in zip(before.servers, after.servers, strict=True)
        if not delivers_alike((before, old), (after, new))
    ]


def delivers_alike(
    before: tuple[MailSettings, ServerSettings], after: tuple[MailSettings, ServerSettings]
) -> bool:
    """Tell whether a message would take the same way with the same sign-in and sender."""
    return _delivery(*before) == _delivery(*after)


def differences(before: MailSettings, after: MailSettings) -> dict[str, object]:
    """Return what changed, from what to what; of a password only that it changed."""
    old, new = _readable(before), _readable(after)
    found: dict[str, object] = {
        name: {"from": old[name], "to": new[name]} for name in old if old[name] != new[name]
    }
    for role in Role:
        if _password(before.server(role)) != _password(after.server(role)):
            found[f"{role}.password"] = "changed"
        if before.server(role).offered_here and not after.server(role).offered:
            found[f"{role}.offered"] = "forgotten"
    return found


def _delivery(settings: MailSettings, server: ServerSettings) -> tuple[object, ...]:
    return (
        server.destination,
        server.requires_auth,
        _password(server) if server.requires_auth else None,
        settings.sender_for(server),
        server.offered,
    )


def _password(server: ServerSettings) -> tuple[object, ...]:
    return server.password, server.password_state


def _readable(settings: MailSettings) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(settings, name) for name in SETTINGS_FIELDS}
    for server in settings.servers:
        for name in (*SERVER_FIELDS, *TRUST_FIELDS, *LIMIT_FIELDS, "sender_address"):
            values[f"{server.role}.{name}"] = getattr(server, name)
    return values
