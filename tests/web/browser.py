"""A client whose every request begins with nothing, as in life."""

from contextvars import Context
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Browser(FlaskClient):
    """Flask would reuse the context of the test: one language, one person for all requests."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Ask in an empty context; cookies are all that is kept."""
        return Context().run(super().open, *args, **kwargs)
