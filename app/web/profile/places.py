"""Where one is signed in: look, and sign out of one place or of all others."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import places
from app.accounts.places import Kind
from app.i18n.text import _
from app.web.http.takes import takes
from app.web.visitors.access import current_actor, current_user, signed_in
from app.web.visitors.devices import device

_NUMBER = "<int(max=2147483647):number>"


def add_to(bp: Blueprint) -> None:
    """Open these pages beside those of the account."""
    bp.add_url_rule("/sessions", "places", index, methods=["GET"])
    bp.add_url_rule("/sessions/others", "leave_others", leave_others, methods=["POST"])
    bp.add_url_rule(f"/sessions/<kind>/{_NUMBER}", "leave", leave, methods=["POST"])


@signed_in
def index() -> ResponseReturnValue:
    """Show every browser that is, or keeps itself, signed in."""
    found = places.of(current_user.id, current_user.session_id)
    return render_template("profile/places.html", places=found, device=device)


@signed_in
@takes()
def leave(kind: str, number: int) -> ResponseReturnValue:
    """Sign out of one place."""
    if kind not in set(Kind):
        abort(404)
    places.leave(current_user.id, Kind(kind), number, current_actor())
    flash(_("That browser is signed out."), "success")
    return redirect(url_for(".places"), 303)


@signed_in
@takes()
def leave_others() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    places.leave_others(current_user.id, current_user.session_id, current_actor())
    flash(_("All other browsers are signed out."), "success")
    return redirect(url_for(".places"), 303)
