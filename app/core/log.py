"""Logging: one line an event, key=value, never a secret."""

import logging
import re
import sys
from collections.abc import Mapping

_SECRET_PATH = re.compile(
    r"(/(?:activate|recover|invitations|address|address-undo|keep-account)/)[^\s/?\"]+"
)
_NEEDS_QUOTES = re.compile(r'[\s"=]')
# What would begin a line, or steer the terminal on which somebody reads the log.
_STEERS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class KeyValueFormatter(logging.Formatter):
    """Write `at=… level=… logger=… msg=…` and whatever `fields` a record carries."""

    default_msec_format = "%s.%03d"

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "msg": record.getMessage(),
        }
        extra = getattr(record, "fields", {})
        if isinstance(extra, Mapping):
            fields.update(extra)
        line = " ".join(f"{key}={_value(value)}" for key, value in fields.items())
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return hide_secrets(line)


def hide_secrets(text: str) -> str:
    """Return the text with tokens in paths masked."""
    return _SECRET_PATH.sub(r"\1…", text)


def shortened(address: str) -> str:
    """Return an address fit for a log: enough to recognise, not enough to collect."""
    local, _, domain = address.rpartition("@")
    return f"{local[:2]}…@{domain}"


def set_up(level: str) -> None:
    """Send the log of the whole process to standard error, in our format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(KeyValueFormatter())
    logger = logging.getLogger("peyk")
    logger.handlers = [handler]
    logger.setLevel(level)
    logger.propagate = False


def _value(value: object) -> str:
    if type(value) is int:
        return str(value)
    text = _STEERS.sub(" ", str(value))
    if text == "" or _NEEDS_QUOTES.search(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return text
