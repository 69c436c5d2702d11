"""The invited choose a password: opening the link asks, the button does."""

from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import invitations
from app.accounts.activation import Link, NotActivated
from app.accounts.invitations import Look
from app.accounts.users import WeakPassword
from app.core.errors import TooOften
from app.i18n.formats import duration
from app.i18n.text import _
from app.web.forms.new_password import NewPasswordForm
from app.web.http.takes import takes
from app.web.http.turnstile import few_at_once
from app.web.visitors.access import current_actor, public

bp = Blueprint("invitations", __name__, url_prefix="/invitations")

_STATUS: Final = {Link.UNKNOWN: 404, Link.EXPIRED: 410, Link.ALREADY_ACTIVE: 410}


@bp.get("/<token>")
@public
def edit(token: str) -> ResponseReturnValue:
    """Show who is invited and ask for a password; change nothing."""
    return _page(token, invitations.look_at(token), NewPasswordForm(formdata=None))


@bp.post("/<token>")
@public
@few_at_once
def accept(token: str) -> ResponseReturnValue:
    """Make the user; the next page is the sign-in."""
    form = NewPasswordForm()
    if not form.validate():
        return _page(token, invitations.look_at(token), form, 422)
    try:
        invitations.accept(token, form.password.data or "", current_actor())
    except NotActivated as refusal:
        return _page(token, Look(refusal.link), form)
    except WeakPassword as refusal:
        form.refuse(refusal)
        return _page(token, invitations.look_at(token), form, 422)
    except TooOften as limit:
        headers = {"Retry-After": str(limit.seconds)}
        wait = duration(timedelta(seconds=limit.seconds))
        return *_page(token, invitations.look_at(token), form, 429, wait=wait), headers
    flash(_("Your account is active. You can sign in now."), "success")
    return redirect(url_for("sessions.new"), 303)


@bp.post("/<token>/mail")
@public
@takes()
def renew(token: str) -> ResponseReturnValue:
    """Ask for a fresh mail with the right of an expired link."""
    try:
        invitations.renew(token, current_actor())
    except NotActivated as refusal:
        return _page(token, Look(refusal.link), NewPasswordForm(formdata=None))
    flash(
        _("A fresh mail has been asked for. It goes to the address of the invitation."), "success"
    )
    return redirect(url_for(".edit", token=token), 303)


def _page(
    token: str, look: Look, form: NewPasswordForm, status: int = 200, **shown: Any
) -> tuple[str, int]:
    if look.link in _STATUS:
        page = render_template("invitations/dead.html", token=token, link=look.link.value)
        return page, _STATUS[look.link]
    page = render_template("invitations/edit.html", token=token, look=look, form=form, **shown)
    return page, status
