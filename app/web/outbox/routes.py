"""The outbox: the list, one story, what may be decided, the list as a file."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.i18n.text import _
from app.mail.log import export as log_export
from app.mail.outbox import by_hand
from app.mail.outbox.by_hand import Deed
from app.web.drawing.markup import language
from app.web.http.csv_export import csv_response
from app.web.http.takes import takes
from app.web.outbox import asked, deeds, shown, telling, words
from app.web.outbox.deeds import LOOKS, Order
from app.web.outbox.said import tell
from app.web.visitors.access import admin_only, confirmed, current_actor
from app.web.words import mail_kinds

bp = Blueprint("outbox", __name__, url_prefix="/system/outbox")

# The largest number a row can have on both databases.
_MESSAGE = "/<int(max=2147483647):message_id>"


@bp.context_processor
def _words() -> dict[str, object]:
    """The words of the outbox, for its templates."""
    return {
        "deeds": {deed.value: look for deed, look in LOOKS.items()},
        "kind_word": mail_kinds.kind_word,
        "language": language,
        "servers": words.SERVERS,
    }


@bp.get("")
@admin_only
def index() -> ResponseReturnValue:
    """Show the mails that match, the newest first."""
    question = asked.read(request.args)
    html = render_template("outbox/index.html", view=shown.view(question))
    return html, 422 if question.errors else 200


@bp.get(_MESSAGE)
@admin_only
def show(message_id: int) -> ResponseReturnValue:
    """Show one mail with its whole story."""
    return render_template("outbox/show.html", told=telling.tell(message_id))


@bp.post(f"{_MESSAGE}/decisions")
@admin_only
@takes("deed")
def decide(message_id: int) -> ResponseReturnValue:
    """Do one thing with one mail."""
    name = request.form.get("deed", "")
    if name not in set(Deed):
        abort(400)
    changed = by_hand.decide(Deed(name), [message_id], current_actor())
    tell(Deed(name), changed, 1)
    return redirect(url_for(".show", message_id=message_id), 303)


@bp.get("/deeds")
@admin_only
def ask() -> ResponseReturnValue:
    """Say what would happen, to how many; or how far it has got. Nothing is changed here."""
    if deeds.is_about_nothing(request.args):
        flash(_("First choose mails from the list."), "info")
        return redirect(url_for(".index"), 303)
    order = deeds.read(request.args)
    if order.has_begun:
        return render_template("outbox/progress.html", order=order)
    order = deeds.begun(order)
    return render_template(
        "outbox/ask.html",
        order=order,
        filters=shown.described(order.asked),
        twice=deeds.unknown_among(order),
        back=_back(order),
    )


@bp.post("/deeds")
@admin_only
@takes(*asked.FIELDS, *deeds.STATE)
def act() -> ResponseReturnValue:
    """Do one portion; then go on, or say what was done."""
    if deeds.is_about_nothing(request.form):
        abort(400)
    order, is_over = deeds.carry_on(deeds.read(request.form), current_actor())
    if not is_over:
        return redirect(url_for(".ask", **order.fields), 303)  # type: ignore[arg-type]
    tell(order.deed, order.changed, order.seen)
    return redirect(_back(order), 303)


@bp.post("/export")
@admin_only
@confirmed
@takes(*asked.FIELDS)
def export() -> ResponseReturnValue:
    """Give what matches as a file for spreadsheets."""
    question = asked.read(request.form)
    if question.errors:
        abort(400)
    log_export.note(question.kept, current_actor())
    return csv_response("outbox", shown.HEADS, shown.rows(question))


def _back(order: Order) -> str:
    """The page from which one came."""
    if len(order.ids) == 1:
        return url_for(".show", message_id=order.ids[0])
    return url_for(".index", **order.asked.kept)  # type: ignore[arg-type]
