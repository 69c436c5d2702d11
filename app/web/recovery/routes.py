"""Forgotten password: the same answers, whether or not an address is known."""

from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import recovery
from app.accounts.activation import Link
from app.accounts.recovery import Look, NotRecovered
from app.accounts.users import WeakPassword
from app.core.errors import TooOften
from app.i18n import locales
from app.i18n.formats import duration
from app.i18n.text import _
from app.mail.status import queries
from app.web.forms.new_password import NewPasswordForm
from app.web.http import cookies
from app.web.http.turnstile import few_at_once
from app.web.recovery.forms import ForgottenForm
from app.web.visitors import loader
from app.web.visitors.access import current_actor, public

bp = Blueprint("recovery", __name__)

_STATUS: Final = {Link.UNKNOWN: 404, Link.EXPIRED: 410}


@bp.get("/forgot-password")
@public
def new() -> ResponseReturnValue:
    """Ask for the address of the account."""
    return render_template("recovery/new.html", form=ForgottenForm(formdata=None))


@bp.post("/forgot-password")
@public
def create() -> ResponseReturnValue:
    """Ask for the mail; nobody learns whether there is somebody to get it."""
    form = ForgottenForm()
    if not form.validate():
        return render_template("recovery/new.html", form=form), 422
    try:
        recovery.ask(form.wanted(), locales.current().code, current_actor())
    except TooOften as limit:
        return _too_often(limit, "recovery/new.html", form=form)
    return redirect(url_for(".asked"), 303)


@bp.get("/forgot-password/asked")
@public
def asked() -> ResponseReturnValue:
    """Say what happens now, and the truth about mail."""
    return render_template("recovery/asked.html", is_disturbed=queries.is_disturbed())


@bp.get("/recover/<token>")
@public
def edit(token: str) -> ResponseReturnValue:
    """Ask for a new password, or say what became of the link; change nothing."""
    return _page(token, recovery.look_at(token), NewPasswordForm(formdata=None))


@bp.post("/recover/<token>")
@public
@few_at_once
def update(token: str) -> ResponseReturnValue:
    """Take the new password; the next page is the sign-in."""
    form = NewPasswordForm()
    if not form.validate():
        return _page(token, recovery.look_at(token), form, 422)
    try:
        known = cookies.read(cookies.KNOWN)
        browser = recovery.recover(token, form.password.data or "", current_actor(), known)
    except NotRecovered as refusal:
        return _page(token, Look(refusal.link), form)
    except WeakPassword as refusal:
        form.refuse(refusal)
        return _page(token, recovery.look_at(token), form, 422)
    except TooOften as limit:
        look = recovery.look_at(token)
        form.expect(look.at_least)
        return _too_often(limit, "recovery/edit.html", form=form, token=token, look=look)
    loader.know(browser)
    flash(_("Your password has been changed. Sign in with the new one."), "success")
    return redirect(url_for("sessions.new"), 303)


def _page(token: str, look: Look, form: NewPasswordForm, status: int = 200) -> ResponseReturnValue:
    if look.link in _STATUS:
        page = render_template("recovery/dead.html", is_expired=look.link is Link.EXPIRED)
        return page, _STATUS[look.link]
    form.expect(look.at_least)
    return render_template("recovery/edit.html", token=token, look=look, form=form), status


def _too_often(limit: TooOften, template: str, **shown: Any) -> ResponseReturnValue:
    """Say how long to wait, and keep what was typed."""
    wait = duration(timedelta(seconds=limit.seconds))
    page = render_template(template, wait=wait, **shown)
    return page, 429, {"Retry-After": str(limit.seconds)}
