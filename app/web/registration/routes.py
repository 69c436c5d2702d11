"""Registering and waiting: the same answers, whether or not an address is known."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from app.accounts import registration, waiting
from app.core import site
from app.core.errors import TooOften
from app.i18n.formats import duration
from app.i18n.text import _
from app.web.access import current_actor, current_user, public
from app.web.fields import tell_cleaned
from app.web.registration import activation
from app.web.registration.forms import CorrectionForm, RegistrationForm
from app.web.takes import takes

bp = Blueprint("registration", __name__)
activation.add_to(bp)

_HANDLE = "registration"


@bp.get("/register")
@public
def new() -> ResponseReturnValue:
    """Ask who wants an account."""
    if current_user.is_authenticated:
        return redirect("/", 303)
    if not site.current().registration_open:
        return render_template("registration/closed.html")
    return render_template("registration/new.html", form=RegistrationForm())


@bp.post("/register")
@public
def create() -> ResponseReturnValue:
    """Save the attempt; its mail leaves by itself."""
    if not site.current().registration_open:
        return render_template("registration/closed.html"), 403
    form = RegistrationForm()
    if not form.validate():
        return render_template("registration/new.html", form=form), 422
    try:
        session[_HANDLE] = registration.register(form.registrant(), current_actor())
    except TooOften as limit:
        return _asked_too_often(limit, "registration/new.html", form=form)
    tell_cleaned(form)
    return redirect(url_for(".waiting"), 303)


@bp.get("/register/waiting", endpoint="waiting")
@public
def waiting_page() -> ResponseReturnValue:
    """Tell the truth about the mail."""
    if _HANDLE not in session:
        return redirect(url_for(".new"), 303)
    return _waiting_page(CorrectionForm())


@bp.get("/register/waiting/state")
@public
def waiting_state() -> ResponseReturnValue:
    """Give the part of the waiting page that changes by itself."""
    return render_template("registration/_state.html", look=waiting.look(_handle()))


@bp.post("/register/waiting/resend")
@public
@takes()
def resend() -> ResponseReturnValue:
    """Ask for a fresh mail."""
    try:
        registration.resend(_handle(), current_actor())
    except TooOften as limit:
        return _asked_too_often(limit, "registration/waiting.html", **_shown())
    flash(_("A fresh mail has been asked for; links of earlier mails keep working."), "success")
    return redirect(url_for(".waiting"), 303)


@bp.post("/register/waiting/address")
@public
def correct_address() -> ResponseReturnValue:
    """Move the attempt to another address."""
    form = CorrectionForm()
    if not form.validate():
        return _waiting_page(form), 422
    try:
        registration.correct_address(_handle(), form.new_address(), current_actor())
    except TooOften as limit:
        return _asked_too_often(limit, "registration/waiting.html", **_shown(form))
    flash(_("The address has been corrected; links of earlier mails no longer work."), "success")
    return redirect(url_for(".waiting"), 303)


def _handle() -> str:
    """The secret by which this browser finds its attempt."""
    return str(session.get(_HANDLE, ""))


def _waiting_page(form: CorrectionForm) -> str:
    return render_template("registration/waiting.html", **_shown(form))


def _shown(form: CorrectionForm | None = None) -> dict[str, Any]:
    return {
        "look": waiting.look(_handle()),
        "form": form or CorrectionForm(formdata=None),
    }


def _asked_too_often(limit: TooOften, template: str, **shown: Any) -> ResponseReturnValue:
    """Say how long to wait, and keep what was typed."""
    wait = duration(timedelta(seconds=limit.seconds))
    page = render_template(template, wait=wait, **shown)
    return page, 429, {"Retry-After": str(limit.seconds)}
