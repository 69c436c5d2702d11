"""What a form without fields of its own may send: buttons that only carry a token."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import abort, request
from flask.typing import ResponseReturnValue

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

_TOKEN = "csrf_token"


def takes(*names: str) -> Callable[[View[P]], View[P]]:
    """Answer 400 to a form with other fields than these, or with one of them twice."""
    allowed = {_TOKEN, *names}

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            sent = [name for name, _value in request.form.items(multi=True)]
            if set(sent) - allowed or len(sent) != len(set(sent)):
                abort(400)
            return view(*args, **kwargs)

        return guarded

    return guard
