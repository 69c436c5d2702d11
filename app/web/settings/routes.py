"""Show and save the settings of the system; tell the receiver of alerts by way of trial."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core import site
from app.core.site import Site
from app.i18n.text import _
from app.mail.alerts import notices
from app.web.forms.fields import tell_cleaned
from app.web.forms.site_form import SettingsForm, public_url
from app.web.settings import trials
from app.web.visitors import time_zones
from app.web.visitors.access import (
    admin_only,
    confirmed,
    current_actor,
    current_user,
    keeps_what_was_typed,
)

bp = Blueprint("settings", __name__, url_prefix="/system/settings")


@bp.get("")
@admin_only
def edit() -> ResponseReturnValue:
    """Show what is in force."""
    settings = site.read()
    return _page(SettingsForm.showing(settings), settings)


@bp.post("")
@admin_only
@keeps_what_was_typed
@confirmed
def update() -> ResponseReturnValue:
    """Store what was confirmed, or say what has to be mended first."""
    settings = site.read()
    form = SettingsForm.showing(settings)
    if not form.validate():
        return _page(form, settings), 422
    tell_cleaned(form)
    site.save(form.change(), current_actor())
    flash(_("Saved"), "success")
    return redirect(url_for(".edit"), 303)


@bp.post("/webhook/tests")
@admin_only
@confirmed
def test_webhook() -> ResponseReturnValue:
    """Tell the receiver in the form that this is a test; nothing is stored."""
    settings = site.read()
    form = SettingsForm.showing(settings)
    if trials.faults(form):
        return _page(form, settings), 422
    if wait := trials.TURNS.take(turn := f"admin:{current_user.id}"):
        return _page(form, settings, tried=trials.too_often(wait)), 429
    try:
        answer = notices.send_test(form.receiver(settings))
    finally:
        trials.TURNS.give_back(turn)
    return _page(form, settings, tried=trials.answered(answer))


def _page(form: SettingsForm, settings: Site, **shown: Any) -> str:
    return render_template(
        "settings/edit.html",
        form=form,
        settings=settings,
        public_url=public_url(),
        zones=time_zones.offered(),
        **shown,
    )
