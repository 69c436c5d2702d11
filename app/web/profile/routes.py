"""One's own account: what it is, and what may be changed at once."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import links, profile, waiting_address
from app.accounts.account_models import Purpose
from app.accounts.confirmation import WrongPassword
from app.accounts.passwords import rules
from app.accounts.profile import Details, Here
from app.accounts.users import WeakPassword
from app.core.errors import TooOften
from app.i18n.formats import duration
from app.i18n.text import _
from app.web.drawing.markup import language
from app.web.forms.fields import tell_cleaned
from app.web.http import cookies
from app.web.profile import address, leaving, places
from app.web.profile.forms import DetailsForm, PasswordForm
from app.web.visitors import choices, time_zones
from app.web.visitors.access import current_actor, current_user, keeps_what_was_typed, signed_in

bp = Blueprint("profile", __name__, url_prefix="/account")
for _part in (address, leaving, places):
    _part.add_to(bp)


@bp.get("")
@signed_in
def show() -> ResponseReturnValue:
    """Show somebody their own account."""
    return render_template(
        "profile/show.html",
        waiting=waiting_address.find(current_user.id),
        lifetime=duration(links.LIVES[Purpose.CONFIRM_ADDRESS]),
        language=language(current_user.locale),
    )


@bp.get("/details")
@signed_in
def edit() -> ResponseReturnValue:
    """Show name, language and time zone."""
    return _details_page(_details_form())


@bp.post("/details")
@signed_in
@keeps_what_was_typed
def update() -> ResponseReturnValue:
    """Store name, language and time zone; the pages keep to them from now on."""
    form = _details_form()
    if not form.validate():
        return _details_page(form), 422
    profile.change_details(current_user.id, form.details, current_actor())
    tell_cleaned(form)
    flash(_("Saved"), "success")
    response = redirect(url_for(".show"), 303)
    choices.remember(response, choices.LOCALE, form.details.locale)
    return response


@bp.get("/password")
@signed_in
def edit_password() -> ResponseReturnValue:
    """Ask for the present password and a new one."""
    return render_template("profile/password.html", form=_password_form(formdata=None))


@bp.post("/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Exchange the password; everybody else who is signed in with it is signed out."""
    form = _password_form()
    if not form.validate():
        return render_template("profile/password.html", form=form), 422
    here = Here(current_user.id, current_user.session_id, cookies.read(cookies.KNOWN))
    typed = (form.present.data or "", form.password.data or "")
    try:
        secret = profile.change_password(here, *typed, current_actor())
    except WrongPassword:
        form.refuse_present()
        return render_template("profile/password.html", form=form), 422
    except WeakPassword as refusal:
        form.refuse(refusal)
        return render_template("profile/password.html", form=form), 422
    except TooOften as limit:
        wait = duration(timedelta(seconds=limit.seconds))
        page = render_template("profile/password.html", form=form, wait=wait)
        return page, 429, {"Retry-After": str(limit.seconds)}
    cookies.begin_anew(secret)
    flash(_("Your password has been changed; other browsers are signed out."), "success")
    return redirect(url_for(".show"), 303)


def _details_form() -> DetailsForm:
    me = current_user
    return DetailsForm.showing(Details(me.name, me.locale, me.time_zone))


def _details_page(form: DetailsForm) -> str:
    return render_template("profile/details.html", form=form, zones=time_zones.offered())


def _password_form(**options: Any) -> PasswordForm:
    """The form that asks for as many characters as the password of this person needs."""
    form = PasswordForm(**options)
    form.expect(rules.least_for(profile.find(current_user.id)))
    return form
