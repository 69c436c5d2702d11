"""Registering and waiting: the same answers, whether or not an address is known."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import registration, typed_code, waiting
from app.accounts.activation import NotActivated
from app.accounts.registration import RegistrationClosed
from app.accounts.typed_code import CodeRefused
from app.core import site
from app.core.errors import Busy, NotFound, TooOften
from app.i18n.formats import duration
from app.i18n.text import _
from app.web.forms.fields import tell_cleaned
from app.web.http import turnstile
from app.web.http.takes import takes
from app.web.http.turnstile import few_at_once
from app.web.mail_state import mail_now
from app.web.registration import activation
from app.web.registration.forms import CodeForm, CorrectionForm, RegistrationForm
from app.web.visitors import registrant
from app.web.visitors.access import current_actor, current_user, public

bp = Blueprint("registration", __name__)
activation.add_to(bp)


@bp.get("/register")
@public
def new() -> ResponseReturnValue:
    """Ask who wants an account."""
    if current_user.is_authenticated:
        return redirect("/", 303)
    if not site.current().registration_open:
        return render_template("registration/closed.html")
    return _new_page(RegistrationForm())


@bp.post("/register")
@public
@few_at_once
def create() -> ResponseReturnValue:
    """Save the attempt; its mail leaves by itself."""
    if not site.current().registration_open:
        raise RegistrationClosed
    form = RegistrationForm()
    if not form.validate():
        return _new_page(form), 422
    registrant_ = form.registrant(request.user_agent.string)
    try:
        registrant.remember(registration.register(registrant_, current_actor()))
    except TooOften as limit:
        return _new_page(form, wait=_wait(limit)), 429, _retry_after(limit)
    tell_cleaned(form)
    return redirect(url_for(".waiting"), 303)


@bp.get("/register/waiting", endpoint="waiting")
@public
def waiting_page() -> ResponseReturnValue:
    """Tell the truth about the mail."""
    if not registrant.is_waiting():
        return redirect(url_for(".new"), 303)
    return _waiting_page()


@bp.get("/register/waiting/state")
@public
def waiting_state() -> ResponseReturnValue:
    """Give the part of the waiting page that changes by itself."""
    return render_template("registration/_state.html", look=waiting.look(registrant.handle()))


@bp.post("/register/waiting/code")
@public
def enter_code() -> ResponseReturnValue:
    """Open the account by the code of the mail, and let in."""
    form = CodeForm()
    if not form.validate():
        return _waiting_page(code=form), 422
    try:
        entered = typed_code.activate(form.code.data or "", registrant.browser(), current_actor())
    except CodeRefused as refusal:
        form.refuse(refusal.verdict)
        return _waiting_page(code=form), 422
    except NotActivated:
        return render_template("registration/link_already_active.html"), 410
    except TooOften as limit:
        return _waiting_page(code=form, code_wait=_wait(limit)), 429, _retry_after(limit)
    return activation.enter(entered)


@bp.post("/register/waiting/resend")
@public
@takes()
def resend() -> ResponseReturnValue:
    """Ask for a fresh mail."""
    try:
        registration.resend(registrant.handle(), current_actor())
    except TooOften as limit:
        return _waiting_page(wait=_wait(limit)), 429, _retry_after(limit)
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
        registration.correct_address(registrant.handle(), form.new_address(), current_actor())
    except TooOften as limit:
        return _waiting_page(form, wait=_wait(limit)), 429, _retry_after(limit)
    flash(_("The address has been corrected; links of earlier mails no longer work."), "success")
    return redirect(url_for(".waiting"), 303)


@bp.errorhandler(Busy)
def it_is_busy(_error: Busy) -> ResponseReturnValue:
    """Give the form back to whoever comes in a rush: it can be sent again in a moment."""
    return _new_page(RegistrationForm(), busy=True), 503, turnstile.RETRY_SOON


@bp.errorhandler(RegistrationClosed)
def it_is_closed(_error: RegistrationClosed) -> ResponseReturnValue:
    """Say that accounts are made by invitation just now."""
    return render_template("registration/closed.html"), 403


@bp.errorhandler(NotFound)
def it_is_over(_error: NotFound) -> ResponseReturnValue:
    """Say on the waiting page that nothing waits any more."""
    return redirect(url_for(".waiting"), 303)


def _new_page(form: RegistrationForm, **shown: Any) -> str:
    is_disturbed = mail_now.is_disturbed()
    return render_template("registration/new.html", form=form, is_disturbed=is_disturbed, **shown)


def _waiting_page(
    form: CorrectionForm | None = None, code: CodeForm | None = None, **shown: Any
) -> str:
    return render_template(
        "registration/waiting.html",
        look=waiting.look(registrant.handle()),
        form=form or CorrectionForm(formdata=None),
        code_form=code or CodeForm(formdata=None),
        **shown,
    )


def _wait(limit: TooOften) -> str:
    return duration(timedelta(seconds=limit.seconds))


def _retry_after(limit: TooOften) -> dict[str, str]:
    return {"Retry-After": str(limit.seconds)}
