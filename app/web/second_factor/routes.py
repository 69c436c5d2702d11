"""One's own second step: look, set an app up, move it, new recovery codes, switch it off."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.confirmation import WrongPassword
from app.accounts.profile import Here
from app.accounts.second_factor import second_factor, totp
from app.accounts.second_factor.codes import CodeRefused
from app.accounts.second_factor.second_factor import Changed, FactorRequired, NothingToConfirm
from app.accounts.users import WeakPassword
from app.core.errors import TooOften
from app.i18n.formats import duration
from app.i18n.text import _
from app.web.context import brand
from app.web.http import cookies
from app.web.second_factor.forms import AppCodeForm, ProofForm
from app.web.second_factor.square import square
from app.web.visitors.access import current_actor, current_user, in_one_step, signed_in

bp = Blueprint("second_factor", __name__, url_prefix="/account/second-factor")


@bp.get("")
@in_one_step
def show() -> ResponseReturnValue:
    """Say how it stands and what can be done."""
    return _page("second_factor/show.html")


@bp.get("/enrolments/new")
@in_one_step
def new() -> ResponseReturnValue:
    """Ask who it is before a secret is shown."""
    return _page("second_factor/new.html", form=_proof_form(formdata=None))


@bp.post("/enrolments")
@in_one_step
def create() -> ResponseReturnValue:
    """Prepare a secret; nothing counts yet."""

    def begin(form: ProofForm) -> ResponseReturnValue:
        second_factor.begin(_here(), form.proof(), current_actor())
        return redirect(url_for(".edit"), 303)

    return _proven("second_factor/new.html", begin)


@bp.get("/setup")
@in_one_step
def edit() -> ResponseReturnValue:
    """Show the secret to the app, and ask for its first code."""
    return _setup(AppCodeForm(formdata=None))


@bp.post("/setup")
@in_one_step
def confirm() -> ResponseReturnValue:
    """Let the secret count; show the recovery codes, once."""
    form = AppCodeForm()
    if not form.validate():
        return _setup(form, status=422)
    try:
        changed = second_factor.confirm(_here(), form.code.data or "", current_actor())
    except NothingToConfirm:
        return _start_again()
    except CodeRefused:
        form.refuse()
        return _setup(form, status=422)
    except TooOften as limit:
        return _setup(form, status=429, wait=limit)
    return _codes(changed)


@bp.get("/recovery-codes/new")
@signed_in
def ask_for_codes() -> ResponseReturnValue:
    """Ask who it is before new codes are made."""
    return _if_on("second_factor/renew.html")


@bp.post("/recovery-codes")
@signed_in
def renew_codes() -> ResponseReturnValue:
    """Make new codes and show them, once."""

    def renew(form: ProofForm) -> ResponseReturnValue:
        return _codes(second_factor.renew_codes(_here(), form.proof(), current_actor()))

    return _proven("second_factor/renew.html", renew)


@bp.get("/removal")
@signed_in
def ask_for_removal() -> ResponseReturnValue:
    """Say what is lost, and ask who it is."""
    return _if_on("second_factor/remove.html")


@bp.post("/removal")
@signed_in
def remove() -> ResponseReturnValue:
    """Switch it off."""

    def switch_off(form: ProofForm) -> ResponseReturnValue:
        cookies.begin_anew(second_factor.switch_off(_here(), form.proof(), current_actor()).session)
        flash(_("The two-step sign-in is off. Your password alone opens your account."), "success")
        return redirect(url_for(".show"), 303)

    return _proven("second_factor/remove.html", switch_off)


def _proven(template: str, deed: Callable[[ProofForm], ResponseReturnValue]) -> ResponseReturnValue:
    """Do the deed of somebody who has proven who they are, or say what was not right."""
    form = _proof_form()
    if not form.validate():
        return _page(template, form=form), 422
    try:
        return deed(form)
    except WrongPassword:
        form.refuse_password()
    except CodeRefused:
        form.refuse_code()
    except WeakPassword as refusal:
        form.refuse_short(refusal.at_least)
    except FactorRequired:
        flash(
            _("Whoever runs this installation requires the two-step sign-in; it stays on."),
            "warning",
        )
        return redirect(url_for(".show"), 303)
    except TooOften as limit:
        return _page(template, form=form, wait=limit), 429, _retry(limit)
    return _page(template, form=form), 422


def _here() -> Here:
    return Here(current_user.id, current_user.session_id)


def _proof_form(**options: Any) -> ProofForm:
    return ProofForm(wants_code=current_user.has_second_factor, **options)


def _if_on(template: str) -> ResponseReturnValue:
    """The page of a change to what is on; without it there is nothing to change."""
    if not current_user.has_second_factor:
        return redirect(url_for(".show"), 303)
    return _page(template, form=_proof_form(formdata=None))


def _setup(
    form: AppCodeForm, *, status: int = 200, wait: TooOften | None = None
) -> ResponseReturnValue:
    try:
        secret = second_factor.waiting_secret(_here())
    except NothingToConfirm:
        return _start_again()
    drawing = square(secret, current_user.email, brand())
    page = _page(
        "second_factor/setup.html",
        form=form,
        wait=wait,
        square=drawing,
        secret=totp.grouped(secret),
        address=totp.address(secret, current_user.email, brand()),
    )
    return page, status, _retry(wait)


def _start_again() -> ResponseReturnValue:
    """After half an hour, or when the page is sent twice, one begins anew."""
    if current_user.has_second_factor:
        return redirect(url_for(".show"), 303)
    flash(
        _("The time to set the app up is over. Begin again; the old entry in the app can go."),
        "info",
    )
    return redirect(url_for(".new"), 303)


def _codes(changed: Changed) -> ResponseReturnValue:
    """Show codes in the answer itself: they are stored nowhere, not even until a next page."""
    cookies.begin_anew(changed.session)
    return _page("second_factor/codes.html", codes=changed.codes)


def _page(template: str, *, wait: TooOften | None = None, **shown: Any) -> str:
    look = second_factor.look(current_user.id)
    shown["wait"] = duration(timedelta(seconds=wait.seconds)) if wait else ""
    return render_template(template, look=look, **shown)


def _retry(wait: TooOften | None) -> dict[str, str]:
    return {"Retry-After": str(wait.seconds)} if wait else {}
