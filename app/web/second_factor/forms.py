"""What is asked for the second step: a code; and a password with it where something changes."""

from typing import Any

from app.accounts.second_factor.second_factor import Proof
from app.i18n.formats import number
from app.i18n.text import _, _l
from app.web.forms.fields import MachineField, PeykForm, SecretField


class AppCodeForm(PeykForm):
    """The six digits of the app, in whatever digits the keyboard writes."""

    code = MachineField(
        _l("Code from the app"),
        autocomplete="one-time-code",
        placeholder="123456",
        hint=_l("Six digits; a new code comes every 30 seconds."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.code.inputmode = "numeric"

    def refuse(self) -> None:
        """Say that the code does not open, and what helps."""
        self.code.errors = [
            _(
                "This code is not right, or it was used already. Wait for the next one in the app "
                "and type that. If none works, the clock of your phone is wrong: let it set "
                "itself."
            )
        ]


class RecoveryCodeForm(PeykForm):
    """One code of those on paper."""

    code = MachineField(
        _l("Recovery code"),
        hint=_l("One of the codes that you kept when you set the app up. Each works once."),
    )

    def refuse(self) -> None:
        """Say that the code does not open, and what helps."""
        self.code.errors = [
            _(
                "This is none of your recovery codes, or it was used already. Take another one "
                "from your list; codes of an older list no longer work."
            )
        ]


class ProofForm(PeykForm):
    """The password, and a code when there is an app already: proof that the account is theirs."""

    password = SecretField(_l("Your password"), autocomplete="current-password")
    code = MachineField(_l("Code from the app, or a recovery code"), autocomplete="one-time-code")

    def __init__(self, *args: Any, wants_code: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not wants_code:
            del self.code

    def proof(self) -> Proof:
        """What was typed."""
        code = self.code.data if "code" in self else ""
        return Proof(self.password.data or "", code or "")

    def refuse_password(self) -> None:
        """Say that the password is another."""
        self.password.errors = [_("This is not the password of your account; type it again.")]

    def refuse_short(self, at_least: int) -> None:
        """Say that this password is too short to be all that protects the panel."""
        self.password.errors = [
            _(
                "Without the app this password alone would open the panel, and for that it needs "
                "at least %(min)s characters. Choose a longer password first.",
                min=number(at_least),
            )
        ]

    def refuse_code(self) -> None:
        """Say that the code does not open."""
        self.code.errors = [
            _("This code is not right, or it was used already. Wait for the next one in the app.")
        ]
