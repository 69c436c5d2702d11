"""The few errors that cross rooms. Their texts are for logs; pages have their own words."""


class PeykError(Exception):
    """Anything that Peyk itself raises on purpose."""


class Refused(PeykError):
    """A deed that may not be done as things stand; nothing was changed."""


class NotFound(PeykError):
    """What was asked for does not exist, or not for the one who asks."""


class TooOften(PeykError):
    """A limit was reached; `seconds` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


class Busy(PeykError):
    """Too much is going on just now; ask again in a few seconds."""
