"""The lists of people, one person, one attempt, and the way to a new one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import invitations
from app.accounts.invitations import AlreadyInvited
from app.accounts.people import administration, directory
from app.accounts.users import AlreadyThere
from app.i18n.text import _
from app.web.http.csv_export import csv_response
from app.web.http.takes import takes
from app.web.users import acting, filters, shown, words
from app.web.users.deeds import DEEDS
from app.web.users.forms import InvitationForm
from app.web.visitors.access import admin_only, confirmed, current_actor, keeps_what_was_typed
from app.web.visitors.devices import device

bp = Blueprint("users", __name__, url_prefix="/system/users")
acting.add_to(bp)

# The largest number a row can have on both databases.
_USER = "/<int(max=2147483647):user_id>"


@bp.context_processor
def _words() -> dict[str, object]:
    """The words of people, for the templates of this screen."""
    return words.FOR_TEMPLATES | {"deeds": DEEDS, "device": device}


@bp.get("")
@admin_only
def index() -> ResponseReturnValue:
    """Show the people, the newest first."""
    return render_template("users/index.html", view=shown.users(request.args))


@bp.get("/pending")
@admin_only
def pending() -> ResponseReturnValue:
    """Show the attempts that wait, the newest first."""
    return render_template("users/pending.html", view=shown.pending(request.args))


@bp.get("/new")
@admin_only
def new() -> ResponseReturnValue:
    """Ask who is invited."""
    return render_template("users/new.html", form=InvitationForm())


@bp.post("/new")
@admin_only
@keeps_what_was_typed
@confirmed
def invite() -> ResponseReturnValue:
    """Save the invitation; its mail leaves by itself."""
    form = InvitationForm()
    if not form.validate():
        return render_template("users/new.html", form=form), 422
    try:
        number = invitations.invite(form.invitee(), current_actor())
    except AlreadyThere:
        form.email.errors = [_("Somebody with this address has an account already.")]
        return render_template("users/new.html", form=form), 422
    except AlreadyInvited:
        form.email.errors = [_("Somebody with this address has been invited already.")]
        return render_template("users/new.html", form=form), 422
    flash(_("The invitation is saved; its mail leaves by itself."), "success")
    return redirect(url_for(".attempt", pending_id=number), 303)


@bp.get(_USER)
@admin_only
def show(user_id: int) -> ResponseReturnValue:
    """Show one person with everything about them."""
    return render_template("users/show.html", look=directory.person(user_id))


@bp.get("/pending/<int(max=2147483647):pending_id>")
@admin_only
def attempt(pending_id: int) -> ResponseReturnValue:
    """Show one attempt with the story of its mails."""
    return render_template("users/attempt.html", attempt=directory.attempt(pending_id))


@bp.post(f"{_USER}/sessions/<int(max=2147483647):session_id>")
@admin_only
@takes()
def end_session(user_id: int, session_id: int) -> ResponseReturnValue:
    """Sign somebody out of one browser."""
    administration.end_session(user_id, session_id, current_actor())
    flash(_("The session has ended."), "success")
    return redirect(url_for(".show", user_id=user_id), 303)


@bp.post("/export")
@admin_only
@confirmed
@takes("q", "role", "state")
def export() -> ResponseReturnValue:
    """Give the people that match as a file for spreadsheets."""
    wanted = filters.of_users(request.form)
    directory.note_export("user", current_actor())
    return csv_response("users", shown.HEADS, shown.rows(directory.every_user(wanted)))


@bp.post("/pending/export")
@admin_only
@confirmed
@takes("q", "kind", "mail")
def export_pending() -> ResponseReturnValue:
    """Give the attempts that match as a file for spreadsheets."""
    wanted = filters.of_pending(request.form)
    directory.note_export("registration", current_actor())
    rows = shown.pending_rows(directory.every_pending(wanted))
    return csv_response("pending-registrations", shown.PENDING_HEADS, rows)
