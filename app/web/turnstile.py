"""The turnstile before routes that hash for strangers: few pass at once, the others come back."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask.typing import ResponseReturnValue

from app.accounts import passwords

P = ParamSpec("P")


def few_at_once(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let in as many as there are places for passwords; the rest get 503 and a time, at once.

    Held from before the first look into the database to the end: not only the hash keeps threads,
    also the rows that a sign-in writes. Nobody who is turned away has used up a try.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        with passwords.place():
            return view(*args, **kwargs)

    return guarded
