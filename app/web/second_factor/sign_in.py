"""The second step of signing in: nobody is in before the code was right."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.second_factor import second_step
from app.accounts.second_factor.codes import CodeRefused
from app.accounts.second_factor.second_step import TicketGone
from app.core.errors import TooOften
from app.i18n.formats import duration
from app.i18n.text import _
from app.web.second_factor.forms import AppCodeForm, RecoveryCodeForm
from app.web.visitors import loader
from app.web.visitors.access import current_actor, public, safe_next

bp = Blueprint("second_step", __name__, url_prefix="/login")


@bp.get("/code")
@public
def new() -> ResponseReturnValue:
    """Ask for the code of the app."""
    return _ask(AppCodeForm(formdata=None))


@bp.post("/code")
@public
def create() -> ResponseReturnValue:
    """Let in who has the app."""
    return _enter(AppCodeForm())


@bp.get("/recovery-code")
@public
def new_with_paper() -> ResponseReturnValue:
    """Ask for a code from the paper."""
    return _ask(RecoveryCodeForm(formdata=None))


@bp.post("/recovery-code")
@public
def create_with_paper() -> ResponseReturnValue:
    """Let in who has the paper."""
    return _enter(RecoveryCodeForm())


def _ask(form: AppCodeForm | RecoveryCodeForm) -> ResponseReturnValue:
    return _page(form) if second_step.is_open(loader.ticket()) else _from_the_start()


def _enter(form: AppCodeForm | RecoveryCodeForm) -> ResponseReturnValue:
    if not form.validate():
        return _page(form), 422
    try:
        entered = second_step.finish(
            loader.ticket(), form.code.data or "", loader.visit(), current_actor()
        )
    except TicketGone:
        return _from_the_start()
    except CodeRefused:
        form.refuse()
        return _page(form), 422
    except TooOften as limit:
        wait = duration(timedelta(seconds=limit.seconds))
        return _page(form, wait=wait), 429, {"Retry-After": str(limit.seconds)}
    loader.enter(entered)
    if entered.stays:
        flash(_("Welcome back: your account stays and will not be deleted."), "success")
    return redirect(_wanted() or "/", 303)


def _page(form: AppCodeForm | RecoveryCodeForm, **shown: Any) -> str:
    has_app = isinstance(form, AppCodeForm)
    name = "app" if has_app else "paper"
    return render_template(f"second_factor/sign_in_{name}.html", form=form, next=_wanted(), **shown)


def _from_the_start() -> ResponseReturnValue:
    """Too much time has passed, or this browser never said the password."""
    if loader.ticket():
        flash(_("That took too long, or it was finished elsewhere. Sign in once more."), "info")
    return redirect(url_for("sessions.new", next=_wanted()), 303)


def _wanted() -> str | None:
    """Where they wanted to go before the first half; it stands in the address all the way."""
    return safe_next(request.args.get("next"))
