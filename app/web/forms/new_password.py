"""Choosing a password: the two fields, the hint, and what is said about one that is too weak."""

from typing import Any

from wtforms import Field
from wtforms.validators import StopValidation

from app.accounts.passwords import rules
from app.accounts.passwords.policy import Problem
from app.accounts.users import WeakPassword
from app.i18n.formats import number
from app.i18n.text import _, _l
from app.web.forms.fields import PeykForm, SecretField

_PROBLEMS = {
    Problem.TOO_LONG: _l("This password is too long for the system; choose a shorter one."),
    Problem.PERSONAL: _l(
        "This password is little more than your name, your address or the name of the system. "
        "Add a few words that have nothing to do with them."
    ),
    Problem.COMMON: _l(
        "Many people use this password or one very much like it. Join a few words that do not "
        "belong together, such as a place, an animal and a colour."
    ),
    Problem.GUESSABLE: _l(
        "This password is easy to guess. Make it longer, or join a few words that do not belong "
        "together."
    ),
}


class NewPasswordForm(PeykForm):
    """A password, and the same once more."""

    password = SecretField(_l("New password"), autocomplete="new-password")
    password_confirm = SecretField(_l("Repeat password"), autocomplete="new-password")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.expect(rules.least())

    def expect(self, at_least: int) -> None:
        """Ask for so many characters, and say so below the field."""
        self.at_least = at_least
        self.password.hint = hint(at_least)

    def validate_password_confirm(self, field: Field) -> None:
        """Catch a slip of the finger."""
        refuse_another(self.password, field)

    def refuse(self, refusal: WeakPassword) -> None:
        """Say why the password is too weak."""
        self.password.errors = [problem(refusal.problem, refusal.at_least)]


def hint(at_least: int) -> str:
    """What a good password is, and why some need to be longer."""
    if at_least > rules.least():
        return str(
            _(
                "At least %(min)s characters, because it opens the panel by itself. A sentence is "
                "easy to remember and hard to guess.",
                min=number(at_least),
            )
        )
    return str(
        _(
            "At least %(min)s characters. A sentence is easy to remember and hard to guess.",
            min=number(at_least),
        )
    )


def problem(found: Problem, at_least: int) -> str:
    """The sentence for a password that is too weak."""
    if found is Problem.TOO_SHORT:
        return str(_("Write at least %(min)s characters.", min=number(at_least)))
    return str(_PROBLEMS[found])


def refuse_another(password: Field, again: Field) -> None:
    """Stop when the second is not the first."""
    if again.data != password.data:
        raise StopValidation(_("The two passwords are not the same; type them again."))
