"""The small parts that pages have many of: icons, marks, and the token of their forms.

They are drawn here and not by macros, which take twenty times as long.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from flask import g
from flask_babel import LazyString
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from app.web.drawing.assets import static_url

# What points along the line, and so the other way where lines run from right to left.
_DIRECTED: Final = frozenset({"back", "chevron", "leave", "send"})


@dataclass(frozen=True, slots=True)
class Mark:
    """How something stands: a word with its colour and its sign."""

    kind: str
    icon: str
    text: LazyString


def icon(name: str, cls: str = "") -> Markup:
    """A picture of the sprite; it says nothing that words beside it do not say."""
    return _icon(static_url("icons.svg"), name, cls)


def pill(kind: str, icon_name: str, text: object) -> Markup:
    """A mark on a page; kinds: ok, warn, bad, idle."""
    return _pill(kind, icon(icon_name), text if isinstance(text, Markup) else str(text))


def mark(one: Mark) -> Markup:
    """A mark that stands in a table of words."""
    return pill(one.kind, one.icon, str(one.text))


def csrf() -> Markup:
    """The hidden field by which a form proves that it is ours."""
    # The extension puts the token there, and looks for much else before it finds it again.
    token = escape(g.get("csrf_token") or generate_csrf())
    return Markup(f'<input type="hidden" name="csrf_token" value="{token}">')  # noqa: S704


def options(pairs: Iterable[tuple[str, object]], chosen: str) -> Markup:
    """The choices of a box: (value, words) pairs."""
    return _options(tuple((value, str(words)) for value, words in pairs), chosen)


@lru_cache(maxsize=256)
def _options(pairs: tuple[tuple[str, str], ...], chosen: str) -> Markup:
    drawn = Markup('<option value="{}"{}>{}</option>')
    return Markup("").join(
        drawn.format(value, Markup(" selected") if value == chosen else "", words)
        for value, words in pairs
    )


# By type: markup is equal to the text that it was.
@lru_cache(maxsize=1024, typed=True)
def _pill(kind: str, picture: Markup, text: str) -> Markup:
    return Markup('<span class="pill {}">{}{}</span>').format(kind, picture, text)


@lru_cache(maxsize=1024)
def _icon(sprite: str, name: str, cls: str) -> Markup:
    looks = ["icon", *cls.split(), *(["icon-dir"] if name in _DIRECTED else [])]
    drawn = Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>')
    return drawn.format(" ".join(looks), sprite, name)
