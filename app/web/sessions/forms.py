"""What is asked of somebody who signs in."""

from wtforms import HiddenField

from app.i18n.text import _l
from app.web.forms.fields import MachineField, PeykForm, SecretField, SwitchField


class SignInForm(PeykForm):
    """Address and password; `next` is where they wanted to go."""

    email = MachineField(_l("E-mail address"), autocomplete="username")
    password = SecretField(_l("Password"), autocomplete="current-password")
    remember = SwitchField(_l("Keep me signed in on this device"))
    next = HiddenField()
