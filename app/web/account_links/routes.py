"""A new address confirmed, a change taken back, an account kept: each by a button."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import address_change, deletion
from app.accounts.account_models import Purpose
from app.accounts.activation import Link
from app.accounts.address_change import Look, NotChanged
from app.i18n.formats import format_datetime
from app.i18n.text import _
from app.web.http.takes import takes
from app.web.visitors.access import current_actor, public

bp = Blueprint("account_links", __name__)


@bp.get("/address/<token>")
@public
def address(token: str) -> ResponseReturnValue:
    """Ask whether this is the address from now on; change nothing."""
    look = address_change.look_at(Purpose.CONFIRM_ADDRESS, token)
    return _page("account_links/address.html", token, look)


@bp.post("/address/<token>")
@public
@takes()
def confirm_address(token: str) -> ResponseReturnValue:
    """Make it the address to sign in with."""
    try:
        address_change.confirm(token, current_actor())
    except NotChanged:
        return _dead()
    flash(_("The new address is confirmed. From now on you sign in with it."), "success")
    return redirect("/", 303)


@bp.get("/address-undo/<token>")
@public
def undo(token: str) -> ResponseReturnValue:
    """Ask whether the change is to be taken back; change nothing."""
    look = address_change.look_at(Purpose.UNDO_ADDRESS, token)
    return _page("account_links/undo.html", token, look)


@bp.post("/address-undo/<token>")
@public
@takes()
def undo_address(token: str) -> ResponseReturnValue:
    """Take the change back and lock everybody out but the owner of the old address."""
    try:
        address_change.undo(token, current_actor())
    except NotChanged:
        return _dead()
    return render_template("account_links/undone.html")


@bp.get("/keep-account/<token>")
@public
def keep(token: str) -> ResponseReturnValue:
    """Ask whether the account is to stay; change nothing."""
    user = deletion.look_at(token)
    if user is None or user.delete_at is None:
        return _dead()
    at = format_datetime(user.delete_at, "medium", time_zone=user.time_zone)
    return render_template("account_links/keep.html", token=token, at=at)


@bp.post("/keep-account/<token>")
@public
@takes()
def keep_account(token: str) -> ResponseReturnValue:
    """Let the account stay."""
    if not deletion.stay_by_link(token, current_actor()):
        return _dead()
    flash(_("Your account stays. You can sign in as before."), "success")
    return redirect(url_for("sessions.new"), 303)


def _page(template: str, token: str, look: Look) -> ResponseReturnValue:
    if look.link is not Link.USABLE:
        return _dead()
    return render_template(template, token=token, look=look)


def _dead() -> ResponseReturnValue:
    return render_template("account_links/dead.html"), 404
