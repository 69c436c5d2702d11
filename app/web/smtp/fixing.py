"""A fix that was pressed: the posted form with the fields that the fix changes.

What comes back is judged like everything people type; a name or value nobody knows changes
nothing. Neither does a fix whose certificate nobody said to have looked at.
"""

from flask import request
from werkzeug.datastructures import MultiDict

from app.mail.diagnosis import fixes
from app.mail.models import Role

_OF_THE_FORM = frozenset({"sender_address"})


def posted(role: Role) -> MultiDict[str, str]:
    """Return what was posted, with the pressed fix put in."""
    values: MultiDict[str, str] = MultiDict(request.form)
    fix = fixes.read(values.pop("fix", ""))
    changes = fix.changes if fix and not lacks_confirmation() else {}
    for name, value in changes.items():
        field = _field(name, role, values)
        if value:
            values[field] = value
        else:
            values.pop(field, None)
    return values


def lacks_confirmation() -> bool:
    """Tell whether a fix was pressed that has to be confirmed, and was not."""
    fix = fixes.read(request.form.get("fix", ""))
    confirmed = request.form.get("confirm_fix", "") == str(fix)
    return fix is not None and fix.needs_confirmation and not confirmed


def of_server(values: MultiDict[str, str], role: Role) -> dict[str, str]:
    """Return what was typed for one server and for the sender, under the names of its fields."""
    prefix = f"{role}-"
    typed = {name: values[name] for name in ("sender_address", "sender_name") if name in values}
    return typed | {
        name.removeprefix(prefix): value
        for name, value in values.items()
        if name.startswith(prefix) and value
    }


def _field(name: str, role: Role, values: MultiDict[str, str]) -> str:
    if name in _OF_THE_FORM and not values.get(f"{role}-{name}"):
        return name
    return f"{role}-{name}"
