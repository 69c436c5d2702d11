"""What the lists share: where one is, and addresses that keep the filters."""

from collections.abc import Mapping

from flask import request
from werkzeug.datastructures import MultiDict

from app.core.pagination import Cursor
from app.web.drawing import urls

_OLDER, _NEWER = "before", "after"
# They belong to one page of the list, or to one visit, not to its filters.
_NOT_FILTERS = frozenset({_OLDER, _NEWER, "lang", "theme"})
# The largest number a row can have on both databases.
_LARGEST = 2**31 - 1


def cursor() -> Cursor | None:
    """Where the page begins that the address asks for; the first page when it makes no sense."""
    for name in (_OLDER, _NEWER):
        text = request.args.get(name, "")
        if text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= _LARGEST:
            return Cursor(int(text), newer=name == _NEWER)
    return None


def filters() -> MultiDict[str, str]:
    """What the address asks for beside the place in the list, without empty values."""
    kept = MultiDict[str, str]()
    for name, value in request.args.items(multi=True):
        if name not in _NOT_FILTERS and value.strip():
            kept.add(name, value)
    return kept


def is_filtered() -> bool:
    """Whether anything narrows the list."""
    return bool(filters())


def page_url(place: Cursor | None) -> str:
    """The same list at another place, its filters kept."""
    where = {_NEWER if place.newer else _OLDER: place.number} if place else {}
    return _url(filters(), where)


def filtered_url(name: str, value: str = "") -> str:
    """The same list from its beginning, with one filter set, or taken away by an empty value."""
    kept = filters()
    kept.poplist(name)
    return _url(kept, {name: value} if value else {})


def plain_url() -> str:
    """The same list without any filter."""
    return _url(MultiDict(), {})


def _url(kept: MultiDict[str, str], more: Mapping[str, object]) -> str:
    arguments: dict[str, object] = {name: kept.getlist(name) for name in kept}
    return urls.url(str(request.endpoint), **(request.view_args or {}), **arguments, **more)
