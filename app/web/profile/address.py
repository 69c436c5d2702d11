"""Another address: asked for here, confirmed or taken back behind the links of the mails."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import address_change
from app.accounts.address_change import SameAddress
from app.core.errors import TooOften
from app.i18n.formats import duration
from app.i18n.text import _
from app.mail.status import queries
from app.web.http.takes import takes
from app.web.profile.forms import AddressForm
from app.web.visitors.access import (
    confirmed,
    current_actor,
    current_user,
    keeps_what_was_typed,
    signed_in,
)


def add_to(bp: Blueprint) -> None:
    """Open these pages beside those of the account."""
    bp.add_url_rule("/address", "edit_address", edit, methods=["GET"])
    bp.add_url_rule("/address", "change_address", change, methods=["POST"])
    bp.add_url_rule("/address/withdrawal", "withdraw_address", withdraw, methods=["POST"])


@signed_in
def edit() -> ResponseReturnValue:
    """Ask for another address."""
    return render_template("profile/address.html", form=AddressForm(formdata=None))


@signed_in
@keeps_what_was_typed
@confirmed
def change() -> ResponseReturnValue:
    """Ask the new address to confirm; nobody learns here whether somebody has it."""
    form = AddressForm()
    if not form.validate():
        return render_template("profile/address.html", form=form), 422
    try:
        address_change.ask(current_user.id, form.wanted(), current_actor())
    except SameAddress:
        form.refuse_same()
        return render_template("profile/address.html", form=form), 422
    except TooOften as limit:
        wait = duration(timedelta(seconds=limit.seconds))
        page = render_template("profile/address.html", form=form, wait=wait)
        return page, 429, {"Retry-After": str(limit.seconds)}
    flash(_asked(), "success")
    return redirect(url_for(".show"), 303)


@signed_in
@takes()
def withdraw() -> ResponseReturnValue:
    """Give up the change that waits."""
    address_change.withdraw(current_user.id, current_actor())
    flash(_("The address of your account stays as it is."), "success")
    return redirect(url_for(".show"), 303)


def _asked() -> str:
    """What happens next, and the truth about mail."""
    if queries.is_disturbed():
        return str(
            _(
                "Saved. Mail does not work just now: the link to confirm is sent by itself as "
                "soon as mail works again."
            )
        )
    return str(_("A mail with a link goes to the new address. Press its button to confirm."))
