"""Show and save the SMTP settings."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import settings_news
from app.i18n.text import _
from app.mail.servers import servers
from app.web.forms.fields import tell_cleaned
from app.web.mail_state import mail_now
from app.web.smtp import helps as smtp_helps
from app.web.smtp import page, rules, warnings
from app.web.smtp.form import SmtpForm
from app.web.visitors.access import (
    admin_only,
    confirmed,
    current_actor,
    current_user,
    keeps_what_was_typed,
)

bp = Blueprint("smtp_settings", __name__)


@bp.get("/system/smtp")
@admin_only
def edit() -> ResponseReturnValue:
    """Show what is stored."""
    settings = mail_now.glance().settings
    return page.render(SmtpForm.showing(settings, current_user.email), settings)


@bp.get("/system/smtp/help")
@admin_only
def helps() -> ResponseReturnValue:
    """Explain every field."""
    form = SmtpForm.showing(mail_now.glance().settings, current_user.email)
    return render_template(
        "smtp_settings/helps.html", groups=smtp_helps.groups(form), name_of=smtp_helps.name_of
    )


@bp.post("/system/smtp")
@admin_only
@keeps_what_was_typed
@confirmed
def update() -> ResponseReturnValue:
    """Store what was confirmed, or say what has to be mended or thought over first."""
    settings = servers.current()
    form = SmtpForm.showing(settings, current_user.email)
    tell_cleaned(form)
    if not rules.may_be_saved(form, settings):
        return page.render(form, settings), 422
    if warned := warnings.warnings(form, settings):
        return page.render(form, settings, warned=warned), 422
    stored = settings_news.save(form.change(), current_actor())
    flash(_("Saved"), "success")
    for words in warnings.told_after(stored):
        flash(words, "warning")
    return redirect(url_for(".edit"), 303)
