"""The password policy as this installation has it: how long at least, and its own words."""

from app.accounts.models import User
from app.accounts.passwords import passwords, policy
from app.accounts.passwords.policy import Problem
from app.accounts.second_factor_models import SecondFactor
from app.config import current_config
from app.core import site
from app.extensions import db

# What NIST SP 800-63B-4 asks of a password that opens everything by itself.
ALONE = 15


def least(*, opens_panel_alone: bool = False) -> int:
    """Return how many characters a password needs at least."""
    usual = current_config().password_min_length
    return max(usual, ALONE) if opens_panel_alone else usual


def least_for(user: User) -> int:
    """Return how many characters the next password of somebody needs at least."""
    in_two_steps = db.session.get(SecondFactor, user.id) is not None
    return least(opens_panel_alone=user.is_admin and not in_two_steps)


def is_too_short(password: str, user: User) -> bool:
    """Tell whether somebody needs a longer password than this one, which they have.

    Asked where the password is in our hands: of a person who became an administrator nobody can
    see how long it is. Only the panel is worth holding somebody up who knows their password.
    """
    return user.is_admin and len(passwords.normal(password)) < least_for(user)


def problem(password: str, name: str, email: str, at_least: int) -> Problem | None:
    """Return what is wrong with a password somebody wants to have here, or None."""
    house = (current_config().public_host, *site.current().names.values())
    return policy.problem(password, name=name, email=email, at_least=at_least, house=house)
