"""What people see when something goes wrong: words, a way on, a number to tell the operator."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, current_app, render_template, request
from flask_babel import LazyString
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import (
    Conflict,
    HTTPException,
    InternalServerError,
    NotFound,
    SecurityError,
    ServiceUnavailable,
    TooManyRequests,
)

from app.core import errors as domain
from app.i18n import locales
from app.i18n.formats import duration, file_size
from app.i18n.text import _l
from app.web.visitors import choices
from app.web.visitors.access import request_id

logger = logging.getLogger("peyk.web")

_BUSY_SECONDS: Final = 10
_PANEL: Final = "/system"


@dataclass(frozen=True, slots=True)
class Words:
    """What an error page says: the title is its heading."""

    title: LazyString
    text: LazyString


_STALE_FORM = Words(
    _l("This page is out of date"),
    _l(
        "For your safety the form was not accepted: the page was opened a while ago or you signed "
        "in or out in between. Open the page again and send the form once more; nothing was stored."
    ),
)
WORDS: Final = {
    400: Words(
        _l("This request cannot be read"),
        _l(
            "The browser sent something that the system does not understand. Go back and try again."
        ),
    ),
    403: Words(
        _l("You have no access"),
        _l("This page is not open to your account. An administrator can help."),
    ),
    404: Words(
        _l("Page not found"),
        _l("There is no such page, or it is no longer here. Check the address for a typing error."),
    ),
    405: Words(
        _l("This cannot be done here"),
        _l("The page does not take this kind of request. Go back and use the button on the page."),
    ),
    409: Words(
        _l("This cannot be done now"),
        _l("Something has changed in the meantime. Open the page again and look at its state."),
    ),
    413: Words(
        _l("Too much text"),
        _l(
            "The form is larger than the system accepts, %(most)s. Nothing was stored. Go "
            "back with the button of your browser, where your text usually still stands, and "
            "shorten it.",
            most=LazyString(lambda: file_size(current_app.config["MAX_CONTENT_LENGTH"])),
        ),
    ),
    429: Words(
        _l("Too many tries"),
        _l("Please wait a little and try again. This protects the accounts of everybody."),
    ),
    500: Words(
        _l("Something went wrong in the system"),
        _l("This is not your fault, and it was recorded. Try again in a few minutes."),
    ),
    503: Words(
        _l("The system is busy"),
        _l("Please try again in a few moments; what you did a moment ago may not be stored."),
    ),
}


def init_app(app: Flask) -> None:
    """Give every error its page and every surprise its line in the log."""
    app.register_error_handler(HTTPException, _answer)
    app.register_error_handler(InternalServerError, _plain)
    app.register_error_handler(ServiceUnavailable, _plain)
    app.register_error_handler(SecurityError, _plain)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(OperationalError, _no_database)
    app.register_error_handler(InterfaceError, _no_database)
    app.register_error_handler(domain.NotFound, lambda _error: _answer(NotFound()))
    app.register_error_handler(domain.Refused, lambda _error: _answer(Conflict()))
    app.register_error_handler(domain.TooOften, _too_often)
    app.register_error_handler(domain.Busy, lambda _error: _plain(_later()))
    app.log_exception = _write_down  # type: ignore[method-assign]


def _answer(error: HTTPException) -> Response:
    """The page for an error that has a code."""
    if error.code in (401, 403) and request.path.startswith(_PANEL):
        error = NotFound()
    return _page(error, _words(error))


def _stale_form(error: CSRFError) -> Response:
    """The page for a form whose token is missing or old."""
    return _page(error, _STALE_FORM)


def _too_often(error: domain.TooOften) -> Response:
    """The page for a limit that was reached."""
    return _answer(TooManyRequests(retry_after=error.seconds))


def _no_database(error: Exception) -> Response:
    """The page for a database that does not answer."""
    _write_down((type(error), error, error.__traceback__))
    return _plain(_later())


def _later() -> ServiceUnavailable:
    return ServiceUnavailable(retry_after=_BUSY_SECONDS)


def _page(error: HTTPException, words: Words) -> Response:
    """An error in the usual frame."""
    html = render_template(
        "errors/page.html",
        words=words,
        wait=_wait(error),
        status=error.code,
        request_id=request_id(),
    )
    return _response(error, html)


def _plain(error: HTTPException) -> Response:
    """An error in a frame that needs no database, no session and no routes."""
    code = choices.without_account()
    with locales.use(code) as locale:
        html = current_app.jinja_env.get_template("errors/plain.html").render(
            words=_words(error),
            wait=_wait(error),
            status=error.code,
            request_id=request_id(),
            locale=locale,
            again=_again(),
        )
    return _response(error, html)


def _again() -> str:
    """The way to the same page, relative, so that it leads nowhere else; none to what was sent."""
    return f"?{request.query_string.decode('latin-1')}" if request.method == "GET" else ""


def _response(error: HTTPException, html: str) -> Response:
    """Keep what HTTP wants to be said (Allow, Retry-After), exchange the words."""
    response = current_app.make_response(error.get_response())
    response.set_data(html)
    response.content_type = "text/html; charset=utf-8"
    return response


def _wait(error: HTTPException) -> str:
    """How long to wait, in words; empty when nobody said."""
    seconds = getattr(error, "retry_after", None)
    return duration(timedelta(seconds=seconds)) if isinstance(seconds, int) else ""


def _words(error: HTTPException) -> Words:
    code = error.code or 500
    nearest = 500 if code >= HTTPStatus.INTERNAL_SERVER_ERROR else 400
    return WORDS.get(code) or WORDS[403 if code == HTTPStatus.UNAUTHORIZED else nearest]


def _write_down(exc_info: object) -> None:
    """Log a surprise with the number that the person sees; the path is masked by the log."""
    logger.error(
        "unexpected error",
        exc_info=exc_info,  # type: ignore[arg-type]
        extra={"fields": {"request": request_id(), "method": request.method, "path": request.path}},
    )
