"""The page behind the link of the mail: opening it asks, its button does."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import activation, disowning
from app.accounts.activation import Link, Look, NotActivated
from app.accounts.entrance import Entered
from app.i18n.text import _
from app.web.http.takes import takes
from app.web.visitors import loader, registrant
from app.web.visitors.access import current_actor, public
from app.web.visitors.devices import device

_STATUS: Final = {Link.USABLE: 200, Link.UNKNOWN: 404, Link.EXPIRED: 410, Link.ALREADY_ACTIVE: 410}


def add_to(bp: Blueprint) -> None:
    """Open these pages beside those of the registration."""
    bp.add_url_rule("/activate/<token>", "activation", ask, methods=["GET"])
    bp.add_url_rule("/activate/<token>", "activate", activate, methods=["POST"])
    bp.add_url_rule("/activate/<token>/mail", "renew", renew, methods=["POST"])
    bp.add_url_rule("/activate/<token>/objection", "disown", disown, methods=["POST"])
    bp.add_url_rule("/register/disowned", "disowned", disowned, methods=["GET"])


@public
def ask(token: str) -> ResponseReturnValue:
    """Show one button, or what became of the link; change nothing."""
    return _page(token, activation.look_at(token, registrant.browser()))


@public
@takes()
def activate(token: str) -> ResponseReturnValue:
    """Make the user; in the browser that registered they are in, elsewhere they sign in."""
    try:
        opened = activation.activate(token, current_actor(), registrant.browser())
    except NotActivated as refusal:
        return _page(token, Look(refusal.link))
    if opened.entered:
        return enter(opened.entered)
    flash(_("Your account is active. You can sign in now."), "success")
    return redirect(url_for("sessions.new"), 303)


@public
@takes()
def renew(token: str) -> ResponseReturnValue:
    """Ask for a fresh mail with the right of an expired link."""
    try:
        activation.renew(token, current_actor())
    except NotActivated as refusal:
        return _page(token, Look(refusal.link))
    flash(
        _("A fresh mail has been asked for. It goes to the address of this registration."),
        "success",
    )
    return redirect(url_for(".activation", token=token), 303)


@public
@takes()
def disown(token: str) -> ResponseReturnValue:
    """Delete a registration that somebody else made with this address."""
    try:
        disowning.disown(token, current_actor())
    except NotActivated as refusal:
        return _page(token, Look(refusal.link))
    return redirect(url_for(".disowned"), 303)


@public
def disowned() -> ResponseReturnValue:
    """Say that nothing is left to fear."""
    return render_template("registration/disowned.html")


def enter(entered: Entered) -> ResponseReturnValue:
    """Let somebody in whose account has just been opened in this browser."""
    loader.enter(entered)
    flash(_("Your account is active, and you are signed in."), "success")
    return redirect("/", 303)


def _page(token: str, look: Look) -> ResponseReturnValue:
    """Show what a link is worth; who asked is shown where somebody else may have asked."""
    page = render_template(
        f"registration/link_{look.link.value}.html", token=token, origin=look.origin, device=device
    )
    return page, _STATUS[look.link]
