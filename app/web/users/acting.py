"""Two routes for every deed: one asks and says what happens, one does it."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.people import directory
from app.i18n.text import _
from app.web.http.takes import takes
from app.web.users import filters
from app.web.users.deeds import DEEDS, USERS, Deed, is_sensitive
from app.web.users.said import tell
from app.web.visitors.access import admin_only, confirmed_when, current_actor


def add_to(bp: Blueprint) -> None:
    """Open these pages beside the lists."""
    bp.add_url_rule("/deeds/<name>", "ask", ask, methods=["GET"])
    bp.add_url_rule("/deeds/<name>", "act", act, methods=["POST"])


@admin_only
def ask(name: str) -> ResponseReturnValue:
    """Say what would happen, and to whom; change nothing."""
    deed = _deed(name)
    numbers = filters.numbers(request.args.getlist("id"))
    people = (
        directory.chosen_users(numbers) if deed.of == USERS else directory.chosen_pending(numbers)
    )
    if not people:
        flash(_("First choose somebody from the list."), "info")
        return redirect(_list_of(deed), 303)
    back = _place_of(deed, [person.id for person in people])
    return render_template("users/ask.html", deed=deed, people=people, back=back)


@admin_only
@confirmed_when(is_sensitive)
@takes("ids")
def act(name: str) -> ResponseReturnValue:
    """Do it, and say with whom it was done."""
    deed, numbers = _deed(name), filters.numbers(request.form.get("ids", "").split(","))
    if not numbers:
        abort(400)
    done = deed.act(numbers, current_actor())
    tell(deed.name, done)
    is_over = deed.name in ("activate", "delete") and bool(done.numbers)
    return redirect(_list_of(deed) if is_over else _place_of(deed, numbers), 303)


def _deed(name: str) -> Deed:
    return DEEDS.get(name) or abort(404)


def _list_of(deed: Deed) -> str:
    return url_for(".index" if deed.of == USERS else ".pending")


def _place_of(deed: Deed, numbers: list[int]) -> str:
    """The page of the one it is about, or the list when they are several."""
    if len(numbers) != 1:
        return _list_of(deed)
    if deed.of == USERS:
        return url_for(".show", user_id=numbers[0])
    return url_for(".attempt", pending_id=numbers[0])
