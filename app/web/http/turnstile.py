"""The turnstile before routes that hash for strangers: few pass at once, the others come back."""

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec

from flask.typing import ResponseReturnValue

from app.accounts.passwords import seating

P = ParamSpec("P")

# A rush is over soon, and whoever types a password again needs as long.
RETRY_SOON: Final = {"Retry-After": "5"}


def few_at_once(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Let in as many as there are places for passwords; a few wait, the rest get 503 and a time.

    Held from before the first look into the database to the end: not only the hash keeps threads,
    also the rows that a sign-in writes. Nobody who is turned away has used up a try.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        with seating.place_for_all():
            return view(*args, **kwargs)

    return guarded
