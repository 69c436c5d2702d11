"""The door: one answer for everybody who may not enter."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import authentication, kept_forms
from app.accounts.authentication import (
    Credentials,
    LongerPasswordWanted,
    SignInRefused,
    StillWaiting,
)
from app.accounts.second_factor.second_step import CodeWanted
from app.core.errors import Busy, TooOften
from app.i18n.formats import duration
from app.i18n.text import _
from app.web.http import turnstile
from app.web.http.takes import takes
from app.web.http.turnstile import few_at_once
from app.web.sessions.forms import SignInForm
from app.web.visitors import loader, registrant
from app.web.visitors.access import current_actor, current_user, public, safe_next, signed_in

bp = Blueprint("sessions", __name__)


@bp.get("/")
@public
def start() -> ResponseReturnValue:
    """Send everybody to where they begin."""
    if not current_user.is_authenticated:
        return redirect(url_for(".new"), 303)
    return redirect(url_for("dashboard.overview" if current_user.is_admin else "profile.show"), 303)


@bp.get("/login")
@public
def new() -> ResponseReturnValue:
    """Ask who it is."""
    wanted = safe_next(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(wanted or "/", 303)
    return _page(SignInForm(formdata=None, data={"next": wanted or ""}))


@bp.post("/login")
@public
@few_at_once
def create() -> ResponseReturnValue:
    """Let them in, or say the one thing that is said to all."""
    form = SignInForm()
    if not form.validate():
        return _page(form), 422
    try:
        entered = authentication.sign_in(_credentials(form), current_actor())
    except CodeWanted as half:
        loader.wait_for_code(half.ticket)
        return redirect(url_for("second_step.new", next=safe_next(form.next.data)), 303)
    except SignInRefused as refusal:
        return _refused(form, refusal)
    except TooOften as limit:
        wait = duration(timedelta(seconds=limit.seconds))
        return _page(form, wait=wait), 429, {"Retry-After": str(limit.seconds)}
    loader.enter(entered)
    if entered.stays:
        flash(_("Welcome back: your account stays and will not be deleted."), "success")
    return redirect(safe_next(form.next.data) or "/", 303)


@bp.errorhandler(Busy)
def it_is_busy(_error: Busy) -> ResponseReturnValue:
    """Give the form back to whoever comes in a rush: it can be sent again in a moment."""
    return _page(SignInForm(), busy=True), 503, turnstile.RETRY_SOON


@bp.get("/kept-forms/<handle>")
@signed_in
def kept_form(handle: str) -> ResponseReturnValue:
    """Say that what was typed before the session ended is there, and lead to it."""
    place = request.args.get("place", "")
    if not kept_forms.is_kept_for(current_user.id, place, handle):
        return redirect(safe_next(place) or "/", 303)
    return render_template("sessions/kept_form.html", handle=handle, place=place)


@bp.post("/logout")
@public
@takes()
def destroy() -> ResponseReturnValue:
    """Let them go, and ask the browser to forget what it saw."""
    loader.leave()
    flash(_("You have signed out."), "success")
    response = redirect(url_for(".new"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _page(form: SignInForm, **shown: Any) -> str:
    return render_template("sessions/new.html", form=form, **shown)


def _refused(form: SignInForm, refusal: SignInRefused) -> ResponseReturnValue:
    """Say no, or lead on who had the right password and may not enter with it yet."""
    match refusal:
        case StillWaiting():
            return _back_to_waiting(refusal.handle)
        case LongerPasswordWanted():
            return _to_longer_password(refusal.link)
    return _page(form, refused=True), 422


def _back_to_waiting(handle: str) -> ResponseReturnValue:
    """Lead somebody who has not activated yet to the page that can send the mail again."""
    registrant.remember(handle)
    flash(_("Your account is not active yet: the link or the code of the mail opens it."), "info")
    return redirect(url_for("registration.waiting"), 303)


def _to_longer_password(link: str) -> ResponseReturnValue:
    """Lead an administrator to a password that may open the panel by itself."""
    flash(
        _(
            "Your password is right. Because you manage the system now, it has to be longer: "
            "choose a new one here, then sign in with it."
        ),
        "info",
    )
    return redirect(url_for("recovery.edit", token=link), 303)


def _credentials(form: SignInForm) -> Credentials:
    return Credentials(
        email=form.email.data or "",
        password=form.password.data or "",
        visit=loader.visit(remember=bool(form.remember.data)),
    )
