"""Where templates live: as Flask has it, with their common names in one plain mapping."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class PlainEnvironment(Environment):
    """An environment whose templates take the common names as they stand when each is loaded.

    Jinja would chain two mappings, which every page and every part that it imports walks name by
    name: a millisecond a page. Nothing is named after the first page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Lay the names of one template over those of all."""
        return {**self.globals, **(d or {})}
