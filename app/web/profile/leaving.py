"""The end of an account: asked for here; during the pause it may stay."""

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from app.accounts import deletion
from app.accounts.deletion import LastAdministrator
from app.i18n.formats import duration, format_datetime
from app.i18n.text import _
from app.web.http.takes import takes
from app.web.visitors.access import confirmed, current_actor, current_user, signed_in


def add_to(bp: Blueprint) -> None:
    """Open these pages beside those of the account."""
    bp.add_url_rule("/deletion", "leaving", ask, methods=["GET"])
    bp.add_url_rule("/deletion", "delete", delete, methods=["POST"])


@signed_in
def ask() -> ResponseReturnValue:
    """Say what would happen, and when."""
    return render_template("profile/deletion.html", pause=duration(deletion.PAUSE))


@signed_in
@confirmed
@takes()
def delete() -> ResponseReturnValue:
    """Let the account go after the pause; everybody is signed out at once."""
    try:
        goes_at = deletion.ask(current_user.id, current_actor())
    except LastAdministrator:
        pause = duration(deletion.PAUSE)
        return render_template("profile/deletion.html", pause=pause, is_last=True), 409
    session.clear()
    said = _(
        "Your account will be deleted: %(at)s. Until then it stays if you sign in.",
        at=format_datetime(goes_at, "medium"),
    )
    flash(said, "info")
    return redirect(url_for("sessions.new"), 303)
